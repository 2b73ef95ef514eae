import type { CancellationReason } from '../errors/transactionErrors.ts'
import type { InvalidAction, WriteAction, WriteResult } from './writePlan.ts'

/**
 * The points that every write passes, in this order: its items are its own; its conditions and
 * changes have been worked out; its commit is among those that are made next; the commit is
 * durable; the outcome goes to whoever asked. A write that is refused goes from where it was to the
 * last of them.
 */
export type PointName = 'claimed' | 'judged' | 'submitted' | 'durable' | 'answered'

/**
 * What passes a point: single-item writes that are done together, of one item or of one batch, or a
 * transaction.
 */
export interface PassingWrite {
  readonly kind: 'write' | 'transaction'
  readonly actions: readonly (WriteAction | InvalidAction)[]
  /** From `judged` on, one for each action; a large transaction has only those that are kept. */
  results?: readonly (WriteResult | Error | undefined)[]
  /** From `judged` on, of a transaction. */
  reasons?: readonly CancellationReason[]
}

/**
 * Who looks at the points. `at` may give a promise, which the write waits for, and what it throws
 * is the write's outcome, at `durable` of a write that was done.
 */
export interface Points {
  /**
   * Present where `at` of single-item writes gives no promise and throws nothing: those of a batch
   * are done together there.
   */
  readonly letsWritesPass?: true
  at(point: PointName, write: PassingWrite): Promise<void> | undefined
}
