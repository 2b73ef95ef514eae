import { describe, expect, test } from 'vitest'
import { openControlPlane } from '../../testing/controlPlane.ts'
import { createTable } from './createTable.ts'
import { describeTable } from './describeTable.ts'
import type { CreateTableRequest } from './tableCreation.ts'

const units = (read: number, write: number) => ({
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
})
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const })
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const })
const definitions = (...names: string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))

const definition: CreateTableRequest = {
  TableName: 'music',
  AttributeDefinitions: definitions('a'),
  KeySchema: [hash('a')],
}
const onDemand: CreateTableRequest = { ...definition, BillingMode: 'PAY_PER_REQUEST' }
const provisioned: CreateTableRequest = { ...definition, ProvisionedThroughput: units(10, 11) }
const index = {
  IndexName: 'byA',
  KeySchema: [hash('a')],
  Projection: { ProjectionType: 'ALL' as const },
}
const withIndex = (request: CreateTableRequest, more: object): CreateTableRequest => ({
  ...request,
  GlobalSecondaryIndexes: [{ ...index, ...more }],
})
const withKeys = (...KeySchema: ReturnType<typeof hash | typeof range>[]): CreateTableRequest => ({
  ...withIndex(onDemand, { KeySchema }),
  AttributeDefinitions: definitions('a', ...'bcdefghij'.split('')),
})

const invalid = 'One or more parameter values were invalid: '
const initial =
  'is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/' +
  'amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial'

const refusals: [string, CreateTableRequest, string][] = [
  [
    'a class that does not exist',
    { ...onDemand, TableClass: 'GLACIER' },
    'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
      '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
  ],
  [
    'a type of no encryption',
    { ...onDemand, SSESpecification: { Enabled: false, SSEType: 'AES256' } },
    `${invalid}SSEType can not be specified if Enabled is false`,
  ],
  [
    'a key of no encryption',
    { ...onDemand, SSESpecification: { Enabled: false, KMSMasterKeyId: 'k' } },
    `${invalid}KMSMasterKeyId can not be specified if Enabled is false`,
  ],
  [
    'AES256',
    { ...onDemand, SSESpecification: { Enabled: true, SSEType: 'AES256' } },
    `${invalid}SSEType AES256 is not supported`,
  ],
  [
    'a key without its type',
    { ...onDemand, SSESpecification: { Enabled: true, KMSMasterKeyId: 'k' } },
    `${invalid}SSEType KMS is required if KMSMasterKeyId is specified`,
  ],
  [
    'a stream without view type',
    { ...onDemand, StreamSpecification: { StreamEnabled: true } },
    `${invalid}Table is being created with a stream enabled, UpdateViewType is required`,
  ],
  [
    'less warm throughput than on demand',
    { ...onDemand, WarmThroughput: { ReadUnitsPerSecond: 11_999 } },
    `${invalid}Requested ReadUnitsPerSecond for WarmThroughput for table ${initial}`,
  ],
  [
    'less warm throughput of an index than on demand',
    withIndex(onDemand, { WarmThroughput: { WriteUnitsPerSecond: 3999 } }),
    `${invalid}Requested WriteUnitsPerSecond for WarmThroughput for index byA ${initial}`,
  ],
  [
    'less warm throughput than provisioned',
    { ...provisioned, WarmThroughput: { ReadUnitsPerSecond: 10, WriteUnitsPerSecond: 10 } },
    `${invalid}Requested WriteUnitsPerSecond for WarmThroughput for table is lower than ` +
      'WriteCapacityUnits of ProvisionedThroughput',
  ],
  [
    'request units of a provisioned index',
    withIndex(provisioned, {
      ProvisionedThroughput: units(1, 1),
      OnDemandThroughput: { MaxReadRequestUnits: 1 },
    }),
    `${invalid}MaxReadRequestUnits for OnDemandThroughput for index: byA cannot be specified ` +
      'when table BillingMode is PROVISIONED.',
  ],
  [
    'request units of 0 of an index',
    withIndex(onDemand, { OnDemandThroughput: { MaxReadRequestUnits: 0 } }),
    `${invalid}Requested MaxReadRequestUnits for OnDemandThroughput for index : byA is outside of ` +
      'valid range',
  ],
  [
    'no throughput although the mode has another name',
    { ...definition, TableThroughputMode: 'PROVISIONED' },
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode ` +
      'is PROVISIONED',
  ],
  [
    'one attribute twice in a global index',
    withKeys(hash('a'), range('a')),
    'The KeySchema contains multiple key attributes with the same name',
  ],
  [
    'HASH after RANGE in a global index',
    withKeys(hash('a'), range('b'), hash('c')),
    `${invalid}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
  ],
  [
    'five HASH attributes of a global index',
    withKeys(...'abcde'.split('').map(hash)),
    `${invalid}The KeySchema exceeds the maximum allowed number of HASH key attributes`,
  ],
  [
    'five RANGE attributes of a global index',
    withKeys(hash('a'), ...'bcdef'.split('').map(range)),
    `${invalid}The KeySchema exceeds the maximum allowed number of RANGE key attributes`,
  ],
]

