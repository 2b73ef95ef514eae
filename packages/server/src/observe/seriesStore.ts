import type { Clock } from '../clock.ts'
import { maxMetricBytes, maxMetricSeries, metricRetentionHours } from '../limits.ts'
import type { MetricDefinition } from './metricDefinitions.ts'
import { minutesPerHour, Series, seriesBytes, type Dimension, type SeriesSpace } from './series.ts'

const minuteMs = 60_000

/** How much may be kept; the limits of `limits.ts` when absent. */
export interface SeriesLimits {
  readonly maxSeries?: number
  readonly maxBytes?: number
}

/** What could not be kept since the store began. */
export interface Lost {
  /** Values of metrics that were one too many. */
  values: number
  /** Minutes of metrics that there was no memory for. */
  minutes: number
}

/**
 * All series by metric and dimensions. INVARIANT: there are at most `maxSeries` of them, and they
 * and their points take at most `maxBytes`, as far as that can be told from their lengths: a point
 * that has no place takes the oldest hour of all series away, and is lost itself when that is its
 * own hour. A series that has had no value for a day goes.
 */
export class SeriesStore implements SeriesSpace {
  readonly #clock: Clock
  readonly #maxSeries: number
  readonly #maxBytes: number
  readonly #series = new Map<string, Series>()
  /** Bytes of points by hour. */
  readonly #hourBytes = new Map<number, number>()
  #pointBytes = 0
  #minute = 0
  #hour = 0
  readonly lost: Lost = { values: 0, minutes: 0 }
  /** How often series have gone: whoever remembers any forgets them then. */
  removals = 0

  constructor(clock: Clock, limits: SeriesLimits = {}) {
    this.#clock = clock
    this.#maxSeries = limits.maxSeries ?? maxMetricSeries
    this.#maxBytes = limits.maxBytes ?? maxMetricBytes
  }

  /** The minute that it is, since the epoch. With each hour what is too old goes. */
  minute(): number {
    const minute = Math.floor(this.#clock.nowMs() / minuteMs)
    if (minute !== this.#minute) this.#moveTo(minute)
    return minute
  }

  /** The series of a metric with these dimensions; undefined when it is one too many. */
  series(metric: MetricDefinition, dimensions: readonly Dimension[]): Series | undefined {
    const key = keyOf(metric.name, dimensions)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= this.#maxSeries || !this.#makeRoom(seriesBytes, this.#hour)) {
      this.lost.values += 1
      return undefined
    }
    const series = new Series(metric, dimensions, this)
    this.#series.set(key, series)
    return series
  }

  /** The series of a name and dimensions, in whatever order they are; undefined without one. */
  find(metricName: string, dimensions: readonly Dimension[]): Series | undefined {
    return this.#series.get(keyOf(metricName, dimensions))
  }

  /** All series. */
  all(): Iterable<Series> {
    return this.#series.values()
  }

  /** What the series and their points take, in bytes. */
  get heldBytes(): number {
    return this.#pointBytes + this.#series.size * seriesBytes
  }

  take(hour: number, bytes: number): boolean {
    if (!this.#makeRoom(bytes, hour)) {
      this.lost.minutes += 1
      return false
    }
    this.#hourBytes.set(hour, (this.#hourBytes.get(hour) ?? 0) + bytes)
    this.#pointBytes += bytes
    return true
  }

  /** Whether there is room for something of `hour`, for which only older hours go. */
  #makeRoom(bytes: number, hour: number): boolean {
    while (this.heldBytes + bytes > this.#maxBytes) {
      const oldest = Math.min(...this.#hourBytes.keys())
      if (oldest >= hour) return false
      this.#forgetBefore(oldest + 1)
    }
    return true
  }

  #moveTo(minute: number): void {
    this.#minute = minute
    const hour = Math.floor(minute / minutesPerHour)
    if (hour <= this.#hour) return
    this.#hour = hour
    const oldest = hour - metricRetentionHours
    this.#forgetBefore(oldest)
    for (const [key, series] of this.#series) {
      if (series.lastMinute >= oldest * minutesPerHour) continue
      this.#series.delete(key)
      this.removals += 1
    }
  }

  #forgetBefore(hour: number): void {
    for (const [each, bytes] of this.#hourBytes) {
      if (each >= hour) continue
      this.#hourBytes.delete(each)
      this.#pointBytes -= bytes
    }
    for (const series of this.#series.values()) series.forgetBefore(hour)
  }
}

/** By which a series is found: no name has a line break. */
function keyOf(metricName: string, dimensions: readonly Dimension[]): string {
  const named = dimensions.map(({ Name, Value }) => `${Name}=${Value}`)
  return [metricName, ...named.sort()].join('\n')
}
