import type { Clock } from '../clock.ts'
import { maxBundledBytes, maxBundledWrites } from '../limits.ts'
import {
  asBuffer,
  StorageConflict,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'

/**
 * Sums kept in the store under one key: a few integers up to 2^53. Members of one group change them
 * by differences, so that two commits may change the same counter without reading it.
 */
export interface Counter {
  readonly key: Bytes
  /** The sums of all acknowledged commits. Only {@link GroupCommit} changes them. */
  values: readonly number[]
}

export interface CounterChange {
  readonly counter: Counter
  readonly differences: readonly number[]
  /**
   * Asked when the commit's turn has come, after all earlier commits; absent for a plain change.
   */
  readonly applies?: () => boolean
}

/**
 * A change of a sum that is known by its key alone; the store is read when the commit's turn has
 * come. A key whose sum becomes 0 is removed.
 */
export interface SumChange {
  readonly key: Bytes
  readonly difference: number
  /**
   * The member is refused with {@link SumLimitExceeded} when it makes the sum greater than this.
   */
  readonly limit: number
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

/** What one caller wants committed: all of it or none. */
export interface CommitMember {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
  readonly counterChanges: readonly CounterChange[]
  readonly sumChanges?: readonly SumChange[] | undefined
  /** Called when the member is in the store, before any later member is looked at. */
  readonly onCommitted?: () => void
}

/**
 * A commit that reads what it builds on when its turn has come. It is committed by itself, so
 * nothing changes between its reads and its writes.
 */
export type PreparedCommit = () => MaybePromise<CommitMember>

interface Waiting {
  readonly member: CommitMember | PreparedCommit
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Bundles the commits of many callers: while one commit of the engine is being made durable,
 * everything that arrives waits and goes into the next, so that the cost of a flush is shared.
 * INVARIANT: one engine commit is under way at a time; members are committed in the order in which
 * they were submitted; a member's promise settles after its commit did, never before.
 */
export class GroupCommit {
  readonly #engine: StorageEngine
  readonly #clock: Clock
  #queue: Waiting[] = []
  #busy = false
  #idle: (() => void)[] = []

  constructor(engine: StorageEngine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
  }

  /**
   * Commits one member. Rejects with StorageConflict or StorageFailure; nothing of the member is in
   * the store then. The first member of a group waits for the events that have arrived with it.
   */
  submit(member: CommitMember | PreparedCommit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ member, resolve, reject })
      if (this.#busy) return
      this.#busy = true
      this.#clock.defer(() => void this.#run())
    })
  }

  /** Resolves when nothing is queued or under way. */
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
   * among them: its expectation would be checked on the state before both.
   */
  #takeGroup(): Waiting[] {
    const written = new Set<string>()
    let count = 0
    let writeCount = 0
    let sizeBytes = 0
    while (
      count < this.#queue.length &&
      writeCount < maxBundledWrites &&
      sizeBytes < maxBundledBytes
    ) {
      const { member } = this.#queue[count] as Waiting
      if (typeof member === 'function') {
        count = Math.max(count, 1)
        break
      }
      const { expectations, writes } = member
      if (count > 0 && expectations.some(({ key }) => written.has(nameOf(key)))) break
      for (const { key, value } of writes) {
        written.add(nameOf(key))
        sizeBytes += value?.length ?? 0
      }
      count += 1
      writeCount += Math.max(1, writes.length)
    }
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
      if (error instanceof StorageConflict && group.length > 1) {
        await this.#commitOneByOne(group)
        return
      }
      for (const waiting of group) waiting.reject(error)
    }
  }

  /** A conflict of one member must not fail its neighbours. */
  async #commitOneByOne(group: readonly Waiting[]): Promise<void> {
    for (const waiting of group) await this.#commitGroup([waiting])
  }

  /** Commits what it can and tells those members; throws when nothing was committed. */
  async #commitMembers(group: readonly Waiting[]): Promise<void> {
    const assembly = new CommitAssembly(this.#engine)
    const refused: { readonly waiting: Waiting; readonly error: SumLimitExceeded }[] = []
    const accepted: { readonly waiting: Waiting; readonly member: CommitMember }[] = []
    for (const waiting of group) {
      const member = typeof waiting.member === 'function' ? await waiting.member() : waiting.member
      const outcome = assembly.add(member)
      const error = outcome instanceof Promise ? await outcome : outcome
      if (error === undefined) accepted.push({ waiting, member })
      else refused.push({ waiting, error })
    }
    if (accepted.length > 0) await assembly.commit()
    for (const { member } of accepted) member.onCommitted?.()
    for (const { waiting } of accepted) waiting.resolve()
    for (const { waiting, error } of refused) waiting.reject(error)
  }
}

