import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Bytes, StorageEngine } from '../storage/engine.ts'
import { LmdbEngine } from '../storage/lmdb/lmdbEngine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import {
  compareWithRows,
  dump,
  openIndexedDatabase,
  type IndexedDatabase,
  type Response,
} from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { soon } from '../testing/soon.ts'
import { decodeCounter } from '../commits/counters.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'

const TableName = 'Things'
const rows = 450

const byGroup = {
  IndexName: 'byGroup',
  KeySchema: [
    { AttributeName: 'g', KeyType: 'HASH' },
    { AttributeName: 'r', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
}
const keysOfIndex = [
  { AttributeName: 'g', AttributeType: 'S' },
  { AttributeName: 'r', AttributeType: 'N' },
]
const addIndex = (database: IndexedDatabase): Promise<Response> =>
  database.call('UpdateTable', {
    TableName,
    AttributeDefinitions: keysOfIndex,
    GlobalSecondaryIndexUpdates: [{ Create: byGroup }],
  })
const removeIndex = (database: IndexedDatabase): Promise<Response> =>
  database.call('UpdateTable', {
    TableName,
    GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byGroup' } }],
  })

/** Items with the index key, without a part of it, and with one of another type. */
function itemOf(i: number): Record<string, object> {
  const item = { pk: { S: `p${i}` }, g: { S: `g${i % 7}` }, x: { S: 'x'.repeat(i % 5) } }
  if (i % 10 === 3) return item
  return { ...item, r: i % 10 === 4 ? { S: 'violation' } : { N: String(i % 50) } }
}

async function fill(database: IndexedDatabase, count = rows): Promise<void> {
  const created = await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  expect(created).toHaveProperty('TableDescription')
  const items = Array.from({ length: count }, (_, i) => itemOf(i))
  await Promise.all(items.map((Item) => database.call('PutItem', { TableName, Item })))
}

interface Described {
  TableStatus: string
  AttributeDefinitions: object[]
  GlobalSecondaryIndexes?: { IndexStatus: string; Backfilling?: boolean; ItemCount: number }[]
}

async function describeTable(database: IndexedDatabase): Promise<Described | undefined> {
  const { Table: table } = await database.call('DescribeTable', { TableName })
  return table as Described | undefined
}

/** Waits until the table is in no transient state and nothing is being removed. */
async function settle(
  database: IndexedDatabase,
  clock?: ManualClock,
): Promise<Described | undefined> {
  return soon(
    async () => {
      clock?.runDeferred()
      const described = await describeTable(database)
      expect(described?.TableStatus ?? 'ACTIVE').toBe('ACTIVE')
      expect(await dump(database.engine, spaceOf(0x04))).toEqual(new Map())
      return described
    },
    { interval: 2 },
  )
}

const spaceOf = (prefix: number): { start: Bytes; end: Bytes } => ({
  start: Buffer.from([prefix]),
  end: Buffer.from([prefix + 1]),
})

/**
 * What is in the store under numbers that belong to no table and no index, and backfills that are
 * over.
 */
async function strayKeys({ engine, catalog }: IndexedDatabase): Promise<string[]> {
  const known = new Set<number>()
  for (const name of catalog.tableNames()) {
    const table = catalog.tableForControl(name)
    known.add(table.number)
    for (const { number } of table.indexes) known.add(number)
  }
  const stray = [...(await dump(engine, spaceOf(0x09))).keys()]
  for (const prefix of [0x03, 0x04, 0x08, 0x10, 0x11]) {
    for (const key of (await dump(engine, spaceOf(prefix))).keys()) {
      if (!known.has(Buffer.from(key, 'hex').readUInt32BE(1))) stray.push(key)
    }
  }
  return stray
}

async function expectConsistent(database: IndexedDatabase): Promise<void> {
  for (const name of database.catalog.tableNames()) {
    const { expected, actual } = await compareWithRows(
      database.engine,
      database.catalog.tableForControl(name),
    )
    expect(actual).toEqual(expected)
  }
  expect(await strayKeys(database)).toEqual([])
}

/** Writes of all kinds, spread over the whole table. */
async function disturb(database: IndexedDatabase, round: number): Promise<void> {
  const writes: Promise<Response>[] = []
  for (let i = round; i < rows; i += 37) {
    const Key = { pk: { S: `p${i}` } }
    if (i % 3 === 0) writes.push(database.call('DeleteItem', { TableName, Key }))
    else if (i % 3 === 1) {
      const Item = { ...Key, g: { S: 'moved' }, r: { N: String(round) } }
      writes.push(database.call('PutItem', { TableName, Item }))
    } else {
      const UpdateExpression = 'SET x = :x, unindexed = :x'
      const ExpressionAttributeValues = { ':x': { S: `changed${round}` } }
      const request = { TableName, Key, UpdateExpression, ExpressionAttributeValues }
      writes.push(database.call('UpdateItem', request))
    }
  }
  const Item = { pk: { S: `new${round}` }, g: { S: 'new' }, r: { N: '1' } }
  writes.push(database.call('PutItem', { TableName, Item }))
  for (const response of await Promise.all(writes)) expect(response).toEqual({})
}

const indexTable = (database: IndexedDatabase): Table => database.catalog.tableForData(TableName)

describe('A new index', () => {
  test('has the items that were there, without violations, and becomes ACTIVE', async () => {
    const database = await openIndexedDatabase()
    await fill(database)
    const { TableDescription: answer } = await addIndex(database)
    expect(answer).toMatchObject({
      TableStatus: 'UPDATING',
      AttributeDefinitions: [
        { AttributeName: 'g', AttributeType: 'S' },
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'r', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING', Backfilling: false }],
    })
    const described = await settle(database)
    expect(described?.GlobalSecondaryIndexes).toMatchObject([
      { IndexStatus: 'ACTIVE', ItemCount: (rows * 8) / 10 },
    ])
    expect(described?.GlobalSecondaryIndexes?.[0]).not.toHaveProperty('Backfilling')
    await expectConsistent(database)
  })

  test('shows CREATING as long as the backfill lasts, step by step', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const database = await openIndexedDatabase({ clock })
    await fill(database)
    await addIndex(database)
    const counts: number[] = []
    for (;;) {
      const described = await describeTable(database)
      const [index] = described?.GlobalSecondaryIndexes ?? []
      if (index?.IndexStatus !== 'CREATING') break
      expect(described).toMatchObject({ TableStatus: 'UPDATING' })
      expect(index.Backfilling).toBe(true)
      counts.push(index.ItemCount)
      clock.runDeferred()
      for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(counts).toHaveLength(4)
    expect(counts[0]).toBe(0)
    expect(counts[1]).toBeGreaterThan(100)
    expect(counts[1]).toBeLessThan(200)
    expect(counts[3]).toBe((rows * 8) / 10)
  })

  test('is right under writes before, between and after the steps', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const database = await openIndexedDatabase({ clock })
    await fill(database)
    const early = disturb(database, 1)
    const adding = addIndex(database)
    await Promise.all([early, adding, disturb(database, 2)])
    for (let round = 3; round < 9; round++) {
      const writes = disturb(database, round)
      clock.runDeferred()
      await Promise.all([writes, disturb(database, round + 10)])
    }
    const described = await settle(database, clock)
    expect(described?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe('ACTIVE')
    await expectConsistent(database)
  })

  test('refuses wrong key types from then on, but not of what an update leaves alone', async () => {
    const database = await openIndexedDatabase()
    await fill(database, 10)
    await addIndex(database)
    await settle(database)
    const Item = { pk: { S: 'p1' }, r: { S: 'no number' } }
    expect(await database.call('PutItem', { TableName, Item })).toEqual({
      __type: 'ValidationException',
      message:
        'One or more parameter values were invalid: Type mismatch for Index Key r Expected: N ' +
        'Actual: S IndexName: byGroup',
    })
    const update = (UpdateExpression: string) =>
      database.call('UpdateItem', {
        TableName,
        Key: { pk: { S: 'p4' } },
        UpdateExpression,
        ExpressionAttributeValues: { ':x': { S: 'x' } },
      })
    expect(await update('SET unindexed = :x')).toEqual({})
    expect(await update('SET r = :x')).toHaveProperty('__type', 'ValidationException')
  })

  test('goes on after failures of the store', async () => {
    const engine = new FaultyEngine()
    const clock = new ManualClock()
    const database = await openIndexedDatabase({ engine, clock })
    await fill(database)
    const { number } = indexTable(database)
    await addIndex(database)
    engine.failNext()
    const others = clock.pendingTimers
    await soon(() => expect(clock.pendingTimers).toBe(others + 1))
    expect(indexTable(database).number).toBe(number)
    expect(indexTable(database).indexes[0]?.status).toBe('CREATING')
    clock.advance(1000)
    await settle(database)
    await expectConsistent(database)
  })

  test('leaves no trace when its record cannot be stored', async () => {
    const engine = new FaultyEngine()
    const database = await openIndexedDatabase({ engine })
    await fill(database, 20)
    engine.failNext()
    await expect(addIndex(database)).rejects.toThrow('no space is left')
    expect(indexTable(database).indexes).toEqual([])
    expect(indexTable(database).indexKeys).toEqual([])
    await expectConsistent(database)
    await addIndex(database)
    await settle(database)
    await expectConsistent(database)
  })

  test('never gets a number again, though the process died', async () => {
    const database = await openIndexedDatabase()
    await fill(database, 20)
    await addIndex(database)
    await settle(database)
    const [index] = indexTable(database).indexes
    await removeIndex(database)
    await settle(database)
    const reopened = await openIndexedDatabase({ engine: database.engine })
    await addIndex(reopened)
    expect(indexTable(reopened).indexes[0]?.number).toBeGreaterThan(index?.number ?? 0)
    await settle(reopened)
    await expectConsistent(reopened)
  })

  test('can be deleted, or vanish with its table, while it is backfilled', async () => {
    for (const operation of ['UpdateTable', 'DeleteTable']) {
      const clock = new ManualClock({ deferred: 'manual' })
      const database = await openIndexedDatabase({ clock })
      await fill(database)
      await addIndex(database)
      clock.runDeferred()
      await soon(() => expect(indexTable(database).indexes[0]?.counter.values[0]).not.toBe(0))
      const removing =
        operation === 'UpdateTable'
          ? removeIndex(database)
          : database.call('DeleteTable', { TableName })
      clock.runDeferred()
      expect(await removing).toHaveProperty('TableDescription')
      await soon(async () => {
        clock.runDeferred()
        await new Promise((resolve) => setImmediate(resolve))
        expect(await strayKeys(database)).toEqual([])
      })
      await expectConsistent(database)
    }
  })
})

describe('On a store that another server has too', () => {
  test('a backfill goes on where that one has come, and ends for both', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const first = await openIndexedDatabase({ clock })
    await fill(first)
    await addIndex(first)
    clock.runDeferred()
    await soon(() => expect(indexTable(first).indexes[0]?.counter.values[0]).not.toBe(0))
    const second = await openIndexedDatabase({ engine: first.engine })
    await settle(second)
    await expectConsistent(second)
    await soon(() => {
      clock.runDeferred()
      expect(indexTable(first).indexes[0]?.status).toBe('ACTIVE')
    })
    const { key, values } = (indexTable(second).indexes[0] as SecondaryIndex).counter
    expect(decodeCounter((await first.engine.get(key)) as Bytes)).toEqual(values)
    expect(first.events).toEqual([])
  })

  test('a backfill ends when that one has deleted the table', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const first = await openIndexedDatabase({ clock })
    await fill(first)
    await addIndex(first)
    const second = await openIndexedDatabase({ engine: first.engine })
    await second.call('DeleteTable', { TableName })
    await settle(second)
    await soon(() => {
      clock.runDeferred()
      expect(first.catalog.tableNames()).toEqual([])
    })
    expect(await strayKeys(second)).toEqual([])
  })
})

describe('A deleted index', () => {
  test('is gone with its entries and its definitions; its name is free', async () => {
    const database = await openIndexedDatabase()
    await fill(database)
    await addIndex(database)
    await settle(database)
    const { TableDescription: answer } = await removeIndex(database)
    expect(answer).toMatchObject({
      TableStatus: 'UPDATING',
      GlobalSecondaryIndexes: [{ IndexStatus: 'DELETING' }],
    })
    expect(indexTable(database).indexes).toEqual([])
    const described = await settle(database)
    expect(described).not.toHaveProperty('GlobalSecondaryIndexes')
    expect(described?.AttributeDefinitions).toHaveLength(1)
    await expectConsistent(database)
    await addIndex(database)
    await settle(database)
    await expectConsistent(database)
  })

  test('leaves nothing of the writes that come with its deletion', async () => {
    const database = await openIndexedDatabase()
    await fill(database)
    await addIndex(database)
    await settle(database)
    const early = disturb(database, 1)
    const removing = removeIndex(database)
    await Promise.all([early, disturb(database, 2), removing, disturb(database, 3)])
    await settle(database)
    await expectConsistent(database)
  })
})

test('a store on disk is brought in order by the next process', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-index-'))
  let engine = await LmdbEngine.open(directory)
  const clock = new ManualClock({ deferred: 'manual' })
  const first = await openIndexedDatabase({ engine, clock })
  await fill(first)
  await addIndex(first)
  clock.runDeferred()
  await soon(() => expect(indexTable(first).indexes[0]?.counter.values[0]).not.toBe(0))
  await disturb(first, 1)
  const closed = first.work.close()
  clock.runDeferred()
  await closed
  await engine.close()
  engine = await LmdbEngine.open(directory)
  const second = await openIndexedDatabase({ engine })
  expect(indexTable(second).indexes[0]?.status).toBe('CREATING')
  await disturb(second, 2)
  expect((await settle(second))?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe('ACTIVE')
  await expectConsistent(second)
  await second.work.close()
  await engine.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('With delayed statuses', () => {
  test('an index is built after UPDATING and removed after it', async () => {
    const clock = new ManualClock()
    const quick = await openIndexedDatabase()
    await fill(quick, 20)
    const database = await openIndexedDatabase({
      engine: quick.engine,
      clock,
      delayTransientStatuses: true,
    })
    await addIndex(database)
    expect((await describeTable(database))?.GlobalSecondaryIndexes).toMatchObject([
      { IndexStatus: 'CREATING', Backfilling: false, ItemCount: 0 },
    ])
    expect(await database.call('DeleteTable', { TableName })).toMatchObject({
      __type: 'ResourceInUseException',
    })
    await disturb(database, 1)
    clock.advance(3000)
    expect((await settle(database))?.GlobalSecondaryIndexes).toMatchObject([
      { IndexStatus: 'ACTIVE' },
    ])
    await expectConsistent(database)
    await removeIndex(database)
    expect((await describeTable(database))?.GlobalSecondaryIndexes).toMatchObject([
      { IndexStatus: 'DELETING' },
    ])
    clock.advance(3000)
    expect(await settle(database)).not.toHaveProperty('GlobalSecondaryIndexes')
    await expectConsistent(database)
  })
})

/** Creates and deletes an index, and a table with one, while items are written. */
async function lifeOfAnIndex(database: IndexedDatabase): Promise<void> {
  await Promise.all([disturb(database, 1), addIndex(database), disturb(database, 2)])
  await disturb(database, 3)
  await settle(database)
  await Promise.all([disturb(database, 4), removeIndex(database), disturb(database, 5)])
  await settle(database)
  await addIndex(database)
  await database.call('DeleteTable', { TableName })
  await settle(database)
}

test('a process killed at any commit leaves a store that the next brings in order', async () => {
  const whole = new FaultyEngine()
  const undisturbed = await openIndexedDatabase({ engine: whole })
  await fill(undisturbed)
  const setUp = whole.commits
  await lifeOfAnIndex(undisturbed)
  await expectConsistent(undisturbed)
  const life = whole.commits - setUp
  expect(life).toBeGreaterThan(12)
  for (let survived = 0; survived <= life; survived++) {
    const engine = new FaultyEngine()
    const killed = await openIndexedDatabase({ engine })
    await fill(killed)
    engine.dieAfter(survived)
    let ended = false
    void lifeOfAnIndex(killed).finally(() => {
      ended = true
    })
    await soon(() => expect(ended || engine.isDead).toBe(true), { interval: 1 })
    const store = await copyOf(engine)
    const database = await openIndexedDatabase({ engine: store })
    await settle(database)
    await expectConsistent(database)
  }
}, 60_000)

/** The store as the next process finds it. */
async function copyOf(engine: StorageEngine): Promise<MemoryEngine> {
  const copy = new MemoryEngine()
  const entries = await dump(engine, { start: Buffer.from([0]), end: Buffer.from([0xff]) })
  await copy.commit(
    [],
    [...entries].map(([key, value]) => ({
      key: Buffer.from(key, 'hex'),
      value: Buffer.from(value, 'latin1'),
    })),
  )
  return copy
}
