import type { Bytes, Snapshot, StorageEngine } from './engine.ts'

/** A committed state, and what may be different in it from the state of the round before. */
export interface ChangeRound {
  /** Whoever asked for the round closes it. */
  readonly snapshot: Snapshot
  /** Each once, in no order. INVARIANT: every key that has changed since the last round is here. */
  readonly keys: readonly Bytes[]
  /** There was no room for all keys: any may have changed. */
  readonly isIncomplete: boolean
  /** The keys have been dealt with; without it they are in the next round again. */
  settle(): Promise<void>
}

/**
 * What a store that is in use notes of its changes while it is copied, and how it is given up for
 * the copy. Commits are noted from the moment in which the log was opened.
 */
export interface ChangeLog {
  /** What the store was retired for before the log was opened. */
  readonly retiredTo: string | undefined
  /** One round at a time. Rejects with StorageFailure. */
  next(): Promise<ChangeRound>
  /**
   * Lets no further commit take effect; those that come wait, for a while at least. When it has
   * resolved the next round is the last one.
   */
  stop(): Promise<void>
  /**
   * After {@link stop}: notes, so that it outlives this process, that the store is `to` from now
   * on. Nobody opens the store any more, and what waits for it fails.
   */
  retire(to: string): Promise<void>
  /** Lets commits take effect again, whatever was stopped or retired. */
  resume(): Promise<void>
  /** After {@link retire}: lets nobody read the store any more who has it open. */
  shutOut(): Promise<void>
  /** Notes nothing any more; unless it was retired the store is as it was before. */
  end(): Promise<void>
}

/** An engine whose store can be moved elsewhere while it is in use. */
export interface MovableEngine extends StorageEngine {
  /** Notes what is committed from now on, by whomever. Rejects with StorageFailure. */
  changeLog(): Promise<ChangeLog>
}

export const canBeMoved = (engine: StorageEngine): engine is MovableEngine => 'changeLog' in engine
