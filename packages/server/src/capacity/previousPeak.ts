import { peakGrowthMinutes } from '../limits.ts'

const minuteMs = 60_000

interface Peak {
  /** The minute that it was reached in. */
  readonly minute: number
  readonly unitsPerSecond: number
}

/**
 * The highest traffic that a table or index on demand has had, as far as it may be doubled: that of
 * a whole minute, half an hour after it was reached (guide: on-demand capacity mode, scaling
 * properties). Times are readings of a monotonic clock in milliseconds.
 */
export class PreviousPeak {
  #established = 0
  /** Higher than `#established`, each higher than those before it. */
  #rising: Peak[] = []
  #minute = 0
  #unitsThisMinute = 0

  /** Units per second; 0 as long as there has been no traffic for long enough. */
  unitsPerSecond(nowMs: number): number {
    this.#turnTo(nowMs)
    return this.#established
  }

  count(units: number, nowMs: number): void {
    this.#turnTo(nowMs)
    this.#unitsThisMinute += units
  }

  #turnTo(nowMs: number): void {
    const minute = Math.floor(nowMs / minuteMs)
    if (minute === this.#minute) return
    const unitsPerSecond = this.#unitsThisMinute / 60
    const highest = this.#rising.at(-1)?.unitsPerSecond ?? this.#established
    if (unitsPerSecond > highest) this.#rising.push({ minute: this.#minute, unitsPerSecond })
    this.#minute = minute
    this.#unitsThisMinute = 0
    const oldest = minute - peakGrowthMinutes
    while (this.#rising[0] !== undefined && this.#rising[0].minute < oldest) {
      this.#established = (this.#rising.shift() as Peak).unitsPerSecond
    }
  }
}
