import type { Clock } from '../clock.ts'
import { maxBundledBytes, maxBundledWrites } from '../limits.ts'
import {
  asBuffer,
  StorageConflict,
  StorageEnded,
  type Bytes,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { CommitAssembly } from './commitAssembly.ts'
import {
  FoundationFailed,
  type CommitMember,
  type CommitOutcome,
  type Committer,
  type EffectResults,
  type PreparedCommit,
} from './committer.ts'
import { DrawListeners } from './drawListeners.ts'
import { WriteListeners, type WriteListener } from './writeListeners.ts'

/**
 * So many commits that are no flush are made in one turn of the event loop: a caller who waits for
 * nothing but the last before he submits the next would keep all other events out.
 */
const maxCommitsInTurn = 64

interface Waiting {
  readonly member: CommitMember | PreparedCommit
  readonly resolve: (results: EffectResults) => void
  readonly reject: (error: unknown) => void
}

interface Accepted {
  readonly waiting: Waiting
  readonly member: CommitMember
  readonly results: EffectResults
}

/** How large a group is, while members are added to it. */
class GroupMeasure {
  #writes = 0
  #bytes = 0
  #isClosed = false

  get hasRoom(): boolean {
    return !this.#isClosed && this.#writes < maxBundledWrites && this.#bytes < maxBundledBytes
  }

  /** Adds a member, or gives false for one that must not be in this group. */
  add(member: CommitMember | PreparedCommit): boolean {
    if (typeof member === 'function' || !Array.isArray(member.writes)) return false
    for (const { value } of member.writes as readonly StorageWrite[]) {
      this.#bytes += value?.length ?? 0
    }
    for (const effect of member.effects) {
      if (effect.kind !== 'next') continue
      this.#bytes += effect.bytes
      this.#writes += effect.count
    }
    this.#writes += Math.max(1, member.writes.length)
    // What follows from it is to be known before a later member is looked at.
    this.#isClosed = member.onCommitted !== undefined
    return true
  }
}

/**
 * The committer of a store that one process owns. It bundles the commits of many callers: while one
 * commit of the engine is being made durable, everything that arrives waits and goes into the next,
 * so that the cost of a flush is shared. INVARIANT: one engine commit is under way at a time;
 * members are committed in the order in which they were submitted; a member's promise settles after
 * its commit did, never before; what fails one member fails no other, unless that one is built on
 * it or the engine has ended. A member may rely on what an earlier one of its group writes.
 */
export class GroupCommit implements Committer {
  readonly isOrdered = true
  readonly #engine: StorageEngine
  readonly #clock: Clock
  readonly #onFault: ((error: unknown) => void) | undefined
  #queue: Waiting[] = []
  #busy = false
  /** How many commits there were in this turn of the event loop, where they are no flush. */
  #inTurn = 0
  /** The first key of the commit that was begun last in this turn, where they are no flush. */
  #keyInTurn: Bytes | undefined
  #idle: (() => void)[] = []
  readonly #drawListeners = new DrawListeners()
  readonly #writeListeners = new WriteListeners()

  /** `onFault` is told what an `onCommitted` throws. */
  constructor(engine: StorageEngine, clock: Clock, onFault?: (error: unknown) => void) {
    this.#engine = engine
    this.#clock = clock
    this.#onFault = onFault
  }

  /**
   * Commits one member. The first member of a group waits for the events that have arrived with it,
   * where the engine is durable.
   */
  submit(member: CommitMember | PreparedCommit): Promise<EffectResults> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ member, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      if (this.#mayBeginAtOnce(member)) void Promise.resolve().then(() => this.#run())
      else this.#clock.defer(() => void this.#run())
    })
  }

  /**
   * Where a commit is no flush there is no cost to share, and what waits is only there longer; but
   * many writes of one item are made as one.
   */
  #mayBeginAtOnce(member: CommitMember | PreparedCommit): boolean {
    if (this.#engine.capabilities.durable || this.#inTurn >= maxCommitsInTurn) return false
    if (typeof member === 'function' || !Array.isArray(member.writes)) return false
    const [first] = member.writes as readonly StorageWrite[]
    const before = this.#keyInTurn
    this.#keyInTurn = first?.key
    return before === undefined || first === undefined || !asBuffer(before).equals(first.key)
  }

  /** Counts a commit among those of this turn of the event loop. */
  #countInTurn(): void {
    if (this.#inTurn === 0) {
      this.#clock.defer(() => {
        this.#inTurn = 0
        this.#keyInTurn = undefined
      })
    }
    this.#inTurn += 1
  }

  onDraw(key: Bytes, listener: () => void): () => void {
    return this.#drawListeners.add(key, listener)
  }

  onWrites(firstByte: number, listener: WriteListener): void {
    this.#writeListeners.add(firstByte, listener)
  }

  settled(): Promise<void> {
    if (!this.#busy) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const isNoFlush = !this.#engine.capabilities.durable
      if (isNoFlush && this.#inTurn >= maxCommitsInTurn) {
        await new Promise<void>((resolve) => this.#clock.defer(resolve))
      }
      if (isNoFlush) this.#countInTurn()
      await this.#commitGroup(this.#takeGroup())
    }
    this.#busy = false
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  /**
   * The members of the next commit. One that is prepared, or whose writes are not at hand, goes by
   * itself.
   */
  #takeGroup(): Waiting[] {
    const measure = new GroupMeasure()
    let count = 0
    while (count < this.#queue.length && measure.hasRoom) {
      if (!measure.add((this.#queue[count] as Waiting).member)) break
      count += 1
    }
    // One that cannot be with others is by itself.
    count = Math.max(count, 1)
    if (count === this.#queue.length) {
      const group = this.#queue
      this.#queue = []
      return group
    }
    return this.#queue.splice(0, count)
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#commitMembers(group)
    } catch (error) {
      if (group.length > 1 && !(error instanceof StorageEnded)) {
        for (const waiting of group) await this.#commitGroup([waiting])
        return
      }
      for (const waiting of group) fail(waiting, error)
    }
  }

  /** Commits what it can and tells those members; throws when nothing was committed. */
  async #commitMembers(group: readonly Waiting[]): Promise<void> {
    const assembly = new CommitAssembly(this.#engine)
    const refused: { readonly waiting: Waiting; readonly error: Error }[] = []
    const accepted: Accepted[] = []
    const failed = new Map<CommitOutcome, Error>()
    for (const waiting of group) {
      const member = typeof waiting.member === 'function' ? await waiting.member() : waiting.member
      const added = refusalOf(member, failed) ?? assembly.add(member)
      const results = added instanceof Promise ? await added : added
      if (results instanceof Error) {
        refused.push({ waiting, error: results })
        if (member.outcome !== undefined) failed.set(member.outcome, results)
      } else accepted.push({ waiting, member, results })
    }
    if (accepted.length > 0) await this.#commit(assembly)
    for (const { member } of accepted) this.#notify(member)
    for (const { member } of accepted) this.#drawListeners.tell(member.effects)
    for (const { waiting, results } of accepted) waiting.resolve(results)
    for (const { waiting, error } of refused) fail(waiting, error)
  }

  async #commit(assembly: CommitAssembly): Promise<void> {
    try {
      await assembly.commit(this.#writeListeners.watch)
    } finally {
      this.#writeListeners.settle()
    }
  }

  /** The member is durable, whatever becomes of this. */
  #notify(member: CommitMember): void {
    try {
      member.onCommitted?.()
    } catch (error) {
      this.#onFault?.(error)
    }
  }
}

/**
 * Why a member is refused before anything of it is looked at: with those of its group that have
 * `failed`, if it is built on one, or because it was worked out on what is no longer so.
 */
function refusalOf(
  { builtOn, isCurrent }: CommitMember,
  failed: ReadonlyMap<CommitOutcome, Error>,
): StorageConflict | undefined {
  for (const foundation of builtOn ?? []) {
    const failure = foundation.failure ?? failed.get(foundation)
    if (failure !== undefined) return new FoundationFailed(failure)
  }
  if (isCurrent?.() !== false) return undefined
  return new StorageConflict('what it was worked out on changed')
}

function fail({ member, reject }: Waiting, error: unknown): void {
  if (typeof member !== 'function' && member.outcome !== undefined) member.outcome.failure = error
  reject(error)
}
