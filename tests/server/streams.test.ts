import {
  DynamoDBClient,
  PutItemCommand,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
  type Shard,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams'
import { createDatabase } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
const orders = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
} satisfies CreateTableCommandInput

const start = (directory: string, flags: readonly string[] = []): DynatomProcess =>
  new DynatomProcess(['--port', '0', '--data-dir', directory, '--log', 'silent', ...flags])

function streamsClient(endpoint: string): DynamoDBStreamsClient {
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(() => client.destroy())
  return client
}

async function streamOf(client: DynamoDBStreamsClient, TableName: string): Promise<string> {
  const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName }))
  return Streams.at(-1)?.StreamArn as string
}

async function shardsOf(client: DynamoDBStreamsClient, StreamArn: string): Promise<Shard[]> {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
  return StreamDescription?.Shards ?? []
}

/** The records of a shard, in pages of a few. */
async function recordsOf(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  ShardId: string | undefined,
): Promise<StreamRecord[]> {
  const records: StreamRecord[] = []
  let { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  )
  while (ShardIterator !== undefined) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 7 }))
    const { Records = [] } = page
    records.push(...Records)
    ShardIterator = Records.length === 0 ? undefined : page.NextShardIterator
  }
  return records
}

const putOf = (id: string, v: number) => ({
  TableName: 'Orders',
  Item: { id: { S: id }, v: { N: String(v) } },
})

describe('a server', () => {
  test('has every acknowledged change in the stream after kill -9, each once and in order', async () => {
    const directory = checkedDirectory()
    const flags = ['--stream-shards', '3']
    const first = start(directory, flags)
    const endpoint = await first.endpoint()
    await perform(endpoint, 'CreateTable', orders)
    const acknowledged = new Map<string, number>()
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const id = `order ${writer}`
      for (let v = 1; ; v++) {
        await perform(endpoint, 'PutItem', putOf(id, v))
        acknowledged.set(id, v)
        if (writer === 0 && v === 60) first.child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(writers)
    await first.ended
    const client = streamsClient(await start(directory, flags).endpoint())
    const arn = await streamOf(client, 'Orders')
    const shards = await shardsOf(client, arn)
    expect(shards).toHaveLength(3)
    const changes = new Map<string, number[]>()
    for (const { ShardId } of shards) {
      for (const { dynamodb } of await recordsOf(client, arn, ShardId)) {
        const id = dynamodb?.Keys?.['id']?.S as string
        const known = changes.get(id) ?? []
        known.push(Number(dynamodb?.NewImage?.['v']?.N))
        changes.set(id, known)
      }
    }
    for (const [id, last] of acknowledged) {
      const found = changes.get(id) ?? []
      expect(found).toEqual(Array.from(found, (_, i) => i + 1))
      expect([last, last + 1]).toContain(found.length)
    }
  })

  test('tells the client its errors by their names', async () => {
    const client = streamsClient(await start(checkedDirectory()).endpoint())
    const absent =
      'arn:aws:dynamodb:us-east-1:123456789012:table/Absent/stream/2026-01-01T00:00:00.000'
    const described = client.send(new DescribeStreamCommand({ StreamArn: absent }))
    await expect(described).rejects.toBeInstanceOf(ResourceNotFoundException)
    await expect(described).rejects.toThrow(
      `Requested resource not found: Stream: ${absent} not found`,
    )
    const read = client.send(new GetRecordsCommand({ ShardIterator: 'garbage' }))
    await expect(read).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Invalid ShardIterator',
    })
  })
})

describe('a database in process', () => {
  test('has streams, and lets a test roll their shards over', async () => {
    const database = await createDatabase({ inMemory: true, tables: [orders], streamShards: 2 })
    onTestFinished(() => database.close())
    const items = new DynamoDBClient(database.clientConfig())
    const client = new DynamoDBStreamsClient(database.clientConfig())
    await items.send(new PutItemCommand(putOf('a', 1)))
    await database.rollOverStream('Orders')
    await items.send(new PutItemCommand(putOf('a', 2)))
    const arn = await streamOf(client, 'Orders')
    const shards = await shardsOf(client, arn)
    expect(shards).toHaveLength(4)
    const names = new Map<string, string[]>()
    for (const { ShardId } of shards) {
      const records = await recordsOf(client, arn, ShardId)
      const told = records.map(({ eventName }) => eventName as string)
      if (told.length > 0) names.set(ShardId as string, told)
    }
    const [[parent, inserted] = [], [child, modified] = []] = [...names]
    expect([inserted, modified]).toEqual([['INSERT'], ['MODIFY']])
    expect(shards.find(({ ShardId }) => ShardId === child)?.ParentShardId).toBe(parent)
    const absent = database.rollOverStream('Absent')
    await expect(absent).rejects.toThrow('Requested resource not found: Table: Absent not found')
  })

  test('keeps time by the clock that it was given', async () => {
    let nowMs = Date.UTC(2026, 0, 2)
    const clock = {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      defer: (work: () => void) => void setImmediate(work),
      startTimer: () => ({ cancel: () => undefined }),
    }
    const database = await createDatabase({ inMemory: true, tables: [orders], clock })
    onTestFinished(() => database.close())
    const client = new DynamoDBStreamsClient(database.clientConfig())
    const StreamArn = await streamOf(client, 'Orders')
    const [{ ShardId } = {} as Shard] = await shardsOf(client, StreamArn)
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'LATEST' }),
    )
    nowMs += 15 * 60_000 + 1
    const read = client.send(new GetRecordsCommand({ ShardIterator }))
    await expect(read).rejects.toBeInstanceOf(ExpiredIteratorException)
  })

  test.each([
    [
      { streamShards: 0 },
      '0 is not a value of streamShards: it takes a whole number from 1 to 256.',
    ],
    [
      { streamShardHours: 0 },
      '0 is not a value of streamShardHours: it takes a number from 0.001 to 8760.',
    ],
  ])('refuses %j', async (options, message) => {
    const opened = createDatabase({ inMemory: true, ...options })
    await expect(opened).rejects.toThrow(new RangeError(message))
  })
})
