import {
  paginateGetMetricData,
  paginateListMetrics,
  type CloudWatchClient,
} from '@aws-sdk/client-cloudwatch'
import type { MetricName, Range, Read, Wanted } from './chartData.ts'

const namespace = 'AWS/DynamoDB'
/** A request has at most so many queries (GetMetricData in the reference of CloudWatch). */
const mostQueries = 500

/** The metrics of the database that there are. */
export async function listMetrics(
  client: CloudWatchClient,
  abortSignal: AbortSignal,
): Promise<readonly MetricName[]> {
  const metrics: MetricName[] = []
  for await (const { Metrics = [] } of paginateListMetrics({ client }, { Namespace: namespace })) {
    abortSignal.throwIfAborted()
    for (const { MetricName: metricName = '', Dimensions = [] } of Metrics) {
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))
      metrics.push({ metricName, dimensions: dimensions as Record<string, string> })
    }
  }
  return metrics
}

/** The points of what is wanted. */
export async function readMetrics(
  client: CloudWatchClient,
  wanted: readonly Wanted[],
  range: Range,
  abortSignal: AbortSignal,
): Promise<readonly Read[]> {
  const read: Read[] = []
  for (let at = 0; at < wanted.length; at += mostQueries) {
    const part = wanted.slice(at, at + mostQueries)
    const points = part.map(() => new Map<number, number>())
    const pages = paginateGetMetricData({ client }, inputOf(part, range))
    for await (const { MetricDataResults = [] } of pages) {
      abortSignal.throwIfAborted()
      for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
        const own = points[Number(Id.slice(1))]
        Timestamps.forEach((time, i) => own?.set(time.getTime() / 1000, Values[i] ?? 0))
      }
    }
    read.push(...part.map((each, i) => ({ wanted: each, points: points[i] ?? new Map() })))
  }
  return read
}

const inputOf = (wanted: readonly Wanted[], range: Range) => ({
  StartTime: new Date(range.startSeconds * 1000),
  EndTime: new Date((range.nowSeconds + 60) * 1000),
  MetricDataQueries: wanted.map(({ metric, statistic }, i) => ({
    Id: `m${i}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric.metricName,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: range.periodSeconds,
      Stat: statistic,
    },
  })),
})
