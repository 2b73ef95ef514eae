import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareWithRows,
  dump,
  openIndexedDatabase,
  type IndexedDatabase,
} from '../testing/indexedDatabase.ts'
import { indexRange } from '../layout/storeKeys.ts'
import { findIndex } from '../schema/table.ts'

type Keys = readonly string[]

const TableName = 'Things'

const keySchema = (hashes: Keys, ranges: Keys = []) => [
  ...hashes.map((AttributeName) => ({ AttributeName, KeyType: 'HASH' })),
  ...ranges.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' })),
]
const index = (IndexName: string, keys: object[], projection: object) => ({
  IndexName,
  KeySchema: keys,
  Projection: projection,
})
const all = { ProjectionType: 'ALL' }
const keysOnly = { ProjectionType: 'KEYS_ONLY' }
const including = (...NonKeyAttributes: string[]) => ({
  ProjectionType: 'INCLUDE',
  NonKeyAttributes,
})

async function create(database: IndexedDatabase, more: object): Promise<void> {
  const response = await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(['pk'], ['sk']),
    ...more,
  })
  expect(response).toHaveProperty('TableDescription')
}

const definitions = (types: Record<string, string>) =>
  Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))

const everyKind = {
  AttributeDefinitions: definitions({ pk: 'S', sk: 'N', s: 'S', n: 'N', b: 'B' }),
  LocalSecondaryIndexes: [
    index('localN', keySchema(['pk'], ['n']), keysOnly),
    index('localB', keySchema(['pk'], ['b']), all),
  ],
  GlobalSecondaryIndexes: [
    index('byS', keySchema(['s']), all),
    index('byN', keySchema(['n'], ['s']), keysOnly),
    index('byB', keySchema(['b'], ['sk']), including('extra', 'm')),
    index('byMany', keySchema(['s', 'n'], ['b', 'sk', 'pk']), including('extra')),
  ],
}

/** The items in an index, as far as its projection goes, in the order of the entries. */
async function itemsIn(database: IndexedDatabase, indexName: string): Promise<object[]> {
  const found = findIndex(database.catalog.tableForData(TableName), indexName)
  expect(found).toBeDefined()
  const entries = await dump(database.engine, indexRange(found?.number ?? 0))
  return [...entries.values()].map((text) => JSON.parse(text.slice(text.indexOf('{'))) as object)
}

const numbersIn = async (database: IndexedDatabase, indexName: string) =>
  (await itemsIn(database, indexName)).map((item) => (item as { sk: { N: string } }).sk.N)

const put = (database: IndexedDatabase, Item: object) =>
  database.call('PutItem', { TableName, Item })
const key = { pk: { S: 'a' }, sk: { N: '1' } }

describe('An item', () => {
  it('is in an index with the attributes that the index projects', async () => {
    const database = await openIndexedDatabase()
    await create(database, everyKind)
    const item = {
      ...key,
      s: { S: 'x' },
      n: { N: '2' },
      b: { B: 'AQ==' },
      extra: { L: [] },
      m: { M: {} },
      other: { S: 'o' },
    }
    const { other: _other, ...withoutOther } = item
    const { m: _m, ...withoutM } = withoutOther
    const { extra: _extra, b: _b, ...keys } = withoutM
    const { s: _s, ...localKeys } = keys
    await put(database, item)
    expect(await itemsIn(database, 'byS')).toEqual([item])
    expect(await itemsIn(database, 'localB')).toEqual([item])
    expect(await itemsIn(database, 'byN')).toEqual([keys])
    expect(await itemsIn(database, 'localN')).toEqual([localKeys])
    const { s: _s2, n: _n, ...ofB } = withoutOther
    expect(await itemsIn(database, 'byB')).toEqual([ofB])
    expect(await itemsIn(database, 'byMany')).toEqual([withoutM])
  })

  it('is not in an index of which it lacks a key', async () => {
    const database = await openIndexedDatabase()
    await create(database, everyKind)
    await put(database, { ...key, s: { S: 'x' }, b: { B: 'AQ==' } })
    expect(await itemsIn(database, 'byS')).toHaveLength(1)
    expect(await itemsIn(database, 'byB')).toHaveLength(1)
    for (const name of ['byN', 'byMany', 'localN']) {
      expect(await itemsIn(database, name)).toEqual([])
    }
  })

  it('moves, changes and goes away with its item', async () => {
    const database = await openIndexedDatabase()
    await create(database, everyKind)
    await put(database, { ...key, s: { S: 'x' }, extra: { S: '1' } })
    await put(database, { ...key, s: { S: 'y' }, extra: { S: '1' } })
    const byS = () => itemsIn(database, 'byS')
    expect(await byS()).toEqual([{ ...key, s: { S: 'y' }, extra: { S: '1' } }])
    await database.call('UpdateItem', {
      TableName,
      Key: key,
      UpdateExpression: 'SET extra = :e',
      ExpressionAttributeValues: { ':e': { S: '2' } },
    })
    expect(await byS()).toEqual([{ ...key, s: { S: 'y' }, extra: { S: '2' } }])
    await database.call('UpdateItem', { TableName, Key: key, UpdateExpression: 'REMOVE s' })
    expect(await byS()).toEqual([])
    await put(database, { ...key, s: { S: 'z' } })
    await database.call('DeleteItem', { TableName, Key: key })
    expect(await byS()).toEqual([])
  })

  it('shares its index key with other items', async () => {
    const database = await openIndexedDatabase()
    await create(database, everyKind)
    for (const sk of ['1', '2', '3']) await put(database, { ...key, sk: { N: sk }, s: { S: 'x' } })
    expect(await numbersIn(database, 'byS')).toEqual(['1', '2', '3'])
  })
})

