/**
 * Numbers that a seed determines: what the clients choose to do. Not when they do it, so a run with the
 * same seed is a similar run, not the same one.
 */
export class SeededRandom {
  #state: number

  /** Streams of one seed are independent of each other. */
  constructor(seed: number, stream: number = 0) {
    this.#state = Math.imul(seed ^ Math.imul(stream + 1, 0x9e3779b1), 0x85ebca6b) >>> 0
    for (let i = 0; i < 4; i++) this.next()
  }

  /** From 0 up to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** An integer from 0 up to `limit`, without it. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** REQUIRES: there is a choice. */
  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)] as Choice
  }

  /** `count` different ones, in random order; all of them when there are not so many. */
  pickSome<Choice>(choices: readonly Choice[], count: number): Choice[] {
    const left = [...choices]
    const picked: Choice[] = []
    while (picked.length < count && left.length > 0) {
      picked.push(left.splice(this.below(left.length), 1)[0] as Choice)
    }
    return picked
  }

  /** One of the choices, each as likely as its weight. */
  weighted<Choice>(choices: readonly (readonly [weight: number, choice: Choice])[]): Choice {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, choice] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return (choices.at(-1) as readonly [number, Choice])[1]
  }
}
