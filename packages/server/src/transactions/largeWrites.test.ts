import { describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../clock.ts'
import { maxListedBytes, maxTurnMs } from '../limits.ts'
import { FaultyEngine, type FaultyEngineOptions } from '../testing/faultyEngine.ts'
import {
  compareWithRows,
  openIndexedDatabase,
  type IndexedDatabase,
} from '../testing/indexedDatabase.ts'
import { soon } from '../testing/soon.ts'

const TableName = 'Large'
const itemBytes = 390_000
/** Together they write more than a list may have. */
const count = Math.ceil((2 * maxListedBytes) / itemBytes)

const global = (IndexName: string, key: string, Projection: object) => ({
  IndexName,
  KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
  Projection,
})

/** Items whose entries share their bytes, or have others; some of them are in one index only. */
async function openLarge(
  options: FaultyEngineOptions = {},
  clock: Clock = systemClock,
): Promise<{ database: IndexedDatabase; engine: FaultyEngine }> {
  const engine = new FaultyEngine(options)
  const database = await openIndexedDatabase({ engine, clock })
  await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: ['pk', 'g', 'h'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      global('allByG', 'g', { ProjectionType: 'ALL' }),
      global('someByG', 'g', { ProjectionType: 'INCLUDE', NonKeyAttributes: ['big'] }),
      global('allByH', 'h', { ProjectionType: 'ALL' }),
      global('someByH', 'h', { ProjectionType: 'INCLUDE', NonKeyAttributes: ['big'] }),
    ],
  })
  for (let i = 0; i < count; i++) {
    const Item = { pk: { S: `${i}` }, big: { S: 'x'.repeat(itemBytes) }, g: { S: `${i % 3}` } }
    const more = i % 2 === 0 ? { h: { S: 'h' } } : {}
    expect(await database.call('PutItem', { TableName, Item: { ...Item, ...more } })).toEqual({})
  }
  return { database, engine }
}

const updateOf = (i: number, more: object = {}) => ({
  Update: {
    TableName,
    Key: { pk: { S: `${i}` } },
    UpdateExpression: 'ADD n :one SET g = :g',
    ExpressionAttributeValues: { ':one': { N: '1' }, ':g': { S: 'moved' } },
    ...more,
  },
})

const allUpdates = () => Array.from({ length: count }, (_, i) => updateOf(i))

async function expectSound({ engine, catalog }: IndexedDatabase): Promise<void> {
  const { expected, actual } = await compareWithRows(engine, catalog.tableForData(TableName))
  expect(actual).toEqual(expected)
}

async function countsOf(database: IndexedDatabase): Promise<(string | undefined)[]> {
  const counts: (string | undefined)[] = []
  for (let i = 0; i < count; i++) {
    const response = await database.call('GetItem', {
      TableName,
      Key: { pk: { S: `${i}` } },
      ProjectionExpression: 'n',
    })
    counts.push((response['Item'] as { n?: { N: string } }).n?.N)
  }
  return counts
}

describe.each(['at once', 'later'] as const)('a store that answers %s', (answers) => {
  it('takes a transaction that writes more than there is room for in a list', async () => {
    const { database, engine } = await openLarge({ answers })
    engine.asked.length = 0
    const response = await database.call('TransactWriteItems', {
      TransactItems: allUpdates(),
      ReturnConsumedCapacity: 'INDEXES',
    })
    expect(response).toMatchObject({ ConsumedCapacity: [{ TableName }] })
    expect(engine.asked).toHaveLength(1)
    expect(await countsOf(database)).toEqual(Array.from({ length: count }, () => '1'))
    await expectSound(database)
  })

  it('gives the units of a large transaction as those of its parts', async () => {
    const { database } = await openLarge({ answers })
    const capacityOf = async (TransactItems: object[]): Promise<number> => {
      const request = { TransactItems, ReturnConsumedCapacity: 'TOTAL' }
      const { ConsumedCapacity } = await database.call('TransactWriteItems', request)
      return (ConsumedCapacity as { CapacityUnits: number }[])[0]?.CapacityUnits as number
    }
    const whole = await capacityOf(allUpdates())
    let sum = 0
    const back = (i: number) =>
      updateOf(i, {
        ExpressionAttributeValues: { ':one': { N: '1' }, ':g': { S: `${i % 3}` } },
      })
    for (let i = 0; i < count; i++) sum += await capacityOf([back(i)])
    expect(whole).toBe(sum)
  })

  it('does nothing of one with a false condition, and tells every reason', async () => {
    const { database, engine } = await openLarge({ answers })
    engine.asked.length = 0
    const refused = { ConditionExpression: 'attribute_exists(absent)' }
    const items = allUpdates().with(count - 1, updateOf(count - 1, refused))
    const response = await database.call('TransactWriteItems', { TransactItems: items })
    expect(response).toMatchObject({ __type: 'TransactionCanceledException' })
    const reasons = response['CancellationReasons'] as { Code: string }[]
    expect(reasons.map(({ Code }) => Code)).toEqual([
      ...Array.from({ length: count - 1 }, () => 'None'),
      'ConditionalCheckFailed',
    ])
    expect(engine.asked).toEqual([])
    await expectSound(database)
  })

  it('binds the token of a large transaction with it', async () => {
    const { database } = await openLarge({ answers })
    const request = { TransactItems: allUpdates(), ClientRequestToken: 'large' }
    expect(await database.call('TransactWriteItems', request)).toEqual({})
    expect(await database.call('TransactWriteItems', request)).toEqual({})
    expect(await countsOf(database)).toEqual(Array.from({ length: count }, () => '1'))
  })

  it('is as it was when a large transaction cannot be stored', async () => {
    const { database, engine } = await openLarge({ answers })
    engine.failNext()
    const transaction = database.call('TransactWriteItems', { TransactItems: allUpdates() })
    await expect(transaction).rejects.toThrow('no space is left')
    expect(await countsOf(database)).toEqual(Array.from({ length: count }, () => undefined))
    await expectSound(database)
  })
})

