import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as SdkRecord,
} from '@aws-sdk/client-dynamodb-streams'
import {
  createDatabase,
  type ChangeRecord,
  type Changes,
  type Database,
  type DatabaseOptions,
} from 'dynatom'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ManualClock } from '../../packages/server/src/testing/manualClock.ts'
import { checkedDirectory } from '../means/dynatomProcess.ts'

const TableName = 'Orders'
const plain: CreateTableCommandInput = {
  TableName: 'Plain',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const orders: CreateTableCommandInput = {
  ...plain,
  TableName,
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}
const hourMs = 3_600_000

async function open(options: DatabaseOptions = {}): Promise<[Database, DynamoDBClient]> {
  const db = await createDatabase({ inMemory: true, tables: [orders, plain], ...options })
  onTestFinished(() => db.close())
  return [db, new DynamoDBClient(db.clientConfig())]
}

const itemOf = (id: string, more: Record<string, AttributeValue> = {}) => ({
  id: { S: id },
  ...more,
})
const put = (client: DynamoDBClient, id: string, more: Record<string, AttributeValue> = {}) =>
  client.send(new PutItemCommand({ TableName, Item: itemOf(id, more) }))

const idOf = ({ dynamodb }: ChangeRecord): string | undefined => dynamodb.Keys['id']?.S

/** The ids of the next changes. */
async function nextIds(changes: Changes, count: number): Promise<unknown[]> {
  const ids: unknown[] = []
  while (ids.length < count) {
    const { value } = await changes.next()
    ids.push(value && idOf(value))
  }
  return ids
}

afterEach(() => {
  vi.useRealTimers()
})

describe('changes', () => {
  test('gives every change from its call on, those before the first next too', async () => {
    const [db, client] = await open()
    await put(client, 'before')
    const changes = db.changes('Orders')
    await put(client, 'a')
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: ['b', 'c'].map((id) => ({ Put: { TableName, Item: itemOf(id) } })),
      }),
    )
    const deleted = client.send(new DeleteItemCommand({ TableName, Key: itemOf('a') }))
    const seen: (readonly [string, string | undefined])[] = []
    for await (const record of changes) {
      seen.push([record.eventName, idOf(record)])
      if (record.eventName === 'REMOVE') break
    }
    await deleted
    const inserts = ['a', 'b', 'c'].map((id) => ['INSERT', id])
    expect(seen).toEqual([...inserts, ['REMOVE', 'a']])
    expect(await changes.next()).toEqual({ done: true, value: undefined })
  })

  test('waits for a change, and gives each to one of those who wait', async () => {
    const [db, client] = await open()
    const changes = db.changes('Orders')
    const waiting = [changes.next(), changes.next(), changes.next()]
    for (const id of ['a', 'b', 'c']) await put(client, id)
    const records = (await Promise.all(waiting)).map(({ value }) => value as ChangeRecord)
    expect(records.map(idOf)).toEqual(['a', 'b', 'c'])
  })

  test('gives records as the streams client does', async () => {
    const [db, client] = await open()
    const types: Record<string, AttributeValue> = {
      b: { B: new Uint8Array([0, 255]) },
      bs: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
      l: { L: [{ M: { b: { B: new Uint8Array([3]) } } }, { NULL: true }] },
      ss: { SS: ['x', 'y'] },
      ns: { NS: ['1', '2'] },
      yes: { BOOL: true },
    }
    const changes = db.changes('Orders')
    await put(client, 'a', types)
    await put(client, 'a')
    const streams = new DynamoDBStreamsClient(db.clientConfig())
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName }))
    const { StreamArn } = Streams?.[0] ?? {}
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
    const { ShardId } = StreamDescription?.Shards?.[0] ?? {}
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }))
    const given: SdkRecord[] = []
    for await (const record of changes) if (given.push(record) === 2) break
    expect(given).toEqual(Records)
    expect(given[0]?.dynamodb?.NewImage).toEqual(itemOf('a', types))
  })

  test('begins with the oldest record where it is told to', async () => {
    const [db, client] = await open()
    for (const id of ['a', 'b']) await put(client, id)
    await db.rollOverStream('Orders')
    await put(client, 'c')
    expect(await nextIds(db.changes('Orders', { from: 'start' }), 3)).toEqual(['a', 'b', 'c'])
  })

  test('follows shards, in the order of the commits', async () => {
    const [db, client] = await open({ streamShards: 4 })
    const [early, late] = [db.changes('Orders'), db.changes('Orders', { from: 'start' })]
    const ids = Array.from({ length: 500 }, (_, i) => `id${i}`)
    const seen = nextIds(early, ids.length)
    for (let i = 0; i < ids.length; i += 25) {
      const puts = ids.slice(i, i + 25).map((id) => ({ PutRequest: { Item: itemOf(id) } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { Orders: puts } }))
      if (i % 100 === 0) await db.rollOverStream('Orders')
    }
    const inOrder = await seen
    expect(new Set(inOrder)).toEqual(new Set(ids))
    expect(await nextIds(late, ids.length)).toEqual(inOrder)
    const numbers: bigint[] = []
    for await (const { dynamodb } of db.changes('Orders', { from: 'start' })) {
      numbers.push(BigInt(dynamodb.SequenceNumber))
      if (numbers.length === ids.length) break
    }
    expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a - b)))
  })

  test('tells of what time to live removes', async () => {
    const clock = new ManualClock()
    const [db, client] = await open({ clock })
    await client.send(new CreateTableCommand({ ...orders, TableName: 'Sessions' }))
    const changes = db.changes('Sessions', { from: 'start' })
    const { perform } = callerOf(db)
    await perform('UpdateTimeToLive', {
      TableName: 'Sessions',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' },
    })
    const Item = itemOf('a', { ends: { N: String(Math.floor(clock.nowMs() / 1000) + 60) } })
    await client.send(new PutItemCommand({ TableName: 'Sessions', Item }))
    await changes.next()
    const found: unknown[] = []
    void changes.next().then(({ value }) => found.push(value))
    while (found.length === 0) {
      clock.advance(60_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(found[0]).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' },
    })
  })

  test('does not need timers that tick', async () => {
    const [db, client] = await open()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] })
    const changes = db.changes('Orders')
    const waiting = changes.next()
    await put(client, 'a')
    expect((await waiting).value).toMatchObject({ eventName: 'INSERT' })
  })

  test('works on a database on disk', async () => {
    const [db, client] = await open({ inMemory: false, dataDirectory: checkedDirectory() })
    const changes = db.changes('Orders')
    for (const id of ['a', 'b']) await put(client, id)
    expect(await nextIds(changes, 2)).toEqual(['a', 'b'])
  })
})

