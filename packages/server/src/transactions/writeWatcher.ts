import type { ItemImage } from '../items/itemImage.ts'
import type { InvalidAction, ReadAction, RequestToken, WriteAction } from './writePlan.ts'

/** An action of any kind. Each is an object of its own, from its request to its outcome. */
export type AnyAction = WriteAction | ReadAction | InvalidAction

/** Two that cannot be at one item at once. */
export interface Conflict {
  readonly wanted: WriteAction | ReadAction
  /** The item, as claims name it. */
  readonly name: string
  /** What is there, if it is a single-item write; otherwise a transaction holds the item. */
  readonly writing: WriteAction | undefined
}

/**
 * Who is told of what happens at items, so that refusals can be explained. Each is told when it
 * happens, by a plain call that must not throw; what it costs is paid where somebody is there.
 */
export interface WriteWatcher {
  /** The actions of a request come in, in the course of that request. */
  entered(actions: readonly AnyAction[], token?: RequestToken): void
  /** A transaction has these items, by their names among claims, one for each action. */
  held(actions: readonly AnyAction[], names: readonly (string | undefined)[]): void
  /** It has them no longer. */
  released(names: readonly (string | undefined)[]): void
  /** A condition was false on `before`. */
  conditionFailed(action: WriteAction, before: ItemImage | undefined): void
  conflicted(conflict: Conflict): void
}
