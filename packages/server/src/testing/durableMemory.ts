import {
  listOfWrites,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type StorageWrite,
  type StorageWrites,
} from '../storage/engine.ts'
import type { StoreEngine, StoreSnapshot } from '../storage/journal/layeredReads.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'

/**
 * A store for a journal, in memory, that outlives its engines and lets a test fail or hold its
 * commits.
 */
export class DurableMemory {
  #memory = new MemoryEngine()
  /** What is on the disk, and the commits since then, which only the system's memory has. */
  readonly #flushed = new Map<string, StorageWrite>()
  #unflushed: (readonly StorageWrite[])[] = []
  /** How many of the next commits fail. */
  failures = 0
  /** How many commits were applied. */
  commits = 0
  /** How many ranges were begun and neither read to their end nor left. */
  openRanges = 0
  /** Commits wait for it, and fail with it, before they are applied and before they are flushed. */
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

  /** The engines that were opened can no longer write. */
  kill(): void {
    this.#generation += 1
  }

  /** The store as one engine has it; those before it can no longer write. */
  open(): StoreEngine {
    this.kill()
    const generation = this.#generation
    return {
      capabilities: { durable: true, shared: false, syncReads: true },
      maxKeyBytes: 4026,
      get: (key) => this.get(key),
      getMany: (keys) => keys.map((key) => this.get(key)),
      versionOf: (value) => this.#memory.versionOf(value),
      read: (keys) => this.#memory.read(keys),
      versionAt: (key) => this.#memory.versionAt(key),
      lengthOf: (key) => this.get(key)?.length,
      snapshot: () => this.snapshot(),
      commit: (expectations, writes) => this.#commit(generation, expectations, writes),
      close: async () => {
        this.closed += 1
      },
    }
  }

  /** Keeps what was flushed, and `count` of the commits that were not. */
  async losePower(count: number): Promise<void> {
    this.#flush(count)
    this.#unflushed = []
    this.#memory = new MemoryEngine()
    await this.#memory.commit([], [...this.#flushed.values()])
  }

  /** How many commits a loss of power may take away. */
  get unflushed(): number {
    return this.#unflushed.length
  }

  #flush(count: number): void {
    for (const write of this.#unflushed.splice(0, count).flat()) {
      this.#flushed.set(Buffer.from(write.key).toString('latin1'), write)
    }
  }

  async #commit(
    generation: number,
    expectations: readonly Expectation[],
    writes: StorageWrites,
  ): Promise<void> {
    const list = await listOfWrites(writes)
    await this.held?.('before')
    if (generation !== this.#generation) await new Promise(() => {})
    if (this.failures > 0) {
      this.failures -= 1
      throw new StorageFailure('no space is left')
    }
    this.commits += 1
    await this.#memory.commit(expectations, list)
    this.#unflushed.push(list)
    await this.held?.('after')
    this.#flush(this.#unflushed.length)
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
