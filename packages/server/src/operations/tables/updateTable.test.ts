import { beforeEach, describe, expect, test } from 'vitest'
import { openControlPlane, type ControlPlane } from '../../testing/controlPlane.ts'
import { soon } from '../../testing/soon.ts'
import { Throttle } from '../throughput/throttle.ts'
import { createTable } from './createTable.ts'
import { describeTable } from './describeTable.ts'
import type { CreateTableRequest } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { updateTable } from './updateTable.ts'

const units = (read: number, write: number) => ({
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
})

const base: CreateTableRequest = {
  TableName: 'onDemand',
  AttributeDefinitions: [
    { AttributeName: 'a', AttributeType: 'S' },
    { AttributeName: 'b', AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: ['byB', 'alsoByB'].map((IndexName) => ({
    IndexName,
    KeySchema: [{ AttributeName: 'b', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  })),
}
const provisioned: CreateTableRequest = {
  ...base,
  TableName: 'provisioned',
  BillingMode: 'PROVISIONED',
  ProvisionedThroughput: units(5, 6),
  GlobalSecondaryIndexes: (base.GlobalSecondaryIndexes ?? []).map((index) => ({
    ...index,
    ProvisionedThroughput: units(3, 4),
  })),
}

const updateOfIndex = (IndexName: string, read: number, write: number) => ({
  Update: { IndexName, ProvisionedThroughput: units(read, write) },
})

type Description = Record<string, never> & {
  GlobalSecondaryIndexes: Record<string, unknown>[]
}

let plane: ControlPlane

beforeEach(async () => {
  plane = await openControlPlane()
  await createTable(plane, base)
  await createTable(plane, provisioned)
})

const update = async (request: UpdateTableRequest): Promise<Description> =>
  ((await updateTable(plane, request)) as { TableDescription: Description }).TableDescription

const describeNow = async (TableName: string): Promise<Description> =>
  ((await describeTable(plane, { TableName })) as { Table: Description }).Table

const invalid = 'One or more parameter values were invalid: '
const nothing =
  'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
  'GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ' +
  'ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, ' +
  'WarmThroughput or TableClass is required'
const hint =
  'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher ' +
  'limits.'
const onDemand = { TableName: 'onDemand' }
const withUnits = { TableName: 'provisioned' }

const refusals: [string, UpdateTableRequest, string, string][] = [
  ['nothing to do', onDemand, 'ValidationException', nothing],
  [
    'no index update in the list',
    { ...onDemand, GlobalSecondaryIndexUpdates: [] },
    'ValidationException',
    nothing,
  ],
  [
    'a table that is not there',
    { TableName: 'other', BillingMode: 'PAY_PER_REQUEST' },
    'ResourceNotFoundException',
    'Requested resource not found: Table: other not found',
  ],
  [
    'units with PAY_PER_REQUEST',
    { ...withUnits, BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: units(1, 1) },
    'ValidationException',
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
      'BillingMode is PAY_PER_REQUEST',
  ],
  [
    'units of an on-demand table',
    { ...onDemand, ProvisionedThroughput: units(1, 1) },
    'ValidationException',
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
      'BillingMode is PAY_PER_REQUEST',
  ],
  [
    'PROVISIONED without units',
    { ...onDemand, BillingMode: 'PROVISIONED' },
    'ValidationException',
    `${invalid}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
  ],
  [
    'PROVISIONED without units of a table that has them',
    { ...withUnits, TableThroughputMode: 'PROVISIONED' },
    'ValidationException',
    `${invalid}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
  ],
  [
    'PROVISIONED without units of the indexes',
    { ...onDemand, BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1, 1) },
    'ValidationException',
    `${invalid}ProvisionedThroughput must be specified for index: byB,alsoByB`,
  ],
  [
    'the units that the table has',
    { ...withUnits, ProvisionedThroughput: units(5, 6) },
    'ValidationException',
    'The provisioned throughput for the table will not change. The requested value equals the ' +
      'current value. Current ReadCapacityUnits provisioned for the table: 5. Requested ' +
      'ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 6. Requested ' +
      `WriteCapacityUnits: 6. ${hint}`,
  ],
  [
    'the units that an index has',
    { ...withUnits, GlobalSecondaryIndexUpdates: [updateOfIndex('byB', 3, 4)] },
    'ValidationException',
    'The provisioned throughput for the index byB will not change. The requested value equals ' +
      'the current value. Current ReadCapacityUnits provisioned for index byB: 3. Requested ' +
      'ReadCapacityUnits: 3. Current WriteCapacityUnits provisioned for index byB: 4. Requested ' +
      `WriteCapacityUnits: 4. ${hint}`,
  ],
  [
    'units beyond all bounds',
    { ...withUnits, ProvisionedThroughput: units(1, 1_000_000_000_001) },
    'ValidationException',
    'Given value 1000000000001 for WriteCapacityUnits is out of bounds',
  ],
  [
    'units of an index on demand',
    { ...onDemand, GlobalSecondaryIndexUpdates: [updateOfIndex('byB', 1, 1)] },
    'ValidationException',
    `${invalid}The only Updates for index: byB when TableThroughputMode is PAY_PER_REQUEST can be ` +
      'to OnDemandThroughput, WarmThroughput',
  ],
  [
    'an index that is not there',
    { ...withUnits, GlobalSecondaryIndexUpdates: [updateOfIndex('other', 1, 1)] },
    'ResourceNotFoundException',
    'Requested resource not found: Index other for table provisioned',
  ],
  [
    'an index update without action',
    { ...withUnits, GlobalSecondaryIndexUpdates: [{}] },
    'ValidationException',
    `${invalid}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ` +
      'GlobalSecondaryIndexUpdate.Delete must not be null',
  ],
  [
    'two updates of one index',
    {
      ...withUnits,
      GlobalSecondaryIndexUpdates: [updateOfIndex('byB', 1, 1), updateOfIndex('byB', 2, 2)],
    },
    'ValidationException',
    `${invalid}Only one global secondary index update per index is allowed simultaneously. ` +
      'Index: byB',
  ],
  [
    'two indexes deleted at once',
    {
      ...withUnits,
      GlobalSecondaryIndexUpdates: [
        { Delete: { IndexName: 'byB' } },
        { Delete: { IndexName: 'alsoByB' } },
      ],
    },
    'LimitExceededException',
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per ' +
      'table',
  ],
  [
    'an index deleted that is not there',
    { ...withUnits, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'other' } }] },
    'ResourceNotFoundException',
    'Requested resource not found',
  ],
  [
    'request units of a provisioned table',
    { ...withUnits, OnDemandThroughput: { MaxReadRequestUnits: 5 } },
    'ValidationException',
    `${invalid}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table ` +
      'BillingMode is PROVISIONED',
  ],
  [
    'request units of 0',
    { ...onDemand, OnDemandThroughput: { MaxWriteRequestUnits: 0 } },
    'ValidationException',
    `${invalid}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of ` +
      'valid range',
  ],
  [
    'less warm throughput than there is',
    { ...onDemand, WarmThroughput: { ReadUnitsPerSecond: 11_999 } },
    'ValidationException',
    `${invalid}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current ` +
      'WarmThroughput, decreasing WarmThroughput is not supported',
  ],
  [
    'a stream disabled that is not there',
    { ...onDemand, StreamSpecification: { StreamEnabled: false } },
    'ValidationException',
    'Table has no stream to disable: TableName: onDemand',
  ],
  [
    'a replica',
    { ...onDemand, ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] },
    'ValidationException',
    `${invalid}ReplicaUpdates is not supported: there is one Region only`,
  ],
  [
    'protection of its replicas with other changes',
    { ...onDemand, DisassociationProtectionEnabled: true, TableClass: 'STANDARD' },
    'ValidationException',
    `${invalid}TableClass modification must be the only operation in the request`,
  ],
  [
    'a vector index deleted that is not there',
    { ...onDemand, VectorIndexUpdates: [{ Delete: { IndexName: 'vectors' } }] },
    'ResourceNotFoundException',
    'Requested resource not found: Index vectors for table onDemand',
  ],
]

