import { describe, expect, test } from 'vitest'
import { jsonOfForm, xmlOfAnswer, xmlOfError } from './queryProtocol.ts'

const requestOf = (operation: string, parameters: Record<string, string>): unknown =>
  JSON.parse(jsonOfForm(operation, new URLSearchParams(parameters)))

describe('a form', () => {
  test('has lists, structures and values of each type', () => {
    const request = requestOf('GetMetricData', {
      Action: 'GetMetricData',
      Version: '2010-08-01',
      StartTime: '2026-01-02T03:00:00Z',
      EndTime: '1767326400.5',
      MaxDatapoints: '100',
      'MetricDataQueries.member.2.Id': 'b',
      'MetricDataQueries.member.2.Expression': 'a + 1',
      'MetricDataQueries.member.2.ReturnData': 'true',
      'MetricDataQueries.member.10.Id': 'c',
      'MetricDataQueries.member.1.Id': 'a',
      'MetricDataQueries.member.1.ReturnData': 'false',
      'MetricDataQueries.member.1.MetricStat.Period': '60',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'TableName',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'Ö & 1.2',
    })
    expect(request).toEqual({
      StartTime: 1_767_322_800,
      EndTime: 1_767_326_400.5,
      MaxDatapoints: 100,
      MetricDataQueries: [
        {
          Id: 'a',
          ReturnData: false,
          MetricStat: {
            Period: 60,
            Metric: { Dimensions: [{ Name: 'TableName', Value: 'Ö & 1.2' }] },
          },
        },
        { Id: 'b', Expression: 'a + 1', ReturnData: true },
        { Id: 'c' },
      ],
    })
  })

  test('keeps what has not the form of its type, for the decoder to refuse', () => {
    const request = requestOf('GetMetricData', {
      StartTime: 'yesterday',
      MaxDatapoints: 'many',
      'MetricDataQueries.member.1.ReturnData': 'maybe',
    })
    expect(request).toEqual({
      StartTime: 'yesterday',
      MaxDatapoints: 'many',
      MetricDataQueries: [{ ReturnData: 'maybe' }],
    })
  })

  test('of an operation that is none has no parameters', () => {
    expect(requestOf('GetNothing', { StartTime: '1' })).toEqual({})
  })

  test('with absurd names is read all the same', () => {
    const request = requestOf('ListMetrics', {
      'Dimensions.member.999999999999.Name': 'far',
      'Dimensions.member.x.Name': 'none',
      [`Dimensions.member.1.Name${'.a'.repeat(10_000)}`]: 'deep',
      __proto__: 'x',
      'constructor.prototype': 'x',
    })
    expect(request).toEqual({ Dimensions: [{ Name: '' }, { Name: 'far' }] })
  })
})

const bytesOf = (value: object) => Buffer.from(JSON.stringify(value), 'utf8')
const xmlns = 'xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"'

describe('an answer', () => {
  test('is wrapped, with members, entries, times and doubles', () => {
    const body = bytesOf({
      Label: 'a<b>&"\u0001',
      Datapoints: [
        {
          Timestamp: 1_767_322_800,
          Sum: 4,
          Unit: 'Count',
          ExtendedStatistics: { 'p99.9': 0.25 },
        },
      ],
    })
    expect(xmlOfAnswer('GetMetricStatistics', body, 'R')).toBe(
      `<GetMetricStatisticsResponse ${xmlns}><GetMetricStatisticsResult>` +
        '<Label>a&lt;b&gt;&amp;&quot;\uFFFD</Label><Datapoints><member>' +
        '<Timestamp>2026-01-02T03:00:00Z</Timestamp><Sum>4.0</Sum><Unit>Count</Unit>' +
        '<ExtendedStatistics><entry><key>p99.9</key><value>0.25</value></entry></ExtendedStatistics>' +
        '</member></Datapoints></GetMetricStatisticsResult>' +
        '<ResponseMetadata><RequestId>R</RequestId></ResponseMetadata>' +
        '</GetMetricStatisticsResponse>\n',
    )
  })

  test('without anything in it has its lists', () => {
    expect(xmlOfAnswer('ListMetrics', bytesOf({ Metrics: [] }), 'R')).toContain(
      '<ListMetricsResult><Metrics/></ListMetricsResult>',
    )
  })

  test('that is an error says whose fault it is', () => {
    expect(xmlOfError({ code: 'InvalidNextToken', fault: 'Sender', message: "it's" }, 'R')).toBe(
      `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>InvalidNextToken</Code>` +
        '<Message>it&apos;s</Message></Error><RequestId>R</RequestId></ErrorResponse>\n',
    )
  })
})
