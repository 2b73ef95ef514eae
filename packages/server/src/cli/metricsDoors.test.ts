import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type LabDatabase,
  type RequestLog,
} from './createDatabase.ts'
import { CborTime, decodeCbor, encodeCbor } from '../wire/cbor.ts'
import { readToken } from './tokenFile.ts'

const prefix = 'GraniteServiceVersion20100801'
const authorization =
  'AWS4-HMAC-SHA256 Credential=k/20260102/us-east-1/monitoring/aws4_request, ' +
  'SignedHeaders=host, Signature=s'
const signed = { authorization, 'x-amz-date': '20260102T030405Z' }

let database: Database
afterEach(() => database.close())

async function open(options: DatabaseOptions = {}): Promise<string> {
  database = await createDatabase({ inMemory: true, ...options })
  const { endpoint } = await database.listen({ port: 0, host: '127.0.0.1' })
  return endpoint
}

const post = (
  url: string,
  headers: Record<string, string>,
  body: NonNullable<RequestInit['body']> | null,
) => fetch(url, { method: 'POST', headers: { ...signed, ...headers }, body })

async function json(endpoint: string, target: string, request: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target }
  return post(endpoint, headers, JSON.stringify(request))
}

const createTable = {
  TableName: 'Orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const Dimensions = [{ Name: 'TableName', Value: 'Orders' }]
const metric = { Namespace: 'AWS/DynamoDB', MetricName: 'ConsumedWriteCapacityUnits', Dimensions }
const now = Date.now() / 1000

/** A table to which a transaction has written two items. */
async function openWritten(options: DatabaseOptions = {}): Promise<string> {
  const endpoint = await open(options)
  await json(endpoint, 'DynamoDB_20120810.CreateTable', createTable)
  const put = (id: string) => ({ Put: { TableName: 'Orders', Item: { id: { S: id } } } })
  const TransactItems = [put('1'), put('2')]
  const written = await json(endpoint, 'DynamoDB_20120810.TransactWriteItems', { TransactItems })
  expect(written.status).toBe(200)
  return endpoint
}

const statistics = {
  ...metric,
  StartTime: now - 3600,
  EndTime: now + 3600,
  Period: 7200,
  Statistics: ['Sum'],
}

test('metrics go by the clock that the lab moves', async () => {
  const endpoint = await openWritten({ lab: true })
  const clock = (database as LabDatabase).lab.clock
  await clock.freeze()
  const hourMs = 60 * 60 * 1000
  const { nowMs } = await clock.advance({ ms: 3 * hourMs })
  const put = { TableName: 'Orders', Item: { id: { S: '3' } } }
  await json(endpoint, 'DynamoDB_20120810.PutItem', put)
  const answer = await json(endpoint, `${prefix}.GetMetricStatistics`, {
    ...metric,
    Period: 60,
    Statistics: ['Sum'],
    StartTime: nowMs / 1000 - 3600,
    EndTime: nowMs / 1000 + 60,
  })
  const { Datapoints } = (await answer.json()) as {
    readonly Datapoints: readonly { readonly Sum: number; readonly Timestamp: number }[]
  }
  const minute = Math.floor(nowMs / 60_000) * 60
  expect(Datapoints).toEqual([expect.objectContaining({ Sum: 1, Timestamp: minute })])
})

describe('CloudWatch in JSON', () => {
  test('answers', async () => {
    const endpoint = await openWritten()
    const answer = await json(endpoint, `${prefix}.GetMetricStatistics`, statistics)
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.0')
    const { Datapoints } = (await answer.json()) as { Datapoints: object[] }
    expect(Datapoints).toEqual([{ Timestamp: expect.any(Number), Sum: 4, Unit: 'Count' }])
  })

  test('shows that doubles are, and errors by their older codes too', async () => {
    const endpoint = await openWritten()
    const text = await (await json(endpoint, `${prefix}.GetMetricStatistics`, statistics)).text()
    expect(text).toContain('"Sum":4.0')
    const refused = await json(endpoint, `${prefix}.GetMetricStatistics`, {
      ...statistics,
      Period: 7,
    })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-amzn-query-error')).toBe('InvalidParameterValue;Sender')
    expect(await refused.json()).toEqual({
      __type: 'com.amazonaws.cloudwatch#InvalidParameterValueException',
      message:
        'The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.',
    })
  })

  test('refuses what is not built as DynamoDB does, and what is none', async () => {
    const endpoint = await open()
    const unbuilt = await json(endpoint, `${prefix}.PutMetricData`, {})
    expect(await unbuilt.json()).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'The operation PutMetricData is not available in Dynatom yet.',
    })
    const unknown = await json(endpoint, `${prefix}.GetNothing`, {})
    expect(await unknown.json()).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
    })
  })

  test('is in the log, and its errors are none of DynamoDB', async () => {
    const log: RequestLog[] = []
    const endpoint = await open({ onRequest: (entry) => void log.push(entry) })
    await json(endpoint, `${prefix}.GetMetricStatistics`, { ...statistics, Statistics: undefined })
    await json(endpoint, `${prefix}.PutMetricData`, {})
    expect(log.map(({ operation, errorName }) => [operation, errorName])).toEqual([
      ['GetMetricStatistics', 'MissingRequiredParameterException'],
      ['PutMetricData', 'UnknownOperationException'],
    ])
    const listed = await json(endpoint, `${prefix}.ListMetrics`, { MetricName: 'UserErrors' })
    expect(await listed.json()).toEqual({ Metrics: [] })
  })

  test('is not there without metrics', async () => {
    const endpoint = await open({ metrics: false })
    expect((await json(endpoint, `${prefix}.ListMetrics`, {})).status).toBe(400)
    expect((await fetch(`${endpoint}/metrics`)).status).toBe(404)
  })
})