describe('UpdateTable refuses', () => {
  test.each(refusals)('%s', async (_case, request, name, message) => {
    const before = [await describeNow('onDemand'), await describeNow('provisioned')]
    await expect(update(request)).rejects.toMatchObject({ name, message })
    expect([await describeNow('onDemand'), await describeNow('provisioned')]).toEqual(before)
  })

  test('the fifth decrease of a day within an hour of the fourth', async () => {
    const decrease = (read: number) =>
      update({ ...withUnits, ProvisionedThroughput: units(read, 6) })
    await update({ ...withUnits, ProvisionedThroughput: units(100, 6) })
    for (const read of [50, 40, 30, 20]) await decrease(read)
    await expect(decrease(10)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message:
        'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given ' +
        'UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can ' +
        'be performed at most once every 3600 seconds. Number of decreases today: 4. Last decrease ' +
        'at Friday, January 2, 2026 at 3:04:05 AM Coordinated Universal Time. Next decrease can be ' +
        'made at Friday, January 2, 2026 at 4:04:05 AM Coordinated Universal Time',
    })
    plane.clock.advance(60 * 60 * 1000)
    await decrease(10)
    expect(await describeNow('provisioned')).toMatchObject({
      ProvisionedThroughput: { NumberOfDecreasesToday: 5, ReadCapacityUnits: 10 },
    })
    plane.clock.advance(20 * 60 * 60 * 1000)
    expect(await describeNow('provisioned')).toMatchObject({
      ProvisionedThroughput: { NumberOfDecreasesToday: 0 },
    })
    await decrease(9)
    await decrease(8)
  })
})

