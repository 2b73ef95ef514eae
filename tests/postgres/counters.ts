import {
  StorageConflict,
  StorageFailure,
  type StorageEngine,
} from '../../packages/server/src/storage/engine.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

const keyOf = (i: number): Buffer => Buffer.from(`counter ${i}`)

/**
 * Clients that add one to two counters at once, again and again, and know how often they did. Each
 * commit relies on what was read, so that one that was lost or done twice is seen in the end.
 */
export class Counters {
  readonly acknowledged: number[]
  /** How many commits the engine said it could not make. */
  failures = 0
  /** Milliseconds at which each commit was acknowledged. */
  readonly times: number[] = []
  readonly #random: SeededRandom

  constructor(count: number, random: SeededRandom) {
    this.acknowledged = Array.from({ length: count }, () => 0)
    this.#random = random
  }

  async run(engine: StorageEngine, clients: number, isOver: () => boolean): Promise<void> {
    const client = async (): Promise<void> => {
      while (!isOver()) await this.#step(engine)
    }
    await Promise.all(Array.from({ length: clients }, client))
  }

  async #step(engine: StorageEngine): Promise<void> {
    const count = this.acknowledged.length
    const first = Math.floor(this.#random.next() * count)
    const second = (first + 1 + Math.floor(this.#random.next() * (count - 1))) % count
    const keys = [keyOf(first), keyOf(second)]
    try {
      const found = await engine.read(keys)
      const expectations = keys.map((key, i) => ({ key, version: found[i]?.version }))
      const writes = keys.map((key, i) => {
        const value = Number(found[i] === undefined ? 0 : Buffer.from(found[i].value).toString())
        return { key, value: Buffer.from(String(value + 1)) }
      })
      await engine.commit(expectations, writes)
    } catch (error) {
      if (error instanceof StorageConflict) return
      if (!(error instanceof StorageFailure)) throw error
      this.failures += 1
      return
    }
    for (const i of [first, second]) this.acknowledged[i] = (this.acknowledged[i] as number) + 1
    this.times.push(Date.now())
  }

  /** What the store says the counters are. */
  async stored(engine: StorageEngine): Promise<number[]> {
    const values = await engine.getMany(this.acknowledged.map((_, i) => keyOf(i)))
    return values.map((value) => Number(value === undefined ? 0 : Buffer.from(value).toString()))
  }
}