describe('CloudWatch in CBOR', () => {
  const headers = {
    'smithy-protocol': 'rpc-v2-cbor',
    'content-type': 'application/cbor',
    accept: 'application/cbor',
  }
  const ask = (endpoint: string, operation: string, body: Uint8Array) =>
    post(`${endpoint}/service/${prefix}/operation/${operation}`, headers, Buffer.from(body))
  const read = async (answer: Response): Promise<unknown> =>
    decodeCbor(new Uint8Array(await answer.arrayBuffer()))

  test('answers', async () => {
    const endpoint = await openWritten()
    const timed = {
      ...statistics,
      StartTime: new CborTime(statistics.StartTime),
      EndTime: new CborTime(statistics.EndTime),
    }
    const answer = await ask(endpoint, 'GetMetricStatistics', encodeCbor(timed))
    expect(answer.headers.get('smithy-protocol')).toBe('rpc-v2-cbor')
    expect(answer.headers.get('content-type')).toBe('application/cbor')
    expect(answer.headers.get('x-amzn-requestid')).toHaveLength(52)
    const body = Buffer.from(await answer.arrayBuffer())
    expect(decodeCbor(body)).toEqual({
      Label: 'ConsumedWriteCapacityUnits',
      Datapoints: [{ Timestamp: expect.any(Number), Sum: 4, Unit: 'Count' }],
    })
    // A time has its tag, and a double is one though it is whole.
    expect(body.toString('hex')).toMatch(/54696d657374616d70c11a.{8}6353756dfb4010000000000000/)
  })

  test('takes a request without a body, and compresses nothing', async () => {
    const endpoint = await openWritten()
    const url = `${endpoint}/service/${prefix}/operation/ListMetrics`
    const answer = await post(url, { ...headers, 'accept-encoding': 'gzip' }, null)
    const { Metrics } = (await read(answer)) as { Metrics: object[] }
    expect(Metrics).toContainEqual(metric)
  })

  test('tells errors', async () => {
    const endpoint = await open()
    const refused = await ask(endpoint, 'GetMetricStatistics', encodeCbor({}))
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-amzn-query-error')).toBe('ValidationError;Sender')
    expect(await read(refused)).toMatchObject({
      __type: 'com.amazonaws.cloudwatch#ValidationException',
    })
    const garbage = await ask(endpoint, 'ListMetrics', Buffer.from([0xff]))
    expect(await read(garbage)).toEqual({
      __type: 'com.amazonaws.cloudwatch#SerializationException',
    })
    const unsigned = await fetch(`${endpoint}/service/${prefix}/operation/ListMetrics`, {
      method: 'POST',
      headers,
    })
    expect(await read(unsigned)).toMatchObject({
      __type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
    })
  })
})

test('a body that is too long to be translated is refused', async () => {
  const endpoint = await open()
  const length = 1024 * 1024 + 1
  const url = `${endpoint}/service/${prefix}/operation/ListMetrics`
  const inCbor = await post(url, { 'content-type': 'application/cbor' }, Buffer.alloc(length))
  expect(inCbor.status).toBe(413)
  expect(decodeCbor(new Uint8Array(await inCbor.arrayBuffer()))).toEqual({
    __type: 'com.amazon.coral.service#RequestEntityTooLargeException',
    message: 'Request size exceeded the limit of 1 MB',
  })
  const form = 'Action=ListMetrics&Version=2010-08-01&'.padEnd(length, '&a=1')
  const byForm = await post(endpoint, { 'content-type': 'application/x-www-form-urlencoded' }, form)
  expect(byForm.status).toBe(413)
  expect(await byForm.text()).toContain('<Code>RequestEntityTooLarge</Code>')
})

