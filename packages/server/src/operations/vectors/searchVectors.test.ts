import { afterEach, describe, expect, test } from 'vitest'
import { checkStore } from '../../check/checkStore.ts'
import { MemoryEngine } from '../../storage/memory/memoryEngine.ts'
import { compareWithRows, openIndexedDatabase } from '../../testing/indexedDatabase.ts'
import type { IndexedDatabase, Response } from '../../testing/indexedDatabase.ts'
import { SeededRandom } from '../../testing/seededRandom.ts'
import {
  distanceFunctions,
  numbersOf,
  randomItem,
  randomVector,
  searched,
  searchedItems,
  tableName,
  vectorIndexes,
  vectorTable,
} from '../../testing/vectorTables.ts'
import type { AttributeValue, Item } from '../../values/attributeValue.ts'

let opened: IndexedDatabase[] = []
afterEach(async () => {
  await Promise.all(opened.map(({ work }) => work.close()))
  opened = []
})

async function open(engine = new MemoryEngine()): Promise<IndexedDatabase> {
  const database = await openIndexedDatabase({ engine })
  opened.push(database)
  return database
}

async function must(database: IndexedDatabase, name: string, request: object): Promise<Response> {
  const response = await database.call(name, request)
  if ('__type' in response) throw new Error(`${name}: ${JSON.stringify(response)}`)
  return response
}

async function allItems(database: IndexedDatabase): Promise<Item[]> {
  return (await must(database, 'Scan', { TableName: tableName }))['Items'] as Item[]
}

type Result = { readonly Item: Item; readonly Score: number }

const shown = (response: Response): [string, number][] =>
  (response['SearchResults'] as Result[]).map(({ Item: item, Score }) => [
    (item['id'] as { S: string }).S,
    Score,
  ])

/** Searches each index for a random vector and compares with what a look at each item gives. */
async function compareSearches(
  database: IndexedDatabase,
  random: SeededRandom,
  dimensions: number,
): Promise<void> {
  const items = await allItems(database)
  for (const distance of distanceFunctions) {
    const query = randomVector(random, dimensions)
    const topK = random.between(1, 12)
    const asked: Item = {
      ...(distance !== 'COSINE' && { tenant: { S: `tenant ${random.below(4)}` } }),
      ...(distance === 'DOT_PRODUCT' && random.chance(0.7) && { shade: { N: '1' } }),
    }
    const names = Object.keys(asked)
    const response = await must(database, 'SearchVectors', {
      TableName: tableName,
      IndexName: `by${distance}`,
      SearchVector: numbersOf(query),
      TopK: topK,
      ...(names.length > 0 && {
        SearchConditionExpression: names.map((name) => `${name} = :${name}`).join(' AND '),
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name) => [`:${name}`, asked[name]]),
        ),
      }),
    })
    const candidates =
      distance === 'COSINE' ? items : items.filter((item) => item['tenant'] !== undefined)
    expect(shown(response)).toEqual(searchedItems(candidates, query, { distance, topK, asked }))
  }
}

async function changeSomething(
  database: IndexedDatabase,
  random: SeededRandom,
  dimensions: number,
): Promise<void> {
  const id = `item ${random.below(60)}`
  const Key = { id: { S: id } }
  const chosen = random.below(5)
  if (chosen === 0) await must(database, 'DeleteItem', { TableName: tableName, Key })
  else if (chosen === 1) {
    await must(database, 'UpdateItem', {
      TableName: tableName,
      Key,
      UpdateExpression: random.pick([
        'SET note = :n REMOVE embedding',
        'SET note = :n REMOVE tenant',
        'SET note = :n REMOVE shade',
        'SET note = :n',
      ]),
      ExpressionAttributeValues: { ':n': { S: `note ${random.below(9)}` } },
    })
  } else if (chosen === 2) {
    const ids = random.below(58)
    const TransactItems = [0, 1, 2].map((i) => ({
      Put: { TableName: tableName, Item: randomItem(random, `item ${ids + i}`, dimensions) },
    }))
    await must(database, 'TransactWriteItems', { TransactItems })
  } else {
    const put = { TableName: tableName, Item: randomItem(random, id, dimensions) }
    await must(database, 'PutItem', put)
  }
}

