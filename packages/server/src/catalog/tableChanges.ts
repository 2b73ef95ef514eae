import { droppedTableKey } from '../layout/storeKeys.ts'
import type { StreamSettings, TableRecord } from '../schema/tableRecord.ts'
import type { Expectation, StorageWrite } from '../storage/engine.ts'

/**
 * A change of a table that takes its time: `during` is what clients see at first, with a status
 * that says so, and `after` what comes of it. Without delayed statuses only the answer shows
 * `during`.
 */
export interface RecordChange {
  readonly during: TableRecord
  readonly after: TableRecord
}

/** A change of what does not depend on a table's status, with the numbers that it gives up. */
export interface NumberedAmendment {
  readonly revise: (record: TableRecord) => TableRecord
  readonly dropped: readonly number[]
}

/** What a stream has that is being enabled: its name and where its records go. */
export type StreamOpening = Required<Pick<StreamSettings, 'latestLabel' | 'log'>>

/** What is committed with the record of a table, and the numbers that the change gives up. */
export interface OtherChanges {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
  readonly dropped?: readonly number[]
}

export const nothingElse: OtherChanges = { expectations: [], writes: [] }

/** Says in the store that what is kept under these numbers is to be removed. */
export function notesOfRemoval(tableName: string, numbers: readonly number[]): StorageWrite[] {
  const value = Buffer.from(tableName, 'utf8')
  return numbers.map((number) => ({ key: droppedTableKey(number), value }))
}
