import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { formatKey, setOrderKey } from '../layout/storeKeys.ts'
import { StorageFailure, type EngineState, type Entry } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine, type FaultyEngineOptions } from '../testing/faultyEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { itemsIn, makeStoreOlder, withReversedSets } from '../testing/olderStore.ts'
import { soon } from '../testing/soon.ts'

const TableName = 'Things'
const count = 700
/** 700 items and 1,400 entries at a thousand a step, and the part that is left. */
const steps = 3

const indexOf = (IndexName: string, names: readonly string[], Projection: object) => ({
  IndexName,
  KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i ? 'RANGE' : 'HASH' })),
  Projection,
})
const definition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'g'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: indexOf('', ['pk', 'sk'], {}).KeySchema,
  LocalSecondaryIndexes: [
    indexOf('local', ['pk', 'g'], { ProjectionType: 'INCLUDE', NonKeyAttributes: ['s'] }),
  ],
  GlobalSecondaryIndexes: [indexOf('global', ['g'], { ProjectionType: 'ALL' })],
}

const sets = {
  s: { SS: ['a', 'b', 'c'] },
  l: { L: [{ M: { n: { NS: ['-1', '9', '10'] } } }, { S: 'z' }] },
  b: { BS: ['AA==', '/w=='] },
}
const keyOf = (i: number) => ({ pk: { S: `p${i % 7}` }, sk: { S: `${i}` } })
const itemOf = (i: number) => ({ ...keyOf(i), g: { S: `g${i % 3}` }, ...sets })

/** A store that an older version has left, and what it has to become. */
let store: MemoryEngine
let today: Map<string, string>

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const contentOf = async (engine: MemoryEngine): Promise<Map<string, string>> =>
  new Map((await itemsIn(engine)).map(({ key, value }) => [text(key), text(value)]))

let left: EngineState

beforeAll(async () => {
  store = new MemoryEngine()
  const database = await openIndexedDatabase({ engine: store })
  await database.call('CreateTable', definition)
  const items = Array.from({ length: count }, (_, i) => itemOf(i))
  await Promise.all(items.map((Item) => database.call('PutItem', { TableName, Item })))
  await database.work.close()
  today = await contentOf(store)
  await makeStoreOlder(store)
  const older = await contentOf(store)
  expect([...older.keys()]).toEqual([...today.keys()])
  expect([...older].filter(([key, value]) => today.get(key) === value)).toEqual([])
  left = store.state()
})

beforeEach(() => {
  store = new MemoryEngine(undefined, left)
})

/** A database in which nothing is done in the background but on demand. */
async function openHeld(
  options: FaultyEngineOptions = {},
): Promise<{ engine: FaultyEngine; clock: ManualClock; database: IndexedDatabase }> {
  const engine = new FaultyEngine({ store, ...options })
  const clock = new ManualClock({ deferred: 'manual' })
  return { engine, clock, database: await openIndexedDatabase({ engine, clock }) }
}

const isOver = (): boolean => store.get(setOrderKey) === undefined

async function untilOver(clock: ManualClock): Promise<void> {
  await soon(
    () => {
      clock.runDeferred()
      expect(isOver()).toBe(true)
    },
    { interval: 1 },
  )
}

