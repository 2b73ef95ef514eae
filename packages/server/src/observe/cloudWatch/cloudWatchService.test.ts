import { beforeEach, describe, expect, test } from 'vitest'
import { ApiError } from '../../errors/apiError.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import {
  consumedRead,
  consumedWrite,
  successfulRequestLatency,
  type MetricDefinition,
} from '../metricDefinitions.ts'
import { Metrics } from '../metrics.ts'
import type { Dimension } from '../series.ts'
import { performCloudWatch, type CloudWatchOperation } from './cloudWatchService.ts'

const Namespace = 'AWS/DynamoDB'
const table = { Name: 'TableName', Value: 'Orders' }
const operation = { Name: 'Operation', Value: 'GetItem' }
const startMs = Date.UTC(2026, 0, 2, 3, 0, 0)
const start = startMs / 1000

let clock: ManualClock
let metrics: Metrics

beforeEach(() => {
  clock = new ManualClock({ nowMs: startMs })
  metrics = new Metrics({
    clock,
    onFault(error) {
      throw error
    },
  })
})

interface Answer {
  readonly Metrics: readonly object[]
  readonly MetricDataResults: readonly {
    readonly Id: string
    readonly Timestamps: readonly number[]
    readonly Values: readonly number[]
    readonly StatusCode: string
  }[]
  readonly Datapoints: readonly object[]
  readonly Label: string
  readonly NextToken?: string
}

function ask(name: CloudWatchOperation, request: object): Answer {
  const body = performCloudWatch(metrics, name, JSON.stringify(request))
  return JSON.parse(Buffer.from(body).toString('utf8')) as Answer
}

function refusal(name: CloudWatchOperation, request: object) {
  try {
    ask(name, request)
  } catch (error) {
    const { kind, message } = error as ApiError
    return { name: kind.name, queryCode: kind.queryCode, message }
  }
  throw new Error('not refused')
}

function add(definition: MetricDefinition, dimensions: readonly Dimension[], value: number): void {
  const minute = metrics.store.minute()
  metrics.store.series(definition, dimensions)?.add(minute, value)
}

/** A value in each of the minutes from the start on. */
function addEachMinute(values: readonly number[]) {
  for (const value of values) {
    add(consumedRead, [table], value)
    clock.advance(60_000)
  }
}

const metric = { Namespace, MetricName: 'ConsumedReadCapacityUnits', Dimensions: [table] }
const range = { StartTime: start, EndTime: start + 3600 }
const stat = (more: object = {}) => ({ Metric: metric, Period: 60, Stat: 'Sum', ...more })
const query = (Id: string, more: object = {}) => ({ Id, MetricStat: stat(more) })

