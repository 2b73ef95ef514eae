import { statisticsRequired, tooManyDatapoints } from '../../errors/metricErrors.ts'
import { maxStatisticsDatapoints } from '../../limits.ts'
import type { Metrics } from '../metrics.ts'
import { aggregates, checkPeriod, timeRange, type Aggregate } from './aggregate.ts'
import { findSeries, type NamedMetric } from './metricLookup.ts'
import { statisticOf, valueOf, type SimpleStatistic } from './statistic.ts'

export interface GetMetricStatisticsRequest extends NamedMetric {
  readonly MetricName: string
  readonly StartTime: number
  readonly EndTime: number
  readonly Period: number
  readonly Statistics?: readonly SimpleStatistic[]
  readonly ExtendedStatistics?: readonly string[]
  readonly Unit?: string
}

/**
 * GetMetricStatistics: the statistics of one metric by period; periods without data are left out.
 */
export function getMetricStatistics(metrics: Metrics, request: GetMetricStatisticsRequest): object {
  const { Statistics = [], ExtendedStatistics = [], Period, Unit } = request
  if (Statistics.length + ExtendedStatistics.length === 0) throw statisticsRequired()
  const range = timeRange(request.StartTime, request.EndTime)
  checkPeriod(Period)
  const asked = Math.ceil((request.EndTime - request.StartTime) / Period)
  if (asked > maxStatisticsDatapoints) throw tooManyDatapoints(asked, maxStatisticsDatapoints)
  const extended = ExtendedStatistics.map((name) => ({ name, statistic: statisticOf(name) }))
  metrics.refresh()
  const series = findSeries(metrics.store, request)
  const unit = series?.metric.unit
  const isOfUnit = Unit === undefined || Unit === unit
  const found = series !== undefined && isOfUnit ? aggregates(series, range, Period) : []
  const datapointOf = (aggregate: Aggregate): object => {
    const values = extended.flatMap(({ name, statistic }) => {
      const value = valueOf(aggregate, statistic)
      return value === undefined ? [] : [[name, value] as const]
    })
    return {
      Timestamp: aggregate.timestamp,
      ...Object.fromEntries(Statistics.map((kind) => [kind, valueOf(aggregate, { kind })])),
      Unit: unit,
      ExtendedStatistics: values.length === 0 ? undefined : Object.fromEntries(values),
    }
  }
  return { Label: request.MetricName, Datapoints: found.map(datapointOf) }
}
