import { invalidNextToken } from '../../errors/metricErrors.ts'
import { maxListedMetrics } from '../../limits.ts'
import type { Metrics } from '../metrics.ts'
import { metricNamespace } from '../metricDefinitions.ts'
import type { Dimension } from '../series.ts'
import { knownMetrics, type KnownMetric, type NamedMetric } from './metricLookup.ts'
import { decodePageToken, encodePageToken } from './pageToken.ts'

export interface ListMetricsRequest {
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value?: string }[]
  readonly RecentlyActive?: 'PT3H'
  readonly NextToken?: string
}

const recentMinutes = 3 * 60

/**
 * ListMetrics: the metrics that there are, those of a name or namespace alone if one is given; each
 * of the dimensions must be there, with its value if it has one, and others may be (model).
 */
export function listMetrics(metrics: Metrics, request: ListMetricsRequest): object {
  metrics.refresh()
  const { NextToken: token, ...asked } = request
  const after = token === undefined ? '' : placeOf(asked, token)
  const oldest = metrics.store.minute() - recentMinutes
  const found = knownMetrics(metrics.store)
    .filter((known) => isAskedFor(known, request, oldest))
    .map(({ metric }) => ({ metric, order: orderOf(metric) }))
    .filter(({ order }) => order > after)
    .sort((one, other) => (one.order < other.order ? -1 : 1))
  const page = found.slice(0, maxListedMetrics)
  const isCut = found.length > page.length
  return {
    Metrics: page.map(({ metric }) => metric),
    NextToken: isCut ? encodePageToken(asked, { after: page.at(-1)?.order }) : undefined,
  }
}

function isAskedFor(
  { metric, lastMinute }: KnownMetric,
  { Namespace, MetricName, Dimensions = [], RecentlyActive }: ListMetricsRequest,
  oldestMinute: number,
): boolean {
  if (Namespace !== undefined && Namespace !== metricNamespace) return false
  if (MetricName !== undefined && MetricName !== metric.MetricName) return false
  if (RecentlyActive !== undefined && lastMinute < oldestMinute) return false
  return Dimensions.every(({ Name, Value }) =>
    metric.Dimensions.some(
      (each) => each.Name === Name && (Value === undefined || each.Value === Value),
    ),
  )
}

/** No name has a tabulator. */
function orderOf({ MetricName, Dimensions }: Required<NamedMetric>): string {
  const named = Dimensions.map(({ Name, Value }: Dimension) => `${Name}=${Value}`)
  return [MetricName, ...named].join('\t')
}

function placeOf(asked: object, token: string): string {
  const { after } = decodePageToken(asked, token) as { readonly after?: unknown }
  if (typeof after !== 'string') throw invalidNextToken()
  return after
}
