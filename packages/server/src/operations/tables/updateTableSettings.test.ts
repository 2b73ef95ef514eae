import { beforeEach, describe, expect, test } from 'vitest'
import { openControlPlane, type ControlPlane } from '../../testing/controlPlane.ts'
import { createTable } from './createTable.ts'
import { describeTable } from './describeTable.ts'
import type { CreateTableRequest } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { updateTable } from './updateTable.ts'

const units = (read: number, write: number) => ({
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
})
const warmth = (read: number, write: number, Status = 'ACTIVE') => ({
  ReadUnitsPerSecond: read,
  WriteUnitsPerSecond: write,
  Status,
})
const definition: CreateTableRequest = {
  TableName: 'onDemand',
  AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const paid: CreateTableRequest = {
  ...definition,
  TableName: 'provisioned',
  BillingMode: 'PROVISIONED',
  ProvisionedThroughput: units(5, 6),
}

type Description = Record<string, unknown>

let plane: ControlPlane

beforeEach(async () => {
  plane = await openControlPlane()
  await createTable(plane, definition)
  await createTable(plane, paid)
  plane.clock.advance(3000)
})

const update = async (more: Omit<UpdateTableRequest, 'TableName'>, TableName = 'onDemand') =>
  ((await updateTable(plane, { TableName, ...more })) as { TableDescription: Description })
    .TableDescription
const updatePaid = (more: Omit<UpdateTableRequest, 'TableName'>) => update(more, 'provisioned')
const describeNow = async (TableName = 'onDemand'): Promise<Description> =>
  ((await describeTable(plane, { TableName })) as { Table: Description }).Table

const createdAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678) / 1000

describe('OnDemandThroughput', () => {
  const limit = (read: number | undefined, write: number | undefined) =>
    update({
      OnDemandThroughput: {
        ...(read !== undefined && { MaxReadRequestUnits: read }),
        ...(write !== undefined && { MaxWriteRequestUnits: write }),
      },
    })

  test('merges member by member at once; -1 is answered and takes a limit away', async () => {
    expect(await limit(5, undefined)).toMatchObject({
      TableStatus: 'ACTIVE',
      OnDemandThroughput: { MaxReadRequestUnits: 5 },
    })
    await limit(undefined, 7)
    const both = { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 7 }
    expect((await describeNow())['OnDemandThroughput']).toStrictEqual(both)
    expect((await limit(-1, undefined))['OnDemandThroughput']).toStrictEqual({
      ...both,
      MaxReadRequestUnits: -1,
    })
    expect((await describeNow())['OnDemandThroughput']).toStrictEqual({ MaxWriteRequestUnits: 7 })
    expect((await limit(-1, -1))['OnDemandThroughput']).toStrictEqual({
      MaxReadRequestUnits: -1,
      MaxWriteRequestUnits: -1,
    })
    expect(await describeNow()).not.toHaveProperty('OnDemandThroughput')
  })

  test('is refused beyond the quota of a table', async () => {
    await expect(limit(40_001, undefined)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message:
        'Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table ' +
        'exceeds TableMaxReadCapacityUnits of the account in region us-east-1',
    })
  })

  test('is not shown where an older store holds -1', async () => {
    const limits = { MaxReadRequestUnits: 5, MaxWriteRequestUnits: -1 }
    const table = plane.catalog.tableForControl('onDemand')
    await plane.catalog.amend(table, (record) => ({ ...record, onDemandThroughput: limits }))
    expect((await describeNow())['OnDemandThroughput']).toStrictEqual({ MaxReadRequestUnits: 5 })
  })

  test('comes with a switch to PAY_PER_REQUEST', async () => {
    await updatePaid({
      TableThroughputMode: 'PAY_PER_REQUEST',
      OnDemandThroughput: { MaxReadRequestUnits: 5 },
    })
    expect(await describeNow('provisioned')).toMatchObject({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      OnDemandThroughput: { MaxReadRequestUnits: 5 },
    })
  })
})

