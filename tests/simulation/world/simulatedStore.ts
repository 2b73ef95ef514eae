import type { StorageWrite } from '../../../packages/server/src/storage/engine.ts'
import { MemoryEngine } from '../../../packages/server/src/storage/memory/memoryEngine.ts'

/** From the first key to the last of a store. */
export const everything = { start: Buffer.alloc(1), end: Buffer.alloc(32, 0xff) }

/** What is on disk: all that outlives a crash. */
export class SimulatedStore {
  readonly #durable = new MemoryEngine()
  /** Makes a commit durable, at once and as a whole. */
  apply(writes: readonly StorageWrite[]): void {
    // The memory engine has done all of it when it returns.
    void this.#durable.commit([], writes)
  }

  /** The durable state, for a process that opens the store. */
  load(): MemoryEngine {
    const copy = new MemoryEngine()
    void copy.commit([], [...this.#durable.snapshot().range(everything)])
    return copy
  }
}
