import { beforeEach, describe, expect, it } from 'vitest'
import { encodeCounter } from '../commits/counters.ts'
import { rowKeyOfKey } from '../items/primaryKey.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'

const TableName = 'Things'
const Key = { pk: { S: 'a' }, sk: { N: '1' } }
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' }

let database: IndexedDatabase

beforeEach(async () => {
  database = await openIndexedDatabase()
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType })
  const created = await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
      { AttributeName: 'l', AttributeType: 'N' },
      { AttributeName: 'g', AttributeType: 'S' },
    ],
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    LocalSecondaryIndexes: [
      {
        IndexName: 'local',
        KeySchema: [key('pk', 'HASH'), key('l', 'RANGE')],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'whole',
        KeySchema: [key('g', 'HASH')],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: 'keys',
        KeySchema: [key('g', 'HASH')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  expect(created).toHaveProperty('TableDescription')
})

type Attributes = Record<string, object>

const size = (bytes: number) => ({ S: 'x'.repeat(bytes) })
const g = { g: { S: 'g' } }
const l = { l: { N: '1' } }

interface Units {
  table: number
  local?: number
  whole?: number
  keys?: number
}

function consumed({ table, local = 0, whole = 0, keys = 0 }: Units, amount = plain, factor = 1) {
  const globals = Object.entries({ whole, keys }).filter(([, units]) => units > 0)
  return {
    TableName,
    ...amount(table * factor + local + whole + keys),
    Table: amount(table * factor),
    ...(local > 0 && { LocalSecondaryIndexes: { local: amount(local) } }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: Object.fromEntries(globals.map(([name, u]) => [name, amount(u)])),
    }),
  }
}
const plain = (units: number): object => ({ CapacityUnits: units })
const transactional = (units: number): object => ({
  CapacityUnits: units,
  WriteCapacityUnits: units,
})

/** What is there before, what is put instead (nothing: deleted), and the units. */
const changes: [string, Attributes | undefined, Attributes | undefined, Units][] = [
  ['a missing item deleted', undefined, undefined, { table: 1 }],
  ['an item in no index', undefined, { x: size(1) }, { table: 1 }],
  ['an item in all indexes', undefined, { ...g, ...l }, { table: 1, local: 1, whole: 1, keys: 1 }],
  [
    'a large item: each entry by its own size',
    undefined,
    { ...g, ...l, x: size(1500), other: size(1500) },
    { table: 3, local: 2, whole: 3, keys: 1 },
  ],
  [
    'a deleted item: by the entries that were there',
    { ...g, ...l, x: size(1500), other: size(1500) },
    undefined,
    { table: 3, local: 2, whole: 3, keys: 1 },
  ],
  ['the same item again', { ...g, ...l, x: size(9) }, { x: size(9), ...l, ...g }, { table: 1 }],
  [
    'an attribute that one index projects',
    { ...g, ...l, other: size(1) },
    { ...g, ...l, other: size(2000) },
    { table: 2, whole: 2 },
  ],
  [
    'a projected attribute that shrinks: by the larger entry',
    { ...g, ...l, x: size(2500) },
    { ...g, ...l, x: size(1) },
    { table: 3, local: 3, whole: 3 },
  ],
  [
    'another index key: a delete and a put by their own sizes',
    { g: { S: 'g' }, x: size(2500) },
    { g: { S: 'h' }, x: size(1) },
    { table: 3, whole: 4, keys: 2 },
  ],
  [
    'a key that goes away',
    { ...g, x: size(1500) },
    { x: size(1500) },
    { table: 2, whole: 2, keys: 1 },
  ],
  ['a key that appears', { ...l }, { ...g, ...l }, { table: 1, whole: 1, keys: 1 }],
]

describe.each(changes)('%s', (_case, before, after, units) => {
  beforeEach(async () => {
    if (before === undefined) return
    await database.call('PutItem', { TableName, Item: { ...Key, ...before } })
  })
  const item = after === undefined ? undefined : { ...Key, ...after }

  it('outside a transaction', async () => {
    const response =
      item === undefined
        ? await database.call('DeleteItem', { TableName, Key, ...INDEXES })
        : await database.call('PutItem', { TableName, Item: item, ...INDEXES })
    expect(response).toEqual({ ConsumedCapacity: consumed(units) })
  })

  it('in a transaction the table pays twice, and a replay reads', async () => {
    const request = {
      TransactItems: [
        item === undefined ? { Delete: { TableName, Key } } : { Put: { TableName, Item: item } },
      ],
      ClientRequestToken: 't',
      ...INDEXES,
    }
    expect(await database.call('TransactWriteItems', request)).toEqual({
      ConsumedCapacity: [consumed(units, transactional, 2)],
    })
    const reads = { CapacityUnits: 2, ReadCapacityUnits: 2 }
    expect(await database.call('TransactWriteItems', request)).toEqual({
      ConsumedCapacity: [{ TableName, ...reads, Table: reads }],
    })
  })
})