describe.each(['at once', 'later'] as const)('an older store that answers %s', (answers) => {
  test('is read in order before it is put in order', async () => {
    const { database } = await openHeld({ answers })
    const { call } = database
    const [Key, Item] = [keyOf(3), itemOf(3)]
    expect(await call('GetItem', { TableName, Key })).toEqual({ Item })
    const names = { ProjectionExpression: 's, l[0].n' }
    expect(await call('GetItem', { TableName, Key, ...names })).toEqual({
      Item: { s: sets.s, l: { L: [{ M: { n: { NS: ['-1', '9', '10'] } } }] } },
    })
    expect(await call('BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key] } } })).toEqual({
      Responses: { [TableName]: [Item] },
      UnprocessedKeys: {},
    })
    const get = { TransactItems: [{ Get: { TableName, Key } }] }
    expect(await call('TransactGetItems', get)).toEqual({ Responses: [{ Item }] })
    for (const [IndexName, projected] of [
      [undefined, Item],
      ['local', { ...Key, g: Item.g, s: Item.s }],
      ['global', Item],
    ] as const) {
      const { Items } = await call('Scan', { TableName, IndexName })
      expect(Items).toHaveLength(count)
      expect(Items).toContainEqual(projected)
      expect(JSON.stringify(Items)).not.toContain('"b","a"')
    }
    expect(isOver()).toBe(false)
  })

  test('gives writes the images in order', async () => {
    const { database } = await openHeld({ answers })
    const { call } = database
    const Key = keyOf(3)
    const failing = {
      TableName,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }
    const put = { ...failing, Item: Key }
    expect(await call('PutItem', put)).toMatchObject({ Item: itemOf(3) })
    expect(await call('TransactWriteItems', { TransactItems: [{ Put: put }] })).toMatchObject({
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: itemOf(3) }],
    })
    expect(
      await call('UpdateItem', {
        TableName,
        Key,
        UpdateExpression: 'DELETE s :b SET #c = :one',
        ConditionExpression: 's = :s',
        ExpressionAttributeNames: { '#c': 'c' },
        ExpressionAttributeValues: { ':b': { SS: ['b'] }, ':s': sets.s, ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    ).toEqual({ Attributes: { ...itemOf(3), s: { SS: ['a', 'c'] }, c: { N: '1' } } })
    const remove = { TableName, Key: keyOf(4), ReturnValues: 'ALL_OLD' }
    expect(await call('DeleteItem', remove)).toEqual({ Attributes: itemOf(4) })
    expect(await checkStore(store)).toEqual([])
  })

  test('becomes what it would be had it been written today', async () => {
    const { engine, clock, database } = await openHeld({ answers })
    const before = engine.commits
    await untilOver(clock)
    expect(await contentOf(store)).toEqual(today)
    expect(engine.commits - before).toBe(steps)
    expect(await checkStore(store)).toEqual([])
    expect(database.events).toEqual([])
    expect(engine.openSnapshots).toBe(0)
  })
})

test('no step reads or writes much more than a thousand values', async () => {
  const { engine, clock } = await openHeld()
  await untilOver(clock)
  const written = engine.asked.slice(-steps).map(({ writes }) => writes.length - 1)
  expect(written).toEqual([1000, 1000, 100])
})

test('a step ends after a megabyte', async () => {
  const large = (await itemsIn(store)).slice(0, 5).map(({ key }, i) => {
    const json = JSON.stringify({ s: { SS: ['z'.repeat(400_000), `${i}`] } })
    return { key, value: Buffer.concat([Buffer.from([1, 0, 0, 0, 1]), Buffer.from(json)]) }
  })
  await store.commit([], large)
  const { engine, clock } = await openHeld()
  await untilOver(clock)
  const written = engine.asked.map(({ writes }) => writes.length - 1)
  expect(written.slice(-4)).toEqual([3, 1000, 1000, 97])
})

test('whenever the process dies, the next one goes on, and a check finds nothing', async () => {
  for (let survived = 0; survived <= steps + 1; survived++) {
    await makeStoreOlder(store)
    const dying = await openHeld({})
    dying.engine.dieAfter(survived)
    await soon(
      () => {
        dying.clock.runDeferred()
        expect(dying.engine.isDead || isOver()).toBe(true)
      },
      { interval: 1 },
    )
    expect([survived, isOver()]).toEqual([survived, survived >= steps])
    expect(await checkStore(store)).toEqual([])
    const { clock, engine } = await openHeld()
    const before = engine.commits
    await untilOver(clock)
    expect(engine.commits - before).toBe(Math.max(0, steps - survived))
    expect(await contentOf(store)).toEqual(today)
  }
})

test('what a client writes while a step is under way stays', async () => {
  const { engine, clock, database } = await openHeld()
  const Item = { ...itemOf(3), s: { SS: ['new', 'older'] } }
  let written: Promise<unknown> | undefined
  engine.meet = (call) => {
    // The step has begun to read, and the write comes before its turn to commit.
    if (call === 'next') written ??= database.call('PutItem', { TableName, Item })
  }
  await untilOver(clock)
  expect(await written).toEqual({})
  expect(await database.call('GetItem', { TableName, Key: keyOf(3) })).toEqual({ Item })
  const others = [...(await contentOf(store))].filter(([key, value]) => today.get(key) !== value)
  // The item and its two entries.
  expect(others).toHaveLength(3)
  expect(await checkStore(store)).toEqual([])
  expect(database.events).toEqual([])
})

test('an index that is made meanwhile has its entries in order', async () => {
  const { clock, database } = await openHeld()
  await database.call('UpdateTable', {
    TableName,
    AttributeDefinitions: definition.AttributeDefinitions,
    GlobalSecondaryIndexUpdates: [{ Create: indexOf('late', ['sk'], { ProjectionType: 'ALL' }) }],
  })
  await soon(
    async () => {
      clock.runDeferred()
      const { Table } = await database.call('DescribeTable', { TableName })
      expect(JSON.stringify(Table)).not.toContain('CREATING')
    },
    { interval: 1 },
  )
  await untilOver(clock)
  expect(await checkStore(store)).toEqual([])
  expect(await contentOf(store)).toMatchObject({ size: today.size + count })
})

test('a step that fails is told and tried again', async () => {
  const { engine, clock, database } = await openHeld()
  engine.meet = (call) => {
    if (call === 'commit') throw new StorageFailure('no space is left')
  }
  await soon(() => {
    clock.runDeferred()
    expect(database.events).toHaveLength(1)
  })
  expect(database.events[0]).toMatchObject({
    job: 'putting the sets of an older store in order',
  })
  engine.meet = () => undefined
  clock.advance(1000)
  await untilOver(clock)
  expect(await contentOf(store)).toEqual(today)
})

test('a store that was made today is not looked through', async () => {
  const clock = new ManualClock({ deferred: 'manual' })
  const engine = new FaultyEngine()
  const { services } = await openIndexedDatabase({ engine, clock })
  const reads: string[] = []
  engine.meet = (call) => void reads.push(call)
  await services.coordinator.read(Buffer.from([0x10, 1]))
  for (let i = 0; i < 5; i++) {
    clock.runDeferred()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(reads).toEqual(['get'])
})

describe('a check', () => {
  const reverse = async (space: number): Promise<void> => {
    const found = (await itemsIn(store)).find(({ key }) => key[0] === space)
    const { key, value } = found as Entry
    await store.commit([], [{ key, value: withReversedSets(value) }])
  }
  const kinds = async (): Promise<string[]> => (await checkStore(store)).map(({ kind }) => kind)

  test('lets sets stand in any order that the store has not come to', async () => {
    expect(await kinds()).toEqual([])
    await openHeld()
    expect(await kinds()).toEqual([])
    expect(Buffer.from(store.get(formatKey) as Uint8Array).toString()).toBe('{"format":5}')
  })

  test('finds a set out of order, and an entry, where the store says that all are', async () => {
    const { clock } = await openHeld()
    await untilOver(clock)
    await reverse(0x11)
    expect(await kinds()).toEqual(['wrongIndexEntry'])
    await reverse(0x11)
    expect(await kinds()).toEqual([])
    await reverse(0x10)
    expect(await kinds()).toContain('itemForm')
  })

  test('finds an entry out of order up to the place that was reached', async () => {
    const entries = (await itemsIn(store)).filter(({ key }) => key[0] === 0x11)
    const rows = [...today].filter(([key]) => key.startsWith('\x10'))
    const mark = { key: formatKey, value: Buffer.from('{"format":5}') }
    const position = { key: setOrderKey, value: (entries[9] as Entry).key }
    await store.commit(
      [],
      [
        mark,
        position,
        ...rows.map(([key, value]) => ({
          key: Buffer.from(key, 'latin1'),
          value: Buffer.from(value, 'latin1'),
        })),
      ],
    )
    expect(await kinds()).toEqual(Array.from({ length: 10 }, () => 'wrongIndexEntry'))
  })

  test.each([[0x0f, 0xff], [0x12], []])('refuses the place %j', async (...place) => {
    const { clock } = await openHeld()
    await untilOver(clock)
    await store.commit([], [{ key: setOrderKey, value: Buffer.from(place) }])
    expect(await checkStore(store)).toEqual([
      { kind: 'storeFormat', key: '\\x0e', detail: 'How far sets are in order cannot be read' },
    ])
  })
})
