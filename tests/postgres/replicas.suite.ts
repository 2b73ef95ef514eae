import { afterAll, beforeAll, expect, test } from 'vitest'
import { indexRequest, keyOf, tableRequest } from '../shared/tables.ts'
import { addressOf, TestServer } from './servers.ts'
import { TemporaryCluster } from './temporaryCluster.ts'

/** `--eventual-reads replica`, with a standby that is told to stand still. */
let leader: TemporaryCluster
let standby: TemporaryCluster
let server: TestServer
const TableName = 'music'

beforeAll(async () => {
  leader = await TemporaryCluster.start()
  standby = await leader.follower()
  server = await TestServer.start(addressOf(leader, [leader, standby], 'store'), {
    eventualReads: 'replica',
  })
})
afterAll(async () => {
  await server.close()
  await standby.dispose()
  await leader.dispose()
})

const put = (pk: string, n: number): Promise<object> =>
  server.ask('PutItem', { TableName, Item: { ...keyOf(pk), group: { S: 'g' }, n: { N: `${n}` } } })

type Item = { readonly pk: { S: string }; readonly n: { N: string } }

async function amount(pk: string, ConsistentRead: boolean): Promise<string | undefined> {
  const { Item } = await server.ask('GetItem', { TableName, Key: keyOf(pk), ConsistentRead })
  return (Item as Item | undefined)?.n.N
}

/** What a request of several items has found, as `key amount`. */
async function found(operation: string, request: object): Promise<string[]> {
  const { Items } = await server.ask(operation, { TableName, ...request })
  return (Items as Item[]).map(({ pk, n }) => `${pk.S} ${n.N}`).sort()
}

const ofGroup = {
  IndexName: 'byGroup',
  KeyConditionExpression: '#g = :g',
  ExpressionAttributeNames: { '#g': 'group' },
  ExpressionAttributeValues: { ':g': { S: 'g' } },
}

const replay = (verb: 'pause' | 'resume'): Promise<unknown> =>
  standby.query(`SELECT pg_wal_replay_${verb}()`)

test('eventually consistent reads are as old as the replica, and all others are not', async () => {
  await server.ask('CreateTable', tableRequest(TableName))
  await server.ask('UpdateTable', indexRequest(TableName, 'byGroup'))
  const isActive = async (): Promise<unknown> =>
    (await server.ask('DescribeTable', { TableName }))['Table']
  await expect.poll(isActive).toMatchObject({
    TableStatus: 'ACTIVE',
    GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }],
  })
  await put('x', 1)
  await expect.poll(() => amount('x', false)).toBe('1')
  await replay('pause')
  await put('x', 2)
  await put('y', 1)
  expect(await amount('x', true)).toBe('2')
  expect(await amount('x', false)).toBe('1')
  expect(await amount('y', false)).toBe(undefined)
  expect(await found('Query', ofGroup)).toEqual(['x 1'])
  expect(await found('Scan', {})).toEqual(['x 1'])
  expect(await found('Scan', { ConsistentRead: true })).toEqual(['x 2', 'y 1'])
  const Keys = [keyOf('x'), keyOf('y')]
  for (const [ConsistentRead, count] of [
    [false, 1],
    [true, 2],
  ] as const) {
    const request = { RequestItems: { [TableName]: { Keys, ConsistentRead } } }
    const { Responses } = await server.ask('BatchGetItem', request)
    expect((Responses as Record<string, Item[]>)[TableName]).toHaveLength(count)
  }
  const { Responses } = await server.ask('TransactGetItems', {
    TransactItems: [{ Get: { TableName, Key: keyOf('y') } }],
  })
  expect(Responses).toMatchObject([{ Item: { n: { N: '1' } } }])
  // A write is judged by what was written last.
  await server.ask('UpdateItem', {
    TableName,
    Key: keyOf('y'),
    UpdateExpression: 'SET n = n + :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  })
  expect(await amount('y', true)).toBe('2')
})

test('a replica that has not seen a change of a table yet is not read', async () => {
  await server.ask('CreateTable', tableRequest('another'))
  await server.ask('ListTables', {})
  expect(await amount('x', false)).toBe('2')
  expect(await found('Query', ofGroup)).toEqual(['x 2', 'y 2'])
  await replay('resume')
  await expect
    .poll(async () => (await standby.query('SELECT * FROM store.entries')).rowCount)
    .toBe((await leader.query('SELECT * FROM store.entries')).rowCount)
  await replay('pause')
  await put('x', 3)
  expect(await amount('x', false)).toBe('2')
  await replay('resume')
  await expect.poll(() => amount('x', false)).toBe('3')
})

test('without a replica the leader is read', async () => {
  await leader.query('ALTER SYSTEM RESET synchronous_standby_names')
  await leader.query('SELECT pg_reload_conf()')
  await standby.stop()
  await put('x', 4)
  expect(await amount('x', false)).toBe('4')
  expect(await found('Query', ofGroup)).toEqual(['x 4', 'y 2'])
})
