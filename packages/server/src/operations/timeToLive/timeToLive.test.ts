import { beforeEach, describe, expect, test } from 'vitest'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'

const TableName = 'Sessions'
const tooSoon = {
  __type: 'ValidationException',
  message: 'Time to live has been modified multiple times within a fixed interval',
}
const minuteMs = 60_000

let clock: ManualClock
let database: IndexedDatabase

async function open(delayTransientStatuses = false): Promise<void> {
  clock = new ManualClock()
  database = await openIndexedDatabase({ clock, delayTransientStatuses })
  await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
}

const specify = (Enabled: boolean, AttributeName = 'ends', table = TableName) =>
  database.call('UpdateTimeToLive', {
    TableName: table,
    TimeToLiveSpecification: { Enabled, AttributeName },
  })
const describeTtl = async () =>
  (await database.call('DescribeTimeToLive', { TableName }))['TimeToLiveDescription']

describe('Time to live', () => {
  beforeEach(() => open())

  test('is disabled where it was never enabled', async () => {
    expect(await database.call('DescribeTimeToLive', { TableName })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
    })
  })

  test('is enabled and disabled at once, and the answer is the request', async () => {
    expect(await specify(true)).toEqual({
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' },
    })
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' })
    clock.advance(31 * minuteMs)
    expect(await specify(false)).toEqual({
      TimeToLiveSpecification: { Enabled: false, AttributeName: 'ends' },
    })
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' })
  })

  test('takes an ARN, and any attribute, the key of another type too', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Sessions'
    expect(await specify(true, 'id', arn)).toEqual({
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'id' },
    })
    const described = await database.call('DescribeTimeToLive', { TableName: arn })
    expect(described['TimeToLiveDescription']).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'id',
    })
  })

  test('may be changed again after 31 minutes, and what is asked for is judged first', async () => {
    await specify(true)
    clock.advance(31 * minuteMs - 1)
    expect(await specify(false)).toEqual(tooSoon)
    expect(await specify(true)).toMatchObject({ message: 'TimeToLive is already enabled' })
    expect(await specify(false, 'other')).toEqual({
      __type: 'ValidationException',
      message: 'TimeToLive is active on a different AttributeName: current AttributeName is ends',
    })
    clock.advance(1)
    expect(await specify(false)).toHaveProperty('TimeToLiveSpecification')
    expect(await specify(false)).toMatchObject({ message: 'TimeToLive is already disabled' })
    expect(await specify(true, 'other')).toEqual(tooSoon)
    clock.advance(31 * minuteMs)
    expect(await specify(true, 'other')).toHaveProperty('TimeToLiveSpecification')
  })

  test('shows in neither the description nor the tags of its table', async () => {
    const before = await database.call('DescribeTable', { TableName })
    await specify(true)
    expect(await database.call('DescribeTable', { TableName })).toEqual(before)
    const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Sessions'
    expect(await database.call('ListTagsOfResource', { ResourceArn })).toEqual({ Tags: [] })
  })

  test('is there after the server was opened again', async () => {
    await specify(true)
    database = await openIndexedDatabase({ engine: database.engine, clock })
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' })
    expect(await specify(false)).toEqual(tooSoon)
  })

  test('of a table that is created anew is disabled, and may be enabled', async () => {
    await specify(true)
    await database.call('DeleteTable', { TableName })
    await database.call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    })
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' })
    expect(await specify(true)).toHaveProperty('TimeToLiveSpecification')
  })
})

describe('While statuses last', () => {
  beforeEach(() => open(true))

  test('a table that is being created has no time to live', async () => {
    expect(await specify(true)).toEqual({
      __type: 'ResourceInUseException',
      message:
        'Attempt to change a resource which is still in use: Table is being created: Sessions',
    })
    expect(await database.call('DescribeTimeToLive', { TableName })).toEqual({
      __type: 'ValidationException',
      message:
        'Cannot describe time to live while table is in CREATING state: Current table state is ' +
        'CREATING',
    })
    expect(await database.call('DescribeContinuousBackups', { TableName })).toEqual({
      __type: 'TableNotFoundException',
      message: 'Table not found: Sessions',
    })
  })

  test('nor has one that is being deleted', async () => {
    clock.advance(5000)
    await expect.poll(() => describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' })
    await database.call('DeleteTable', { TableName })
    expect(await specify(true)).toEqual({
      __type: 'ResourceInUseException',
      message:
        'Attempt to change a resource which is still in use: Table is being deleted: Sessions',
    })
    expect(await database.call('DescribeTimeToLive', { TableName })).toEqual({
      __type: 'ValidationException',
      message:
        'Cannot describe time to live while table is in DELETING state: Current table state is ' +
        'DELETING',
    })
  })

  test('one that is being updated takes it, and keeps it', async () => {
    clock.advance(5000)
    await expect.poll(() => describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' })
    const tableStatus = async () => {
      const { Table } = await database.call('DescribeTable', { TableName })
      return (Table as { TableStatus: string }).TableStatus
    }
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
    const BillingMode = 'PROVISIONED'
    await database.call('UpdateTable', { TableName, BillingMode, ProvisionedThroughput })
    expect(await tableStatus()).toBe('UPDATING')
    await specify(true)
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' })
    clock.advance(5000)
    await expect.poll(tableStatus).toBe('ACTIVE')
    expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' })
  })
})

describe('DescribeContinuousBackups', () => {
  beforeEach(() => open())

  test('answers as for a table whose recovery was never enabled', async () => {
    expect(await database.call('DescribeContinuousBackups', { TableName })).toEqual({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
      },
    })
  })
})
