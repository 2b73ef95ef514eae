import { endOfDoubling } from '../latencyHistogram.ts'
import { throttleEventsOf } from '../metricDefinitions.ts'
import type { Dimension, Series } from '../series.ts'
import type { SeriesStore } from '../seriesStore.ts'

/** One line of a metric: its labels, and the name where it is not the metric's. */
export interface Sample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** A metric as Prometheus has it, with all its lines. */
export interface Figure {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly values: readonly Sample[]
}

interface Translation {
  readonly name: string
  readonly help: string
  /** A counter of all values since the start, or the number last told. */
  readonly type: 'counter' | 'gauge'
  /** Labels that the metric has in its name there. */
  readonly labels?: Readonly<Record<string, string>>
}

const counter = (name: string, help: string): Translation => ({ name, help, type: 'counter' })
const gauge = (name: string, help: string): Translation => ({ name, help, type: 'gauge' })

const limits = [
  'ProvisionedThroughput',
  'KeyRangeThroughput',
  'MaxOnDemandThroughput',
  'AccountLimit',
] as const

/** The events of each limit; an item that meets two limits of a table is an event of both. */
const throttleEvents = ['Read', 'Write'].flatMap((access) =>
  limits.map((limit): [string, Translation] => {
    const { name } = throttleEventsOf(access as 'Read' | 'Write', limit)
    const help = 'Items and pages that a limit refused.'
    const labels = { access: access.toLowerCase(), limit }
    return [name, { ...counter('throttle_events_total', help), labels }]
  }),
)

/** What the metrics of AWS/DynamoDB are here; the others are not shown. */
const translations: Readonly<Record<string, Translation>> = {
  ConsumedReadCapacityUnits: counter('consumed_read_capacity_units_total', 'Read units consumed.'),
  ConsumedWriteCapacityUnits: counter(
    'consumed_write_capacity_units_total',
    'Write units consumed; a transaction counts its items twice.',
  ),
  VectorSearchRequestBytes: counter(
    'vector_search_request_bytes_total',
    'Bytes charged for searches of vector indexes.',
  ),
  VectorWriteRequestBytes: counter(
    'vector_write_request_bytes_total',
    'Bytes charged for writes of vector indexes.',
  ),
  ProvisionedReadCapacityUnits: gauge('provisioned_read_capacity_units', 'Read units provisioned.'),
  ProvisionedWriteCapacityUnits: gauge(
    'provisioned_write_capacity_units',
    'Write units provisioned.',
  ),
  OnDemandMaxReadRequestUnits: gauge(
    'on_demand_max_read_request_units',
    'Most read units on demand.',
  ),
  OnDemandMaxWriteRequestUnits: gauge(
    'on_demand_max_write_request_units',
    'Most write units on demand.',
  ),
  ReturnedItemCount: counter('returned_items_total', 'Items returned by queries and scans.'),
  ReturnedRecordsCount: counter('returned_records_total', 'Records returned by GetRecords.'),
  ReturnedBytes: counter('returned_record_bytes_total', 'Bytes returned by GetRecords.'),
  ConditionalCheckFailedRequests: counter(
    'conditional_check_failed_total',
    'Conditions that were false.',
  ),
  TransactionConflict: counter(
    'transaction_conflicts_total',
    'Items refused because a transaction was at them.',
  ),
  UserErrors: counter('user_errors_total', 'Requests that were answered with HTTP 400.'),
  SystemErrors: counter('system_errors_total', 'Requests that were answered with HTTP 500.'),
  ...Object.fromEntries(throttleEvents),
  ThrottledRequests: counter('throttled_requests_total', 'Requests that were throttled.'),
  TimeToLiveDeletedItemCount: counter(
    'time_to_live_deleted_items_total',
    'Items removed by time to live.',
  ),
}

const prefix = 'dynatom_'

const labelNames: Readonly<Record<string, string>> = {
  TableName: 'table',
  GlobalSecondaryIndexName: 'index',
  VectorIndexName: 'index',
  Operation: 'operation',
  StreamLabel: 'stream_label',
}

/**
 * The figures of a database as Prometheus has them: counters since the start, and a histogram of
 * latencies in seconds. An operation of statements is one, whatever kinds of statements it had.
 */
export function figuresOf(store: SeriesStore): Figure[] {
  const figures = new Map<string, { readonly figure: Translation; readonly values: Sample[] }>()
  const latencies: Sample[] = []
  for (const series of store.all()) {
    if (series.doublings !== undefined) latencies.push(...latencySamples(series, series.doublings))
    const figure = translations[series.metric.name]
    if (figure === undefined) continue
    let entry = figures.get(figure.name)
    if (entry === undefined) figures.set(figure.name, (entry = { figure, values: [] }))
    const value = figure.type === 'counter' ? series.totalSum : series.lastValue
    entry.values.push({ labels: { ...labelsOf(series.dimensions), ...figure.labels }, value })
  }
  const all = [...figures.values()].map(
    ({ figure, values }): Figure => ({ ...figure, name: `${prefix}${figure.name}`, values }),
  )
  return [...all, latencyFigure(latencies), ...ownFigures(store)]
}

function labelsOf(dimensions: readonly Dimension[]): Record<string, string> {
  const labels = dimensions.map(({ Name, Value }) => [labelNames[Name] ?? Name, Value] as const)
  return Object.fromEntries(labels)
}

const latencyName = `${prefix}request_duration_seconds`

function latencyFigure(values: readonly Sample[]): Figure {
  return {
    name: latencyName,
    help: 'Time that successful requests took within the server.',
    type: 'histogram',
    values,
  }
}

/** The shortest and the longest time that has a bucket: 32 microseconds to 17 seconds. */
const firstDoubling = 4
const lastDoubling = 23

function latencySamples(
  { dimensions, totalCount, totalSum }: Series,
  doublings: Float64Array,
): Sample[] {
  const isPart = dimensions.some(({ Name }) => Name === 'Verb' || Name === 'OperationType')
  if (isPart) return []
  const labels = labelsOf(dimensions)
  const samples: Sample[] = []
  let below = 0
  doublings.forEach((count, doubling) => {
    below += count
    if (doubling < firstDoubling || doubling > lastDoubling) return
    const le = Number((endOfDoubling(doubling) / 1000).toPrecision(12))
    samples.push({ metricName: `${latencyName}_bucket`, labels: { ...labels, le }, value: below })
  })
  samples.push(
    { metricName: `${latencyName}_bucket`, labels: { ...labels, le: '+Inf' }, value: totalCount },
    { metricName: `${latencyName}_sum`, labels, value: totalSum / 1000 },
    { metricName: `${latencyName}_count`, labels, value: totalCount },
  )
  return samples
}

/** What the metrics themselves take, and what they had no room for. */
function ownFigures({ heldBytes, lost }: SeriesStore): Figure[] {
  const single = (type: Figure['type'], name: string, help: string, value: number): Figure => ({
    name: `${prefix}${name}`,
    help,
    type,
    values: [{ labels: {}, value }],
  })
  return [
    single('gauge', 'metrics_bytes', 'Memory of the metrics, about.', heldBytes),
    single(
      'counter',
      'metrics_lost_values_total',
      'Values of metrics that were too many.',
      lost.values,
    ),
    single(
      'counter',
      'metrics_lost_minutes_total',
      'Minutes of metrics that there was no memory for.',
      lost.minutes,
    ),
  ]
}
