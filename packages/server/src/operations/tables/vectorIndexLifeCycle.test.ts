import { expect, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import {
  openIndexedDatabase,
  type IndexedDatabase,
  type Response,
} from '../../testing/indexedDatabase.ts'
import { numbersOf, tableName, vectorIndexes, vectorTable } from '../../testing/vectorTables.ts'

const [Create] = vectorIndexes(2) as { IndexName: string }[]
const IndexName = 'byCOSINE'

const tableOf = async (database: IndexedDatabase): Promise<Response> => {
  const response = await database.call('DescribeTable', { TableName: tableName })
  return response['Table'] as Response
}

/** TableStatus, and IndexStatus and Backfilling of the one index. */
async function statuses(database: IndexedDatabase): Promise<unknown[]> {
  const table = await tableOf(database)
  const [index] = (table['VectorIndexes'] ?? []) as Response[]
  return [table['TableStatus'], index?.['IndexStatus'], index?.['Backfilling']]
}

const messageOf = async (answer: Promise<Response>): Promise<unknown> => {
  const { __type, message } = await answer
  return __type === undefined ? 'done' : `${__type as string}: ${message as string}`
}

const change = (more: object): object => ({ TableName: tableName, VectorIndexUpdates: [more] })
const search = (database: IndexedDatabase): Promise<Response> =>
  database.call('SearchVectors', {
    TableName: tableName,
    IndexName,
    SearchVector: numbersOf([1, 0]),
    TopK: 1,
  })

async function turnsUntil(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (await holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('it does not come about')
}

test('an index that UpdateTable creates is allocated, filled and active', async () => {
  const clock = new ManualClock({ deferred: 'manual' })
  const database = await openIndexedDatabase({ clock, delayTransientStatuses: true })
  await database.call('CreateTable', vectorTable())
  clock.advance(5000)
  clock.runDeferred()
  await turnsUntil(async () => (await statuses(database))[0] === 'ACTIVE')
  const item = { id: { S: 'a' }, embedding: { L: numbersOf([1, 1]) } }
  await database.call('PutItem', { TableName: tableName, Item: item })
  const created = await database.call('UpdateTable', change({ Create }))
  expect(created['TableDescription']).toMatchObject({
    TableStatus: 'UPDATING',
    VectorIndexes: [{ IndexStatus: 'CREATING', Backfilling: false, ItemCount: 0 }],
  })
  expect(await statuses(database)).toEqual(['UPDATING', 'CREATING', false])
  expect(await messageOf(search(database))).toBe(
    `ValidationException: The table does not have the specified index: ${IndexName}`,
  )
  const inUse = 'ResourceInUseException: Attempt to change a resource which is still in use: '
  const remove = change({ Delete: { IndexName } })
  expect(await messageOf(database.call('UpdateTable', remove))).toBe(
    `${inUse}Index creation is in resource allocation phase. Retry deletion during backfilling ` +
      `phase or when the index is active. Table: ${tableName} Index: ${IndexName}`,
  )
  expect((await database.call('DeleteTable', { TableName: tableName }))['__type']).toBe(
    'ResourceInUseException',
  )

  clock.advance(5000)
  clock.runDeferred()
  await turnsUntil(async () => (await statuses(database))[0] === 'ACTIVE')
  expect(await statuses(database)).toEqual(['ACTIVE', 'CREATING', true])
  expect(await messageOf(search(database))).toBe(
    `ValidationException: Cannot search backfilling vector index: ${IndexName}`,
  )
  expect(await messageOf(database.call('DeleteTable', { TableName: tableName }))).toBe(
    `${inUse}Cannot delete table while indexes are being created, updated, or deleted.`,
  )
  expect(await messageOf(database.call('UpdateTable', change({ Create })))).toBe(
    'LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or ' +
      'deleted simultaneously per table',
  )

  await turnsUntil(async () => {
    clock.runDeferred()
    return (await statuses(database))[1] === 'ACTIVE'
  })
  expect(await statuses(database)).toEqual(['ACTIVE', 'ACTIVE', undefined])
  expect((await search(database))['SearchResults']).toMatchObject([{ Item: { id: { S: 'a' } } }])
})

test('an index may be deleted while it is being filled', async () => {
  const clock = new ManualClock({ deferred: 'manual' })
  const database = await openIndexedDatabase({ clock })
  await database.call('CreateTable', vectorTable())
  for (let i = 0; i < 300; i++) {
    const item = { id: { S: `item ${i}` }, embedding: { L: numbersOf([i, 1]) } }
    await database.call('PutItem', { TableName: tableName, Item: item })
  }
  await database.call('UpdateTable', change({ Create }))
  expect(await statuses(database)).toEqual(['ACTIVE', 'CREATING', true])
  expect(await messageOf(database.call('UpdateTable', change({ Delete: { IndexName } })))).toBe(
    'done',
  )
  expect((await statuses(database))[1]).toBe('DELETING')
  expect(await messageOf(search(database))).toBe(
    `ValidationException: The table does not have the specified index: ${IndexName}`,
  )
  await turnsUntil(async () => {
    clock.runDeferred()
    return (await tableOf(database))['VectorIndexes'] === undefined
  })
  expect(await messageOf(database.call('DeleteTable', { TableName: tableName }))).toBe('done')
})

test('a new table shows its indexes being created, never being filled', async () => {
  const clock = new ManualClock({ deferred: 'manual' })
  const database = await openIndexedDatabase({ clock, delayTransientStatuses: true })
  const created = await database.call('CreateTable', vectorTable({ VectorIndexes: [Create ?? {}] }))
  const [index] = (created['TableDescription'] as Response)['VectorIndexes'] as Response[]
  expect(index).toEqual({
    ...Create,
    IndexStatus: 'CREATING',
    IndexSizeBytes: 0,
    ItemCount: 0,
    IndexArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/index/${IndexName}`,
  })
  expect(await statuses(database)).toEqual(['CREATING', 'CREATING', undefined])
  clock.advance(5000)
  clock.runDeferred()
  await turnsUntil(async () => (await statuses(database))[0] === 'ACTIVE')
  expect(await statuses(database)).toEqual(['ACTIVE', 'ACTIVE', undefined])
})

test('a table may become on demand and get a vector index in one request', async () => {
  const database = await openIndexedDatabase()
  await database.call('CreateTable', {
    ...vectorTable(),
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  })
  expect(await messageOf(database.call('UpdateTable', change({ Create })))).toBe(
    'ValidationException: One or more parameter values were invalid: Vector indexes are only ' +
      'supported for PAY_PER_REQUEST tables',
  )
  const both = { ...change({ Create }), BillingMode: 'PAY_PER_REQUEST' }
  expect(await messageOf(database.call('UpdateTable', both))).toBe('done')
  await database.work.close()
})

test('an attribute that a search schema uses stays defined when another index goes', async () => {
  const database = await openIndexedDatabase()
  const [, byTenant] = vectorIndexes(2)
  await database.call('CreateTable', {
    ...vectorTable({ VectorIndexes: [byTenant as object] }),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byTenant',
        KeySchema: [{ AttributeName: 'tenant', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  })
  await database.call('UpdateTable', {
    TableName: tableName,
    GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byTenant' } }],
  })
  await turnsUntil(async () => (await tableOf(database))['GlobalSecondaryIndexes'] === undefined)
  expect((await tableOf(database))['AttributeDefinitions']).toEqual([
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'tenant', AttributeType: 'S' },
  ])
  await database.work.close()
})

test('a fraction of a dimension is cut off', async () => {
  const database = await openIndexedDatabase()
  const index = { ...Create, Dimensions: 3.5 }
  await database.call('CreateTable', vectorTable({ VectorIndexes: [index] }))
  expect(await tableOf(database)).toMatchObject({ VectorIndexes: [{ Dimensions: 3 }] })
  await database.work.close()
})

test('the protection of a replica is kept and shown once it was said', async () => {
  const database = await openIndexedDatabase()
  await database.call('CreateTable', vectorTable())
  expect(await tableOf(database)).not.toHaveProperty('DisassociationProtectionEnabled')
  for (const DisassociationProtectionEnabled of [true, false]) {
    const request = { TableName: tableName, DisassociationProtectionEnabled }
    const response = await database.call('UpdateTable', request)
    expect(response['TableDescription']).toMatchObject({ DisassociationProtectionEnabled })
    expect(await tableOf(database)).toMatchObject({ DisassociationProtectionEnabled })
  }
  await database.work.close()
})