it('boundaries are exact to the byte', async () => {
  const overhead = 2 + 1 + 2 + 2 + 1
  for (const [length, units] of [
    [1024 - overhead, 1],
    [1025 - overhead, 2],
  ] as const) {
    const Item = { ...Key, x: size(length) }
    const response = await database.call('PutItem', { TableName, Item, ...INDEXES })
    await database.call('DeleteItem', { TableName, Key })
    expect(response).toEqual({ ConsumedCapacity: consumed({ table: units }) })
  }
})

it('UpdateItem pays as PutItem does, and TOTAL is the sum', async () => {
  await database.call('PutItem', { TableName, Item: { ...Key, ...g } })
  const response = await database.call('UpdateItem', {
    TableName,
    Key,
    UpdateExpression: 'SET g = :g, x = :x',
    ExpressionAttributeValues: { ':g': { S: 'h' }, ':x': size(1500) },
    ReturnConsumedCapacity: 'TOTAL',
  })
  expect(response).toEqual({ ConsumedCapacity: { TableName, CapacityUnits: 2 + 3 + 2 } })
})

it('the actions of a transaction add up; a check costs the table alone', async () => {
  await database.call('PutItem', { TableName, Item: { ...Key, ...g, x: size(1500) } })
  const put = (sk: string) => ({ Put: { TableName, Item: { ...Key, sk: { N: sk }, ...g } } })
  const ConditionExpression = 'attribute_exists(pk)'
  const response = await database.call('TransactWriteItems', {
    TransactItems: [
      put('2'),
      { ConditionCheck: { TableName, Key, ConditionExpression } },
      put('3'),
    ],
    ...INDEXES,
  })
  expect(response).toEqual({
    ConsumedCapacity: [consumed({ table: 4, whole: 2, keys: 2 }, transactional, 2)],
  })
})

describe('ItemCollectionMetrics', () => {
  const SIZE = { ReturnItemCollectionMetrics: 'SIZE' }
  const metrics = { ItemCollectionKey: { pk: { S: 'a' } }, SizeEstimateRangeGB: [0, 1] }

  it('come with every write that asks for them', async () => {
    const Item = { ...Key, ...l }
    const single = { ItemCollectionMetrics: metrics }
    expect(await database.call('PutItem', { TableName, Item, ...SIZE })).toEqual(single)
    expect(await database.call('UpdateItem', { TableName, Key, ...SIZE })).toEqual(single)
    expect(await database.call('DeleteItem', { TableName, Key, ...SIZE })).toEqual(single)
    expect(await database.call('PutItem', { TableName, Item })).toEqual({})
    const TransactItems = [
      { Update: { TableName, Key, UpdateExpression: 'REMOVE x' } },
      {
        ConditionCheck: {
          TableName,
          Key: { pk: { S: 'z' }, sk: { N: '1' } },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ]
    expect(await database.call('TransactWriteItems', { TransactItems, ...SIZE })).toEqual({
      ItemCollectionMetrics: { [TableName]: [metrics] },
    })
  })

  it('name a table as the request does', async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`
    const Put = { TableName: arn, Item: { ...Key, ...l } }
    expect(
      await database.call('TransactWriteItems', { TransactItems: [{ Put }], ...SIZE }),
    ).toEqual({ ItemCollectionMetrics: { [arn]: [metrics] } })
  })

  it('give the gigabytes between which the collection is', async () => {
    const Item = { ...Key, ...l }
    await database.call('PutItem', { TableName, Item })
    const key = itemCollectionKey(rowKeyOfKey(database.catalog.tableForData(TableName), Key))
    await database.engine.commit([], [{ key, value: encodeCounter([3.5 * 1024 ** 3]) }])
    expect(await database.call('PutItem', { TableName, Item, ...SIZE })).toEqual({
      ItemCollectionMetrics: { ...metrics, SizeEstimateRangeGB: [3, 4] },
    })
  })
})

it('a put that is too large with its local entries refuses the whole transaction', async () => {
  const Item = { ...Key, ...l, x: size(250 * 1024) }
  const TransactItems = [
    { Delete: { TableName, Key: { pk: { S: 'b' }, sk: { N: '1' } } } },
    { Put: { TableName, Item, ConditionExpression: 'attribute_exists(pk)' } },
  ]
  expect(await database.call('TransactWriteItems', { TransactItems })).toEqual({
    __type: 'ValidationException',
    message: 'Item size has exceeded the maximum allowed size',
  })
})
