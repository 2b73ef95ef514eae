import { expect } from 'vitest'
import { asked } from './migrationLoad.ts'

/** What a store may have beside items that are written: each must outlive a move. */

const key = (name: string): object => ({ id: { S: name } })

async function done(
  endpoint: string,
  operation: string,
  request: object,
): Promise<Record<string, unknown>> {
  const { status, body } = await asked(endpoint, operation, request)
  expect(status, `${operation}: ${JSON.stringify(body)}`).toBe(200)
  return body
}

const tableOf = (TableName: string): object => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
})

const vector = (x: number): object[] => [{ N: String(x) }, { N: '0' }]

const article = (name: string, x: number): object => ({
  TableName: 'Articles',
  Item: { ...key(name), embedding: { L: vector(x) } },
})

/** One request, which is done once whoever is asked for it how often. */
const once = {
  ClientRequestToken: 'a token that outlives a move',
  TransactItems: [
    {
      Update: {
        TableName: 'Articles',
        Key: key('counted'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
  ],
}

/** Before a move: a vector index, a table with a time to live, a token, a table that will go. */
export async function furnishContents(endpoint: string): Promise<void> {
  await done(endpoint, 'CreateTable', {
    ...tableOf('Articles'),
    VectorIndexes: [
      {
        IndexName: 'ByMeaning',
        VectorAttribute: { AttributeName: 'embedding' },
        Dimensions: 2,
        DistanceFunction: 'EUCLIDEAN',
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  for (const [name, x] of [
    ['far', 9],
    ['near', 1],
    ['between', 5],
  ] as const) {
    await done(endpoint, 'PutItem', article(name, x))
  }
  await done(endpoint, 'TransactWriteItems', once)
  await done(endpoint, 'CreateTable', tableOf('Sessions'))
  await done(endpoint, 'UpdateTimeToLive', {
    TableName: 'Sessions',
    TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
  })
  await done(endpoint, 'CreateTable', tableOf('Gone-1'))
}

/** While a store is moved: a table more and a table less, an index more. */
export async function changeContents(endpoint: string, move: number): Promise<void> {
  await done(endpoint, 'CreateTable', tableOf(`Born-${move}`))
  await done(endpoint, 'PutItem', { TableName: `Born-${move}`, Item: key('here') })
  await done(endpoint, 'DeleteTable', { TableName: `Gone-${move}` })
  await done(endpoint, 'CreateTable', tableOf(`Gone-${move + 1}`))
  await done(endpoint, 'UpdateTable', {
    TableName: 'Articles',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: `kind${move}`, AttributeType: 'S' },
    ],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: `ByKind${move}`,
          KeySchema: [{ AttributeName: `kind${move}`, KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      },
    ],
  })
}

async function nearest(endpoint: string): Promise<unknown[]> {
  const { SearchResults } = await done(endpoint, 'SearchVectors', {
    TableName: 'Articles',
    IndexName: 'ByMeaning',
    SearchVector: vector(0),
    TopK: 2,
  })
  return (SearchResults as { Item: { id: { S: string } } }[]).map(({ Item }) => Item.id.S)
}

/** After the move with the number `move`, at whatever has the store then. */
export async function expectContents(endpoint: string, move: number): Promise<void> {
  const { TableNames } = await done(endpoint, 'ListTables', {})
  const born = Array.from({ length: move }, (_, i) => `Born-${i + 1}`)
  const names = ['Articles', ...born, `Gone-${move + 1}`, 'Sessions', 'Things']
  expect(TableNames).toEqual(names)
  expect(await nearest(endpoint)).toEqual(['near', 'between'])
  await done(endpoint, 'PutItem', article('far', 0.5))
  expect(await nearest(endpoint)).toEqual(['far', 'near'])
  await done(endpoint, 'PutItem', article('far', 9))
  await done(endpoint, 'TransactWriteItems', once)
  const counted = { TableName: 'Articles', Key: key('counted'), ConsistentRead: true }
  const { Item } = await done(endpoint, 'GetItem', counted)
  expect((Item as { n: object }).n).toEqual({ N: '1' })
  await expectIndex(endpoint, move)
  await expectExpiry(endpoint)
  await expectStream(endpoint)
}

/** The index that was asked for during the move is whole, and kept. */
async function expectIndex(endpoint: string, move: number): Promise<void> {
  const IndexName = `ByKind${move}`
  const statuses = async (): Promise<unknown> => {
    const { Table } = await done(endpoint, 'DescribeTable', { TableName: 'Articles' })
    const { GlobalSecondaryIndexes } = Table as { GlobalSecondaryIndexes: object[] }
    return GlobalSecondaryIndexes.map((index) => (index as { IndexStatus: string }).IndexStatus)
  }
  await expect.poll(() => statuses(), { timeout: 20_000 }).not.toContain('CREATING')
  const Item = { ...key('kept'), [`kind${move}`]: { S: 'k' } }
  await done(endpoint, 'PutItem', { TableName: 'Articles', Item })
  const { Count } = await done(endpoint, 'Scan', { TableName: 'Articles', IndexName })
  expect(Count).toBe(1)
  await done(endpoint, 'DeleteItem', { TableName: 'Articles', Key: key('kept') })
}

async function expectExpiry(endpoint: string): Promise<void> {
  const Item = { ...key('short'), until: { N: String(Math.floor(Date.now() / 1000) - 60) } }
  await done(endpoint, 'PutItem', { TableName: 'Sessions', Item })
  const count = async (): Promise<unknown> => {
    const scan = { TableName: 'Sessions', ConsistentRead: true }
    return (await done(endpoint, 'Scan', scan))['Count']
  }
  await expect.poll(count, { timeout: 20_000 }).toBe(0)
}

interface StreamRecord {
  readonly eventName: string
  readonly dynamodb: {
    readonly SequenceNumber: string
    readonly Keys: { readonly id: { readonly S: string } }
    readonly NewImage?: { readonly n?: { readonly N: string } }
  }
}

const streams = 'DynamoDBStreams_20120810'

async function streamed(
  endpoint: string,
  operation: string,
  request: object,
): Promise<Record<string, unknown>> {
  const { status, body } = await asked(endpoint, operation, request, streams)
  expect(status, `${operation}: ${JSON.stringify(body)}`).toBe(200)
  return body
}

/** All records of the stream of Things, shard by shard. */
async function recordsOf(endpoint: string): Promise<StreamRecord[][]> {
  const { Table } = await done(endpoint, 'DescribeTable', { TableName: 'Things' })
  const StreamArn = (Table as { LatestStreamArn: string }).LatestStreamArn
  const { StreamDescription } = await streamed(endpoint, 'DescribeStream', { StreamArn })
  const { Shards } = StreamDescription as { Shards: { ShardId: string }[] }
  const all: StreamRecord[][] = []
  for (const { ShardId } of Shards) {
    const shard = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    let { ShardIterator } = await streamed(endpoint, 'GetShardIterator', shard)
    const records: StreamRecord[] = []
    for (let empty = 0; typeof ShardIterator === 'string' && empty < 2; ) {
      const page = await streamed(endpoint, 'GetRecords', { ShardIterator })
      const some = page['Records'] as StreamRecord[]
      records.push(...some)
      empty = some.length === 0 ? empty + 1 : 0
      ShardIterator = page['NextShardIterator'] as string
    }
    all.push(records)
  }
  return all
}

/** Numbers grow within a shard; each counter has a record for each of its values, in order. */
async function expectStream(endpoint: string): Promise<void> {
  const shards = await recordsOf(endpoint)
  const counters = new Map<string, string[]>()
  for (const records of shards) {
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber))
    expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as bigint))).toBe(true)
    for (const { dynamodb } of records) {
      const [name, n] = [dynamodb.Keys.id.S, dynamodb.NewImage?.n?.N]
      if (n !== undefined) counters.set(name, [...(counters.get(name) ?? []), n])
    }
  }
  expect(counters.size).toBeGreaterThan(0)
  for (const [name, values] of counters) {
    expect(values, name).toEqual(values.map((_, i) => String(i + 1)))
    const { Item } = await done(endpoint, 'GetItem', { TableName: 'Things', Key: key(name) })
    expect((Item as { n: object }).n, name).toEqual({ N: String(values.length) })
  }
}
