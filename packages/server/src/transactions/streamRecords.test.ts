import { beforeEach, describe, expect, test } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { rowKeyOfKey } from '../items/primaryKey.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { allRecords, tableWithStream, type ShownRecord } from '../testing/streamReads.ts'

let database: IndexedDatabase
let call: IndexedDatabase['call']

async function open(options: Parameters<typeof openIndexedDatabase>[0] = {}): Promise<void> {
  database = await openIndexedDatabase(options)
  call = database.call
}

beforeEach(async () => {
  await open()
  await call('CreateTable', tableWithStream('Tab'))
})

const TableName = 'Tab'
const key = (pk: string) => ({ pk: { S: pk } })
const put = (pk: string, more: object = {}) =>
  call('PutItem', { TableName, Item: { ...key(pk), ...more } })
const update = (pk: string, UpdateExpression: string, values?: object) =>
  call('UpdateItem', {
    TableName,
    Key: key(pk),
    UpdateExpression,
    ...(values !== undefined && { ExpressionAttributeValues: values }),
  })
const remove = (pk: string) => call('DeleteItem', { TableName, Key: key(pk) })

/** Records as `INSERT a`. */
const told = (records: readonly ShownRecord[]): string[] =>
  records.map(({ eventName, dynamodb }) => {
    const { S: pk } = dynamodb.Keys['pk'] as { S: string }
    return `${eventName} ${pk}`
  })
const recorded = async (): Promise<string[]> => told(await allRecords(call, TableName))

describe('a write has a record of what it changed', () => {
  test('by PutItem, UpdateItem and DeleteItem', async () => {
    await put('a')
    await put('a', { v: { N: '1' } })
    await call('UpdateItem', { TableName, Key: key('b') })
    await update('b', 'SET v = :v', { ':v': { S: 'x' } })
    await remove('a')
    expect(await recorded()).toEqual(['INSERT a', 'MODIFY a', 'INSERT b', 'MODIFY b', 'REMOVE a'])
  })

  test('by members of older requests', async () => {
    await put('a', { n: { N: '1' } })
    const AttributeUpdates = { n: { Action: 'ADD', Value: { N: '2' } } }
    await call('UpdateItem', { TableName, Key: key('a'), AttributeUpdates })
    const records = await allRecords(call, TableName)
    expect(records[1]?.dynamodb).toMatchObject({ NewImage: { n: { N: '3' } } })
  })

  test('by BatchWriteItem, without what changed nothing', async () => {
    await put('same')
    await put('old')
    await call('BatchWriteItem', {
      RequestItems: {
        Tab: [
          { PutRequest: { Item: key('same') } },
          { PutRequest: { Item: key('new') } },
          { DeleteRequest: { Key: key('old') } },
          { DeleteRequest: { Key: key('absent') } },
        ],
      },
    })
    const records = await recorded()
    expect(records.slice(0, 2)).toEqual(['INSERT same', 'INSERT old'])
    expect(records.slice(2).sort()).toEqual(['INSERT new', 'REMOVE old'])
  })

  test('by TransactWriteItems, once for a token', async () => {
    await call('CreateTable', tableWithStream('Other'))
    await put('old')
    const request = {
      TransactItems: [
        { Put: { TableName, Item: key('new') } },
        { Delete: { TableName, Key: key('old') } },
        {
          ConditionCheck: {
            TableName,
            Key: key('x'),
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        { Put: { TableName: 'Other', Item: key('there') } },
        { Delete: { TableName: 'Other', Key: key('absent') } },
      ],
      ClientRequestToken: 'token',
    }
    await call('TransactWriteItems', request)
    await call('TransactWriteItems', request)
    expect(await recorded()).toEqual(['INSERT old', 'INSERT new', 'REMOVE old'])
    expect(told(await allRecords(call, 'Other'))).toEqual(['INSERT there'])
  })

  test('but not by one that is refused or cancelled', async () => {
    await put('a')
    const ConditionExpression = 'attribute_not_exists(pk)'
    await call('PutItem', { TableName, Item: key('a'), ConditionExpression })
    await call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: key('b') } },
        { Put: { TableName, Item: key('a'), ConditionExpression } },
      ],
    })
    expect(await recorded()).toEqual(['INSERT a'])
  })

  test('but not by one that changes nothing by value', async () => {
    const values = { m: { M: { x: { N: '1' }, y: { N: '2' } } }, s: { SS: ['p', 'q'] } }
    await put('a', values)
    await put('a', values)
    await put('a', { s: { SS: ['q', 'p'] }, m: { M: { y: { N: '2.0' }, x: { N: '1' } } } })
    await update('a', 'SET m.x = :x', { ':x': { N: '1' } })
    await update('a', 'REMOVE absent')
    await update('a', 'ADD s :p', { ':p': { SS: ['p'] } })
    await update('absent', 'REMOVE absent')
    await remove('absent')
    await call('TransactWriteItems', {
      TransactItems: [{ Put: { TableName, Item: { ...key('a'), ...values } } }],
    })
    expect(await recorded()).toEqual(['INSERT a'])
  })

  test('of the service, if the service made it', async () => {
    await put('a')
    const table = database.catalog.tableForData('Tab')
    const rowKey = rowKeyOfKey(table, key('a'))
    const action = {
      table,
      key: key('a'),
      rowKey,
      condition: undefined,
      change: { kind: 'Delete' },
      returnOldOnFailure: false,
      byService: true,
    } as const
    await database.coordinator.write(action)
    const records = await allRecords(call, TableName)
    expect(records.map(({ userIdentity }) => userIdentity)).toEqual([
      undefined,
      { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    ])
  })
})

