import type { IsolationLevel, ItemWrite } from '../../isolation/history.ts'
import type { PlainOperation } from '../../model/operations.ts'

/** A part of a request that counts as one operation of the history: all of it, but for batches. */
export interface IntendedPart {
  readonly description: string
  readonly level: IsolationLevel
  /** What a refused one shows is of this level; `level` when absent. */
  readonly levelWhenRefused?: IsolationLevel
  readonly writes: readonly ItemWrite[]
}

/** What a client wants to do: a request, and what it is in the history. */
export interface Intent {
  readonly operation: PlainOperation
  readonly parts: readonly IntendedPart[]
}