/** A clock by which every step of a long request has taken so long that others go first. */
function slowClock(): Clock {
  let nowMs = 0
  return { ...systemClock, monotonicMs: () => (nowMs += 2 * maxTurnMs) }
}

it.each([0, 1, 5, 30, 100])(
  'an index that is added %i steps after a large transaction has begun has its items',
  async (steps) => {
    const { database, engine } = await openLarge({}, slowClock())
    engine.hold()
    const adding = database.call('UpdateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [{ Create: global('late', 'g', { ProjectionType: 'ALL' }) }],
    })
    const transaction = database.call('TransactWriteItems', { TransactItems: allUpdates() })
    for (let i = 0; i < steps; i++) await new Promise((resolve) => setImmediate(resolve))
    engine.release()
    expect(await adding).toHaveProperty('TableDescription')
    expect(await transaction).toEqual({})
    await soon(async () => {
      const { Table } = await database.call('DescribeTable', { TableName })
      expect(Table).toMatchObject({ TableStatus: 'ACTIVE' })
    })
    await expectSound(database)
  },
)

describe('what a write is answered', () => {
  it('needs no read after its commit: sizes of collections come back with it', async () => {
    const engine = new FaultyEngine()
    const database = await openIndexedDatabase({ engine })
    await database.call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', 'l'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      LocalSecondaryIndexes: [
        {
          IndexName: 'local',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'l', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    })
    engine.meet = (call) => {
      if (call === 'commit') {
        engine.meet = () => {
          throw new Error('a read after the commit')
        }
      }
    }
    const metrics = { ItemCollectionKey: { pk: { S: 'a' } }, SizeEstimateRangeGB: [0, 1] }
    const write = async (operation: string, request: object): Promise<unknown> => {
      const asked = engine.meet
      const options = { ReturnItemCollectionMetrics: 'SIZE' }
      const response = await database.call(operation, { ...request, ...options })
      engine.meet = asked
      return response['ItemCollectionMetrics']
    }
    const Item = { pk: { S: 'a' }, sk: { S: '1' }, l: { S: 'l' } }
    expect(await write('PutItem', { TableName, Item })).toEqual(metrics)
    const put = { Put: { TableName, Item: { ...Item, sk: { S: '2' } } } }
    expect(await write('TransactWriteItems', { TransactItems: [put] })).toEqual({
      [TableName]: [metrics],
    })
    const request = { PutRequest: { Item: { ...Item, sk: { S: '3' } } } }
    expect(await write('BatchWriteItem', { RequestItems: { [TableName]: [request] } })).toEqual({
      [TableName]: [metrics],
    })
  })
})

describe('writes that wait for bytes', () => {
  it('have not been read, and small ones go on beside them', async () => {
    const engine = new FaultyEngine()
    const database = await openIndexedDatabase({ engine, maxWriteBytes: 4_000_000 })
    await database.call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    })
    const items = Array.from({ length: 40 }, (_, i) => ({
      pk: { S: `${i}` },
      big: { S: 'x'.repeat(itemBytes) },
    }))
    for (const Item of items) await database.call('PutItem', { TableName, Item })
    let reads = 0
    engine.meet = (call) => {
      if (call === 'read') reads += 1
    }
    engine.hold()
    const large = items.map((_, i) => database.call('UpdateItem', updateOf(i).Update))
    const small = database.call('PutItem', { TableName, Item: { pk: { S: 'small' } } })
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    // Those whose sizes nobody has asked for yet, those that there is room for, and the small one.
    expect(reads).toBeGreaterThan(1)
    expect(reads).toBeLessThan(22)
    engine.letThrough()
    expect(await small).toEqual({})
    expect(reads).toBeLessThan(40)
    engine.release()
    expect(await Promise.all(large)).toEqual(items.map(() => ({})))
    await expectSound(database)
  })
})
