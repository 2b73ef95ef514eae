import { chartKinds, type ChartKind, type LineKind } from './chartKinds.ts'

/** A metric by its dimensions. */
export interface MetricName {
  readonly metricName: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** What is read: a metric by a statistic, for a line of a chart. */
export interface Wanted {
  readonly metric: MetricName
  readonly statistic: string
  readonly chart: ChartKind
  readonly kind: LineKind
  readonly lineName: string
}

/** The points of what is wanted: values by the second at which their period begins. */
export interface Read {
  readonly wanted: Wanted
  readonly points: ReadonlyMap<number, number>
}

export interface Line {
  readonly name: string
  /** One for each time; null where there is nothing. */
  readonly values: readonly (number | null)[]
}

export interface ChartData {
  readonly kind: ChartKind
  /** When each period begins, in seconds since the epoch. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
}

/** The dimensions that a line is made of, so that nothing counts twice. */
const dimensionsOf: Readonly<Record<string, readonly string[]>> = {
  SuccessfulRequestLatency: ['Operation,TableName'],
  ThrottledRequests: ['Operation,TableName'],
}
const ofTablesAndIndexes = ['TableName', 'GlobalSecondaryIndexName,TableName']

/** What the charts want of the metrics that there are; of one table, or of all. */
export function wantedOf(
  metrics: readonly MetricName[],
  tableName: string | undefined,
  latencyStatistic: string,
): readonly Wanted[] {
  return chartKinds.flatMap((chart) =>
    chart.lines.flatMap((kind) =>
      metrics
        .filter(({ metricName, dimensions }) => {
          if (metricName !== kind.metricName) return false
          if (tableName !== undefined && dimensions['TableName'] !== tableName) return false
          const names = Object.keys(dimensions).sort().join()
          return (dimensionsOf[metricName] ?? ofTablesAndIndexes).includes(names)
        })
        .map((metric) => ({
          metric,
          chart,
          kind,
          statistic: kind.statistic ?? latencyStatistic,
          lineName: kind.by === 'operation' ? (metric.dimensions['Operation'] ?? '') : kind.by.name,
        })),
    ),
  )
}

export interface Range {
  readonly startSeconds: number
  readonly nowSeconds: number
  readonly periodSeconds: number
}

/** What was read as charts; of lines that there is nothing of, those that have a name are 0. */
export function chartsOf(read: readonly Read[], range: Range): readonly ChartData[] {
  const { startSeconds, nowSeconds, periodSeconds } = range
  const count = Math.floor((nowSeconds - startSeconds) / periodSeconds) + 1
  const times = Array.from({ length: count }, (_, i) => startSeconds + i * periodSeconds)
  return chartKinds.map((kind) => {
    const lines = kind.lines.flatMap((line) => {
      const own = read.filter(({ wanted }) => wanted.chart === kind && wanted.kind === line)
      const found = [...new Set(own.map(({ wanted }) => wanted.lineName))].sort()
      const names = line.by === 'operation' ? found : [line.by.name]
      return names.map((name) => {
        const points = own
          .filter(({ wanted }) => wanted.lineName === name)
          .map((each) => each.points)
        return { name, values: times.map((time) => valueAt(time, points, line, range)) }
      })
    })
    return { kind, times, lines }
  })
}

function valueAt(
  time: number,
  points: readonly ReadonlyMap<number, number>[],
  { as }: LineKind,
  { nowSeconds, periodSeconds }: Range,
): number | null {
  const values = points.flatMap((each) => each.get(time) ?? [])
  if (as === 'level') return values.length === 0 ? null : Math.max(...values)
  const sum = values.reduce((total, value) => total + value, 0)
  if (as === 'sum') return sum
  // The period under way is as long as it has lasted.
  return sum / Math.max(1, Math.min(periodSeconds, nowSeconds - time))
}
