import type { Clock } from '../clock.ts'
import { maxBundledBytes, maxBundledWrites } from '../limits.ts'
import {
  StorageConflict,
  StorageEnded,
  type Bytes,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { CommitAssembly, nameOf } from './commitAssembly.ts'
import {
  SumLimitExceeded,
  type CommitMember,
  type Committer,
  type EffectResults,
  type PreparedCommit,
} from './committer.ts'
import { DrawListeners } from './drawListeners.ts'

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
  readonly #written = new Set<string>()
  #members = 0
  #writes = 0
  #bytes = 0
  #isClosed = false

  get hasRoom(): boolean {
    return !this.#isClosed && this.#writes < maxBundledWrites && this.#bytes < maxBundledBytes
  }

  /** Adds a member, or gives false for one that must not be in this group. */
  add(member: CommitMember | PreparedCommit): boolean {
    if (typeof member === 'function' || !Array.isArray(member.writes)) return false
    try {
      const { expectations } = member
      if (this.#members > 0 && expectations.some(({ key }) => this.#written.has(nameOf(key)))) {
        return false
      }
      for (const { key, value } of member.writes as readonly StorageWrite[]) {
        this.#written.add(nameOf(key))
        this.#bytes += value?.length ?? 0
      }
    } catch {
      return false
    }
    for (const effect of member.effects) {
      if (effect.kind !== 'next') continue
      this.#bytes += effect.bytes
      this.#writes += effect.count
    }
    this.#members += 1
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
 * its commit did, never before; what fails one member fails no other, unless the engine has ended.
 */
export class GroupCommit implements Committer {
  readonly #engine: StorageEngine
  readonly #clock: Clock
  readonly #onFault: ((error: unknown) => void) | undefined
  #queue: Waiting[] = []
  #busy = false
  #idle: (() => void)[] = []
  readonly #drawListeners = new DrawListeners()

  /** `onFault` is told what an `onCommitted` throws. */
  constructor(engine: StorageEngine, clock: Clock, onFault?: (error: unknown) => void) {
    this.#engine = engine
    this.#clock = clock
    this.#onFault = onFault
  }

  /**
   * Commits one member. The first member of a group waits for the events that have arrived with it.
   */
  submit(member: CommitMember | PreparedCommit): Promise<EffectResults> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ member, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      this.#clock.defer(() => void this.#run())
    })
  }

  onDraw(key: Bytes, listener: () => void): () => void {
    return this.#drawListeners.add(key, listener)
  }

  settled(): Promise<void> {
    if (!this.#busy) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      await this.#commitGroup(group)
    }
    this.#busy = false
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  /**
   * The members of the next commit. One that relies on a key that an earlier one writes must not be
   * among them: its expectation would be checked on the state before both. One that is prepared, or
   * whose writes are not at hand, goes by itself.
   */
  #takeGroup(): Waiting[] {
    const measure = new GroupMeasure()
    let count = 0
    while (count < this.#queue.length && measure.hasRoom) {
      if (!measure.add((this.#queue[count] as Waiting).member)) break
      count += 1
    }
    // One that cannot be with others, or not even be measured, fails or succeeds by itself.
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
      for (const waiting of group) waiting.reject(error)
    }
  }

  /** Commits what it can and tells those members; throws when nothing was committed. */
  async #commitMembers(group: readonly Waiting[]): Promise<void> {
    const assembly = new CommitAssembly(this.#engine)
    const refused: { readonly waiting: Waiting; readonly error: Error }[] = []
    const accepted: Accepted[] = []
    for (const waiting of group) {
      const member = typeof waiting.member === 'function' ? await waiting.member() : waiting.member
      if (member.isCurrent?.() === false) {
        refused.push({ waiting, error: new StorageConflict('what it was worked out on changed') })
        continue
      }
      const added = assembly.add(member)
      const results = added instanceof Promise ? await added : added
      if (results instanceof SumLimitExceeded) refused.push({ waiting, error: results })
      else accepted.push({ waiting, member, results })
    }
    if (accepted.length > 0) await assembly.commit()
    for (const { member } of accepted) this.#notify(member)
    for (const { member } of accepted) this.#drawListeners.tell(member.effects)
    for (const { waiting, results } of accepted) waiting.resolve(results)
    for (const { waiting, error } of refused) waiting.reject(error)
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
