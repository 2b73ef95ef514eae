import { beforeEach, describe, expect, test, vi } from 'vitest'
import { HeldTransactions } from '../testing/heldTransactions.ts'
import { openMeteredDatabase, type MeteredDatabase } from '../testing/meteredDatabase.ts'
import { soon } from '../testing/soon.ts'
import { Metrics } from './metrics.ts'

const TableName = 'Orders'
const ofTable = ['TableName=Orders']
const ofIndex = [...ofTable, 'GlobalSecondaryIndexName=ByCustomer']
const ofOperation = (name: string) => [...ofTable, `Operation=${name}`]

let database: MeteredDatabase
let points: HeldTransactions
const call = (operation: string, request: object) => database.call(operation, request)
const figure = (...asked: Parameters<MeteredDatabase['figure']>) => database.figure(...asked)

beforeEach(async () => {
  points = new HeldTransactions()
  database = await openMeteredDatabase({ ttlDelaySeconds: 0, points })
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' })
  const keyed = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType })
  const created = await call('CreateTable', {
    TableName,
    AttributeDefinitions: [attribute('id'), attribute('customer'), attribute('day')],
    KeySchema: [keyed('id', 'HASH'), keyed('day', 'RANGE')],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 7 },
    LocalSecondaryIndexes: [
      {
        IndexName: 'ByTotal',
        KeySchema: [keyed('id', 'HASH'), keyed('customer', 'RANGE')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByCustomer',
        KeySchema: [keyed('customer', 'HASH')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
        ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 3 },
      },
    ],
  })
  expect(created).toHaveProperty('TableDescription')
})

const item = (id: string, more: object = {}) => ({ id: { S: id }, day: { S: 'd' }, ...more })
const Put = (id: string, more: object = {}) => ({ Put: { TableName, Item: item(id, more) } })
/** With the other attributes an item of 1024 bytes at most, and more than 512. */
const kilobyte = { text: { S: 'x'.repeat(1000) } }
const customer = { customer: { S: 'Ann' } }

describe('units', () => {
  test('a transaction of two items of a kilobyte has written four', async () => {
    const TransactItems = [Put('1', kilobyte), Put('2', kilobyte)]
    expect(await call('TransactWriteItems', { TransactItems })).toEqual({})
    expect(figure('ConsumedWriteCapacityUnits', ofTable)).toBe(4)
    expect(figure('ConsumedWriteCapacityUnits', ofTable, 'SampleCount')).toBe(1)
    expect(figure('ConsumedWriteCapacityUnits', [...ofTable, 'Source=Customer'])).toBe(4)
    expect(figure('ConsumedWriteCapacityUnits', [...ofTable, 'Source=GlobalTable'])).toBe(undefined)
  })

  test('a table has those of its local indexes, a global index its own', async () => {
    await call('PutItem', { TableName, Item: item('1', customer) })
    expect(figure('ConsumedWriteCapacityUnits', ofTable)).toBe(2)
    expect(figure('ConsumedWriteCapacityUnits', ofIndex)).toBe(1)
    const request = {
      TableName,
      IndexName: 'ByCustomer',
      KeyConditionExpression: 'customer = :c',
      ExpressionAttributeValues: { ':c': { S: 'Ann' } },
    }
    await call('Query', request)
    expect(figure('ConsumedReadCapacityUnits', ofIndex)).toBe(0.5)
    expect(figure('ConsumedReadCapacityUnits', ofTable)).toBe(0)
  })

  test('are told by value, for each request', async () => {
    await call('PutItem', { TableName, Item: item('1') })
    await call('PutItem', { TableName, Item: item('2', { text: { S: 'x'.repeat(2500) } }) })
    const told = ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'].map((statistic) =>
      figure('ConsumedWriteCapacityUnits', ofTable, statistic),
    )
    expect(told).toEqual([4, 2, 1, 3, 2])
  })

  test('what is provisioned is a point in five minutes, whoever asks', () => {
    expect(figure('ProvisionedReadCapacityUnits', ofTable, 'Maximum')).toBe(5)
    expect(figure('ProvisionedWriteCapacityUnits', ofTable, 'Maximum')).toBe(7)
    expect(figure('ProvisionedReadCapacityUnits', ofIndex, 'Maximum')).toBe(2)
    expect(figure('ProvisionedWriteCapacityUnits', ofIndex, 'Maximum')).toBe(3)
    expect(figure('ProvisionedReadCapacityUnits', ofTable, 'SampleCount')).toBe(1)
    database.clock.advance(10 * 60_000)
    expect(figure('ProvisionedReadCapacityUnits', ofTable, 'SampleCount')).toBe(3)
    expect(figure('AccountMaxReads', [], 'Maximum')).toBe(80_000)
    expect(figure('AccountMaxTableLevelWrites', [], 'Maximum')).toBe(40_000)
    expect(figure('AccountProvisionedReadCapacityUtilization', [], 'Maximum')).toBe(0.00875)
    expect(figure('MaxProvisionedTableWriteCapacityUtilization', [], 'Maximum')).toBe(0.0175)
  })

  test('a table on demand has what it is limited to, and nothing provisioned', async () => {
    await call('CreateTable', {
      TableName: 'Free',
      BillingMode: 'PAY_PER_REQUEST',
      OnDemandThroughput: { MaxReadRequestUnits: 9 },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    })
    expect(figure('OnDemandMaxReadRequestUnits', ['TableName=Free'], 'Maximum')).toBe(9)
    expect(figure('OnDemandMaxWriteRequestUnits', ['TableName=Free'], 'Maximum')).toBe(undefined)
    expect(figure('ProvisionedReadCapacityUnits', ['TableName=Free'], 'Maximum')).toBe(undefined)
  })
})