describe('a search gives what a look at each item gives, to the last bit', () => {
  test.each([1, 3, 8, 17])('with %i dimensions', async (dimensions) => {
    const random = new SeededRandom(dimensions)
    const engine = new MemoryEngine()
    const database = await open(engine)
    const definition = vectorTable({ VectorIndexes: vectorIndexes(dimensions) })
    await must(database, 'CreateTable', definition)
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 5; i++) await changeSomething(database, random, dimensions)
      await compareSearches(database, random, dimensions)
    }
    const table = database.catalog.tableForData(tableName)
    const { expected, actual } = await compareWithRows(engine, table)
    expect(actual).toEqual(expected)
    expect(await checkStore(engine)).toEqual([])
    // Another run reads the sets from the store.
    await compareSearches(await open(engine), random, dimensions)
  })

  test('while indexes are created and deleted on a table that is written', async () => {
    const random = new SeededRandom(99)
    const engine = new MemoryEngine()
    const database = await open(engine)
    await must(database, 'CreateTable', vectorTable({}))
    for (let i = 0; i < 700; i++) {
      await must(database, 'PutItem', {
        TableName: tableName,
        Item: {
          ...randomItem(random, `item ${i}`, i % 3 === 0 ? 4 : 5),
          tenant: { S: 'tenant 1' },
        },
      })
    }
    // What an index of five dimensions could not hold is left out of it.
    for (const Create of vectorIndexes(5)) {
      await must(database, 'UpdateTable', {
        TableName: tableName,
        AttributeDefinitions: searched,
        VectorIndexUpdates: [{ Create }],
      })
      for (let i = 0; i < 50; i++) {
        const Key = { id: { S: `item ${random.below(700)}` } }
        await must(database, 'DeleteItem', { TableName: tableName, Key })
      }
      await activeIndex(database, (Create as { IndexName: string }).IndexName)
    }
    expect(await checkStore(engine)).toEqual([])
    const inIndex = (await allItems(database)).filter(({ embedding }) => lengthOf(embedding) === 5)
    const query = randomVector(random, 5)
    const all = { distance: 'COSINE', topK: 100, asked: {} } as const
    const response = await must(database, 'SearchVectors', {
      TableName: tableName,
      IndexName: 'byCOSINE',
      SearchVector: numbersOf(query),
      TopK: 100,
    })
    expect(shown(response)).toEqual(searchedItems(inIndex, query, all))
    for (const { IndexName } of vectorIndexes(5) as { IndexName: string }[]) {
      const update = { TableName: tableName, VectorIndexUpdates: [{ Delete: { IndexName } }] }
      await must(database, 'UpdateTable', update)
      await until(async () => !(await describeIndexes(database)).some(named(IndexName)))
    }
    expect(await checkStore(engine)).toEqual([])
    expect(
      (await must(database, 'DescribeTable', { TableName: tableName }))['Table'],
    ).not.toHaveProperty('VectorIndexes')
  })
})

const lengthOf = (value: AttributeValue | undefined): number | undefined =>
  value !== undefined && 'L' in value ? value.L.length : undefined

type IndexDescription = { readonly IndexName: string; readonly IndexStatus: string }
const named =
  (name: string) =>
  ({ IndexName }: IndexDescription): boolean =>
    IndexName === name

async function describeIndexes(database: IndexedDatabase): Promise<IndexDescription[]> {
  const { Table } = await must(database, 'DescribeTable', { TableName: tableName })
  return ((Table as Response)['VectorIndexes'] ?? []) as IndexDescription[]
}

