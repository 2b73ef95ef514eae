import {
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type StorageWrite,
} from '../storage/engine.ts'
import type { StoreEngine, StoreSnapshot } from '../storage/journal/layeredReads.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'

/**
 * A store for a journal, in memory, that outlives its engines and lets a test fail or hold its
 * commits.
 */
export class DurableMemory {
  readonly #memory = new MemoryEngine()
  /** How many of the next commits fail. */
  failures = 0
  /** How many commits were applied. */
  commits = 0
  /** How many ranges were begun and neither read to their end nor left. */
  openRanges = 0
  /** Commits wait for it, and fail with it, before and after they are applied. */
  held: ((stage: 'before' | 'after') => Promise<void>) | undefined
  /** How many engines were closed. */
  closed = 0
  #generation = 0

  get(key: Bytes): Bytes | undefined {
    return this.#memory.get(key)
  }

  snapshot(): StoreSnapshot {
    const inner = this.#memory.snapshot()
    let isClosed = false
    const requireOpen = (): void => {
      if (isClosed) throw new Error('the snapshot was closed')
    }
    const get = (key: Bytes): Bytes | undefined => {
      requireOpen()
      return inner.get(key)
    }
    return {
      get,
      getMany: (keys) => keys.map(get),
      range: (range) => {
        requireOpen()
        return this.#counted(inner, range)
      },
      close() {
        isClosed = true
      },
    }
  }

  /** The store as one engine has it; those before it can no longer write. */
  open(): StoreEngine {
    this.#generation += 1
    const generation = this.#generation
    return {
      capabilities: { durable: true, shared: false, syncReads: true },
      maxKeyBytes: 4026,
      get: (key) => this.get(key),
      snapshot: () => this.snapshot(),
      commit: (expectations, writes) => this.#commit(generation, expectations, writes),
      close: async () => {
        this.closed += 1
      },
    }
  }

  async #commit(
    generation: number,
    expectations: readonly Expectation[],
    writes: readonly StorageWrite[],
  ): Promise<void> {
    await this.held?.('before')
    if (generation !== this.#generation) await new Promise(() => {})
    if (this.failures > 0) {
      this.failures -= 1
      throw new StorageFailure('no space is left')
    }
    this.commits += 1
    await this.#memory.commit(expectations, writes)
    await this.held?.('after')
  }

  *#counted(snapshot: StoreSnapshot, range: KeyRange): Iterable<Entry> {
    this.openRanges += 1
    try {
      yield* snapshot.range(range)
    } finally {
      this.openRanges -= 1
    }
  }
}
