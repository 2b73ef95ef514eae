/** Random choices that a seed repeats. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    // Mulberry32: every seed gives another sequence, and 32 bits are enough to choose by.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }
}

/** The number that `--NAME` gave the suite, or `otherwise`. */
export function suiteOption(name: string, otherwise: number): number {
  const given = process.env[`DYNATOM_${name}`]
  return given === undefined ? otherwise : Number(given)
}

/** The seed of this run, a new one unless `--seed` repeats an old one. Prints it. */
export function runSeed(suite: string): number {
  const seed = suiteOption('SEED', Date.now() % 2 ** 31)
  console.log(`${suite}: seed ${seed}; again with npm run test:hostile -- --seed ${seed}`)
  return seed
}