describe('CloudWatch by forms', () => {
  const ask = (endpoint: string, parameters: Record<string, string>) =>
    post(
      endpoint,
      { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      new URLSearchParams({ Version: '2010-08-01', ...parameters }).toString(),
    )

  test('answers in XML', async () => {
    const endpoint = await openWritten()
    const answer = await ask(endpoint, {
      Action: 'GetMetricStatistics',
      Namespace: 'AWS/DynamoDB',
      MetricName: 'ConsumedWriteCapacityUnits',
      'Dimensions.member.1.Name': 'TableName',
      'Dimensions.member.1.Value': 'Orders',
      StartTime: new Date((now - 3600) * 1000).toISOString(),
      EndTime: new Date((now + 3600) * 1000).toISOString(),
      Period: '7200',
      'Statistics.member.1': 'Sum',
    })
    expect(answer.headers.get('content-type')).toBe('text/xml')
    const text = await answer.text()
    expect(text).toContain('<Label>ConsumedWriteCapacityUnits</Label>')
    expect(text).toMatch(
      /<Timestamp>[-\d]+T[:\d]+Z<\/Timestamp><Sum>4\.0<\/Sum><Unit>Count<\/Unit>/,
    )
    const requestId = answer.headers.get('x-amzn-requestid')
    expect(text).toContain(`<RequestId>${requestId}</RequestId>`)
  })

  test.each([
    ['ListMetrics', { NextToken: 'x' }, 'InvalidNextToken', 'The next token specified is invalid.'],
    ['GetNothing', {}, 'InvalidAction', ''],
    [
      'PutMetricData',
      {},
      'InvalidAction',
      'The operation PutMetricData is not available in Dynatom yet.',
    ],
  ])('tells errors: %s %j', async (Action, more, code, message) => {
    const endpoint = await open()
    const refused = await ask(endpoint, { Action, ...more })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(
      `<Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>`,
    )
  })

  test('are no others than those of CloudWatch', async () => {
    const endpoint = await open()
    const sqs = await ask(endpoint, { Action: 'ListQueues', Version: '2012-11-05' })
    expect(sqs.status).toBe(404)
  })
})

describe('/metrics', () => {
  test('shows the same figures', async () => {
    const endpoint = await openWritten()
    const text = await (await fetch(`${endpoint}/metrics`)).text()
    expect(text).toContain('dynatom_consumed_write_capacity_units_total{table="Orders"} 4\n')
    expect(text).toMatch(/^process_cpu_seconds_total /m)
  })

  test('is shown to whoever bears the token', async () => {
    const endpoint = await open({ metricsToken: 's3cret' })
    expect((await fetch(`${endpoint}/metrics`)).status).toBe(401)
    const headers = { authorization: 'Bearer s3cret' }
    expect((await fetch(`${endpoint}/metrics`, { headers })).status).toBe(200)
  })

  test('takes no token that no header can have', async () => {
    await open()
    for (const metricsToken of ['', 'a b', 'ä', 'x'.repeat(4097)]) {
      await expect(createDatabase({ inMemory: true, metricsToken })).rejects.toThrow(
        'metricsToken takes printable ASCII without blanks, at most 4096 characters.',
      )
    }
  })

  test('has its token from a file, without the end of its line', async () => {
    await open()
    const directory = mkdtempSync(join(tmpdir(), 'dynatom-token-'))
    const path = join(directory, 'token')
    const refusal = `The token file ${path} has no token: it is printable ASCII without blanks`
    expect(() => readToken(path)).toThrow(`The token file ${path} cannot be read (ENOENT).`)
    writeFileSync(path, 's3cret\r\n')
    expect(readToken(path)).toBe('s3cret')
    writeFileSync(path, '\n')
    expect(() => readToken(path)).toThrow(refusal)
    rmSync(directory, { recursive: true })
  })
})

test('metrics begin anew when the database does', async () => {
  const endpoint = await openWritten()
  await database.reset()
  const listed = await json(endpoint, `${prefix}.ListMetrics`, {
    Dimensions: [{ Name: 'TableName' }],
  })
  expect(await listed.json()).toEqual({ Metrics: [] })
})