async function activeIndex(database: IndexedDatabase, name: string): Promise<void> {
  await until(async () => {
    const index = (await describeIndexes(database)).find(named(name))
    return index?.IndexStatus === 'ACTIVE'
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}

test('a search sees all of a transaction or nothing of it, whatever else is going on', async () => {
  const database = await open()
  const [, , byProduct] = vectorIndexes(2)
  const scoped = { ...byProduct, SearchSchema: undefined }
  await must(database, 'CreateTable', vectorTable({ VectorIndexes: [scoped] }))
  const put = (id: string, turn: number): object => ({
    Put: {
      TableName: tableName,
      Item: { id: { S: id }, embedding: { L: numbersOf([turn, 1]) } },
    },
  })
  const ids = Array.from({ length: 20 }, (_, i) => `item ${i}`)
  const write = (turn: number): Promise<Response> =>
    must(database, 'TransactWriteItems', { TransactItems: ids.map((id) => put(id, turn)) })
  await write(0)
  const lastTurn = 60
  const progress = { turn: 0 }
  const writing = (async () => {
    while (progress.turn < lastTurn) {
      await write(++progress.turn)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const seen = new Set<number>()
  do {
    const response = await must(database, 'SearchVectors', {
      TableName: tableName,
      IndexName: 'byDOT_PRODUCT',
      SearchVector: numbersOf([1, 0]),
      TopK: 100,
    })
    const scores = shown(response).map(([, score]) => score)
    expect(scores).toHaveLength(20)
    expect(new Set(scores).size).toBe(1)
    seen.add(scores[0] as number)
    await new Promise((resolve) => setImmediate(resolve))
  } while (progress.turn < lastTurn)
  await writing
  expect(seen.size).toBeGreaterThan(5)
})

describe('what is returned', () => {
  const query = (more: object): object => ({
    TableName: tableName,
    SearchVector: numbersOf([1, 0, 0]),
    TopK: 5,
    ...more,
  })
  const item = {
    id: { S: 'a' },
    tenant: { S: 't' },
    shade: { N: '7' },
    note: { S: 'x' },
    embedding: { L: [{ N: '16777217' }, { N: '0.1' }, { N: '-0' }] },
  }

  async function openWithItem(): Promise<IndexedDatabase> {
    const database = await open()
    await must(database, 'CreateTable', vectorTable({ VectorIndexes: vectorIndexes(3) }))
    await must(database, 'PutItem', { TableName: tableName, Item: item })
    return database
  }
  const byTenant = {
    SearchConditionExpression: 'tenant = :t',
    ExpressionAttributeValues: { ':t': { S: 't' } },
  }

  test('is what the index projects, without the vector', async () => {
    const database = await openWithItem()
    const { embedding: _vector, ...rest } = item
    const results = async (more: object): Promise<unknown> =>
      ((await must(database, 'SearchVectors', query(more)))['SearchResults'] as Result[])[0]?.Item
    expect(await results({ IndexName: 'byCOSINE' })).toEqual(rest)
    expect(await results({ IndexName: 'byEUCLIDEAN', ...byTenant })).toEqual({
      id: { S: 'a' },
      tenant: { S: 't' },
    })
    expect(await results({ IndexName: 'byDOT_PRODUCT', ...byTenant })).toEqual(rest)
  })

  test('has the vector as 32-bit floats where it is named and projected', async () => {
    const database = await openWithItem()
    const results = async (more: object): Promise<unknown> =>
      ((await must(database, 'SearchVectors', query(more)))['SearchResults'] as Result[])[0]?.Item
    const ProjectionExpression = 'id, embedding'
    const vector = { L: [{ N: '16777216' }, { N: '0.1' }, { N: '0' }] }
    expect(await results({ IndexName: 'byCOSINE', ProjectionExpression })).toEqual({
      id: { S: 'a' },
      embedding: vector,
    })
    const second = { IndexName: 'byDOT_PRODUCT', ProjectionExpression: 'embedding[1]', ...byTenant }
    expect(await results(second)).toEqual({ embedding: { L: [{ N: '0.1' }] } })
    const keysOnly = { IndexName: 'byEUCLIDEAN', ProjectionExpression, ...byTenant }
    expect(await results(keysOnly)).toEqual({ id: { S: 'a' } })
  })

  test('stays exact in the table', async () => {
    const database = await openWithItem()
    const Key = { id: { S: 'a' } }
    const { Item } = await must(database, 'GetItem', { TableName: tableName, Key })
    expect((Item as Item)['embedding']).toEqual({
      L: [{ N: '16777217' }, { N: '0.1' }, { N: '0' }],
    })
  })

  test('is an empty list when nothing is there', async () => {
    const database = await open()
    await must(database, 'CreateTable', vectorTable({ VectorIndexes: vectorIndexes(3) }))
    const search = query({ IndexName: 'byCOSINE' })
    expect(await must(database, 'SearchVectors', search)).toEqual({ SearchResults: [] })
  })

  test('compares numbers by value', async () => {
    const database = await openWithItem()
    const response = await must(
      database,
      'SearchVectors',
      query({
        IndexName: 'byDOT_PRODUCT',
        SearchConditionExpression: 'tenant = :t AND shade = :s',
        ExpressionAttributeValues: { ':t': { S: 't' }, ':s': { N: '7.00' } },
      }),
    )
    expect(shown(response)).toEqual([['a', 16777216]])
  })

  test('is no more than 16 MB', async () => {
    const database = await open()
    await must(database, 'CreateTable', vectorTable({ VectorIndexes: vectorIndexes(1) }))
    const note = { S: 'x'.repeat(380_000) }
    for (let i = 0; i < 50; i++) {
      const embedding = { L: numbersOf([1]) }
      await must(database, 'PutItem', {
        TableName: tableName,
        Item: { id: { S: `item ${i}` }, note, embedding },
      })
    }
    const search = { TableName: tableName, IndexName: 'byCOSINE', SearchVector: numbersOf([1]) }
    const response = await must(database, 'SearchVectors', { ...search, TopK: 100 })
    expect(response['SearchResults']).toHaveLength(44)
  })
})

describe('the scores', () => {
  const table = (DistanceFunction: string): object => ({
    ...vectorTable(),
    VectorIndexes: [{ ...vectorIndexes(2)[0], IndexName: 'byDistance', DistanceFunction }],
  })
  async function scoreOf(distance: string, stored: string[], query: string[]): Promise<number> {
    const database = await open()
    await must(database, 'CreateTable', table(distance))
    const list = (values: string[]): AttributeValue[] => values.map((N) => ({ N }))
    const Item = { id: { S: 'a' }, embedding: { L: list(stored) } }
    await must(database, 'PutItem', { TableName: tableName, Item })
    const response = await must(database, 'SearchVectors', {
      TableName: tableName,
      IndexName: 'byDistance',
      SearchVector: list(query),
      TopK: 1,
    })
    return (shown(response)[0] as [string, number])[1]
  }

  test.each([
    ['EUCLIDEAN', ['10', '0'], ['1', '0'], 9],
    ['EUCLIDEAN', ['0', '1'], ['1', '0'], Math.fround(Math.SQRT2)],
    ['EUCLIDEAN', ['3e38', '3e38'], ['-3e38', '-3e38'], 3.4028234663852886e38],
    ['COSINE', ['0', '0'], ['1', '0'], 1],
    ['COSINE', ['1', '0'], ['0', '0'], 1],
    ['COSINE', ['1e-23', '0'], ['1e-23', '0'], 0],
    ['COSINE', ['0.1', '0.7'], ['0.1', '0.7'], 0],
    ['COSINE', ['1', '0'], ['-1', '0'], 2],
    ['DOT_PRODUCT', ['3e38', '3e38'], ['3e38', '-3e38'], 0],
    ['DOT_PRODUCT', ['-3e38', '0'], ['3e38', '0'], -3.4028234663852886e38],
    ['DOT_PRODUCT', ['1', '2'], ['3', '-4'], -5],
  ])('%s of %j and %j is %d', async (distance, stored, query, score) => {
    expect(await scoreOf(distance, stored, query)).toBe(score)
  })
})

describe('the capacity', () => {
  const dimensions = 512
  const embedding = { L: numbersOf(Array.from({ length: dimensions }, () => 0.5)) }

  async function openWide(): Promise<IndexedDatabase> {
    const database = await open()
    const [all = {}, ...others] = vectorIndexes(dimensions)
    const keysOnly = { ...others[0], SearchSchema: undefined }
    await must(database, 'CreateTable', vectorTable({ VectorIndexes: [all, keysOnly] }))
    return database
  }
  const written = async (
    database: IndexedDatabase,
    Item: object,
    mode = 'INDEXES',
  ): Promise<unknown> =>
    (
      await must(database, 'PutItem', {
        TableName: tableName,
        Item,
        ReturnConsumedCapacity: mode,
      })
    )['ConsumedCapacity']

  const bytes = (all: number, keysOnly: number): object => ({
    byCOSINE: { VectorWriteRequestBytes: all },
    byEUCLIDEAN: { VectorWriteRequestBytes: keysOnly },
  })

  test('of a write is what the index has of the item, by index', async () => {
    const database = await openWide()
    const item = { id: { S: 'a' }, note: { S: 'x' }, embedding }
    // The vector is 4 bytes for each element and its name; so the table counts it too.
    expect(await written(database, item)).toEqual({
      TableName: tableName,
      CapacityUnits: 3,
      Table: { CapacityUnits: 3 },
      VectorIndexes: bytes(2065, 2060),
    })
    // An index that stays as it is is not there, nor is a map of none.
    expect(await written(database, item)).not.toHaveProperty('VectorIndexes')
    expect(await written(database, { ...item, note: { S: 'xyz' } })).toMatchObject({
      VectorIndexes: { byCOSINE: { VectorWriteRequestBytes: 2067 } },
    })
    expect(await written(database, { ...item, note: { S: 'x' } })).toMatchObject({
      VectorIndexes: { byCOSINE: { VectorWriteRequestBytes: 2067 } },
    })
    expect(await written(database, { ...item, more: { S: 'm' } }, 'TOTAL')).toEqual({
      TableName: tableName,
      CapacityUnits: 3,
    })
  })

  test('of a transaction counts the bytes once', async () => {
    const database = await openWide()
    const Put = { TableName: tableName, Item: { id: { S: 'a' }, note: { S: 'x' }, embedding } }
    const { ConsumedCapacity } = await must(database, 'TransactWriteItems', {
      TransactItems: [{ Put }],
      ReturnConsumedCapacity: 'INDEXES',
    })
    expect(ConsumedCapacity).toEqual([
      {
        TableName: tableName,
        CapacityUnits: 6,
        WriteCapacityUnits: 6,
        Table: { CapacityUnits: 6, WriteCapacityUnits: 6 },
        VectorIndexes: bytes(2065, 2060),
      },
    ])
  })

  test('of a batch is summed up by index', async () => {
    const database = await openWide()
    const put = (id: string): object => ({ PutRequest: { Item: { id: { S: id }, embedding } } })
    const { ConsumedCapacity } = await must(database, 'BatchWriteItem', {
      RequestItems: { [tableName]: [put('a'), put('b')] },
      ReturnConsumedCapacity: 'INDEXES',
    })
    expect(ConsumedCapacity).toMatchObject([{ VectorIndexes: bytes(4120, 4120) }])
  })

  test('of a search is a number of bytes, at least a kilobyte', async () => {
    const database = await openWide()
    await written(database, { id: { S: 'a' }, note: { S: 'x' }, embedding })
    const search = (more: object): Promise<Response> =>
      must(database, 'SearchVectors', {
        TableName: tableName,
        IndexName: 'byCOSINE',
        SearchVector: embedding.L,
        TopK: 1,
        ...more,
      })
    for (const ReturnConsumedCapacity of ['TOTAL', 'INDEXES']) {
      const { ConsumedCapacity } = await search({ ReturnConsumedCapacity })
      // 30.6875 for each dimension, 65 for the result, 8 for its attributes.
      expect(ConsumedCapacity).toEqual({
        VectorSearchRequestBytes: 15_785,
        VectorSearchUnits: 15_785,
      })
    }
    const { ConsumedCapacity: ofVector } = await search({
      ProjectionExpression: 'embedding',
      ReturnConsumedCapacity: 'TOTAL',
    })
    // The vector that is returned counts four for each dimension, and nothing as a list.
    expect(ofVector).toMatchObject({ VectorSearchRequestBytes: 15_712 + 65 + 2048 })
    expect(await search({ ReturnConsumedCapacity: 'NONE' })).not.toHaveProperty('ConsumedCapacity')
  })
})
