import type { MigrationEvent } from '../../migration/migrateStore.ts'
import { summaryOf } from '../checkCommand.ts'

const megabyte = 1_000_000

type Texts = {
  readonly [Kind in MigrationEvent['kind']]: (
    event: Extract<MigrationEvent, { readonly kind: Kind }>,
  ) => string
}

const texts: Texts = {
  began: ({ target }) => beginnings[target],
  copy: (event) => `copied ${sizeOf(event)}`,
  compare: (event) => `compared ${sizeOf(event)}`,
  checked: ({ report }) => summaryOf(report),
  waiting: ({ reason }) => waits[reason],
  moved: ({ stoppedMs }) => `moved; no write took effect for ${Math.ceil(stoppedMs)} ms`,
  again: ({ error }) => `an engine failed, going on in a moment: ${reasonOf(error)}`,
  notShutOut: ({ error }) =>
    `servers that have the source open are to be stopped: ${reasonOf(error)}`,
}

/** A line for the operator. */
export const migrationText = (event: MigrationEvent): string =>
  (texts[event.kind] as (given: MigrationEvent) => string)(event)

const waits = {
  work: 'waiting for work that is under way, such as an index that is being built',
  writes: 'waiting for a moment with fewer writes',
  others: 'a read or a transaction of the source does not end; writes go on, trying again in 30 s',
} as const

const beginnings = {
  new: 'the target is empty',
  begun: 'the target has a part of the store already',
  whole: 'the store was moved before',
} as const

const sizeOf = ({ entries, bytes }: { readonly entries: number; readonly bytes: number }): string =>
  `${entries} entries, ${(bytes / megabyte).toFixed(1)} MB`

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
