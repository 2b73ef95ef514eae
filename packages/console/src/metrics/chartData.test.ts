import { describe, expect, test } from 'vitest'
import { chartsOf, wantedOf, type MetricName } from './chartData.ts'

const latency = (TableName: string, Operation: string): MetricName => ({
  metricName: 'SuccessfulRequestLatency',
  dimensions: { TableName, Operation },
})
const units = (dimensions: Record<string, string>): MetricName => ({
  metricName: 'ConsumedWriteCapacityUnits',
  dimensions,
})

describe('what is wanted', () => {
  const metrics = [
    latency('Orders', 'PutItem'),
    latency('Payments', 'PutItem'),
    {
      ...latency('Orders', 'x'),
      dimensions: { TableName: 'Orders', Operation: 'ExecuteStatement', Verb: 'SELECT' },
    },
    units({ TableName: 'Orders' }),
    units({ TableName: 'Orders', Source: 'Customer' }),
    units({ TableName: 'Orders', GlobalSecondaryIndexName: 'byCustomer' }),
  ]

  test('is each metric once, by the dimensions that add up', () => {
    const wanted = wantedOf(metrics, undefined, 'p99')
    expect(
      wanted.map(({ chart, statistic, lineName }) => [chart.title, statistic, lineName]),
    ).toEqual([
      ['Throughput', 'SampleCount', 'PutItem'],
      ['Throughput', 'SampleCount', 'PutItem'],
      ['Consumed capacity', 'Sum', 'Write units'],
      ['Consumed capacity', 'Sum', 'Write units'],
      ['Latency', 'p99', 'PutItem'],
      ['Latency', 'p99', 'PutItem'],
    ])
  })

  test('is of one table where one is chosen', () => {
    const wanted = wantedOf(metrics, 'Payments', 'p99')
    expect(wanted.map(({ metric }) => metric.dimensions['TableName'])).toEqual([
      'Payments',
      'Payments',
    ])
  })
})

describe('charts', () => {
  const wanted = wantedOf(
    [latency('Orders', 'PutItem'), latency('Payments', 'PutItem')],
    undefined,
    'p50',
  )
  const range = { startSeconds: 600, nowSeconds: 730, periodSeconds: 60 }
  const points = [
    new Map([[600, 120]]),
    new Map([
      [600, 60],
      [720, 20],
    ]),
  ]
  const charts = chartsOf(
    wanted.map((each, i) => ({ wanted: each, points: points[i % 2] as Map<number, number> })),
    range,
  )
  const linesOf = (title: string) => charts.find(({ kind }) => kind.title === title)?.lines

  test('rates add up, and the period under way counts for as long as it has lasted', () => {
    expect(linesOf('Throughput')).toEqual([{ name: 'PutItem', values: [3, 0, 2] }])
    expect(charts[0]?.times).toEqual([600, 660, 720])
  })

  test('latencies are those of the slowest table, with gaps', () => {
    expect(linesOf('Latency')).toEqual([{ name: 'PutItem', values: [120, null, 20] }])
  })

  test('what never happened is 0', () => {
    expect(linesOf('Conflicts')).toEqual([
      { name: 'Transaction conflicts', values: [0, 0, 0] },
      { name: 'Failed conditions', values: [0, 0, 0] },
    ])
  })
})