describe('WarmThroughput', () => {
  test('is answered as it was and UPDATING, and never goes down', async () => {
    const warm = (read: number, write: number) =>
      update({ WarmThroughput: { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write } })
    expect(await warm(12_001, 4000)).toMatchObject({
      TableStatus: 'ACTIVE',
      WarmThroughput: warmth(12_000, 4000, 'UPDATING'),
    })
    expect((await describeNow())['WarmThroughput']).toStrictEqual(warmth(12_001, 4000))
    expect(await warm(12_001, 4000)).toMatchObject({
      WarmThroughput: warmth(12_001, 4000, 'UPDATING'),
    })
    await expect(warm(12_001, 3999)).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        'One or more parameter values were invalid: Requested WriteUnitsPerSecond for ' +
        'WarmThroughput for table is lower than current WarmThroughput, decreasing ' +
        'WarmThroughput is not supported',
    })
  })

  test('is the highest that was ever provisioned', async () => {
    const raise = await updatePaid({ ProvisionedThroughput: units(9, 10) })
    expect(raise['WarmThroughput']).toStrictEqual(warmth(5, 6))
    await updatePaid({ ProvisionedThroughput: units(7, 2) })
    expect((await describeNow('provisioned'))['WarmThroughput']).toStrictEqual(warmth(9, 10))
  })

  test('of a table that was on demand stays', async () => {
    const there = await updatePaid({ BillingMode: 'PAY_PER_REQUEST' })
    expect(there['WarmThroughput']).toStrictEqual(warmth(5, 6))
    await updatePaid({ BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1, 1) })
    expect((await describeNow('provisioned'))['WarmThroughput']).toStrictEqual(warmth(12_000, 4000))
  })
})

test('PAY_PER_REQUEST again is answered with UPDATING, and nothing happens', async () => {
  const before = await describeNow()
  expect((await update({ BillingMode: 'PAY_PER_REQUEST' }))['TableStatus']).toBe('UPDATING')
  expect(await describeNow()).toEqual(before)
})

test('deletion protection changes at once', async () => {
  expect(await update({ DeletionProtectionEnabled: true })).toMatchObject({
    TableStatus: 'ACTIVE',
    DeletionProtectionEnabled: true,
  })
  expect(await update({ DeletionProtectionEnabled: true })).toMatchObject({
    TableStatus: 'ACTIVE',
  })
})

test('the table class changes, and is not dated when it stays', async () => {
  expect(await update({ TableClass: 'STANDARD' })).toMatchObject({ TableStatus: 'ACTIVE' })
  expect(await describeNow()).not.toHaveProperty('TableClassSummary')
  expect(await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })).toMatchObject({
    TableStatus: 'UPDATING',
  })
  const changed = {
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    LastUpdateDateTime: createdAt + 3,
  }
  expect((await describeNow())['TableClassSummary']).toStrictEqual(changed)
  plane.clock.advance(1000)
  await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
  expect((await describeNow())['TableClassSummary']).toStrictEqual(changed)
  await update({ TableClass: 'STANDARD' })
  expect((await describeNow())['TableClassSummary']).toStrictEqual({
    TableClass: 'STANDARD',
    LastUpdateDateTime: createdAt + 4,
  })
})

test('encryption changes at once, and must change', async () => {
  const encrypt = (SSESpecification: object) => update({ SSESpecification })
  const withKey = { SSEType: 'KMS', KMSMasterKeyId: 'k' }
  const KMSMasterKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/k'
  expect(await encrypt(withKey)).toMatchObject({
    TableStatus: 'ACTIVE',
    SSEDescription: { Status: 'UPDATING', SSEType: 'KMS', KMSMasterKeyArn },
  })
  const enabled = { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn }
  expect((await describeNow())['SSEDescription']).toStrictEqual(enabled)
  const invalid = 'One or more parameter values were invalid: '
  await expect(encrypt(withKey)).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      `${invalid}Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId ` +
      'parameter if you want to change Master Key',
  })
  await encrypt({ Enabled: false })
  expect(await describeNow()).not.toHaveProperty('SSEDescription')
  for (const nothing of [{ Enabled: false }, {}]) {
    await expect(encrypt(nothing)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `${invalid}Table is already encrypted by default`,
    })
  }
})

test('units of an index out of bounds are found after its table', async () => {
  const tooMany = {
    GlobalSecondaryIndexUpdates: [
      { Update: { IndexName: 'byB', ProvisionedThroughput: units(1_000_000_000_001, 1) } },
    ],
  }
  await expect(update(tooMany, 'nowhere')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: nowhere not found',
  })
  await expect(updatePaid(tooMany)).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Given value 1000000000001 for ReadCapacityUnits is out of bounds for index byB',
  })
})
