import {
  maxDatapointsOutOfRange,
  nothingReturned,
  queryIdMalformed,
  queryIdTwice,
  queryNotOneKind,
  tooManyQueries,
} from '../../errors/metricErrors.ts'
import { maxMathValues, maxMetricDataQueries, maxMetricDatapoints } from '../../limits.ts'
import type { Metrics } from '../metrics.ts'
import { aggregates, checkPeriod, timeRange, type TimeRange } from './aggregate.ts'
import { findSeries, type NamedMetric } from './metricLookup.ts'
import { evaluateMath, type MathInput, type TimedValues } from './metricMath.ts'
import { pageOfResults, type QueryResult } from './resultPage.ts'
import { statisticOf, valueOf } from './statistic.ts'

interface MetricStat {
  readonly Metric: NamedMetric
  readonly Period: number
  readonly Stat: string
  readonly Unit?: string
}

interface MetricDataQuery {
  readonly Id: string
  readonly MetricStat?: MetricStat
  readonly Expression?: string
  readonly Label?: string
  readonly ReturnData?: boolean
  readonly Period?: number
}

export interface GetMetricDataRequest {
  readonly MetricDataQueries: readonly MetricDataQuery[]
  readonly StartTime: number
  readonly EndTime: number
  readonly ScanBy?: 'TimestampDescending' | 'TimestampAscending'
  readonly MaxDatapoints?: number
  readonly NextToken?: string
}

/**
 * GetMetricData: the values of any number of metrics, and of expressions of them, by period. A page
 * has at most MaxDatapoints values; a result that goes on in the next one is PartialData.
 */
export function getMetricData(metrics: Metrics, request: GetMetricDataRequest): object {
  const { MetricDataQueries: queries } = request
  checkQueries(queries)
  const range = timeRange(request.StartTime, request.EndTime)
  const { MaxDatapoints: most = maxMetricDatapoints } = request
  if (most < 1 || most > maxMetricDatapoints) throw maxDatapointsOutOfRange(maxMetricDatapoints)
  metrics.refresh()
  const inputOf = inputsOf(metrics, queries, range)
  // What is not shown must be right all the same.
  for (const query of queries) inputOf(query)
  const isAscending = request.ScanBy === 'TimestampAscending'
  const results = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .map((query): QueryResult => {
      const { values } = inputOf(query)
      const sorted = [...values].sort(([one], [other]) => one - other)
      return {
        id: query.Id,
        label: labelOf(query),
        points: isAscending ? sorted : sorted.reverse(),
      }
    })
  const { NextToken: token, ...asked } = request
  return pageOfResults(results, { asked, token, most, isAscending })
}

const idForm = /^[a-z][a-zA-Z0-9_]*$/

function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length > maxMetricDataQueries) throw tooManyQueries(maxMetricDataQueries)
  const ids = new Set<string>()
  for (const { Id, MetricStat, Expression, Period } of queries) {
    if (!idForm.test(Id)) throw queryIdMalformed(Id)
    if (ids.has(Id)) throw queryIdTwice(Id)
    ids.add(Id)
    if ((MetricStat === undefined) === (Expression === undefined)) throw queryNotOneKind(Id)
    const period = MetricStat?.Period ?? Period
    if (period !== undefined) checkPeriod(period)
    if (MetricStat !== undefined) statisticOf(MetricStat.Stat)
  }
  if (queries.every(({ ReturnData }) => ReturnData === false)) throw nothingReturned()
}

function valuesOf(
  metrics: Metrics,
  { Metric, Period, Stat, Unit }: MetricStat,
  range: TimeRange,
): TimedValues {
  const series = findSeries(metrics.store, Metric)
  if (series === undefined || (Unit !== undefined && Unit !== series.metric.unit)) return new Map()
  const statistic = statisticOf(Stat)
  const values = new Map<number, number>()
  for (const aggregate of aggregates(series, range, Period)) {
    const value = valueOf(aggregate, statistic)
    if (value !== undefined) values.set(aggregate.timestamp, value)
  }
  return values
}

/**
 * What gives the values of a query, worked out once. An expression may use the values of others,
 * wherever they stand; one that waits for itself has none.
 */
function inputsOf(
  metrics: Metrics,
  queries: readonly MetricDataQuery[],
  range: TimeRange,
): (query: MetricDataQuery) => MathInput {
  const byId = new Map(queries.map((query) => [query.Id, query]))
  const metricIds = queries.flatMap(({ Id, MetricStat }) => (MetricStat === undefined ? [] : [Id]))
  const budget = { left: maxMathValues }
  const found = new Map<string, MathInput | 'under way'>()
  const inputOfId = (id: string): MathInput | undefined => {
    const query = byId.get(id)
    return query === undefined || found.get(id) === 'under way' ? undefined : inputOf(query)
  }
  const inputOf = (query: MetricDataQuery): MathInput => {
    const { Id, MetricStat, Expression = '' } = query
    const known = found.get(Id)
    if (known !== undefined && known !== 'under way') return known
    found.set(Id, 'under way')
    const input =
      MetricStat === undefined
        ? evaluateMath(Id, Expression, { inputOf: inputOfId, metricIds, range, budget })
        : { values: valuesOf(metrics, MetricStat, range), period: MetricStat.Period }
    found.set(Id, input)
    return input
  }
  return inputOf
}

function labelOf({ Id, Label, MetricStat }: MetricDataQuery): string {
  return Label ?? MetricStat?.Metric.MetricName ?? Id
}