describe('GetMetricData', () => {
  const ask1 = (more: object = {}, others: object = {}) =>
    ask('GetMetricData', { ...range, MetricDataQueries: [query('q', more)], ...others })
      .MetricDataResults[0]

  test('gives values from the latest on, or from the first', () => {
    addEachMinute([1, 2, 3])
    expect(ask('GetMetricData', { ...range, MetricDataQueries: [query('q')] })).toEqual({
      MetricDataResults: [
        {
          Id: 'q',
          Label: 'ConsumedReadCapacityUnits',
          Timestamps: [start + 120, start + 60, start],
          Values: [3, 2, 1],
          StatusCode: 'Complete',
        },
      ],
      Messages: [],
    })
    expect(ask1({}, { ScanBy: 'TimestampAscending' })?.Values).toEqual([1, 2, 3])
  })

  test('adds up by periods from the beginning of the range, which is rounded down', () => {
    addEachMinute([1, 2, 4, 8, 16])
    const result = ask1({ Period: 120 }, { StartTime: start + 100, EndTime: start + 270 })
    expect(result).toMatchObject({ Timestamps: [start + 180, start + 60], Values: [24, 6] })
  })

  test('ends before the end of the range', () => {
    addEachMinute([1, 2, 3])
    expect(ask1({}, { EndTime: start + 120 })?.Values).toEqual([2, 1])
    expect(ask1({}, { EndTime: start + 120.5 })?.Values).toEqual([3, 2, 1])
  })

  test.each([
    ['SampleCount', 3],
    ['Sum', 9],
    ['Average', 3],
    ['Minimum', 1],
    ['Maximum', 6],
  ])('%s', (Stat, value) => {
    addEachMinute([2, 1, 6])
    expect(ask1({ Stat, Period: 300 })?.Values).toEqual([value])
  })

  test('tells percentiles of latencies, and none of what keeps none', () => {
    for (let ms = 1; ms <= 100; ms++) add(successfulRequestLatency, [table, operation], ms)
    const Metric = {
      Namespace,
      MetricName: 'SuccessfulRequestLatency',
      Dimensions: [operation, table],
    }
    expect(ask1({ Metric, Stat: 'p100' })?.Values).toEqual([100])
    const [median] = ask1({ Metric, Stat: 'p50' })?.Values ?? []
    expect(median).toBeGreaterThan(46)
    expect(median).toBeLessThan(55)
    addEachMinute([1])
    expect(ask1({ Stat: 'p50' })?.Values).toEqual([])
  })

  test('gives nothing, and no error, for what there is not', () => {
    addEachMinute([1])
    const nothing = { Timestamps: [], Values: [], StatusCode: 'Complete' }
    const other = { ...metric, Namespace: 'AWS/SQS' }
    expect(ask1({ Metric: other })).toMatchObject(nothing)
    expect(ask1({ Metric: { ...metric, Dimensions: [] } })).toMatchObject(nothing)
    expect(ask1({ Unit: 'Bytes' })).toMatchObject(nothing)
    expect(ask1({ Unit: 'Count' })?.Values).toEqual([1])
  })

  test('works out expressions in whatever order they are, and shows what is asked for', () => {
    addEachMinute([10, 20])
    const MetricDataQueries = [
      { Id: 'twice', Expression: 'half * 4', Label: 'Twice' },
      { Id: 'half', Expression: 'q / 2', ReturnData: false },
      { ...query('q'), ReturnData: false },
    ]
    expect(ask('GetMetricData', { ...range, MetricDataQueries }).MetricDataResults).toEqual([
      {
        Id: 'twice',
        Label: 'Twice',
        Timestamps: [start + 60, start],
        Values: [40, 20],
        StatusCode: 'Complete',
      },
    ])
  })

  test.each(['TimestampAscending', 'TimestampDescending'])(
    'pages put together are all, %s',
    (ScanBy) => {
      addEachMinute([1, 2, 3, 4, 5])
      const request = { ...range, MetricDataQueries: [query('a'), query('b')], ScanBy }
      const whole = ask('GetMetricData', request).MetricDataResults
      for (const MaxDatapoints of [1, 2, 3, 5, 7, 10]) {
        const found: Record<string, number[]> = { a: [], b: [] }
        let NextToken: string | undefined
        let pages = 0
        do {
          const page = ask('GetMetricData', { ...request, MaxDatapoints, NextToken })
          let count = 0
          for (const { Id, Values, StatusCode } of page.MetricDataResults) {
            found[Id]?.push(...Values)
            count += Values.length
            const isWhole = found[Id]?.length === 5
            expect(StatusCode).toBe(isWhole ? 'Complete' : 'PartialData')
          }
          expect(count).toBeLessThanOrEqual(MaxDatapoints)
          NextToken = page.NextToken
          pages += 1
        } while (NextToken !== undefined)
        expect(pages).toBe(Math.ceil(10 / MaxDatapoints))
        expect(found).toEqual({ a: whole[0]?.Values, b: whole[1]?.Values })
      }
    },
  )

  const invalid = (message: string) => ({
    name: 'ValidationException',
    queryCode: 'ValidationError',
    message,
  })
  const wrongValue = (message: string) => ({
    name: 'InvalidParameterValueException',
    queryCode: 'InvalidParameterValue',
    message,
  })

  test.each<[string, object, object]>([
    [
      'a range that ends when it begins',
      { EndTime: start },
      wrongValue('The parameter StartTime must be less than the parameter EndTime.'),
    ],
    [
      'a period that is none',
      { MetricDataQueries: [query('q', { Period: 90 })] },
      wrongValue(
        'The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.',
      ),
    ],
    [
      'a statistic that is none',
      { MetricDataQueries: [query('q', { Stat: 'p101' })] },
      wrongValue('The value p101 is not a statistic.'),
    ],
    [
      'a statistic that is not built',
      { MetricDataQueries: [query('q', { Stat: 'tm99' })] },
      wrongValue('The value tm99 is not available in Dynatom.'),
    ],
    [
      'an Id twice',
      { MetricDataQueries: [query('q'), query('q')] },
      invalid('The values for parameter id in MetricDataQueries are not unique: q.'),
    ],
    [
      'an Id that is no name',
      { MetricDataQueries: [query('Q')] },
      invalid(
        'The value Q for parameter id in MetricDataQueries must start with a lowercase letter and ' +
          'contain only letters, digits and underscores.',
      ),
    ],
    [
      'a metric and an expression',
      { MetricDataQueries: [{ ...query('q'), Expression: 'q' }] },
      invalid('The MetricDataQuery q must have either MetricStat or Expression, and not both.'),
    ],
    [
      'neither',
      { MetricDataQueries: [{ Id: 'q' }] },
      invalid('The MetricDataQuery q must have either MetricStat or Expression, and not both.'),
    ],
    [
      'an expression of what is not there',
      { MetricDataQueries: [{ Id: 'q', Expression: 'x + 1' }] },
      invalid("Error in expression 'q': there is no value of x."),
    ],
    [
      'an expression that is none, and is not shown',
      { MetricDataQueries: [query('q'), { Id: 'e', Expression: 'q +', ReturnData: false }] },
      invalid("Error in expression 'e': it ends too early."),
    ],
    [
      'expressions of each other',
      {
        MetricDataQueries: [
          { Id: 'a', Expression: 'b' },
          { Id: 'b', Expression: 'a' },
        ],
      },
      invalid("Error in expression 'b': there is no value of a."),
    ],
    [
      'nothing to show',
      { MetricDataQueries: [{ ...query('q'), ReturnData: false }] },
      invalid('At least one MetricDataQuery must have ReturnData true.'),
    ],
    [
      'too many queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, i) => query(`q${i}`)) },
      invalid('MetricDataQueries can have at most 500 elements.'),
    ],
    [
      'pages without points',
      { MaxDatapoints: 0 },
      invalid('MaxDatapoints must be from 1 to 100800.'),
    ],
    [
      'what the model forbids',
      { ScanBy: 'Any' },
      invalid(
        "1 validation error detected: Value 'Any' at 'scanBy' failed to satisfy constraint: Member " +
          'must satisfy enum value set: [TimestampDescending, TimestampAscending]',
      ),
    ],
    [
      'another type',
      { StartTime: 'x' },
      {
        name: 'SerializationException',
        queryCode: 'MalformedInput',
        message: 'STRING_VALUE cannot be converted to Date',
      },
    ],
  ])('refuses %s', (_case, more, expected) => {
    const request = { ...range, MetricDataQueries: [query('q')], ...more }
    expect(refusal('GetMetricData', request)).toEqual(expected)
  })

  test('refuses the token of another request, and what is none', () => {
    addEachMinute([1, 2, 3])
    const request = { ...range, MetricDataQueries: [query('q')], MaxDatapoints: 1 }
    const { NextToken } = ask('GetMetricData', request)
    expect(ask('GetMetricData', { ...request, NextToken }).MetricDataResults[0]?.Values).toEqual([
      2,
    ])
    const expected = {
      name: 'InvalidNextToken',
      queryCode: 'InvalidNextToken',
      message: 'The next token specified is invalid.',
    }
    for (const token of [`${NextToken}x`, 'AAAA', '', Buffer.from('[1,2]').toString('base64url')]) {
      expect(refusal('GetMetricData', { ...request, NextToken: token })).toEqual(expected)
    }
    expect(refusal('GetMetricData', { ...request, EndTime: start + 60, NextToken })).toEqual(
      expected,
    )
  })
})