describe('requests', () => {
  test('that are answered well have a latency by table and operation', async () => {
    await call('PutItem', { TableName, Item: item('1') })
    await call('PutItem', { TableName, Item: item('2') })
    await call('BatchGetItem', { RequestItems: { [TableName]: { Keys: [item('1')] } } })
    const countOf = (name: string) =>
      figure('SuccessfulRequestLatency', ofOperation(name), 'SampleCount')
    expect(countOf('PutItem')).toBe(2)
    expect(countOf('BatchGetItem')).toBe(1)
    expect(countOf('GetItem')).toBe(undefined)
    expect(figure('UserErrors', [])).toBe(undefined)
  })

  test('that name a table in several ways have one latency of it', async () => {
    const { Table } = (await call('DescribeTable', { TableName })) as {
      Table: { TableArn: string }
    }
    const Keys = (id: string) => ({ Keys: [item(id)] })
    const RequestItems = { [TableName]: Keys('1'), [Table.TableArn]: Keys('2') }
    expect(await call('BatchGetItem', { RequestItems })).toHaveProperty('Responses')
    expect(figure('SuccessfulRequestLatency', ofOperation('BatchGetItem'), 'SampleCount')).toBe(1)
    expect(figure('ConsumedReadCapacityUnits', ofTable)).toBe(1)
  })

  test('that return items have their number: those that the filter left', async () => {
    for (const id of ['1', '2', '3'])
      await call('PutItem', { TableName, Item: item(id, { n: { N: id } }) })
    const ExpressionAttributeValues = { ':n': { N: '1' } }
    await call('Scan', { TableName, FilterExpression: 'n > :n', ExpressionAttributeValues })
    await call('Scan', { TableName })
    expect(figure('ReturnedItemCount', ofOperation('Scan'))).toBe(5)
    expect(figure('ReturnedItemCount', ofOperation('Scan'), 'Minimum')).toBe(2)
  })

  test('of statements have their verb', async () => {
    const Statement = `INSERT INTO ${TableName} VALUE {'id': 'p', 'day': 'd'}`
    expect(await call('ExecuteStatement', { Statement })).toEqual({ Items: [] })
    await call('ExecuteStatement', { Statement: `SELECT * FROM ${TableName}` })
    const countOf = (...more: string[]) =>
      figure(
        'SuccessfulRequestLatency',
        [...ofOperation('ExecuteStatement'), ...more],
        'SampleCount',
      )
    expect(countOf()).toBe(2)
    expect(countOf('Verb=PartiQLInsert')).toBe(1)
    expect(countOf('Verb=PartiQLSelect')).toBe(1)
    expect(figure('ReturnedItemCount', ofOperation('ExecuteStatement'))).toBe(1)
    const update = `UPDATE ${TableName} SET x = 1 WHERE id = 'p' AND day = 'd'`
    await call('ExecuteTransaction', { TransactStatements: [{ Statement: update }] })
    const transacted = [...ofOperation('ExecuteTransaction'), 'OperationType=Write']
    expect(figure('SuccessfulRequestLatency', transacted, 'SampleCount')).toBe(1)
  })

  test('of GetRecords have their records and bytes, by stream', async () => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
    await call('UpdateTable', { TableName, StreamSpecification })
    await call('PutItem', { TableName, Item: item('1') })
    const { Table } = (await call('DescribeTable', { TableName })) as {
      Table: { LatestStreamArn: string; LatestStreamLabel: string }
    }
    const StreamArn = Table.LatestStreamArn
    const { StreamDescription } = (await call('DescribeStream', { StreamArn })) as {
      StreamDescription: { Shards: [{ ShardId: string }] }
    }
    const [{ ShardId }] = StreamDescription.Shards
    const wanted = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    const { ShardIterator } = await call('GetShardIterator', wanted)
    const answer = await call('GetRecords', { ShardIterator })
    const dimensions = [...ofOperation('GetRecords'), `StreamLabel=${Table.LatestStreamLabel}`]
    expect(figure('ReturnedRecordsCount', dimensions)).toBe(1)
    expect(figure('ReturnedBytes', dimensions)).toBe(JSON.stringify(answer).length)
    expect(figure('SuccessfulRequestLatency', dimensions, 'SampleCount')).toBe(1)
  })
})

