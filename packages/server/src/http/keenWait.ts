import type { Clock } from '../clock.ts'
import type { SoleCaller } from '../soleCaller.ts'

/** A caller is worth it who has asked so many times: what comes of it is a share of each. */
const leastRequests = 128
/** How many waits tell how long they are. */
const sampleWaits = 256
/** How many keen waits there are until those without are looked at again. */
const keenWaits = 8192
/** How many waits there are without, where keen ones were no shorter. */
const vainWaits = 16_384
/** The longest middle one of waits that become keen ones, in milliseconds. */
const maxMiddleMs = 0.5
/** The longest keen wait, in milliseconds. What is longer counts as this. */
const maxKeenMs = 1
/** What keen waits have to come to, of those without, to be worth it. */
const worthwhileShare = 0.9

/** Some waits in a row. */
class Waits {
  readonly #firstMs = new Float64Array(sampleWaits)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(waitMs: number): void {
    if (this.#count < sampleWaits) this.#firstMs[this.#count] = waitMs
    this.#count += 1
  }

  /** The middle one of the first. REQUIRES: all of those have been. */
  middleMs(): number {
    return this.#firstMs.toSorted()[sampleWaits / 2] as number
  }

  clear(): void {
    this.#count = 0
  }
}

/**
 * How the event loop waits for the next request of a sole caller who asks again at once: it looks
 * for it again and again in place of going to sleep, from which the system takes longer to wake it
 * than a small request takes. That keeps a processor busy which somebody else may want; so it is
 * tried, and left for long where the waits do not become shorter. INVARIANT: for any but a sole
 * caller, and `maxKeenMs` after the last answer, the loop sleeps as ever.
 */
export class KeenWait {
  readonly #clock: Clock
  readonly #caller: SoleCaller
  /** When the last answer left; undefined where that is not needed. */
  #sinceMs: number | undefined
  #isKeen = false
  #isLooking = false
  readonly #waits = new Waits()
  /** How many waits without there are to be before keen ones are tried. */
  #plainWaits = sampleWaits
  /** The middle one of the waits without. */
  #plainMs = 0

  constructor(clock: Clock, caller: SoleCaller) {
    this.#clock = clock
    this.#caller = caller
  }

  /** A request has come. */
  asked(): void {
    const sinceMs = this.#sinceMs
    if (sinceMs === undefined) return
    this.#sinceMs = undefined
    this.#waits.add(this.#clock.monotonicMs() - sinceMs)
    if (this.#isKeen) this.#judgeKeen(this.#waits)
    else this.#judgePlain(this.#waits)
  }

  /** An answer has left. */
  answered(): void {
    if (this.#caller.requests < leastRequests) {
      this.#forget()
      return
    }
    this.#sinceMs = this.#clock.monotonicMs()
    if (!this.#isKeen || this.#isLooking) return
    this.#isLooking = true
    this.#clock.defer(this.#look)
  }

  readonly #look = (): void => {
    const sinceMs = this.#sinceMs
    if (sinceMs !== undefined && this.#clock.monotonicMs() - sinceMs < maxKeenMs) {
      this.#clock.defer(this.#look)
    } else this.#isLooking = false
  }

  /** Another caller is another matter. */
  #forget(): void {
    this.#sinceMs = undefined
    this.#isKeen = false
    this.#plainWaits = sampleWaits
    this.#waits.clear()
  }

  #judgePlain(waits: Waits): void {
    if (waits.count < this.#plainWaits) return
    this.#plainMs = waits.middleMs()
    this.#waits.clear()
    this.#plainWaits = sampleWaits
    this.#isKeen = this.#plainMs <= maxMiddleMs
  }

  #judgeKeen(waits: Waits): void {
    const isVain = waits.count === sampleWaits && waits.middleMs() > worthwhileShare * this.#plainMs
    if (!isVain && waits.count < keenWaits) return
    this.#waits.clear()
    this.#isKeen = false
    this.#plainWaits = isVain ? vainWaits : sampleWaits
  }
}
