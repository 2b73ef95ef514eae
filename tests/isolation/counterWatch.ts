import type { Defects } from './defects.ts'

/**
 * What the clients know of a counter that only grows, by one at a time: how often it was at least
 * incremented (what was acknowledged) and how often at most (what was sent).
 */
export class CounterWatch {
  readonly #name: string
  readonly #defects: Defects
  readonly #returned = new Set<number>()
  #sent = 0
  #refused = 0
  #acknowledged = 0
  /** The greatest value that a request which is over has seen. */
  #greatestSeen = 0

  constructor(name: string, defects: Defects) {
    this.#name = name
    this.#defects = defects
  }

  /** A request that adds one is about to be sent. Gives what the counter has reached by then. */
  send(): number {
    this.#sent += 1
    return this.floor()
  }

  /** What a request that is sent now must find at least, as it comes after all that are over. */
  floor(): number {
    return Math.max(this.#acknowledged, this.#greatestSeen)
  }

  refuse(): void {
    this.#refused += 1
  }

  /** An increment was acknowledged, without its value. */
  acknowledge(): void {
    this.#acknowledged += 1
  }

  /** An increment was acknowledged, after which the counter was `value`; `floor` is from {@link send}. */
  acknowledgeValue(value: number, floor: number): void {
    this.acknowledge()
    if (this.#returned.has(value)) this.#report(`two increments made it ${value}`)
    this.#returned.add(value)
    this.see(value, floor + 1)
  }

  /** A consistent read gave `value`; `floor` is from when it was sent. */
  see(value: number, floor: number): void {
    if (!Number.isInteger(value)) this.#report(`it was ${value}`)
    if (value < floor) this.#report(`it was ${value} after it had been ${floor} at least`)
    this.seeCommitted(value)
    this.#greatestSeen = Math.max(this.#greatestSeen, value)
  }

  /** A read that may be late gave `value`. */
  seeCommitted(value: number): void {
    if (value > this.#most) this.#report(`it was ${value} when ${this.#most} increments were sent`)
  }

  /** Nothing is under way that will be acknowledged, and a consistent read gave `value`. */
  seeAtTheEnd(value: number): void {
    this.see(value, this.floor())
  }

  /** Every increment that was sent, without those that were refused, may have happened. */
  get #most(): number {
    return this.#sent - this.#refused
  }

  #report(text: string): void {
    this.#defects.add('counter', `${this.#name}: ${text}`)
  }
}