describe('GetMetricStatistics', () => {
  const ask1 = (more: object) =>
    ask('GetMetricStatistics', { ...metric, ...range, Period: 60, ...more })

  test('gives what was asked for, with the unit', () => {
    addEachMinute([1, 3])
    expect(ask1({ Statistics: ['Sum', 'Average'], Period: 3600 })).toEqual({
      Label: 'ConsumedReadCapacityUnits',
      Datapoints: [{ Timestamp: start, Sum: 4, Average: 2, Unit: 'Count' }],
    })
    expect(ask1({ Statistics: ['Sum'], Unit: 'Seconds' }).Datapoints).toEqual([])
    expect(ask1({ Statistics: ['Sum'], MetricName: 'Unheard' })).toEqual({
      Label: 'Unheard',
      Datapoints: [],
    })
  })

  test('gives percentiles beside', () => {
    add(successfulRequestLatency, [table, operation], 7)
    const asked = {
      MetricName: 'SuccessfulRequestLatency',
      Dimensions: [table, operation],
      ExtendedStatistics: ['p99', 'p99.9'],
    }
    expect(ask1(asked).Datapoints).toEqual([
      { Timestamp: start, Unit: 'Milliseconds', ExtendedStatistics: { p99: 7, 'p99.9': 7 } },
    ])
  })

  test.each<[string, object, object]>([
    [
      'no statistics',
      {},
      {
        name: 'MissingRequiredParameterException',
        queryCode: 'MissingParameter',
        message: 'Must specify either Statistics or ExtendedStatistics.',
      },
    ],
    [
      'too many points',
      { Statistics: ['Sum'], EndTime: start + 1608 * 60 },
      {
        name: 'InvalidParameterCombinationException',
        queryCode: 'InvalidParameterCombination',
        message:
          'You have requested up to 1,608 datapoints, which exceeds the limit of 1,440. You may ' +
          'reduce the datapoints requested by increasing Period, or decreasing the time range.',
      },
    ],
    [
      'a range that ends before it begins',
      { Statistics: ['Sum'], EndTime: start - 1 },
      {
        name: 'InvalidParameterValueException',
        queryCode: 'InvalidParameterValue',
        message: 'The parameter StartTime must be less than the parameter EndTime.',
      },
    ],
    [
      'no name',
      { Statistics: ['Sum'], MetricName: undefined },
      {
        name: 'ValidationException',
        queryCode: 'ValidationError',
        message:
          "1 validation error detected: Value null at 'metricName' failed to satisfy constraint: " +
          'Member must not be null',
      },
    ],
  ])('refuses %s', (_case, more, expected) => {
    const request = { ...metric, ...range, Period: 60, ...more }
    expect(refusal('GetMetricStatistics', request)).toEqual(expected)
  })
})

