import { afterAll, beforeAll, expect, test } from 'vitest'
import { soon } from '../../packages/server/src/testing/soon.ts'
import {
  collectionRequest,
  indexRequest,
  keyOf,
  streamedTableRequest,
  tableRequest,
} from '../shared/tables.ts'
import { CountedWay } from './countedWay.ts'
import { addressOf, TestServer } from './servers.ts'
import { TemporaryCluster } from './temporaryCluster.ts'

/** How often a request waits for PostgreSQL. */
let cluster: TemporaryCluster
let way: CountedWay
let server: TestServer

beforeAll(async () => {
  cluster = await TemporaryCluster.start()
  way = await CountedWay.open(cluster.port)
  server = await TestServer.start(addressOf(cluster, [way], 'store'))
  await server.ask('CreateTable', tableRequest('plain'))
  await server.ask('CreateTable', streamedTableRequest('streamed'))
  await server.ask('CreateTable', collectionRequest('collected'))
  await server.ask('CreateTable', tableRequest('indexed'))
  await server.ask('UpdateTable', indexRequest('indexed', 'byGroup'))
  await soon(async () => {
    const described = await server.ask('DescribeTable', { TableName: 'indexed' })
    const GlobalSecondaryIndexes = [{ IndexStatus: 'ACTIVE' }]
    expect(described['Table']).toMatchObject({ GlobalSecondaryIndexes })
  })
  for (const TableName of ['plain', 'streamed', 'indexed']) {
    await server.ask('PutItem', { TableName, Item: { ...keyOf('x'), group: { S: 'g' } } })
  }
})
afterAll(async () => {
  await server.close()
  await way.close()
  await cluster.dispose()
})

/** What is counted as a rule: now and then the server asks something of its own beside a request. */
async function tripsOf(operation: string, request: (i: number) => object): Promise<number> {
  const counts: number[] = []
  for (let i = 0; i < 15; i++) {
    const before = way.trips
    await server.ask(operation, request(i))
    counts.push(way.trips - before)
  }
  return counts.sort((a, b) => a - b)[7] as number
}

const keyCondition = {
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'x' } },
}

test.each<[string, object]>([
  ['GetItem', { TableName: 'plain', Key: keyOf('x'), ConsistentRead: true }],
  ['GetItem', { TableName: 'plain', Key: keyOf('absent') }],
  ['BatchGetItem', { RequestItems: { plain: { Keys: [keyOf('x'), keyOf('y')] } } }],
  ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'plain', Key: keyOf('x') } }] }],
  ['Query', { TableName: 'plain', ConsistentRead: true, ...keyCondition }],
  ['Scan', { TableName: 'plain', ConsistentRead: true }],
  ['ExecuteStatement', { Statement: `SELECT * FROM plain WHERE pk = 'x'` }],
])('a read is one round trip: %s', async (operation, request) => {
  expect(await tripsOf(operation, () => request)).toBe(1)
})

const itemOf = (i: number): object => ({ ...keyOf(`k${i}`), group: { S: `g${i}` } })
const put = (TableName: string, i: number): object => ({ Put: { TableName, Item: itemOf(i) } })

test.each<[string, string, (i: number) => object]>([
  ['PutItem', 'of a table', (i) => ({ TableName: 'plain', Item: itemOf(i) })],
  ['PutItem', 'with an index', (i) => ({ TableName: 'indexed', Item: itemOf(i) })],
  ['PutItem', 'with a stream', (i) => ({ TableName: 'streamed', Item: itemOf(i) })],
  [
    'PutItem',
    'of an item collection',
    (i) => ({ TableName: 'collected', Item: { ...itemOf(i), pk: { S: 'x' }, sk: { S: `${i}` } } }),
  ],
  [
    'UpdateItem',
    'of a table',
    (i) => ({
      TableName: 'plain',
      Key: keyOf('x'),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: `${i}` } },
    }),
  ],
  ['DeleteItem', 'of what is not there', () => ({ TableName: 'plain', Key: keyOf('absent') })],
  [
    'TransactWriteItems',
    'with a token',
    (i) => ({
      ClientRequestToken: `token ${i}`,
      TransactItems: [put('plain', 100 + i), put('indexed', 100 + i)],
    }),
  ],
  [
    'TransactWriteItems',
    'with a stream',
    (i) => ({
      ClientRequestToken: `streamed ${i}`,
      TransactItems: [put('streamed', 100 + i), put('streamed', 200 + i)],
    }),
  ],
  [
    'ExecuteStatement',
    'of a table',
    (i) => ({ Statement: `INSERT INTO plain VALUE {'pk': 'statement ${i}'}` }),
  ],
])('a write is two round trips: %s %s', async (operation, _, request) => {
  expect(await tripsOf(operation, request)).toBe(2)
})