/** Operations that the tests' client has no class for at hand. */
function callerOf(db: Database): { perform(operation: string, request: object): Promise<void> } {
  const { requestHandler } = db.clientConfig()
  return {
    async perform(operation, request) {
      const { response } = await requestHandler.handle({
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260102T030405Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=local/20260102/us-east-1/dynamodb/aws4_request, ' +
            'SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify(request),
      })
      expect(response.statusCode).toBe(200)
    },
  }
}

const over = { done: true, value: undefined }

describe('an iteration ends', () => {
  test('with return, also while somebody waits', async () => {
    const [db, client] = await open()
    const changes = db.changes('Orders')
    const waiting = changes.next()
    expect(await changes.return()).toEqual(over)
    await put(client, 'a')
    expect([await waiting, await changes.next()]).toEqual([over, over])
  })

  test('before it has begun', async () => {
    const [db] = await open()
    const changes = db.changes('Orders')
    expect(await changes.return()).toEqual(over)
    expect(await changes.next()).toEqual(over)
  })

  test('with the signal', async () => {
    const [db, client] = await open()
    const stopping = new AbortController()
    const { signal } = stopping
    const changes = db.changes('Orders', { signal })
    const [first, second] = [changes.next(), changes.next()]
    await put(client, 'a')
    expect((await first).done).toBe(false)
    stopping.abort()
    expect(await second).toEqual(over)
    const late = db.changes('Orders', { signal })
    await put(client, 'b')
    expect(await late.next()).toEqual(over)
  })

  test('with the database, which then refuses another', async () => {
    const [db, client] = await open()
    const [waits, has] = [db.changes('Orders'), db.changes('Orders')]
    const waiting = waits.next()
    await put(client, 'a')
    await waiting
    const next = waits.next()
    await db.close()
    expect([await next, await has.next()]).toEqual([over, over])
    expect(() => db.changes('Orders')).toThrow('The database is closed.')
  })

  test('with a database that is reset', async () => {
    const [db, client] = await open()
    const changes = db.changes('Orders')
    const waiting = changes.next()
    await db.reset()
    expect(await waiting).toEqual(over)
    const again = db.changes('Orders')
    await put(client, 'a')
    expect(await nextIds(again, 1)).toEqual(['a'])
  })

  test.each([
    [
      'disabled',
      new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }),
    ],
    ['deleted with its table', new DeleteTableCommand({ TableName })],
  ])('behind the last record of a stream that is %s', async (_, command) => {
    const [db, client] = await open()
    const [waits, later] = [db.changes('Orders'), db.changes('Orders')]
    const waiting = [waits.next(), waits.next()] as const
    await put(client, 'a')
    await (command instanceof UpdateTableCommand ? client.send(command) : client.send(command))
    expect((await waiting[0]).done).toBe(false)
    expect(await waiting[1]).toEqual(over)
    expect(await nextIds(later, 1)).toEqual(['a'])
    expect(await later.next()).toEqual(over)
  })
})

