import {
  bucketOf,
  doublingOf,
  emptyBuckets,
  emptyDoublings,
  packBuckets,
  type Buckets,
  type PackedBuckets,
} from './latencyHistogram.ts'
import type { MetricDefinition } from './metricDefinitions.ts'

export interface Dimension {
  readonly Name: string
  readonly Value: string
}

/** The values of a metric within one minute. */
export interface MinutePoint {
  /** Minutes since the epoch. */
  readonly minute: number
  readonly count: number
  readonly sum: number
  readonly minimum: number
  readonly maximum: number
  /** Only of metrics with percentiles. */
  readonly buckets: PackedBuckets | undefined
}

/** Where a series takes the memory for an hour of points. */
export interface SeriesSpace {
  /** Takes bytes for points of an hour; false when there are none. */
  take(hour: number, bytes: number): boolean
}

export const minutesPerHour = 60
const fields = 4

/** The points of an hour: number, sum, minimum and maximum of each minute. */
class HourOfPoints {
  readonly hour: number
  readonly #points = new Float64Array(minutesPerHour * fields)
  #buckets: (PackedBuckets | undefined)[] | undefined

  constructor(hour: number) {
    this.hour = hour
  }

  put({ minute, count, sum, minimum, maximum, buckets }: MinutePoint): void {
    const position = minute % minutesPerHour
    this.#points.set([count, sum, minimum, maximum], position * fields)
    if (buckets === undefined) return
    this.#buckets ??= Array.from({ length: minutesPerHour })
    this.#buckets[position] = buckets
  }

  at(minute: number): MinutePoint | undefined {
    const position = minute % minutesPerHour
    const [count = 0, sum = 0, minimum = 0, maximum = 0] = this.#points.subarray(position * fields)
    if (count === 0) return undefined
    return { minute, count, sum, minimum, maximum, buckets: this.#buckets?.[position] }
  }
}

/** What an hour of points takes, with what is round it, in bytes. */
const hourBytes = 8 * fields * minutesPerHour + 160
/** What the packed buckets of a minute take, in bytes. */
const packedBytes = (packed: PackedBuckets | undefined): number =>
  packed === undefined ? 0 : packed.byteLength + 100

/** What a series takes that has no points yet, in bytes, with its names. */
export const seriesBytes = 600

/**
 * One metric with one set of dimensions: the minute that is under way, as it grows, and the hours
 * before it.
 */
export class Series {
  readonly metric: MetricDefinition
  /** In the order in which AWS's documentation has them. */
  readonly dimensions: readonly Dimension[]
  readonly #space: SeriesSpace
  /** Since the series began. */
  totalCount = 0
  totalSum = 0
  lastValue = 0
  /** Values by doubling since then, of metrics with percentiles. */
  readonly doublings: Float64Array | undefined
  #minute = -1
  #count = 0
  #sum = 0
  #minimum = 0
  #maximum = 0
  #buckets: Buckets | undefined
  /** From the oldest on. */
  #hours: HourOfPoints[] = []

  constructor(metric: MetricDefinition, dimensions: readonly Dimension[], space: SeriesSpace) {
    this.metric = metric
    this.dimensions = dimensions
    this.#space = space
    this.doublings = metric.hasPercentiles === true ? emptyDoublings() : undefined
  }

  /** One value in the minute `minute`; in the last one when a clock has been put back. */
  add(minute: number, value: number): void {
    if (minute > this.#minute) this.#begin(minute)
    if (this.#count === 0) {
      this.#minimum = value
      this.#maximum = value
    } else {
      if (value < this.#minimum) this.#minimum = value
      if (value > this.#maximum) this.#maximum = value
    }
    this.#count += 1
    this.#sum += value
    this.totalCount += 1
    this.totalSum += value
    this.lastValue = value
    const { doublings } = this
    if (doublings === undefined) return
    const bucket = bucketOf(value)
    const buckets = (this.#buckets ??= emptyBuckets())
    buckets[bucket] = (buckets[bucket] as number) + 1
    const doubling = doublingOf(bucket)
    doublings[doubling] = (doublings[doubling] as number) + 1
  }

  /** The minute of the last value; -1 before the first. */
  get lastMinute(): number {
    return this.#minute
  }

  /** The points from `startMinute` to before `endMinute`, in their order. */
  points(startMinute: number, endMinute: number): MinutePoint[] {
    const found: MinutePoint[] = []
    for (const hour of this.#hours) {
      const first = Math.max(startMinute, hour.hour * minutesPerHour)
      const end = Math.min(endMinute, (hour.hour + 1) * minutesPerHour)
      for (let minute = first; minute < end; minute++) {
        const point = hour.at(minute)
        if (point !== undefined) found.push(point)
      }
    }
    const open = this.#openPoint()
    if (open !== undefined && open.minute >= startMinute && open.minute < endMinute) {
      found.push(open)
    }
    return found
  }

  /** Forgets the hours before `hour`. */
  forgetBefore(hour: number): void {
    const oldest = this.#hours[0]
    if (oldest === undefined || oldest.hour >= hour) return
    this.#hours = this.#hours.filter((each) => each.hour >= hour)
  }

  #begin(minute: number): void {
    const closed = this.#openPoint()
    this.#minute = minute
    this.#count = 0
    this.#sum = 0
    this.#buckets = undefined
    if (closed !== undefined) this.#keep(closed)
  }

  /** Points that there is no memory for are lost. */
  #keep(point: MinutePoint): void {
    const hour = Math.floor(point.minute / minutesPerHour)
    let last = this.#hours.at(-1)
    const isNew = last?.hour !== hour
    const bytes = packedBytes(point.buckets) + (isNew ? hourBytes : 0)
    if (!this.#space.take(hour, bytes)) return
    if (last === undefined || last.hour !== hour) this.#hours.push((last = new HourOfPoints(hour)))
    last.put(point)
  }

  #openPoint(): MinutePoint | undefined {
    if (this.#count === 0) return undefined
    return {
      minute: this.#minute,
      count: this.#count,
      sum: this.#sum,
      minimum: this.#minimum,
      maximum: this.#maximum,
      buckets: this.#buckets && packBuckets(this.#buckets),
    }
  }
}