describe.each([
  ['S', ['', 'B', 'a', 'a\u0000', 'ab', 'é', '\uffff', '😀'].slice(1)],
  ['N', ['-1e100', '-2', '-1.5', '0', '1E-130', '1.5', '2', '10', '9e125']],
  ['B', ['AA==', 'AAA=', 'AQ==', 'fw==', 'gA==', '/w==', '//8=']],
])('An index with a sort key of type %s', (type, values) => {
  it('has its entries in the order of their values', async () => {
    const database = await openIndexedDatabase()
    await create(database, {
      AttributeDefinitions: definitions({ pk: 'S', sk: 'N', g: 'S', r: type }),
      GlobalSecondaryIndexes: [index('byR', keySchema(['g'], ['r', 'sk']), keysOnly)],
    })
    const positions = values.map((_, i) => String(i))
    for (const sk of [...positions].reverse()) {
      const r = { [type]: values[Number(sk)] }
      await put(database, { pk: { S: `p${sk}` }, sk: { N: sk }, g: { S: 'g' }, r })
    }
    expect(await numbersIn(database, 'byR')).toEqual(positions)
  })
})

describe('A table with item collections', () => {
  const options = { maxItemCollectionBytes: 1000 }
  const big = (sk: number, length: number) => ({
    pk: { S: 'a' },
    sk: { N: String(sk) },
    n: { N: '1' },
    filler: { S: 'x'.repeat(length) },
  })
  const exceeded = {
    __type: 'ItemCollectionSizeLimitExceededException',
    message: 'Collection size exceeded.',
  }

  async function open(): Promise<IndexedDatabase> {
    const database = await openIndexedDatabase(options)
    await create(database, {
      AttributeDefinitions: definitions({ pk: 'S', sk: 'N', n: 'N' }),
      LocalSecondaryIndexes: [index('localN', keySchema(['pk'], ['n']), keysOnly)],
    })
    return database
  }

  it('refuses what would let a collection grow beyond its limit, and nothing else', async () => {
    const database = await open()
    expect(await put(database, big(1, 400))).toEqual({})
    expect(await put(database, big(2, 400))).toEqual({})
    expect(await put(database, big(3, 400))).toEqual(exceeded)
    expect(await put(database, { ...big(3, 900), pk: { S: 'b' } })).toEqual({})
    expect(await put(database, big(2, 100))).toEqual({})
    expect(await put(database, big(3, 250))).toEqual({})
    const table = database.catalog.tableForData(TableName)
    const { expected, actual } = await compareWithRows(database.engine, table)
    expect(actual).toEqual(expected)
  })

  it('is exact to the byte', async () => {
    const database = await open()
    const overhead = 2 * ('pk'.length + 1 + 'sk'.length + 2 + 'n'.length + 2) + 'filler'.length
    expect(await put(database, big(1, 1000 - overhead + 1))).toEqual(exceeded)
    expect(await put(database, big(1, 1000 - overhead))).toEqual({})
  })

  it('lets writes of one item that come together fit one by one', async () => {
    const database = await open()
    const outcomes = await Promise.all([100, 2000, 200, 3000].map((n) => put(database, big(1, n))))
    expect(outcomes).toEqual([{}, exceeded, {}, exceeded])
  })

  it('never exceeds the limit by writes that come together', async () => {
    const database = await open()
    const outcomes = await Promise.all([1, 2, 3, 4].map((sk) => put(database, big(sk, 400))))
    expect(outcomes).toEqual([{}, {}, exceeded, exceeded])
  })

  it('cancels a transaction at the actions that let the collection grow', async () => {
    const database = await open()
    await put(database, big(1, 400))
    const response = await database.call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: { ...big(9, 10), pk: { S: 'b' } } } },
        { Put: { TableName, Item: big(2, 900) } },
        { Put: { TableName, Item: big(1, 300) } },
      ],
    })
    expect(response).toEqual({
      __type: 'TransactionCanceledException',
      Message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ItemCollectionSizeLimitExceeded, None]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ItemCollectionSizeLimitExceeded', Message: 'Collection size exceeded.' },
        { Code: 'None' },
      ],
    })
    const inTheSameStep = await database.call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: big(2, 900) } },
        { Delete: { TableName, Key: { pk: { S: 'a' }, sk: { N: '1' } } } },
      ],
    })
    expect(inTheSameStep).toEqual({})
  })

  it('holds items that fit 400 KB together with their local entries', async () => {
    const database = await openIndexedDatabase()
    await create(database, everyKind)
    const half = { ...big(1, 204_800 - 20), b: { B: 'AQ==' } }
    expect(await put(database, half)).toMatchObject({
      __type: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    })
    const { b: _b, ...withoutB } = half
    expect(await put(database, withoutB)).toEqual({})
    const update = await database.call('UpdateItem', {
      TableName,
      Key: key,
      UpdateExpression: 'SET b = :b',
      ExpressionAttributeValues: { ':b': { B: 'AQ==' } },
    })
    expect(update).toMatchObject({
      __type: 'ValidationException',
      message: 'Item size to update has exceeded the maximum allowed size',
    })
  })
})

