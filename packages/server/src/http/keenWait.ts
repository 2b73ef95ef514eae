import { availableParallelism } from 'node:os'
import type { Clock } from '../clock.ts'
import type { SoleCaller } from '../soleCaller.ts'

/** A caller is worth it who has asked so many times: what comes of it is a share of each. */
const leastRequests = 128
/** So many waits are not looked at when the way of waiting changes: its code has yet to be warm. */
const firstWaits = 32
/** How many waits tell how long they are. */
const sampleWaits = 256
/** How many keen waits there are until those without are looked at again. */
const keenWaits = 8192
/** How many waits there are without, where keen ones were no shorter. */
const vainWaits = 4096
/** The longest mean of waits that become keen ones, in milliseconds. */
const maxMeanMs = 0.5
/** The longest keen wait, in milliseconds. */
const maxKeenMs = 1
/** What a wait counts for at most, in milliseconds: a client may have had something else to do. */
const longestMs = 5
/** What keen waits have to come to, of those without, to be worth it. */
const worthwhileShare = 0.9

/** Waits in a row that are of one kind. */
class Waits {
  #count = 0
  #sampleMs = 0

  add(waitMs: number): void {
    this.#count += 1
    const isOfSample = this.#count > firstWaits && this.#count <= firstWaits + sampleWaits
    if (isOfSample) this.#sampleMs += Math.min(waitMs, longestMs)
  }

  /** How many there have been since the sample was complete; undefined before. */
  get sinceSample(): number | undefined {
    const count = this.#count - firstWaits - sampleWaits
    return count < 0 ? undefined : count
  }

  /** REQUIRES: the sample is complete. */
  get meanMs(): number {
    return this.#sampleMs / sampleWaits
  }

  clear(): void {
    this.#count = 0
    this.#sampleMs = 0
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
  readonly #hasOthers: boolean
  /** When the last answer left; undefined where that is not needed. */
  #sinceMs: number | undefined
  #isKeen = false
  #isLooking = false
  readonly #waits = new Waits()
  /** How many waits without there are to be, after their sample, before keen ones are tried. */
  #plainWaits = 0
  /** The mean of the waits without. */
  #plainMs = 0

  /** With one of `processors` alone there is none to keep busy. */
  constructor(clock: Clock, caller: SoleCaller, processors: number = availableParallelism()) {
    this.#clock = clock
    this.#caller = caller
    this.#hasOthers = processors > 1
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
    if (!this.#hasOthers || this.#caller.requests < leastRequests) {
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
    this.#plainWaits = 0
    this.#waits.clear()
  }

  #judgePlain({ sinceSample, meanMs }: Waits): void {
    if (sinceSample === undefined || sinceSample < this.#plainWaits) return
    this.#plainMs = meanMs
    this.#waits.clear()
    this.#plainWaits = 0
    this.#isKeen = meanMs <= maxMeanMs
  }

  #judgeKeen({ sinceSample, meanMs }: Waits): void {
    const isVain = sinceSample === 0 && meanMs > worthwhileShare * this.#plainMs
    if (!isVain && (sinceSample ?? 0) < keenWaits) return
    this.#waits.clear()
    this.#isKeen = false
    this.#plainWaits = isVain ? vainWaits : 0
  }
}
