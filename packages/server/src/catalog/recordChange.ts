import type { TableRecord } from '../schema/tableRecord.ts'
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

/** What a change of a record relies on, writes and gives up besides. */
export interface BesideRecord {
  readonly expectations?: readonly Expectation[]
  readonly writes?: readonly StorageWrite[]
  readonly dropped?: readonly number[]
}
