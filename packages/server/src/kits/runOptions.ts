import type { TestDatabaseOptions } from '../cli/createTestDatabase.ts'

/**
 * Which tests have a database together: all of a `run`, those of a `worker`, those of a `file`, or
 * each `test` by itself. Parallel ones have one another's only in a `run`.
 */
export type RunScope = 'run' | 'worker' | 'file' | 'test'

/** What the database of a run may be opened with: what can be handed from process to process. */
export type RunContent = Pick<
  TestDatabaseOptions,
  | 'tables'
  | 'seed'
  | 'templateParameters'
  | 'region'
  | 'accountId'
  | 'delayTransientStatuses'
  | 'enforceThroughput'
  | 'reservedWords'
  | 'transactionConflicts'
  | 'vectorSearch'
  | 'ttlDelaySeconds'
  | 'validation'
>

/** How the kits of test runners set up a run. */
export interface RunOptions extends RunContent {
  /** Which tests have a database together. */
  readonly scope?: RunScope
  /** The port of the server: a free one when absent. */
  readonly port?: number
}

/** The database of a worker, which is another for each that runs at the same time. */
export const workerName = (worker: string): string => `worker-${worker}`
