import { StorageFailure, type Bytes, type Snapshot, type StorageEngine } from './engine.ts'

/** Somebody does something that stands in the way of giving the store up; it may be over later. */
export class NotNow extends StorageFailure {}

/** Somebody else has opened the log since. */
export class LogTaken extends StorageFailure {}

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
   * resolved the next round is the last one, unless somebody has waited for too long, which
   * {@link retire} knows. Where processes outlive this one they go on some seconds after its death.
   * Rejects with NotNow when a commit does not end.
   */
  stop(): Promise<void>
  /**
   * After {@link stop} and a round that is settled: notes, so that it outlives this process, that
   * the store is `to` from now on. Nobody opens the store any more, nor reads it who has it open,
   * but who makes it sure that nobody asks him meanwhile. Rejects with NotNow when a read does not
   * end, or a commit has taken effect since; then nothing is noted.
   */
  retire(to: string): Promise<void>
  /** Lets commits and reads go on, whatever was stopped or retired. */
  resume(): Promise<void>
  /** After {@link retire}, once the copy is the store: what waits fails, for good. */
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