describe('After random writes', () => {
  const value = {
    s: fc.constantFrom('x', 'y').map((S) => ({ S })),
    n: fc.constantFrom('1', '-2', '30').map((N) => ({ N })),
    b: fc.constantFrom('AQ==', 'AAA=').map((B) => ({ B })),
    extra: fc.constantFrom('', 'long'.repeat(10)).map((S) => ({ S })),
    m: fc.constant({ M: { a: { N: '1' } } }),
  }
  const keyOf = fc.record({
    pk: fc.constantFrom('a', 'b').map((S) => ({ S })),
    sk: fc.constantFrom('1', '2', '3').map((N) => ({ N })),
  })
  const attributes = fc.record(value, { requiredKeys: [] })
  const write = fc.oneof(
    fc.record({ kind: fc.constant('Put' as const), key: keyOf, attributes }),
    fc.record({ kind: fc.constant('Delete' as const), key: keyOf, attributes }),
    fc.record({ kind: fc.constant('Update' as const), key: keyOf, attributes }),
  )
  type Write = typeof write extends fc.Arbitrary<infer W> ? W : never

  function actionOf({ kind, key: Key, attributes: given }: Write): Record<string, object> {
    if (kind === 'Put') return { Put: { TableName, Item: { ...Key, ...given } } }
    if (kind === 'Delete') return { Delete: { TableName, Key } }
    const names = Object.keys(given)
    const removed = ['s', 'n', 'b', 'extra'].filter((name) => !names.includes(name))
    const sets = names.length === 0 ? '' : `SET ${names.map((n) => `${n} = :${n}`).join(', ')} `
    const values = Object.entries(given).map(([name, v]) => [`:${name}`, v])
    return {
      Update: {
        TableName,
        Key,
        UpdateExpression: `${sets}REMOVE ${[...removed, 'nothing'].join(', ')}`,
        ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
      },
    }
  }

  it('entries, counters and collections are those of the items', async () => {
    const batch = fc.record({
      together: fc.boolean(),
      writes: fc.array(write, { minLength: 1, maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
        const database = await openIndexedDatabase()
        await create(database, everyKind)
        for (const { together, writes } of batches) {
          const actions = writes.map(actionOf)
          if (together) await database.call('TransactWriteItems', { TransactItems: actions })
          else {
            const responses = actions.flatMap((action) =>
              Object.entries(action).map(([kind, request]) =>
                database.call(`${kind}Item`, request),
              ),
            )
            for (const response of await Promise.all(responses)) expect(response).toEqual({})
          }
        }
        const table = database.catalog.tableForData(TableName)
        const { expected, actual } = await compareWithRows(database.engine, table)
        expect(actual).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})
