import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../clock.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import { amazonHeaders, exchange, rawPost } from '../testing/rawExchange.ts'
import { createNodeServer, type NodeServer } from './nodeServer.ts'
import { createResponder, type RequestLog, type Responder } from './respond.ts'
import { defaultServerLimits, type ServerLimits } from './serverLimits.ts'
import { acceptAnyKey } from './signature.ts'

/*
 * A disk that stalls, as an engine whose commits are held back: what waits is bounded, and the rest is
 * answered at once.
 */

let engine: FaultyEngine
let responder: Responder
let log: RequestLog[]
let server: NodeServer | undefined

interface Answered {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** What the answers in their order have said of the time to come back, in milliseconds. */
let retryTimes: number[]

/** Sends a request through the function that both fronts call. */
async function send(operation: string, request: object | Uint8Array): Promise<Answered> {
  const isGzip = request instanceof Uint8Array
  const headers = { ...amazonHeaders, 'x-amz-target': `DynamoDB_20120810.${operation}` }
  const {
    statusCode,
    headers: told,
    body,
  } = await responder({
    method: 'POST',
    url: '/',
    headers: isGzip ? { ...headers, 'content-encoding': 'gzip' } : headers,
    body: isGzip ? request : Buffer.from(JSON.stringify(request)),
  })
  const retryAfter = told['x-amz-retry-after']
  if (retryAfter !== undefined) retryTimes.push(Number(retryAfter))
  return { status: statusCode, body: JSON.parse(Buffer.from(body).toString()) as Answered['body'] }
}

const keyOf = (id: string): object => ({ TableName: 'Items', Key: { id: { S: id } } })
const put = (id: string): Promise<Answered> =>
  send('PutItem', { TableName: 'Items', Item: { id: { S: id } } })
const increment = (id: string): Promise<Answered> =>
  send('UpdateItem', {
    ...keyOf(id),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  })
const overloaded: Answered = {
  status: 503,
  body: {
    __type: 'com.amazon.coral.service#ServiceUnavailable',
    message: 'Service is temporarily unavailable',
  },
}

async function open(limits: Partial<ServerLimits>): Promise<void> {
  engine = new FaultyEngine()
  const { dispatcher, call } = await openIndexedDatabase({ engine })
  await call('CreateTable', {
    TableName: 'Items',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  log = []
  retryTimes = []
  responder = createResponder({
    dispatcher,
    region: 'us-east-1',
    random: systemRandom,
    clock: systemClock,
    authenticate: acceptAnyKey,
    limits: { ...defaultServerLimits, ...limits },
    onRequest: (entry) => log.push(entry),
  })
}

beforeEach(() => open({ maxQueuedCommits: 3, maxOpenReads: 2 }))

afterEach(async () => {
  engine.release()
  await server?.close()
  server = undefined
})

describe('commits that are queued', () => {
  test('are bounded, and all goes on when the disk does', async () => {
    expect((await put('before')).status).toBe(200)
    engine.hold()
    const queued = [put('1'), put('2'), increment('1')]
    expect(await put('3')).toEqual(overloaded)
    expect(await increment('before')).toEqual(overloaded)
    const action = { Put: { TableName: 'Items', Item: { id: { S: '4' } } } }
    expect(await send('TransactWriteItems', { TransactItems: [action] })).toEqual(overloaded)
    expect(await send('DeleteTable', { TableName: 'Items' })).toEqual(overloaded)
    engine.release()
    expect((await Promise.all(queued)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await put('3')).status).toBe(200)
    expect((await send('Scan', { TableName: 'Items' })).body['Count']).toBe(4)
    expect((await send('GetItem', keyOf('1'))).body['Item']).toEqual({
      id: { S: '1' },
      n: { N: '1' },
    })
  })

  test('do not hold up reads and health checks', async () => {
    await put('1')
    engine.hold()
    const queued = [put('1'), put('1'), put('1')]
    expect((await send('GetItem', keyOf('1'))).body['Item']).toEqual({ id: { S: '1' } })
    expect((await send('Scan', { TableName: 'Items' })).body['Count']).toBe(1)
    const health = await responder({
      method: 'GET',
      url: '/',
      headers: {},
      body: new Uint8Array(0),
    })
    expect(health.statusCode).toBe(200)
    engine.release()
    await Promise.all(queued)
  })

  test('that fail give their places back', async () => {
    engine.hold()
    const queued = [put('1'), put('2'), put('3')]
    await expect.poll(() => engine.waiting).toBe(1)
    engine.fail()
    expect((await Promise.all(queued)).map(({ status }) => status)).toContain(500)
    engine.release()
    expect((await Promise.all([put('1'), put('2'), put('3')])).map(({ status }) => status)).toEqual(
      [200, 200, 200],
    )
  })

  test('count no request that is refused before it writes', async () => {
    const missing = { TableName: 'Absent', Item: { id: { S: '1' } } }
    for (let i = 0; i < 5; i++) {
      expect((await send('PutItem', missing)).status).toBe(400)
      expect((await send('PutItem', { Item: 7 })).status).toBe(400)
    }
    expect((await put('1')).status).toBe(200)
  })

  test('are logged as they are answered', async () => {
    engine.hold()
    const queued = [put('1'), put('2'), put('3')]
    await put('4')
    expect(log).toMatchObject([
      { operation: 'PutItem', statusCode: 503, errorName: 'ServiceUnavailable' },
    ])
    engine.release()
    await Promise.all(queued)
  })

  test('are bounded in bytes too, those of bodies that came as gzip included', async () => {
    await open({ maxBufferedBytes: 100_000, maxBodyBytes: 100_000 })
    engine.hold()
    const large = gzipSync(
      JSON.stringify({
        TableName: 'Items',
        Item: { id: { S: 'x'.repeat(2000) }, a: { S: ' '.repeat(58_000) } },
      }),
    )
    expect(large.length).toBeLessThan(1000)
    const queued = send('PutItem', large)
    expect(await send('PutItem', large)).toEqual(overloaded)
    const small = put('1')
    engine.release()
    expect([(await queued).status, (await small).status]).toEqual([200, 200])
    expect((await send('PutItem', large)).status).toBe(200)
  })

  test('beyond the bound come back one after another, soon when the disk goes on', async () => {
    engine.hold()
    const queued = [put('1'), put('2'), put('3')]
    await Promise.all(Array.from({ length: 1000 }, () => put('4')))
    expect(retryTimes).toHaveLength(1000)
    expect([retryTimes[0], retryTimes.at(-1)]).toEqual([25, 225])
    expect(retryTimes).toEqual([...retryTimes].sort((a, b) => a - b))
    engine.release()
    await Promise.all(queued)
    engine.hold()
    const again = [put('1'), put('2'), put('3')]
    await put('4')
    expect(retryTimes.at(-1)).toBe(25)
    engine.release()
    await Promise.all(again)
  })

  test('take nothing to inflate without a place for all that it may become', async () => {
    const megabytes = 1024 * 1024
    await open({ maxBufferedBytes: 2 * megabytes, maxBodyBytes: megabytes })
    const item = { id: { S: '1' }, a: { S: ' '.repeat(300_000) } }
    const large = gzipSync(JSON.stringify({ TableName: 'Items', Item: item }).padEnd(megabytes))
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('PutItem', large)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toEqual([200, 200, ...Array.from({ length: 18 }, () => 503)])
    expect((await send('PutItem', large)).status).toBe(200)
  })

  test('beyond the bound are answered on their connection, which goes on', async () => {
    server = createNodeServer(responder)
    const [address] = await server.listen(0, ['127.0.0.1'])
    engine.hold()
    const queued = [put('1'), put('2'), put('3')]
    const body = JSON.stringify({ TableName: 'Items', Item: { id: { S: '4' } } })
    const refused = rawPost(`Content-Length: ${body.length}\r\n`, body, 'PutItem')
    const key = JSON.stringify(keyOf('1'))
    const last = rawPost(`Connection: close\r\nContent-Length: ${key.length}\r\n`, key, 'GetItem')
    const received = await exchange(address?.port ?? 0, refused, last)
    expect(received).toMatch(/^HTTP\/1\.1 503 [^]*ServiceUnavailable[^]*HTTP\/1\.1 200 OK/)
    expect(received).toMatch(/x-amzn-requestid/)
    engine.release()
    await Promise.all(queued)
  })
})

describe('reads that are open', () => {
  test('are bounded, and do not hold up writes', async () => {
    engine.holdReads(2)
    const underWay = [send('GetItem', keyOf('1')), send('GetItem', keyOf('2'))]
    expect(await send('GetItem', keyOf('3'))).toEqual(overloaded)
    expect((await put('3')).status).toBe(200)
    engine.releaseReads()
    expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual([200, 200])
    expect((await send('GetItem', keyOf('3'))).status).toBe(200)
  })
})
