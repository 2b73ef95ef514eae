import type { Server } from './sharedWorld.ts'

/** The request that creates a table with the partition key `pk`, a string. */
export const tableRequest = (TableName: string): object => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})

/** The same with a stream of all changes. */
export const streamedTableRequest = (TableName: string): object => ({
  ...tableRequest(TableName),
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
})

/** The request that adds an index over the string attribute `group`. */
export const indexRequest = (TableName: string, IndexName: string): object => ({
  TableName,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'group', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName,
        KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    },
  ],
})

export const keyOf = (pk: string): object => ({ pk: { S: pk } })

export const addRequest = (TableName: string, pk: string, amount: number): object => ({
  TableName,
  Key: keyOf(pk),
  UpdateExpression: 'ADD amount :a',
  ExpressionAttributeValues: { ':a': { N: String(amount) } },
})

export async function amountOf(server: Server, TableName: string, pk: string): Promise<number> {
  const { Item } = await server.ask('GetItem', { TableName, Key: keyOf(pk), ConsistentRead: true })
  return Number((Item as { amount?: { N: string } } | undefined)?.amount?.N ?? 0)
}

/** The items of a table or index, one page, by partition key. */
export async function keysIn(server: Server, request: object): Promise<string[]> {
  const { Items } = await server.ask('Scan', request)
  return (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S).sort()
}

/** The request that creates a table whose items of one partition key are an item collection. */
export const collectionRequest = (TableName: string): object => ({
  TableName,
  AttributeDefinitions: ['pk', 'sk', 'group'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'byGroup',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'group', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
})

/** What the records of a stream leave, shard after shard, as `key amount`. */
export async function changesIn(server: Server, StreamArn: string): Promise<string[]> {
  const { StreamDescription } = await server.ask('DescribeStream', { StreamArn })
  const { Shards } = StreamDescription as { readonly Shards: readonly { ShardId: string }[] }
  const told: string[] = []
  for (const { ShardId } of Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    const { ShardIterator } = await server.ask('GetShardIterator', from)
    const { Records } = await server.ask('GetRecords', { ShardIterator })
    for (const { dynamodb } of Records as readonly StreamRecord[]) {
      told.push(`${dynamodb.Keys.pk.S} ${dynamodb.NewImage?.amount?.N}`)
    }
  }
  return told
}

interface StreamRecord {
  readonly dynamodb: {
    readonly Keys: { readonly pk: { readonly S: string } }
    readonly NewImage?: { readonly amount?: { readonly N: string } }
  }
}