test('of several writes at once each tells who made it', async () => {
  const table = database.catalog.tableForData('Tab')
  const rowKey = rowKeyOfKey(table, key('a'))
  const common = { table, key: key('a'), rowKey, condition: undefined, returnOldOnFailure: false }
  const expiry = { ...common, change: { kind: 'Delete' }, byService: true } as const
  await Promise.all([put('a'), database.coordinator.write(expiry), put('a')])
  const records = await allRecords(call, TableName)
  expect(records.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
    ['INSERT', undefined],
    ['REMOVE', { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }],
    ['INSERT', undefined],
  ])
})

describe('view types', () => {
  test.each([
    ['KEYS_ONLY', [], [], []],
    ['NEW_IMAGE', ['NewImage'], ['NewImage'], []],
    ['OLD_IMAGE', [], ['OldImage'], ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage'], ['NewImage', 'OldImage'], ['OldImage']],
  ])('%s', async (viewType, ...shown) => {
    await open()
    await call('CreateTable', tableWithStream('Tab', ['pk:S'], viewType))
    await put('a', { v: { N: '1' } })
    await put('a', { v: { N: '22' } })
    await remove('a')
    const records = await allRecords(call, TableName)
    const images = records.map(({ dynamodb }) =>
      Object.keys(dynamodb).filter((name) => name.endsWith('Image')),
    )
    expect(images).toEqual(shown)
    const sizes = records.map(({ dynamodb }) => dynamodb.SizeBytes - 3)
    expect(sizes).toEqual(shown.map((names) => names.length * 6))
    expect(await checkStore(database.engine)).toEqual([])
  })
})

describe('writes of one item at once', () => {
  test('each have their record, in their order, with the images between', async () => {
    await put('a', { n: { N: '0' } })
    await Promise.all(
      Array.from({ length: 20 }, () => update('a', 'ADD n :one', { ':one': { N: '1' } })),
    )
    const records = await allRecords(call, TableName)
    const numbers = records.map(({ dynamodb }) => dynamodb.NewImage?.['n'])
    expect(numbers).toEqual(Array.from({ length: 21 }, (_, i) => ({ N: String(i) })))
    for (const [i, { dynamodb }] of records.entries()) {
      expect(dynamodb.OldImage).toEqual(records[i - 1]?.dynamodb.NewImage)
    }
  })

  test('have records although together they leave everything as it was', async () => {
    await Promise.all([put('z'), remove('z'), put('z'), remove('z')])
    const records = await recorded()
    expect(records.slice(-4)).toEqual(['INSERT z', 'REMOVE z', 'INSERT z', 'REMOVE z'])
    expect(await checkStore(database.engine)).toEqual([])
  })
})

test('keys of all types and two attributes are told', async () => {
  await open({ streamShards: 4 })
  await call('CreateTable', tableWithStream('Tab', ['pk:B', 'sk:N']))
  const Item = { v: { S: 'x' }, sk: { N: '-1.50' }, pk: { B: 'AAEC' } }
  await call('PutItem', { TableName, Item })
  const [record] = await allRecords(call, TableName)
  expect(record?.dynamodb.Keys).toEqual({ pk: { B: 'AAEC' }, sk: { N: '-1.5' } })
})

test('shards have the items of their part of the hashes', async () => {
  await open({ streamShards: 3 })
  await call('CreateTable', tableWithStream('Tab'))
  const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`)
  for (const pk of keys) await put(pk)
  const table = database.catalog.tableForData('Tab')
  await database.catalog.rollOverStream(table)
  for (const pk of keys) await remove(pk)
  const records = await recorded()
  expect(records).toHaveLength(80)
  for (const pk of keys) {
    const ofItem = records.filter((each) => each.endsWith(` ${pk}`))
    expect(ofItem).toEqual([`INSERT ${pk}`, `REMOVE ${pk}`])
  }
  expect(await checkStore(database.engine)).toEqual([])
})

describe('a transaction that is too large for a list', () => {
  const large = 'x'.repeat(300_000)
  const indexed = {
    AttributeDefinitions: ['pk', 'g'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: ['one', 'two', 'three'].map((IndexName) => ({
      IndexName,
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    })),
  }

  test('has its records, in the order of its actions', async () => {
    await open()
    await call('CreateTable', { ...tableWithStream('Tab'), ...indexed })
    await put('small', { v: { S: 'x' } })
    const items = Array.from({ length: 12 }, (_, i) => `item ${i}`)
    const answer = await call('TransactWriteItems', {
      TransactItems: [
        { Delete: { TableName, Key: key('small') } },
        ...items.map((pk) => ({
          Put: { TableName, Item: { ...key(pk), g: { S: 'g' }, v: { S: large } } },
        })),
      ],
    })
    expect(answer).toEqual({})
    await put('after')
    const expected = items.map((pk) => `INSERT ${pk}`)
    expect(await recorded()).toEqual(['INSERT small', 'REMOVE small', ...expected, 'INSERT after'])
    expect(await checkStore(database.engine)).toEqual([])
  })
})

describe('a record and its change', () => {
  test('are stored together or not at all', async () => {
    const engine = new FaultyEngine()
    await open({ engine })
    await call('CreateTable', tableWithStream('Tab'))
    await put('a')
    engine.failNext()
    await expect(put('b')).rejects.toThrow()
    await put('c')
    expect(await recorded()).toEqual(['INSERT a', 'INSERT c'])
    expect(await checkStore(engine)).toEqual([])
  })

  test('a write that was judged before its table had a stream is judged again', async () => {
    const engine = new FaultyEngine()
    await open({ engine })
    const { StreamSpecification, ...plain } = tableWithStream('Tab') as {
      StreamSpecification: object
    }
    await call('CreateTable', plain)
    engine.hold()
    const enabled = call('UpdateTable', { TableName, StreamSpecification })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const written = put('a')
    await new Promise((resolve) => setTimeout(resolve, 20))
    engine.release()
    await Promise.all([enabled, written])
    expect(await recorded()).toEqual(['INSERT a'])
  })

  test('the time of a record never goes back', async () => {
    const clock = new ManualClock()
    await open({ clock })
    await call('CreateTable', tableWithStream('Tab'))
    await put('a')
    const nowMs = clock.nowMs()
    clock.nowMs = () => nowMs - 60_000
    await put('b')
    const times = (await allRecords(call, TableName)).map(
      ({ dynamodb }) => dynamodb.ApproximateCreationDateTime,
    )
    expect(times).toEqual([Math.floor(nowMs / 1000), Math.floor(nowMs / 1000)])
  })
})
