import {
  StorageFailure,
  type Bytes,
  type Expectation,
  type Snapshot,
  type StorageEngine,
  type StorageWrites,
  type Versioned,
} from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'

/**
 * An engine in memory whose commits a test holds back: while `hold()` is on, commits wait for
 * `release()` or `fail()`, so that a test can look at the time between a write and its durability.
 */
export class HeldEngine implements StorageEngine {
  readonly capabilities = { durable: false, shared: false, syncReads: true } as const
  readonly #inner = new MemoryEngine()
  #held = false
  #isFailing = false
  #waiting: { proceed: () => void; fail: (error: Error) => void }[] = []
  /** How many commits were applied. */
  commits = 0

  hold(): void {
    this.#held = true
  }

  /** Lets the waiting commits and all later ones through. */
  release(): void {
    this.#held = false
    this.#isFailing = false
    for (const { proceed } of this.#waiting.splice(0)) proceed()
  }

  /** Lets the waiting commits fail, and later ones too until {@link release}. */
  fail(): void {
    this.#held = false
    this.#isFailing = true
    for (const { fail } of this.#waiting.splice(0)) fail(new StorageFailure('no space is left'))
  }

  /** How many commits wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  get(key: Bytes): Bytes | undefined {
    return this.#inner.get(key)
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return this.#inner.getMany(keys)
  }

  read(keys: readonly Bytes[]): (Versioned | undefined)[] {
    return this.#inner.read(keys)
  }

  snapshot(): Snapshot {
    return this.#inner.snapshot()
  }

  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#held) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ proceed: resolve, fail: reject })
      })
    }
    if (this.#isFailing) throw new StorageFailure('no space is left')
    await this.#inner.commit(expectations, writes)
    this.commits += 1
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