describe('the fifth decrease of a day', () => {
  const decrease = (read: number) => update({ ...withUnits, ProvisionedThroughput: units(read, 6) })

  test('has to wait no longer than for the next day', async () => {
    // 23:20:48 of the day before the one that is told.
    plane.clock.advance(Date.UTC(2026, 9, 8, 23, 20, 48) - plane.clock.nowMs())
    await update({ ...withUnits, ProvisionedThroughput: units(100, 6) })
    for (const read of [50, 40, 30, 20]) await decrease(read)
    await expect(decrease(10)).rejects.toThrow(
      'Last decrease at Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time. Next ' +
        'decrease can be made at Friday, October 9, 2026 at 12:00:00 AM Coordinated Universal Time',
    )
    plane.clock.advance(40 * 60 * 1000)
    await decrease(10)
  })
})

describe('switches to on demand', () => {
  const hour = 60 * 60 * 1000
  async function switchOver(services: ControlPlane): Promise<void> {
    const ProvisionedThroughput = units(7, 8)
    const indexes = ['byB', 'alsoByB'].map((name) => updateOfIndex(name, 1, 2))
    await updateTable(services, { ...withUnits, BillingMode: 'PAY_PER_REQUEST' })
    await updateTable(services, {
      ...withUnits,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput,
      GlobalSecondaryIndexUpdates: indexes,
    })
  }

  test('are four in 24 hours where throughput is enforced', async () => {
    const enforcing = { ...plane, throttle: new Throttle(plane.clock) }
    for (let i = 0; i < 4; i++) {
      await switchOver(enforcing)
      plane.clock.advance(hour)
    }
    await expect(switchOver(enforcing)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message:
        'Subscriber limit exceeded: Update to PayPerRequest mode are limited to 4 times in 1 day(s). ' +
        'Last update at Fri Jan 02 06:04:05 UTC 2026. ' +
        'Next update can be made at Sat Jan 03 03:04:05 UTC 2026',
    })
    plane.clock.advance(20 * hour)
    await switchOver(enforcing)
    await expect(switchOver(enforcing)).rejects.toThrow('Sat Jan 03 04:04:05 UTC 2026')
    plane.clock.advance(hour)
    await switchOver(enforcing)
  })

  test('are any number elsewhere', async () => {
    for (let i = 0; i < 6; i++) await switchOver(plane)
    expect(await describeNow('provisioned')).toMatchObject({
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    })
  })
})

const createdAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678) / 1000

