import type { Clock } from '../clock.ts'
import { maxBundledBytes, maxBundledWrites } from '../limits.ts'
import {
  asBuffer,
  StorageConflict,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
} from './engine.ts'

/**
 * Sums kept in the store under one key: a few integers up to 2^53. Members of one group change them by
 * differences, so that two commits may change the same counter without reading it.
 */
export interface Counter {
  readonly key: Bytes
  /** The sums of all acknowledged commits. Only {@link GroupCommit} changes them. */
  values: readonly number[]
}

export interface CounterChange {
  readonly counter: Counter
  readonly differences: readonly number[]
}

/** What one caller wants committed: all of it or none. */
export interface CommitMember {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
  readonly counterChanges: readonly CounterChange[]
}

interface Waiting {
  readonly member: CommitMember
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Bundles the commits of many callers: while one commit of the engine is being made durable, everything
 * that arrives waits and goes into the next, so that the cost of a flush is shared.
 * INVARIANT: one engine commit is under way at a time; members are committed in the order in which they
 * were submitted; a member's promise settles after its commit did, never before.
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
   * Commits one member. Rejects with StorageConflict or StorageFailure; nothing of the member is in the
   * store then. The first member of a group waits for the events that have arrived with it.
   */
  submit(member: CommitMember): Promise<void> {
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
    let sizeBytes = 0
    while (count < this.#queue.length && count < maxBundledWrites && sizeBytes < maxBundledBytes) {
      const { expectations, writes } = (this.#queue[count] as Waiting).member
      if (count > 0 && expectations.some(({ key }) => written.has(nameOf(key)))) break
      for (const { key, value } of writes) {
        written.add(nameOf(key))
        sizeBytes += value?.length ?? 0
      }
      count += 1
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
      return
    }
    for (const waiting of group) waiting.resolve()
  }

  /** A conflict of one member must not fail its neighbours. */
  async #commitOneByOne(group: readonly Waiting[]): Promise<void> {
    for (const waiting of group) {
      try {
        await this.#commitMembers([waiting])
        waiting.resolve()
      } catch (error) {
        waiting.reject(error)
      }
    }
  }

  async #commitMembers(group: readonly Waiting[]): Promise<void> {
    const expectations: Expectation[] = []
    const writes: StorageWrite[] = []
    const sums = new Map<Counter, number[]>()
    for (const { member } of group) {
      for (const expectation of member.expectations) expectations.push(expectation)
      for (const write of member.writes) writes.push(write)
      for (const change of member.counterChanges) addChange(sums, change)
    }
    for (const [counter, values] of sums) {
      writes.push({ key: counter.key, value: encodeCounter(values) })
    }
    await this.#engine.commit(expectations, writes)
    for (const [counter, values] of sums) counter.values = values
  }
}

const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

function addChange(sums: Map<Counter, number[]>, change: CounterChange): void {
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