describe('is refused', () => {
  test('a table without a stream, and none', async () => {
    const [db] = await open()
    await expect(db.changes('Plain').next()).rejects.toThrow(
      'The table Plain has no stream. Give it one by CreateTable or UpdateTable: ' +
        "StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }.",
    )
    const absent = db.changes('Absent')
    await expect(absent.next()).rejects.toThrow('Table: Absent not found')
    expect(await absent.next()).toEqual(over)
  })

  test('an option that there is not, or a value', async () => {
    const [db] = await open()
    const wrong = { form: 'start' } as object
    expect(() => db.changes('Orders', wrong)).toThrow(TypeError)
    expect(() => db.changes('Orders', wrong)).toThrow('changes has no option "form".')
    const value = { from: 'end' } as object
    expect(() => db.changes('Orders', value)).toThrow(RangeError)
    expect(() => db.changes('Orders', value)).toThrow(
      'end is not a value of from: it takes now, start.',
    )
  })
})

describe('records that are gone because of their age', () => {
  /** Moves the clock until the oldest record is not that of `id` any more. */
  async function untilGone(db: Database, clock: ManualClock, id: string): Promise<void> {
    for (;;) {
      clock.advance(hourMs)
      await new Promise((resolve) => setImmediate(resolve))
      const changes = db.changes('Orders', { from: 'start' })
      const first = await Promise.race([
        changes.next(),
        new Promise<undefined>((resolve) => setImmediate(() => setImmediate(resolve, undefined))),
      ])
      await changes.return()
      if (first?.value === undefined || idOf(first.value) !== id) return
    }
  }

  test('are told of when they were not asked for', async () => {
    const clock = new ManualClock()
    const [db, client] = await open({ clock })
    const changes = db.changes('Orders')
    await put(client, 'a')
    await untilGone(db, clock, 'a')
    await put(client, 'b')
    await expect(changes.next()).rejects.toThrow(
      'Records of the stream of the table Orders were not asked for before they were 24 hours ' +
        'old, and are gone.',
    )
  })

  test('do not matter to who has had them', async () => {
    const clock = new ManualClock()
    const [db, client] = await open({ clock })
    const changes = db.changes('Orders')
    await put(client, 'a')
    expect(await nextIds(changes, 1)).toEqual(['a'])
    await untilGone(db, clock, 'a')
    // The shard that it was in goes a day after its end.
    for (let hours = 0; hours < 48; hours++) {
      clock.advance(hourMs)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await put(client, 'b')
    expect(await nextIds(changes, 1)).toEqual(['b'])
  })
})