test.each(refusals)('CreateTable refuses %s', async (_case, request, message) => {
  const plane = await openControlPlane()
  await expect(createTable(plane, request)).rejects.toMatchObject({
    name: 'ValidationException',
    message,
  })
  expect(plane.catalog.tableNames()).toEqual([])
})

test('CreateTable refuses more request units than the quota of a table', async () => {
  const plane = await openControlPlane()
  const request = { ...onDemand, OnDemandThroughput: { MaxWriteRequestUnits: 40_001 } }
  await expect(createTable(plane, request)).rejects.toMatchObject({
    name: 'LimitExceededException',
    message:
      'Subscriber limit exceeded: Requested MaxWriteRequestUnits for OnDemandThroughput for table ' +
      'exceeds TableMaxWriteCapacityUnits of the account in region us-east-1',
  })
})

describe('CreateTable makes', () => {
  const created = async (request: CreateTableRequest): Promise<[object, object]> => {
    const plane = await openControlPlane()
    const answer = (await createTable(plane, request)) as { TableDescription: object }
    const { Table } = (await describeTable(plane, request)) as { Table: object }
    return [answer.TableDescription, Table]
  }

  test('a table on demand when the mode has its other name', async () => {
    const [, table] = await created({ ...definition, TableThroughputMode: 'PAY_PER_REQUEST' })
    expect(table).toMatchObject({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST' },
    })
  })

  test('a table of the mode that BillingMode says when both are there', async () => {
    const request = { ...provisioned, TableThroughputMode: 'PAY_PER_REQUEST' as const }
    const [, table] = await created({ ...request, BillingMode: 'PROVISIONED' })
    expect(table).toMatchObject({ ProvisionedThroughput: units(10, 11) })
    expect(table).not.toHaveProperty('BillingModeSummary')
    expect(table).not.toHaveProperty('TableThroughputModeSummary')
  })

  test('a table that shows its class only when it is not the standard one', async () => {
    const [, table] = await created({ ...onDemand, TableClass: 'STANDARD' })
    expect(table).not.toHaveProperty('TableClassSummary')
  })

  test('a table encrypted with the key of the account when only the type is given', async () => {
    const [, table] = await created({ ...onDemand, SSESpecification: { SSEType: 'KMS' } })
    expect(table).toMatchObject({
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: 'KMS',
        KMSMasterKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/aws/dynamodb',
      },
    })
  })

  test('a table as warm as asked for, and otherwise as its mode makes it', async () => {
    const [answer, table] = await created({
      ...onDemand,
      WarmThroughput: { ReadUnitsPerSecond: 12_001 },
    })
    const warm = { ReadUnitsPerSecond: 12_001, WriteUnitsPerSecond: 4000 }
    expect(answer).toMatchObject({ WarmThroughput: { ...warm, Status: 'UPDATING' } })
    expect(table).toMatchObject({ WarmThroughput: { ...warm, Status: 'ACTIVE' } })
  })

  test('a table that shows definitions and projected names in their order', async () => {
    const Projection = { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['z', 'y', 'x'] }
    const [answer, table] = await created({
      ...onDemand,
      AttributeDefinitions: definitions('b', 'a'),
      GlobalSecondaryIndexes: [{ ...index, KeySchema: [hash('b')], Projection }],
    })
    for (const description of [answer, table]) {
      expect(description).toMatchObject({
        AttributeDefinitions: definitions('a', 'b'),
        GlobalSecondaryIndexes: [{ Projection: { NonKeyAttributes: ['x', 'y', 'z'] } }],
      })
    }
  })

  test('nothing of empty structures', async () => {
    const [answer, table] = await created({
      ...onDemand,
      WarmThroughput: {},
      OnDemandThroughput: {},
      SSESpecification: {},
    })
    expect(answer).not.toHaveProperty('WarmThroughput')
    for (const member of ['OnDemandThroughput', 'SSEDescription']) {
      expect(table).not.toHaveProperty(member)
    }
  })
})