describe('ListMetrics', () => {
  const named = (MetricName: string, ...Dimensions: object[]) => ({
    Namespace,
    MetricName,
    Dimensions,
  })

  beforeEach(() => {
    const minute = metrics.store.minute()
    metrics.store.series(consumedWrite, [table])?.add(minute, 1)
    metrics.store.series(consumedRead, [table])?.add(minute, 1)
    metrics.store.series(successfulRequestLatency, [table, operation])?.add(minute, 1)
    metrics.store.series(successfulRequestLatency, [{ ...table, Value: 'Never' }])
  })

  const reads = named('ConsumedReadCapacityUnits', table)
  const writes = named('ConsumedWriteCapacityUnits', table)
  const writesOfCustomers = named('ConsumedWriteCapacityUnits', table, {
    Name: 'Source',
    Value: 'Customer',
  })
  const latency = named('SuccessfulRequestLatency', table, operation)

  test.each<[string, object, object[]]>([
    ['all', {}, [reads, writes, writesOfCustomers, latency]],
    ['a namespace', { Namespace }, [reads, writes, writesOfCustomers, latency]],
    ['another namespace', { Namespace: 'AWS/SQS' }, []],
    ['a name', { MetricName: 'ConsumedReadCapacityUnits' }, [reads]],
    ['a dimension', { Dimensions: [{ Name: 'Operation' }] }, [latency]],
    ['a value', { Dimensions: [operation, table] }, [latency]],
    ['another value', { Dimensions: [{ Name: 'Operation', Value: 'Scan' }] }, []],
  ])('%s', (_case, request, expected) => {
    expect(ask('ListMetrics', request)).toEqual({ Metrics: expected })
  })

  test('those of the last three hours', () => {
    clock.advance(4 * 3_600_000)
    add(consumedRead, [table], 1)
    expect(ask('ListMetrics', { RecentlyActive: 'PT3H' }).Metrics).toEqual([reads])
  })

  test('comes in pages of 500, whose token belongs to the request', () => {
    const minute = metrics.store.minute()
    for (let i = 0; i < 600; i++) {
      metrics.store.series(consumedRead, [{ ...table, Value: `T${i}` }])?.add(minute, 1)
    }
    const request = { MetricName: 'ConsumedReadCapacityUnits' }
    const first = ask('ListMetrics', request)
    const { NextToken } = first
    const second = ask('ListMetrics', { ...request, NextToken })
    expect(first.Metrics).toHaveLength(500)
    expect(second.Metrics).toHaveLength(101)
    expect(second.NextToken).toBe(undefined)
    const all = [...first.Metrics, ...second.Metrics].map((each) => JSON.stringify(each))
    expect(new Set(all).size).toBe(601)
    expect(refusal('ListMetrics', { NextToken })).toMatchObject({ name: 'InvalidNextToken' })
  })
})
