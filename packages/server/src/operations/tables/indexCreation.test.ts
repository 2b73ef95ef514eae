import { beforeEach, describe, expect, test } from 'vitest'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'

const invalid = 'One or more parameter values were invalid: '
const oneAtATime =
  'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per ' +
  'table'
const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
const all = { ProjectionType: 'ALL' }
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const defined = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType })
const indexOn = (IndexName: string, attribute: string, more: object = {}) => ({
  IndexName,
  KeySchema: [hash(attribute)],
  Projection: all,
  ...more,
})

let database: IndexedDatabase
let clock: ManualClock

beforeEach(async () => {
  clock = new ManualClock({ deferred: 'manual' })
  database = await openIndexedDatabase({ clock })
  const base = {
    AttributeDefinitions: [defined('a'), defined('b')],
    KeySchema: [hash('a')],
  }
  await database.call('CreateTable', {
    ...base,
    TableName: 'onDemand',
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [indexOn('byB', 'b')],
  })
  await database.call('CreateTable', {
    ...base,
    TableName: 'provisioned',
    ProvisionedThroughput: units,
    GlobalSecondaryIndexes: [indexOn('byB', 'b', { ProvisionedThroughput: units })],
  })
})

const update = (GlobalSecondaryIndexUpdates: object[], more: object = {}) =>
  database.call('UpdateTable', { TableName: 'onDemand', GlobalSecondaryIndexUpdates, ...more })
const creation = (index: object) => [{ Create: index }]
const deletion = (IndexName: string) => [{ Delete: { IndexName } }]
const withC = { AttributeDefinitions: [defined('c')] }
const provisioned = { TableName: 'provisioned', ...withC }

const validation = (message: string) => ({ __type: 'ValidationException', message })

const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const redefined =
  `${invalid}Attributes cannot be redefined. Please check that your attribute has the same type ` +
  'as previously defined.'

const refusals: [string, object[], object, { __type: string; message: string }][] = [
  [
    'a key that the request does not define',
    creation(indexOn('byC', 'c')),
    {},
    validation(`${invalid}AttributeDefinitions is not specified for index: byC`),
  ],
  [
    'a key that only the table defines',
    creation(indexOn('alsoByB', 'b')),
    withC,
    validation(
      `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [b], ` +
        'AttributeDefinitions: [c]',
    ),
  ],
  [
    'a name that is taken',
    creation(indexOn('byB', 'c')),
    withC,
    validation('Attempting to create an index which already exists'),
  ],
  [
    'units on demand',
    creation(indexOn('byC', 'c', { ProvisionedThroughput: units })),
    withC,
    validation(
      `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: byC ` +
        'when BillingMode is PAY_PER_REQUEST',
    ),
  ],
  [
    'no units when provisioned',
    creation(indexOn('byC', 'c')),
    provisioned,
    validation(
      `${invalid}Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: byC`,
    ),
  ],
  [
    'no projection type',
    creation(indexOn('byC', 'c', { Projection: {} })),
    withC,
    validation(`${invalid}Unknown ProjectionType: null`),
  ],
  [
    'two definitions of one attribute',
    creation(indexOn('byC', 'c')),
    { AttributeDefinitions: [defined('c'), defined('c', 'N')] },
    validation('Attribute Name is duplicated: c'),
  ],
  [
    'another type of a key of the table',
    creation(indexOn('byA', 'a')),
    { AttributeDefinitions: [defined('a', 'N')] },
    validation(
      `${redefined} Existing schema: Schema:[SchemaElement: key{a:S:HASH}] ` +
        'New schema: Schema:[SchemaElement: key{a:N:HASH}]',
    ),
  ],
  [
    'another type of a key of another index',
    creation({ ...indexOn('byC', 'c'), KeySchema: [hash('c'), range('b')] }),
    { AttributeDefinitions: [defined('b', 'B'), defined('c')] },
    validation(
      `${redefined} Existing schema: Schema:[SchemaElement: key{b:S:HASH}] ` +
        'New schema: Schema:[SchemaElement: key{c:S:HASH}, SchemaElement: key{b:B:RANGE}]',
    ),
  ],
  [
    'an index created and another deleted',
    [...creation(indexOn('byC', 'c')), ...deletion('byB')],
    withC,
    { __type: 'LimitExceededException', message: oneAtATime },
  ],
  [
    'an index deleted that is not there',
    deletion('other'),
    {},
    { __type: 'ResourceNotFoundException', message: 'Requested resource not found' },
  ],
]

test.each(refusals)('%s is refused', async (_case, updates, more, error) => {
  const before = await database.call('DescribeTable', { TableName: 'onDemand' })
  expect(await update(updates, more)).toEqual(error)
  expect(await database.call('DescribeTable', { TableName: 'onDemand' })).toEqual(before)
})

describe('While an index is created', () => {
  beforeEach(async () => {
    expect(await update(creation(indexOn('byC', 'c')), withC)).toHaveProperty('TableDescription')
  })

  test('no other is created or deleted', async () => {
    const refused = { __type: 'LimitExceededException', message: oneAtATime }
    const withD = { AttributeDefinitions: [defined('d')] }
    expect(await update(creation(indexOn('byD', 'd')), withD)).toEqual(refused)
    expect(await update(deletion('byB'))).toEqual(refused)
  })

  test('it can be deleted, once', async () => {
    expect(await update(deletion('byC'))).toMatchObject({
      TableDescription: {
        GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }, { IndexStatus: 'DELETING' }],
      },
    })
    expect(await update(deletion('byC'))).toEqual({
      __type: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Index is being deleted: byC',
    })
    expect(await update(deletion('byB'))).toEqual({
      __type: 'LimitExceededException',
      message: oneAtATime,
    })
  })

  test('other settings of the table change, and its index is not forgotten', async () => {
    const protect = { TableName: 'onDemand', DeletionProtectionEnabled: true }
    expect(await database.call('UpdateTable', protect)).toMatchObject({
      TableDescription: {
        GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }, { IndexStatus: 'CREATING' }],
      },
    })
    for (let i = 0; i < 10; i++) {
      clock.runDeferred()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await database.call('DescribeTable', { TableName: 'onDemand' })).toMatchObject({
      Table: {
        TableStatus: 'ACTIVE',
        DeletionProtectionEnabled: true,
        GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }, { IndexStatus: 'ACTIVE' }],
      },
    })
  })
})

test('definitions are a delta: those that the new index does not use are ignored', async () => {
  const AttributeDefinitions = [defined('b', 'N'), defined('c', 'N'), defined('unused')]
  const answer = await update(creation(indexOn('byC', 'c')), { AttributeDefinitions })
  expect(answer).toMatchObject({
    TableDescription: { AttributeDefinitions: [defined('a'), defined('b'), defined('c', 'N')] },
  })
})

test('a table has 20 global indexes at most', async () => {
  for (let i = 2; i <= 20; i++) {
    const name = `k${i}`
    const more = { AttributeDefinitions: [defined(name)] }
    expect(await update(creation(indexOn(`by${name}`, name)), more)).not.toHaveProperty('__type')
    for (let turn = 0; turn < 6; turn++) {
      clock.runDeferred()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  expect(await update(creation(indexOn('byC', 'c')), withC)).toEqual({
    __type: 'LimitExceededException',
    message:
      'Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20',
  })
})
