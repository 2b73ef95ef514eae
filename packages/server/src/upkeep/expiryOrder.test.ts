import { describe, expect, test, vi } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { backfillKey, expiryRange } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer } from '../storage/engine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { dump, openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { soon } from '../testing/soon.ts'

const TableName = 'Sessions'
const rows = 450
/** Far enough for nothing to expire in these tests. */
const later = 4_000_000_000

async function fill(database: IndexedDatabase, count = rows): Promise<void> {
  const created = await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  expect(created).toHaveProperty('TableDescription')
  await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const ends = i % 10 === 3 ? {} : { ends: { N: String(later + (i % 50)) } }
      return database.call('PutItem', { TableName, Item: { pk: { S: `p${i}` }, ...ends } })
    }),
  )
}

const specify = (database: IndexedDatabase, Enabled: boolean) =>
  database.call('UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { Enabled, AttributeName: 'ends' },
  })

const table = (database: IndexedDatabase): Table => database.catalog.tableForData(TableName)

/** Takes a step of the work in the background. */
async function step(clock: ManualClock): Promise<void> {
  clock.runDeferred()
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** How many entries there are while the order is filled, step by step. */
async function countSteps(database: IndexedDatabase, clock: ManualClock): Promise<number[]> {
  const counts: number[] = []
  while (table(database).expiryOrder?.backfill !== undefined) {
    counts.push(await entryCount(database))
    expect(await checkStore(database.engine)).toEqual([])
    await step(clock)
  }
  return counts
}

async function entryCount({ engine }: IndexedDatabase): Promise<number> {
  const everyOrder = { start: Buffer.from([0x13]), end: Buffer.from([0x14]) }
  return (await dump(engine, everyOrder)).size
}

/** Writes of all kinds, spread over the whole table. */
async function disturb(database: IndexedDatabase, round: number): Promise<void> {
  const writes: Promise<object>[] = []
  for (let i = round; i < rows; i += 37) {
    const Key = { pk: { S: `p${i}` } }
    if (i % 3 === 0) writes.push(database.call('DeleteItem', { TableName, Key }))
    else if (i % 3 === 1) {
      const Item = { ...Key, ends: { N: String(later + round) } }
      writes.push(database.call('PutItem', { TableName, Item }))
    } else {
      const UpdateExpression = round % 2 === 0 ? 'REMOVE ends' : 'ADD hits :one'
      const more = round % 2 === 0 ? {} : { ExpressionAttributeValues: { ':one': { N: '1' } } }
      writes.push(database.call('UpdateItem', { TableName, Key, UpdateExpression, ...more }))
    }
  }
  const Item = { pk: { S: `new${round}` }, ends: { N: String(later) } }
  writes.push(database.call('PutItem', { TableName, Item }))
  for (const response of await Promise.all(writes)) expect(response).toEqual({})
}

describe('The order of expiry', () => {
  test('is filled with the items that were there, step by step', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const database = await openIndexedDatabase({ clock })
    await fill(database)
    await specify(database, true)
    expect(await countSteps(database, clock)).toEqual([0, 180, 363, (rows * 9) / 10])
    const { number } = table(database).expiryOrder ?? {}
    expect(await database.engine.get(backfillKey(number as number))).toBeUndefined()
    expect(await checkStore(database.engine)).toEqual([])
  })

  test('has the items in the order of their times', async () => {
    const database = await openIndexedDatabase()
    await fill(database, 60)
    await specify(database, true)
    await soon(() => expect(table(database).expiryOrder?.backfill).toBeUndefined())
    const number = table(database).expiryOrder?.number as number
    const keys = [...(await dump(database.engine, expiryRange(number))).keys()]
    const seconds = keys.map((key) => Number(Buffer.from(key, 'hex').readBigUInt64BE(5)))
    expect(seconds).toHaveLength(54)
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
  })

  test('is right under writes before, between and after the steps', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const database = await openIndexedDatabase({ clock })
    await fill(database)
    const early = disturb(database, 1)
    await Promise.all([early, specify(database, true), disturb(database, 2)])
    for (let round = 3; round < 9; round++) {
      const writes = disturb(database, round)
      clock.runDeferred()
      await Promise.all([writes, disturb(database, round + 10)])
      expect(await checkStore(database.engine)).toEqual([])
    }
    await countSteps(database, clock)
    await disturb(database, 30)
    expect(await checkStore(database.engine)).toEqual([])
  })

  test('is filled on from where it was when the process died', async () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const first = await openIndexedDatabase({ clock })
    await fill(first)
    await specify(first, true)
    await step(clock)
    const { number, backfill } = table(first).expiryOrder ?? {}
    const position = await first.engine.get(backfillKey(number as number))
    expect(asBuffer(position as Uint8Array)).toEqual(backfill?.position)
    // Nothing moves the clock of the first one any more.
    const secondClock = new ManualClock({ deferred: 'manual' })
    const second = await openIndexedDatabase({ engine: first.engine, clock: secondClock })
    expect(table(second).expiryOrder).toMatchObject({ number, backfill: { position } })
    expect(await countSteps(second, secondClock)).toEqual([180, 363, 405])
    expect(await checkStore(second.engine)).toEqual([])
  })

  test('goes on after failures of the store', async () => {
    const engine = new FaultyEngine()
    const clock = new ManualClock()
    const database = await openIndexedDatabase({ engine, clock })
    await fill(database)
    await specify(database, true)
    engine.failNext()
    const { number } = table(database).expiryOrder ?? {}
    const job = `ordering the items of the table Sessions by expiry (number ${number})`
    await soon(() => expect(database.events).toMatchObject([{ kind: 'failed', job }]))
    clock.advance(1000)
    await soon(() => expect(table(database).expiryOrder?.backfill).toBeUndefined())
    expect(await checkStore(engine)).toEqual([])
  })

  test('leaves no trace when its record cannot be stored', async () => {
    const engine = new FaultyEngine()
    const database = await openIndexedDatabase({ engine })
    await fill(database, 20)
    engine.failNext()
    await expect(specify(database, true)).rejects.toThrow('no space is left')
    expect(table(database).expiryOrder).toBeUndefined()
    expect(await specify(database, true)).toHaveProperty('TimeToLiveSpecification')
    await soon(async () => expect(await entryCount(database)).toBe(18))
  })

  test('can be given up, or vanish with its table, while it is filled', async () => {
    for (const operation of ['UpdateTimeToLive', 'DeleteTable']) {
      const clock = new ManualClock({ deferred: 'manual' })
      const database = await openIndexedDatabase({ clock })
      await fill(database)
      await specify(database, true)
      await step(clock)
      expect(await entryCount(database)).toBe(180)
      if (operation === 'UpdateTimeToLive') {
        clock.advance(31 * 60_000)
        expect(await specify(database, false)).toHaveProperty('TimeToLiveSpecification')
      } else {
        expect(await database.call('DeleteTable', { TableName })).toHaveProperty('TableDescription')
      }
      await soon(async () => {
        await step(clock)
        expect(await entryCount(database)).toBe(0)
        expect(
          await dump(database.engine, { start: Buffer.from([4]), end: Buffer.from([5]) }),
        ).toEqual(new Map())
      })
      expect(await checkStore(database.engine)).toEqual([])
    }
  })

  test('is another one when time to live is enabled anew', async () => {
    const clock = new ManualClock()
    const database = await openIndexedDatabase({ clock })
    await fill(database, 20)
    const numbers: (number | undefined)[] = []
    for (const isEnabled of [true, false, true]) {
      expect(await specify(database, isEnabled)).toHaveProperty('TimeToLiveSpecification')
      numbers.push(table(database).expiryOrder?.number)
      clock.advance(31 * 60_000)
    }
    expect(numbers[1]).toBeUndefined()
    expect(numbers[2]).toBeGreaterThan(numbers[0] as number)
    await soon(async () => {
      expect(table(database).expiryOrder?.backfill).toBeUndefined()
      expect(await checkStore(database.engine)).toEqual([])
      expect(await entryCount(database)).toBe(18)
    })
  })
})

test('Many tables are looked at more seldom, so that it takes a small part of the time', async () => {
  const database = await openIndexedDatabase({ clock: new ManualClock() })
  const intervals: number[] = []
  const { coordinator } = database
  const { expiryOf } = coordinator
  vi.spyOn(coordinator, 'expiryOf').mockImplementation((owner, order, intervalMs) => {
    intervals.push(intervalMs())
    return expiryOf.call(coordinator, owner, order, intervalMs)
  })
  const count = 300
  for (let i = 0; i < count; i++) {
    const name = `Table${i}`
    await database.call('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    })
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ends' }
    await database.call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
  }
  await soon(() => expect(intervals).toHaveLength(count))
  expect([intervals[0], intervals[249], intervals[299]]).toEqual([1000, 1000, 1200])
})
