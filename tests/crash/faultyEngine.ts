import {
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
  type StorageWrites,
  type Versioned,
} from '../../packages/server/src/storage/engine.ts'
import type { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'

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

/** Which calls fail, over all engines that are opened one after another on a store. */
export class Faults {
  readonly #first: number
  readonly #count: number
  calls = 0
  /** The calls that failed. */
  readonly failed: EngineCall[] = []
  #suspended = false

  /** `count` calls fail, from number `first` on, counted from 1. */
  constructor(first: number, count: number) {
    this.#first = first
    this.#count = count
  }

  /** Throws when this call is to fail. */
  meet(call: EngineCall): void {
    if (this.#suspended) return
    this.calls += 1
    if (this.calls < this.#first || this.calls >= this.#first + this.#count) return
    this.failed.push(call)
    throw new StorageFailure(`${call} failed: input/output error`)
  }

  /** Meanwhile no call fails, and none is counted. */
  async suspend<T>(work: () => Promise<T>): Promise<T> {
    this.#suspended = true
    try {
      return await work()
    } finally {
      this.#suspended = false
    }
  }
}

/**
 * An engine that fails when it is told to, and does nothing of what was asked then. Like an engine
 * on another machine it may give promises, also of failures. Its store outlives it.
 */
export class FaultyEngine implements StorageEngine {
  readonly capabilities: StorageEngine['capabilities']
  readonly #store: MemoryEngine
  readonly #faults: Faults
  readonly #later: boolean
  #closed = false
  /** Snapshots that have not been closed. */
  openSnapshots = 0

  constructor(store: MemoryEngine, faults: Faults, answers: 'at once' | 'later') {
    this.#store = store
    this.#faults = faults
    this.#later = answers === 'later'
    this.capabilities = { durable: false, shared: false, syncReads: !this.#later }
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    return this.#answer('get', () => this.#store.get(key))
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    return this.#answer('getMany', () => this.#store.getMany(keys))
  }

  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]> {
    return this.#answer('read', () => this.#store.read(keys))
  }

  snapshot(): Snapshot {
    this.#meet('snapshot')
    this.openSnapshots += 1
    const snapshot = this.#store.snapshot()
    let isOpen = true
    return {
      get: (key) => this.#answer('snapshot.get', () => snapshot.get(key)),
      getMany: (keys) => this.#answer('getMany', () => snapshot.getMany(keys)),
      range: (range) => {
        const entries = snapshot.range(range)
        return this.#later ? this.#entriesLater(entries) : this.#entries(entries)
      },
      close: () => {
        if (isOpen) this.openSnapshots -= 1
        isOpen = false
        snapshot.close()
      },
    }
  }

  /** It takes its time, in which other requests arrive. */
  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#meet('commit')
    await this.#store.commit(expectations, writes)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#faults.meet('close')
  }

  #meet(call: EngineCall): void {
    if (this.#closed) throw new StorageFailure('the engine is closed')
    this.#faults.meet(call)
  }

  #answer<T>(call: EngineCall, read: () => T): MaybePromise<T> {
    const perform = (): T => {
      this.#meet(call)
      return read()
    }
    return this.#later ? Promise.resolve().then(perform) : perform()
  }

  *#entries(entries: Iterable<Entry>): Iterable<Entry> {
    let step = 0
    for (const entry of entries) {
      if (isTried(step++)) this.#meet('next')
      yield entry
    }
    this.#meet('next')
  }

  async *#entriesLater(entries: Iterable<Entry>): AsyncIterable<Entry> {
    let step = 0
    for (const entry of entries) {
      await Promise.resolve()
      if (isTried(step++)) this.#meet('next')
      yield entry
    }
    this.#meet('next')
  }
}

/** Of the many steps of a long range these can fail, and its end: the others are all alike. */
const isTried = (step: number): boolean => step < 2 || step === 150
