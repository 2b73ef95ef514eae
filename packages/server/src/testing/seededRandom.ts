import type { Random } from '../clock.ts'

/**
 * Choices that a seed gives again (the generator sfc32). Also what a simulated server is given as
 * its randomness. Only {@link next} draws, so a test that replaces it decides everything.
 */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** Streams of one seed are independent of each other. */
  constructor(seed: number, stream: number = 0) {
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / 2 ** 32) >>> 0
    this.#c = (0x9e3779b9 ^ Math.imul(stream, 0x85ebca6b)) >>> 0
    for (let i = 0; i < 12; i++) this.next()
  }

  /** From 0 (inclusive) to 1 (exclusive), in steps of 2^-32. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0
    return sum / 2 ** 32
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** REQUIRES: `list` is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** Different members of `list`, at most `count`, in random order. */
  pickSome<T>(list: readonly T[], count: number): T[] {
    const left = [...list]
    const picked: T[] = []
    while (picked.length < count && left.length > 0) {
      picked.push(left.splice(this.below(left.length), 1)[0] as T)
    }
    return picked
  }

  /** One of the choices, each as likely as its weight. REQUIRES: there is one. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, choice] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return (choices.at(-1) as readonly [number, T])[1]
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }

  uuid(): string {
    const hex = Buffer.from(this.bytes(16)).toString('hex')
    const variant = (8 + this.below(4)).toString(16)
    const tail = `${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${tail}`
  }
}
