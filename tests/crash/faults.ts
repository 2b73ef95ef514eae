import { StorageFailure } from '../../packages/server/src/storage/engine.ts'
import type { EngineCall } from '../../packages/server/src/testing/faultyEngine.ts'

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