describe('UpdateTable changes', () => {
  test('throughput: the answer shows the old one, then the new one is in force', async () => {
    plane.clock.advance(1000)
    const answer = await update({ ...withUnits, ProvisionedThroughput: units(9, 2) })
    expect(answer.TableStatus).toBe('UPDATING')
    expect(answer.ProvisionedThroughput).toStrictEqual({
      LastIncreaseDateTime: createdAt + 1,
      LastDecreaseDateTime: createdAt + 1,
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: 5,
      WriteCapacityUnits: 6,
    })
    const table = await describeNow('provisioned')
    expect(table.TableStatus).toBe('ACTIVE')
    expect(table.ProvisionedThroughput).toStrictEqual({
      LastIncreaseDateTime: createdAt + 1,
      LastDecreaseDateTime: createdAt + 1,
      NumberOfDecreasesToday: 1,
      ReadCapacityUnits: 9,
      WriteCapacityUnits: 2,
    })
  })

  test('throughput of one index', async () => {
    const answer = await update({
      ...withUnits,
      GlobalSecondaryIndexUpdates: [updateOfIndex('alsoByB', 8, 9)],
    })
    expect(answer.TableStatus).toBe('ACTIVE')
    expect(answer.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: 'byB', IndexStatus: 'ACTIVE' },
      {
        IndexName: 'alsoByB',
        IndexStatus: 'UPDATING',
        ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      },
    ])
    expect((await describeNow('provisioned')).GlobalSecondaryIndexes).toMatchObject([
      { ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 } },
      {
        IndexStatus: 'ACTIVE',
        ProvisionedThroughput: { ReadCapacityUnits: 8, WriteCapacityUnits: 9 },
      },
    ])
  })

  test('billing mode to PAY_PER_REQUEST and back', async () => {
    plane.clock.advance(2000)
    const answer = await update({ ...withUnits, BillingMode: 'PAY_PER_REQUEST' })
    expect(answer.BillingModeSummary).toStrictEqual({ BillingMode: 'PAY_PER_REQUEST' })
    const changed = await describeNow('provisioned')
    expect(changed.BillingModeSummary).toStrictEqual({
      BillingMode: 'PAY_PER_REQUEST',
      LastUpdateToPayPerRequestDateTime: createdAt + 2,
    })
    const none = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
    expect(changed.ProvisionedThroughput).toStrictEqual({
      ...none,
      LastDecreaseDateTime: createdAt + 2,
    })
    expect(changed.GlobalSecondaryIndexes[1]?.ProvisionedThroughput).toStrictEqual(none)
    await update({
      ...withUnits,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: units(7, 8),
      GlobalSecondaryIndexUpdates: ['byB', 'alsoByB'].map((name) => updateOfIndex(name, 1, 2)),
    })
    const back = await describeNow('provisioned')
    expect(back).toMatchObject({
      BillingModeSummary: {
        BillingMode: 'PROVISIONED',
        LastUpdateToPayPerRequestDateTime: createdAt + 2,
      },
      ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
    })
    expect(back.GlobalSecondaryIndexes[0]).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
    })
  })

  test('the stream: disabled it keeps its label, enabled again it gets another one', async () => {
    const enabled = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const }
    const enable = { ...onDemand, StreamSpecification: enabled }
    await update(enable)
    await expect(update(enable)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Table already has an enabled stream: TableName: onDemand',
    })
    const first = '2026-01-02T03:04:05.678'
    expect(await describeNow('onDemand')).toMatchObject({
      StreamSpecification: enabled,
      LatestStreamLabel: first,
    })
    await update({ ...onDemand, StreamSpecification: { StreamEnabled: false } })
    const disabled = await describeNow('onDemand')
    expect(disabled).not.toHaveProperty('StreamSpecification')
    expect(disabled.LatestStreamLabel).toBe(first)
    await update(enable)
    expect((await describeNow('onDemand')).LatestStreamLabel).toBe('2026-01-02T03:04:05.679')
  })
})

const inUse = 'Attempt to change a resource which is still in use: '

describe('A table that is being created or updated', () => {
  const statusNow = async () => (await describeNow('provisioned')).TableStatus
  const infrequent = { ...withUnits, TableClass: 'STANDARD_INFREQUENT_ACCESS' }
  const protect = { ...withUnits, DeletionProtectionEnabled: true }
  const warm = { ...withUnits, WarmThroughput: { ReadUnitsPerSecond: 50 } }

  beforeEach(async () => {
    plane = await openControlPlane(true)
    await createTable(plane, provisioned)
  })

  const activated = async () => {
    plane.clock.advance(5000)
    await soon(async () => expect(await statusNow()).toBe('ACTIVE'))
  }

  test.each<[string, UpdateTableRequest]>([
    ['table class', infrequent],
    ['deletion protection', protect],
    ['warm throughput', warm],
  ])('does not change its %s while it is created', async (_setting, request) => {
    await expect(update(request)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being created: provisioned`,
    })
  })

  test('is not updated again, but for protection and warm throughput', async () => {
    await activated()
    await update(infrequent)
    await expect(update({ ...infrequent, TableClass: 'STANDARD' })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being updated: provisioned`,
    })
    for (const capacity of [
      { ProvisionedThroughput: units(9, 9) },
      { BillingMode: 'PAY_PER_REQUEST' as const },
    ]) {
      await expect(update({ ...withUnits, ...capacity })).rejects.toMatchObject({
        name: 'ResourceInUseException',
        message: `${inUse}Table IOPS are currently being updated. Table: provisioned`,
      })
    }
    expect(await update(protect)).toMatchObject({
      TableStatus: 'UPDATING',
      DeletionProtectionEnabled: true,
    })
    expect(await update(warm)).toMatchObject({ TableStatus: 'UPDATING' })
    plane.clock.advance(3000)
    await soon(async () => expect(await statusNow()).toBe('ACTIVE'))
    expect(await describeNow('provisioned')).toMatchObject({
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      DeletionProtectionEnabled: true,
      WarmThroughput: { ReadUnitsPerSecond: 50, WriteUnitsPerSecond: 6, Status: 'ACTIVE' },
    })
  })
})
