import { consumedWrite, metricNamespace } from '../metricDefinitions.ts'
import type { Dimension, Series } from '../series.ts'
import type { SeriesStore } from '../seriesStore.ts'

/** A metric as requests and answers name it (model: Metric). */
export interface NamedMetric {
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: readonly Dimension[]
}

/**
 * Who has written: customers, always, as there are no global tables. The same values have a metric
 * with this dimension and one without it (guide).
 */
const source: Dimension = { Name: 'Source', Value: 'Customer' }

/** The series of a metric with exactly these dimensions; undefined when there is none. */
export function findSeries(store: SeriesStore, metric: NamedMetric): Series | undefined {
  const { Namespace, MetricName = '', Dimensions = [] } = metric
  if (Namespace !== metricNamespace) return undefined
  const isSource = ({ Name, Value }: Dimension): boolean =>
    Name === source.Name && Value === source.Value
  const dimensions =
    MetricName === consumedWrite.name ? Dimensions.filter((each) => !isSource(each)) : Dimensions
  return store.find(MetricName, dimensions)
}

/** A metric that can be asked for, and when it had its last value. */
export interface KnownMetric {
  readonly metric: Required<NamedMetric>
  readonly lastMinute: number
}

/** All metrics that there are. */
export function knownMetrics(store: SeriesStore): KnownMetric[] {
  const known: KnownMetric[] = []
  for (const { metric, dimensions, lastMinute } of store.all()) {
    if (lastMinute < 0) continue
    const named = { Namespace: metricNamespace, MetricName: metric.name, Dimensions: dimensions }
    known.push({ metric: named, lastMinute })
    if (metric !== consumedWrite) continue
    known.push({ metric: { ...named, Dimensions: [...dimensions, source] }, lastMinute })
  }
  return known
}
