import { periodNotAllowed, startNotBeforeEnd } from '../../errors/metricErrors.ts'
import { addPacked, emptyBuckets, type Buckets } from '../latencyHistogram.ts'
import type { MinutePoint } from '../series.ts'

/** The values of one period. */
export interface Aggregate {
  /** The beginning of the period, in seconds since the epoch. */
  readonly timestamp: number
  count: number
  sum: number
  minimum: number
  maximum: number
  /** Only of metrics with percentiles. */
  buckets: Buckets | undefined
}

/** What time is asked for, in seconds since the epoch. */
export interface TimeRange {
  /** A whole minute; in the range. */
  readonly start: number
  /** Not in the range. */
  readonly end: number
}

const minuteSeconds = 60
/** In seconds: in the year 9999. */
const latestTime = 253_402_300_800

/**
 * The range of a request: its beginning is rounded down to a minute (model), and neither end is
 * where no values are. Throws InvalidParameterValue for one that is empty.
 */
export function timeRange(startTime: number, endTime: number): TimeRange {
  if (startTime >= endTime) throw startNotBeforeEnd()
  const start = Math.floor(startTime / minuteSeconds) * minuteSeconds
  return { start: Math.max(0, start), end: Math.min(latestTime, endTime) }
}

/** Throws InvalidParameterValue for a period that is neither short nor of whole minutes. */
export function checkPeriod(period: number): void {
  if (period % minuteSeconds !== 0 && ![1, 5, 10, 20, 30].includes(period)) throw periodNotAllowed()
}

/** A series of points, as far as it is read here. */
interface Points {
  points(startMinute: number, endMinute: number): MinutePoint[]
}

/**
 * The points of `series` within `range`, added up by periods of `period` seconds from its beginning
 * on; periods without any are left out.
 */
export function aggregates(series: Points, { start, end }: TimeRange, period: number): Aggregate[] {
  const found: Aggregate[] = []
  const points = series.points(start / minuteSeconds, Math.ceil(end / minuteSeconds))
  for (const point of points) {
    const seconds = point.minute * minuteSeconds
    const timestamp = start + Math.floor((seconds - start) / period) * period
    const last = found.at(-1)
    if (last?.timestamp === timestamp) addPoint(last, point)
    else found.push(aggregateOf(timestamp, point))
  }
  return found
}

function aggregateOf(timestamp: number, point: MinutePoint): Aggregate {
  const { count, sum, minimum, maximum } = point
  const buckets = point.buckets && emptyBuckets()
  if (buckets !== undefined && point.buckets !== undefined) addPacked(buckets, point.buckets)
  return { timestamp, count, sum, minimum, maximum, buckets }
}

function addPoint(aggregate: Aggregate, point: MinutePoint): void {
  aggregate.count += point.count
  aggregate.sum += point.sum
  aggregate.minimum = Math.min(aggregate.minimum, point.minimum)
  aggregate.maximum = Math.max(aggregate.maximum, point.maximum)
  if (aggregate.buckets !== undefined && point.buckets !== undefined) {
    addPacked(aggregate.buckets, point.buckets)
  }
}
