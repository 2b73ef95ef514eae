import {
  expressionRefused,
  maxDatapointsOutOfRange,
  nothingReturned,
  queryIdMalformed,
  queryIdTwice,
  queryNotOneKind,
  tooManyQueries,
} from '../../errors/metricErrors.ts'
import { maxMetricDataQueries, maxMetricDatapoints } from '../../limits.ts'
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
  const inputs = new Map<string, MathInput>()
  for (const { Id, MetricStat } of queries) {
    if (MetricStat === undefined) continue
    inputs.set(Id, { values: valuesOf(metrics, MetricStat, range), period: MetricStat.Period })
  }
  evaluateExpressions(queries, inputs, range)
  const isAscending = request.ScanBy === 'TimestampAscending'
  const results = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .map((query): QueryResult => {
      const { values } = inputs.get(query.Id) as MathInput
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

/** Puts the values of expressions into `inputs`; one may use those of others. */
function evaluateExpressions(
  queries: readonly MetricDataQuery[],
  inputs: Map<string, MathInput>,
  range: TimeRange,
): void {
  let waiting = queries.filter(({ Expression }) => Expression !== undefined)
  const metricIds = new Set(inputs.keys())
  while (waiting.length > 0) {
    const left: MetricDataQuery[] = []
    let missing = ''
    for (const query of waiting) {
      const { Id, Expression = '' } = query
      const outcome = evaluateMath(Id, Expression, { inputs, metricIds, range })
      if ('missing' in outcome) {
        missing = outcome.missing
        left.push(query)
      } else inputs.set(Id, outcome)
    }
    const [first] = left
    if (first !== undefined && left.length === waiting.length) {
      throw expressionRefused(first.Id, `there is no value of ${missing}.`)
    }
    waiting = left
  }
}

function labelOf({ Id, Label, MetricStat }: MetricDataQuery): string {
  return Label ?? MetricStat?.Metric.MetricName ?? Id
}
