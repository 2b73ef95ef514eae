import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type Database } from 'dynatom'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definitionOf, policyOf } from './keepTable.ts'

let database: Database
let client: DynamoDBClient

beforeAll(async () => {
  database = await createDatabase({ inMemory: true })
  client = new DynamoDBClient(database.clientConfig())
})
afterAll(async () => {
  client.destroy()
  await database.close()
})

const names = (...attributes: readonly string[]) =>
  attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
const keysOf = (partition: string, sort?: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
]
const all = { ProjectionType: 'ALL' as const }

const onDemand: CreateTableCommandInput = {
  TableName: 'OnDemand',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: names('id', 'sort', 'a', 'b'),
  KeySchema: keysOf('id', 'sort'),
  LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keysOf('id', 'a'), Projection: all }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'global',
      KeySchema: keysOf('b'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['c'] },
      OnDemandThroughput: { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 6 },
    },
  ],
  VectorIndexes: [
    {
      IndexName: 'byVector',
      VectorAttribute: { AttributeName: 'embedding' },
      Dimensions: 3,
      DistanceFunction: 'COSINE',
      SearchSchema: [{ AttributeName: 'a', SearchSchemaElementType: 'INLINE_FILTER' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'plain',
      VectorAttribute: { AttributeName: 'other' },
      Dimensions: 2,
      DistanceFunction: 'EUCLIDEAN',
      Projection: all,
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  SSESpecification: { Enabled: true, SSEType: 'KMS' },
  TableClass: 'STANDARD_INFREQUENT_ACCESS',
  OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 },
  ResourcePolicy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::123456789012:user/app' },
        Action: 'dynamodb:GetItem',
        Resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/OnDemand',
      },
    ],
  }),
}

const provisioned: CreateTableCommandInput = {
  TableName: 'Provisioned',
  AttributeDefinitions: names('id', 'a'),
  KeySchema: keysOf('id'),
  ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
  GlobalSecondaryIndexes: [
    {
      IndexName: 'global',
      KeySchema: keysOf('a'),
      Projection: all,
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
    },
  ],
}

/** All of a description but what no two tables have in common. */
function lasting(table: TableDescription): unknown {
  const own = /^(CreationDateTime|TableId|LatestStream(Label|Arn)|LastUpdate\w*DateTime)$/
  return JSON.parse(JSON.stringify(table, (key, value: unknown) => (own.test(key) ? '' : value)))
}

test.each([onDemand, provisioned])(
  'a table is made again of its description: $TableName',
  async (input) => {
    const { TableName } = input
    const described = async (): Promise<TableDescription> =>
      (await client.send(new DescribeTableCommand({ TableName }))).Table ?? {}
    await client.send(new CreateTableCommand(input))
    const before = await described()
    const policy = await policyOf(client, before.TableArn)
    expect(policy).toEqual(
      input.ResourcePolicy === undefined ? {} : { ResourcePolicy: input.ResourcePolicy },
    )
    await client.send(new DeleteTableCommand({ TableName }))
    await client.send(new CreateTableCommand({ ...definitionOf(before), ...policy }))
    const after = await described()
    expect(lasting(after)).toEqual(lasting(before))
    expect(await policyOf(client, after.TableArn)).toEqual(policy)
  },
)