/** One commit of the engine while members are added to it. */
class CommitAssembly {
  readonly #engine: StorageEngine
  readonly #expectations: Expectation[] = []
  readonly #writes: StorageWrite[] = []
  readonly #counters = new Map<Counter, number[]>()
  readonly #sums = new Map<string, { readonly key: Bytes; value: number }>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /** Adds a member, or gives the error it is refused with; nothing of it is in the commit then. */
  add(member: CommitMember): undefined | Promise<SumLimitExceeded | undefined> {
    const { sumChanges } = member
    if (sumChanges !== undefined && sumChanges.length > 0) return this.#addWithSums(member)
    this.#addAll(member)
    return undefined
  }

  async #addWithSums(member: CommitMember): Promise<SumLimitExceeded | undefined> {
    const exceeded = await this.#addSums(member.sumChanges ?? [])
    if (exceeded !== undefined) return new SumLimitExceeded(exceeded)
    this.#addAll(member)
    return undefined
  }

  #addAll({ expectations, writes, counterChanges }: CommitMember): void {
    for (const expectation of expectations) this.#expectations.push(expectation)
    for (const write of writes) this.#writes.push(write)
    for (const change of counterChanges) addChange(this.#counters, change)
  }

  /** Changes the sums, or gives the key of one that would be too great and changes none. */
  async #addSums(changes: readonly SumChange[]): Promise<Bytes | undefined> {
    const added = new Map<string, { readonly key: Bytes; value: number }>()
    for (const { key, difference, limit } of changes) {
      const name = nameOf(key)
      const value = (added.get(name) ?? this.#sums.get(name))?.value ?? (await this.#readSum(key))
      const sum = value + difference
      if (difference > 0 && sum > limit) return key
      added.set(name, { key, value: sum })
    }
    for (const [name, sum] of added) this.#sums.set(name, sum)
    return undefined
  }

  async #readSum(key: Bytes): Promise<number> {
    const stored = await this.#engine.get(key)
    return stored === undefined ? 0 : (decodeCounter(stored)[0] as number)
  }

  async commit(): Promise<void> {
    for (const [counter, values] of this.#counters) {
      this.#writes.push({ key: counter.key, value: encodeCounter(values) })
    }
    for (const { key, value } of this.#sums.values()) {
      this.#writes.push({ key, value: value === 0 ? undefined : encodeCounter([value]) })
    }
    await this.#engine.commit(this.#expectations, this.#writes)
    for (const [counter, values] of this.#counters) counter.values = values
  }
}

const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

function addChange(sums: Map<Counter, number[]>, change: CounterChange): void {
  if (change.applies?.() === false) return
  let values = sums.get(change.counter)
  if (values === undefined) {
    values = change.counter.values.slice()
    sums.set(change.counter, values)
  }
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] as number) + (change.differences[i] ?? 0)
  }
}

/** A counter on disk: its values as big-endian 64-bit floats, exact for integers up to 2^53. */
export function encodeCounter(values: readonly number[]): Bytes {
  const bytes = Buffer.allocUnsafe(values.length * 8)
  values.forEach((value, i) => bytes.writeDoubleBE(value, i * 8))
  return bytes
}

/** The inverse of {@link encodeCounter}. */
export function decodeCounter(bytes: Bytes): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: number[] = []
  for (let offset = 0; offset < bytes.length; offset += 8) values.push(view.getFloat64(offset))
  return values
}
