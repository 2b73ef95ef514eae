import {
  StorageConflict,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type StorageWrite,
  type StorageWrites,
} from '../storage/engine.ts'
import type { Counter } from './counters.ts'
import type { WriteListener } from './writeListeners.ts'

/** Changes a counter, which the member has not read. */
export interface CounterDelta {
  readonly kind: 'delta'
  readonly counter: Counter
  readonly differences: readonly number[]
  /** Present when what is counted is still being filled in; absent for a plain change. */
  readonly filling?: Filling
}

/**
 * A counter of something that is filled in while others write it too: what a write counts for
 * depends on how far that has come when the commit is made. There are two ways to know.
 */
export interface Filling {
  /**
   * For a committer that makes all commits of a store, one after the other: whether the change
   * applies, asked when the commit's turn has come, after all earlier commits.
   */
  readonly applies: () => boolean
  /**
   * For one of several: what the write replaces, and what it counts for in `differences` if it is
   * in the store. The commit relies on its being there or not.
   */
  readonly replaced: { readonly key: Bytes; readonly counts: readonly number[] } | undefined
}

/**
 * Changes a sum that is known by its key alone. A key whose sum becomes 0 is removed. The result of
 * the effect is the sum.
 */
export interface BoundedSum {
  readonly kind: 'sum'
  readonly key: Bytes
  readonly difference: number
  /**
   * The member is refused with {@link SumLimitExceeded} when it makes the sum greater than this.
   */
  readonly limit: number
}

/**
 * Takes the next numbers of a sequence, which is kept under `key`: each is given out once, to
 * members in the order of their commits, with a time that is never before that of an earlier
 * number. The result of the effect is the first of them.
 */
export interface SequenceDraw {
  readonly kind: 'next'
  readonly key: Bytes
  readonly count: number
  /** When the numbers are wanted, in milliseconds since the epoch. */
  readonly timeMs: number
  /** About how many bytes `writes` gives. */
  readonly bytes: number
  /**
   * What the member writes with its numbers. Called when the commit is put together, before any
   * other of its writes are asked for, and again when that has to be done again.
   */
  readonly writes: (first: number, timeMs: number) => readonly StorageWrite[]
}

/**
 * What a commit does to something that many others change too. It is worked out when the commit's
 * turn has come, so that such commits need not wait for each other and may be made together.
 */
export type Effect = CounterDelta | BoundedSum | SequenceDraw

/**
 * What became of a member, for those that are built on what it writes. The committer notes a
 * failure before it looks at any later member.
 */
export interface CommitOutcome {
  /** What the member was refused with; undefined while it is under way and when it is durable. */
  failure: unknown
}

/** What one caller wants committed: all of it or none. */
export interface CommitMember {
  readonly expectations: readonly Expectation[]
  readonly writes: StorageWrites
  readonly effects: readonly Effect[]
  /** Where a committer that `isOrdered` notes what becomes of the member. */
  readonly outcome?: CommitOutcome
  /**
   * The members that this one was worked out on before they were durable. It is refused with
   * {@link FoundationFailed} when one of them has failed.
   */
  readonly builtOn?: readonly CommitOutcome[]
  /**
   * Asked by a committer that makes all commits of a store when the member's turn has come, after
   * all earlier commits: false for one that was worked out on what has changed since, which is
   * refused with StorageConflict. Elsewhere its expectations say so.
   */
  readonly isCurrent?: () => boolean
  /**
   * Called when the member is in the store; by a committer that makes all commits of a store before
   * any later member is looked at. What it throws is reported and changes nothing.
   */
  readonly onCommitted?: () => void
}

/**
 * A commit that reads what it builds on when its turn has come. Where one committer makes all
 * commits of a store it is committed by itself, so nothing changes between its reads and its
 * writes; where several do, what it read may have changed, and it relies on that in its
 * expectations.
 */
export type PreparedCommit = () => MaybePromise<CommitMember>

/** The result of each effect of a member, by its position; undefined for one without. */
export type EffectResults = readonly (number | undefined)[]

/** Makes commits out of what callers submit. Each is made in one order that all readers see. */
export interface Committer {
  /**
   * Whether members take effect in the order in which they are submitted, and what is `builtOn` a
   * member falls with it: so that it may be built upon before it is durable.
   */
  readonly isOrdered: boolean
  /**
   * Resolves when the member is as safe as the engine can make it. Rejects with StorageConflict,
   * StorageFailure or {@link SumLimitExceeded}; nothing of the member is in the store then.
   */
  submit(member: CommitMember | PreparedCommit): Promise<EffectResults>
  /**
   * Calls `listener` after each commit that has drawn from the sequence under `key`, when it can be
   * read, until the function that is given back is called. One of several committers of a store
   * tells of its own commits.
   */
  onDraw(key: Bytes, listener: () => void): () => void
  /**
   * Tells `listener`, from now on, of each key with this first byte that commits write. Absent
   * where others write too, of whose commits nobody would tell. REQUIRES: one listener for a byte.
   */
  onWrites?(firstByte: number, listener: WriteListener): void
  /** Resolves when nothing is queued or under way. */
  settled(): Promise<void>
}

/** The sum under `key` would grow beyond its limit; the member was not committed. */
export class SumLimitExceeded extends Error {
  override readonly name = 'SumLimitExceeded'
  readonly key: Bytes

  constructor(key: Bytes) {
    super('a sum would exceed its limit')
    this.key = key
  }
}

/** A commit that the member was built on has failed; tried again, it is built on something else. */
export class FoundationFailed extends StorageConflict {
  /** What the other commit failed with. */
  readonly failure: unknown

  constructor(failure: unknown) {
    super('a commit that it was built on has failed')
    this.failure = failure instanceof FoundationFailed ? failure.failure : failure
  }
}