describe('failures', () => {
  const ConditionExpression = 'attribute_exists(id)'

  test('a condition that fails is one of its table, and no user error', async () => {
    const failed = await call('PutItem', { TableName, Item: item('1'), ConditionExpression })
    expect(failed['__type']).toBe('ConditionalCheckFailedException')
    expect(figure('ConditionalCheckFailedRequests', ofTable)).toBe(1)
    expect(figure('UserErrors', [])).toBe(undefined)
  })

  test('a write that meets a transaction is a conflict, and a user error', async () => {
    points.hold('claimed')
    const transaction = call('TransactWriteItems', { TransactItems: [Put('1')] })
    const failed = await call('PutItem', { TableName, Item: item('1') })
    points.letGo()
    expect(failed['__type']).toBe('TransactionConflictException')
    expect(await transaction).toEqual({})
    expect(figure('TransactionConflict', ofTable)).toBe(1)
    expect(figure('UserErrors', [])).toBe(1)
  })

  test('a cancelled transaction counts its items, and is one request', async () => {
    points.hold('claimed')
    const first = call('TransactWriteItems', { TransactItems: [Put('1'), Put('2')] })
    const condition = { Put: { TableName, Item: item('4'), ConditionExpression } }
    const TransactItems = [Put('1'), Put('2'), Put('3'), condition]
    const failed = await call('TransactWriteItems', { TransactItems })
    expect(failed['__type']).toBe('TransactionCanceledException')
    points.letGo()
    await first
    expect(figure('TransactionConflict', ofTable)).toBe(2)
    expect(figure('TransactionConflict', ofTable, 'SampleCount')).toBe(1)
    expect(figure('ConditionalCheckFailedRequests', ofTable)).toBe(1)
    expect(figure('UserErrors', [])).toBe(1)
  })

  test('a statement of a batch that fails by itself counts by its table', async () => {
    const Statement = `UPDATE ${TableName} SET n = 1 WHERE id = 'x' AND day = 'd'`
    const answer = await call('BatchExecuteStatement', { Statements: [{ Statement }] })
    expect(answer).toMatchObject({ Responses: [{ Error: { Code: 'ConditionalCheckFailed' } }] })
    expect(figure('ConditionalCheckFailedRequests', ofTable)).toBe(1)
  })

  test('what a client did wrong has no dimension, and makes no metrics of tables', async () => {
    await call('GetItem', { TableName: 'Absent', Key: item('1') })
    await call('GetItem', { TableName, Key: {} })
    await call('GetItem', { TableName: 7 })
    expect(figure('UserErrors', [])).toBe(3)
    const tables = [...database.metrics.store.all()].flatMap(({ dimensions }) =>
      dimensions.filter(({ Name }) => Name === 'TableName').map(({ Value }) => Value),
    )
    expect(new Set(tables)).toEqual(new Set([TableName]))
  })

  test('a fault of our own is one of its operation and table', async () => {
    vi.spyOn(database.coordinator, 'read').mockImplementation(() => {
      throw new Error('broken')
    })
    await expect(call('GetItem', { TableName, Key: item('1') })).rejects.toThrow('broken')
    expect(figure('SystemErrors', ofOperation('GetItem'))).toBe(1)
    expect(figure('UserErrors', [])).toBe(undefined)
  })
})

test('items that time to live removes are counted, and cost nothing', async () => {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ends' }
  await call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
  const ends = { ends: { N: String(Math.floor(database.clock.nowMs() / 1000) + 10) } }
  for (const id of ['1', '2', '3']) await call('PutItem', { TableName, Item: item(id, ends) })
  await call('PutItem', { TableName, Item: item('4') })
  await soon(() => {
    database.clock.advance(20_000)
    expect(figure('TimeToLiveDeletedItemCount', ofTable)).toBe(3)
  })
  expect(figure('ConsumedWriteCapacityUnits', ofTable)).toBe(4)
  expect(database.faults).toEqual([])
})

test('what is remembered of a table that was silent for a day is forgotten with its series', async () => {
  await call('PutItem', { TableName, Item: item('1') })
  database.clock.advance(26 * 3_600_000)
  await call('PutItem', { TableName, Item: item('2') })
  expect(figure('ConsumedWriteCapacityUnits', ofTable)).toBe(1)
  expect(figure('SuccessfulRequestLatency', ofOperation('PutItem'), 'SampleCount')).toBe(1)
})

test('a fault of the metrics is told, and fails no request', () => {
  const faults: unknown[] = []
  const { clock } = database
  const metrics = new Metrics({ clock, onFault: (error) => void faults.push(error) })
  vi.spyOn(metrics.store, 'minute').mockImplementation(() => {
    throw new Error('broken')
  })
  metrics.expired(TableName)
  metrics.answered({} as never)
  expect(faults).toEqual([new Error('broken'), new Error('broken')])
})

test('a database that is closed starts no more timers', () => {
  const { metrics, clock } = database
  const before = clock.pendingTimers
  metrics.end()
  expect(clock.pendingTimers).toBe(before - 1)
})
