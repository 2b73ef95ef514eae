import {
  listOfWrites,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'

/** A call of an engine that can fail. `next` is one step of a range. */
export type EngineCall =
  | 'get'
  | 'read'
  | 'snapshot'
  | 'snapshot.get'
  | 'getMany'
  | 'next'
  | 'commit'
  | 'close'

export interface FaultyEngineOptions {
  /** What the engine stands on, which outlives it; an empty one when absent. */
  readonly store?: MemoryEngine
  /** Whether reads give values or promises, as those of an engine on another machine. */
  readonly answers?: 'at once' | 'later'
  /** Whether a commit takes a turn of the event loop, in which other requests arrive. */
  readonly commitsLater?: boolean
  readonly meet?: Meeting
}

/** Told of each call, and of what a commit writes; what it throws is the failure of the call. */
export type Meeting = (call: EngineCall, writes: readonly StorageWrite[]) => void

/**
 * An engine in memory that a test holds back, lets fail, kills, and looks at. A call that fails has
 * done nothing of what was asked.
 */
export class FaultyEngine implements StorageEngine {
  readonly #store: MemoryEngine
  readonly #commitsLater: boolean
  answers: 'at once' | 'later'
  meet: Meeting
  /** Every commit fails with it while it is there. */
  failure: Error | undefined
  /** All commits that were asked for, those that failed too. */
  readonly asked: {
    readonly expectations: readonly Expectation[]
    readonly writes: readonly StorageWrite[]
  }[] = []
  /** How many commits were applied. */
  commits = 0
  /** How many snapshots and ranges are open, and how many entries all ranges have given. */
  openSnapshots = 0
  openRanges = 0
  entriesRead = 0
  /** How many keys were read with their versions. */
  keysRead = 0
  #failNext = 0
  #commitsLeft = Number.POSITIVE_INFINITY
  #isHeld = false
  readonly #waiting: (() => void)[] = []
  #readsToHold = 0
  readonly #waitingReads: (() => void)[] = []
  #isClosed = false

  constructor(options: FaultyEngineOptions = {}) {
    this.#store = options.store ?? new MemoryEngine()
    this.#commitsLater = options.commitsLater ?? false
    this.answers = options.answers ?? 'at once'
    this.meet = options.meet ?? (() => undefined)
  }

  get capabilities(): StorageEngine['capabilities'] {
    return { durable: true, shared: false, syncReads: this.answers === 'at once' }
  }

  /** From now on commits wait for one of the next three. */
  hold(): void {
    this.#isHeld = true
  }

  /** Lets the waiting commits and all later ones through. */
  release(): void {
    this.#isHeld = false
    this.failure = undefined
    this.letThrough()
  }

  /** Lets the waiting commits through, and holds later ones. */
  letThrough(): void {
    for (const proceed of this.#waiting.splice(0)) proceed()
  }

  /** Lets the waiting commits fail, and later ones too until {@link release}. */
  fail(): void {
    this.#isHeld = false
    this.failure = noSpace()
    this.letThrough()
  }

  /** How many commits wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** The next commit fails. */
  failNext(): void {
    this.#failNext += 1
  }

  /** The next `count` commits are carried out; later ones never end, as if the process had died. */
  dieAfter(count: number): void {
    this.#commitsLeft = count
  }

  /** Whether a commit came too late. */
  get isDead(): boolean {
    return this.#commitsLeft < 0
  }

  /** The next `count` calls of {@link get} wait for {@link releaseReads}. */
  holdReads(count: number): void {
    this.#readsToHold = count
  }

  releaseReads(): void {
    this.#readsToHold = 0
    for (const proceed of this.#waitingReads.splice(0)) proceed()
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    const read = (): Bytes | undefined => this.#store.get(key)
    if (this.#readsToHold === 0) return this.#answer('get', read)
    this.#readsToHold -= 1
    return new Promise<void>((resolve) => this.#waitingReads.push(resolve)).then(read)
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    return this.#answer('getMany', () => this.#store.getMany(keys))
  }

  versionOf(value: Bytes): Version {
    return this.#store.versionOf(value)
  }

  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]> {
    this.keysRead += keys.length
    return this.#answer('read', () => this.#store.read(keys))
  }

  lengthOf(key: Bytes): number | undefined {
    return this.#store.lengthOf(key)
  }

  snapshot(): Snapshot {
    this.#meet('snapshot')
    this.openSnapshots += 1
    const snapshot = this.#store.snapshot()
    let isOpen = true
    return {
      get: (key) => this.#answer('snapshot.get', () => snapshot.get(key)),
      getMany: (keys) => this.#answer('getMany', () => snapshot.getMany(keys)),
      range: (range: KeyRange) => {
        const entries = this.#entries(snapshot.range(range))
        return this.answers === 'later' ? later(entries) : entries
      },
      close: () => {
        if (isOpen) this.openSnapshots -= 1
        isOpen = false
        snapshot.close()
      },
    }
  }

  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const list = Array.isArray(writes) ? writes : await listOfWrites(writes)
    this.asked.push({ expectations, writes: list })
    if (this.#failNext > 0) {
      this.#failNext -= 1
      throw noSpace()
    }
    this.#commitsLeft -= 1
    if (this.isDead) return new Promise(() => undefined)
    if (this.#commitsLater) await new Promise((resolve) => setImmediate(resolve))
    if (this.#isHeld) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    if (this.failure !== undefined) throw this.failure
    this.#meet('commit', list)
    await this.#store.commit(expectations, list)
    this.commits += 1
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.meet('close', [])
  }

  #meet(call: EngineCall, writes: readonly StorageWrite[] = []): void {
    if (this.#isClosed) throw new StorageFailure('the engine is closed')
    this.meet(call, writes)
  }

  #answer<T>(call: EngineCall, read: () => T): MaybePromise<T> {
    const perform = (): T => {
      this.#meet(call)
      return read()
    }
    return this.answers === 'later' ? Promise.resolve().then(perform) : perform()
  }

  *#entries(entries: Iterable<Entry>): Generator<Entry> {
    this.openRanges += 1
    try {
      let step = 0
      for (const entry of entries) {
        if (isMet(step++)) this.#meet('next')
        this.entriesRead += 1
        yield entry
      }
      this.#meet('next')
    } finally {
      this.openRanges -= 1
    }
  }
}

const noSpace = (): Error => new StorageFailure('no space is left')

/** Of the many steps of a long range these are met, and its end: the others are all alike. */
const isMet = (step: number): boolean => step < 2 || step === 150

async function* later(entries: Iterable<Entry>): AsyncGenerator<Entry> {
  for (const entry of entries) {
    await Promise.resolve()
    yield entry
  }
}
