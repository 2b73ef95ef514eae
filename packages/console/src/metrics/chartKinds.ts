/** What is shown together in one chart. */
export interface ChartKind {
  readonly title: string
  readonly about: string
  /** What its values are, as the table of them says. */
  readonly unit: string
  readonly lines: readonly LineKind[]
}

/** Lines of one metric (AWS/DynamoDB in the guide of CloudWatch). */
export interface LineKind {
  readonly metricName: string
  /** `operation`: a line for each operation; otherwise one line, which is called so. */
  readonly by: 'operation' | { readonly name: string }
  /** `rate` and `sum` count nothing as 0; `level` leaves a gap. */
  readonly as: 'rate' | 'sum' | 'level'
  /** A statistic of CloudWatch; undefined for the one that is chosen on the page. */
  readonly statistic: string | undefined
}

export const latencyStatistics: readonly (readonly [string, string])[] = [
  ['p50', 'Half of them (p50)'],
  ['p99', 'All but one in a hundred (p99)'],
  ['Average', 'Average'],
  ['Maximum', 'Slowest'],
]

const line = (metricName: string, name: string, as: LineKind['as']): LineKind => ({
  metricName,
  by: { name },
  as,
  statistic: 'Sum',
})

export const chartKinds: readonly ChartKind[] = [
  {
    title: 'Throughput',
    about: 'Successful requests a second, by operation.',
    unit: 'requests/s',
    lines: [
      {
        metricName: 'SuccessfulRequestLatency',
        by: 'operation',
        as: 'rate',
        statistic: 'SampleCount',
      },
    ],
  },
  {
    title: 'Consumed capacity',
    about: 'Capacity units a second, of tables and their global indexes.',
    unit: 'units/s',
    lines: [
      line('ConsumedReadCapacityUnits', 'Read units', 'rate'),
      line('ConsumedWriteCapacityUnits', 'Write units', 'rate'),
    ],
  },
  {
    title: 'Latency',
    about: 'Time within the server, by operation; of several tables that of the slowest.',
    unit: 'ms',
    lines: [
      {
        metricName: 'SuccessfulRequestLatency',
        by: 'operation',
        as: 'level',
        statistic: undefined,
      },
    ],
  },
  {
    title: 'Conflicts',
    about: 'Items that met a transaction, and conditions that were false.',
    unit: 'a period',
    lines: [
      line('TransactionConflict', 'Transaction conflicts', 'sum'),
      line('ConditionalCheckFailedRequests', 'Failed conditions', 'sum'),
    ],
  },
  {
    title: 'Throttles',
    about: 'Requests that were throttled, and events of tables and their global indexes.',
    unit: 'a period',
    lines: [
      line('ThrottledRequests', 'Throttled requests', 'sum'),
      line('ReadThrottleEvents', 'Read throttle events', 'sum'),
      line('WriteThrottleEvents', 'Write throttle events', 'sum'),
    ],
  },
]
