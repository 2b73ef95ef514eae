import { beforeEach, describe, expect, test, vi } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { ItemImage } from '../items/itemImage.ts'
import { expiryRange } from '../layout/storeKeys.ts'
import type { ExpiryOrder } from '../schema/table.ts'
import { StorageFailure, type StorageEngine } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine, type Meeting } from '../testing/faultyEngine.ts'
import {
  compareWithRows,
  dump,
  openIndexedDatabase,
  type IndexedDatabase,
} from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { allRecords, type ShownRecord } from '../testing/streamReads.ts'
import { soon } from '../testing/soon.ts'

const TableName = 'Sessions'
const delaySeconds = 2
const fiveYears = 5 * 365 * 24 * 60 * 60

let clock: ManualClock
let database: IndexedDatabase

const now = (): number => clock.nowMs() / 1000

async function open(engine?: StorageEngine): Promise<void> {
  clock = new ManualClock({ nowMs: Date.UTC(2026, 0, 2) })
  database = await openIndexedDatabase({ clock, ...(engine !== undefined && { engine }) })
  await database.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'n', 'who'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'n', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [index('local', 'id', 'who')],
    GlobalSecondaryIndexes: [index('global', 'who')],
  })
}

function index(IndexName: string, ...names: string[]): object {
  const KeySchema = names.map((AttributeName, i) => ({
    AttributeName,
    KeyType: i === 0 ? 'HASH' : 'RANGE',
  }))
  return { IndexName, KeySchema, Projection: { ProjectionType: 'ALL' } }
}

/** Enables time to live and waits until its order is filled. */
async function enable(): Promise<void> {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ends' }
  const answer = await database.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
  expect(answer).toHaveProperty('TimeToLiveSpecification')
  await soon(() => {
    const { expiryOrder } = database.catalog.tableForData(TableName)
    expect(expiryOrder).toMatchObject({ backfill: undefined })
  })
}

async function put(id: string, ends: object | undefined, more: object = {}): Promise<void> {
  const Item = { id: { S: id }, n: { S: '1' }, who: { S: 'w' }, ...(ends && { ends }), ...more }
  expect(await database.call('PutItem', { TableName, Item })).toEqual({})
}

const endsAt = (seconds: number) => ({ N: String(seconds) })

async function ids(IndexName?: string): Promise<string[]> {
  const request = { TableName, ...(IndexName !== undefined && { IndexName }) }
  const { Items } = await database.call('Scan', request)
  return (Items as { id: { S: string } }[]).map(({ id }) => id.S).toSorted()
}

/** Moves the clock in steps in which the work in the background comes to its end. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000)
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function expectConsistent(): Promise<void> {
  const table = database.catalog.tableForData(TableName)
  const { expected, actual } = await compareWithRows(database.engine, table)
  expect(actual).toEqual(expected)
  expect(await checkStore(database.engine)).toEqual([])
}

const entries = async (): Promise<number> => {
  const number = database.catalog.tableForData(TableName).expiryOrder?.number as number
  return (await dump(database.engine, expiryRange(number))).size
}

describe('An item whose time is over', () => {
  beforeEach(() => open())

  test('is readable until the delay is over too, and then gone from table and indexes', async () => {
    await enable()
    await put('a', endsAt(now() + 10))
    await put('b', endsAt(now() + 60))
    await pass(10 + delaySeconds)
    expect(await ids()).toEqual(['a', 'b'])
    await pass(2)
    for (const name of [undefined, 'global', 'local']) expect(await ids(name)).toEqual(['b'])
    await expectConsistent()
    expect(await entries()).toBe(1)
  })

  test('may be older than time to live, and than the server', async () => {
    await put('old', endsAt(now() - 3600))
    await put('later', endsAt(now() + 3600))
    await put('never', undefined)
    await enable()
    await database.work.close()
    database = await openIndexedDatabase({ engine: database.engine, clock })
    await pass(3)
    expect(await ids()).toEqual(['later', 'never'])
    await expectConsistent()
  })

  test.each([
    ['a fraction', (t: number) => ({ N: `${t - 10}.25` }), true],
    ['an exponent', (t: number) => ({ N: `${(t - 10) / 10}e1` }), true],
    ['nearly five years ago', (t: number) => endsAt(t - fiveYears + 30), true],
    ['five years ago', (t: number) => endsAt(t - fiveYears - 1), false],
    ['milliseconds', (t: number) => endsAt(t * 1000), false],
    ['a string', (t: number) => ({ S: String(t - 10) }), false],
    ['a set', (t: number) => ({ NS: [String(t - 10)] }), false],
    ['below zero', (t: number) => endsAt(10 - t), false],
    ['far beyond all clocks', () => ({ N: '1e100' }), false],
    ['not there', () => undefined, false],
  ])('%s', async (_, make, goes) => {
    await enable()
    await put('a', make(now()))
    await pass(5)
    expect(await ids()).toEqual(goes ? [] : ['a'])
    await expectConsistent()
  })

  test('stays when a write has moved the time forward or taken it away', async () => {
    await enable()
    for (const id of ['set', 'removed', 'put', 'transacted']) await put(id, endsAt(now() + 5))
    const update = (id: string, UpdateExpression: string, more: object = {}) =>
      database.call('UpdateItem', {
        TableName,
        Key: { id: { S: id }, n: { S: '1' } },
        UpdateExpression,
        ...more,
      })
    const later = { ExpressionAttributeValues: { ':t': endsAt(now() + 3600) } }
    await update('set', 'SET ends = :t', later)
    await update('removed', 'REMOVE ends')
    await put('put', endsAt(now() + 3600))
    const Item = { id: { S: 'transacted' }, n: { S: '1' } }
    await database.call('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item } }] })
    await pass(20)
    expect(await ids()).toEqual(['put', 'removed', 'set', 'transacted'])
    expect(await entries()).toBe(2)
    await expectConsistent()
  })

  test('goes earlier when a write has moved the time back', async () => {
    await enable()
    await put('a', endsAt(now() + 3600))
    await pass(5)
    await put('a', endsAt(now() - 10))
    await pass(2)
    expect(await ids()).toEqual([])
    await expectConsistent()
  })

  test('is deleted by the service, which pays nothing', async () => {
    const written = vi.spyOn(database.coordinator, 'write')
    await enable()
    await put('a', endsAt(now() - 10))
    await pass(2)
    expect(await ids()).toEqual([])
    const [, [deletion]] = written.mock.calls as [unknown, [object]]
    expect(deletion).toMatchObject({ byService: true, change: { kind: 'Delete' } })
  })
})

describe('The removal of expired items', () => {
  beforeEach(() => open())

  test('loses against a write that comes to the item first', async () => {
    await enable()
    await put('a', endsAt(now() + 5))
    const { write } = database.coordinator
    const refused: unknown[] = []
    vi.spyOn(database.coordinator, 'write').mockImplementation(async (action) => {
      if (action.byService !== true) return write.call(database.coordinator, action)
      await put('a', endsAt(now() + 3600))
      return write.call(database.coordinator, action).catch((error: unknown) => {
        refused.push(error)
        throw error
      })
    })
    await pass(10)
    expect(refused).toMatchObject([{ name: 'ConditionalCheckFailedException' }])
    expect(await ids()).toEqual(['a'])
    expect(database.events).toEqual([])
    await expectConsistent()
  })

  test('loses against a write that waits before it at the item', async () => {
    await enable()
    await put('a', endsAt(now() + 5))
    const { write } = database.coordinator
    const moves: Promise<unknown>[] = []
    vi.spyOn(database.coordinator, 'write').mockImplementation((action) => {
      if (action.byService !== true) return write.call(database.coordinator, action)
      const image = ItemImage.ofItem({ id: { S: 'a' }, n: { S: '1' }, ends: endsAt(now() + 3600) })
      const { byService: _, condition: _c, ...plain } = action
      const change = { kind: 'Put', image } as const
      moves.push(write.call(database.coordinator, { ...plain, condition: undefined, change }))
      return write.call(database.coordinator, action)
    })
    await pass(10)
    await Promise.all(moves)
    expect(moves).toHaveLength(1)
    expect(await ids()).toEqual(['a'])
    await expectConsistent()
  })

  test('comes again to an item that a transaction holds', async () => {
    await enable()
    await put('a', endsAt(now() + 5))
    const { write } = database.coordinator
    const outcomes: Promise<unknown>[] = []
    vi.spyOn(database.coordinator, 'write').mockImplementation((action) => {
      if (outcomes.length > 0) return write.call(database.coordinator, action)
      const check = { ...action, change: { kind: 'ConditionCheck' } as const }
      void database.coordinator.transact({ actions: [check], token: undefined })
      const outcome = write.call(database.coordinator, action)
      outcomes.push(outcome)
      return outcome
    })
    await pass(10)
    await expect(outcomes[0]).rejects.toMatchObject({ name: 'TransactionConflictException' })
    expect(await ids()).toEqual([])
    expect(database.events).toEqual([])
  })

  test('takes many at a time, in steps, and each once', async () => {
    await enable()
    const count = 450
    await Promise.all(Array.from({ length: count }, (_, i) => put(`x${i}`, endsAt(now() - 10))))
    await put('stays', endsAt(now() + 3600))
    const written = vi.spyOn(database.coordinator, 'write')
    const commits = vi.spyOn(database.engine, 'commit')
    await pass(3)
    await soon(async () => expect(await ids()).toEqual(['stays']))
    expect(written).toHaveBeenCalledTimes(count)
    expect(commits).toHaveBeenCalledTimes(3)
    await expectConsistent()
  })

  test('takes few large items at a time', async () => {
    await enable()
    const text = { text: { S: 'x'.repeat(190_000) } }
    for (let i = 0; i < 10; i++) await put(`x${i}`, endsAt(now() - 10), text)
    const commits = vi.spyOn(database.engine, 'commit')
    await pass(3)
    await soon(async () => expect(await ids()).toEqual([]))
    expect(commits).toHaveBeenCalledTimes(2)
    await expectConsistent()
  })

  test('ends with time to live, whose order is removed', async () => {
    await enable()
    await put('a', endsAt(now() + 3600))
    const number = database.catalog.tableForData(TableName).expiryOrder?.number as number
    expect((await dump(database.engine, expiryRange(number))).size).toBe(1)
    clock.advance(31 * 60_000)
    const TimeToLiveSpecification = { Enabled: false, AttributeName: 'ends' }
    await database.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
    await pass(3700)
    expect((await dump(database.engine, expiryRange(number))).size).toBe(0)
    expect(await ids()).toEqual(['a'])
    await expectConsistent()
    expect(clock.pendingTimers).toBe(1)
  })

  test('ends with the table, whose order is removed', async () => {
    await enable()
    await put('a', endsAt(now() + 3600))
    const number = database.catalog.tableForData(TableName).expiryOrder?.number as number
    await database.call('DeleteTable', { TableName })
    await soon(async () => {
      expect((await dump(database.engine, expiryRange(number))).size).toBe(0)
    })
    await pass(2)
    expect(await checkStore(database.engine)).toEqual([])
    expect(clock.pendingTimers).toBe(1)
  })

  test('goes on after failures of the store', async () => {
    let isFull = false
    const meet: Meeting = (call) => {
      if (isFull && call === 'commit') throw new StorageFailure('no space left on device')
    }
    await open(new FaultyEngine({ meet }))
    await enable()
    for (const id of ['a', 'b', 'c']) await put(id, endsAt(now() + 1))
    isFull = true
    await pass(5)
    isFull = false
    expect(await ids()).toEqual(['a', 'b', 'c'])
    const { number } = database.catalog.tableForData(TableName).expiryOrder as ExpiryOrder
    const job = `removing expired items of the table Sessions (number ${number})`
    expect(database.events[0]).toMatchObject({ kind: 'failed', job, attempt: 1 })
    await pass(4)
    expect(database.events.at(-1)).toMatchObject({ kind: 'recovered', job })
    expect(await ids()).toEqual([])
    await expectConsistent()
  })
})

describe('The stream of a table', () => {
  test.each(['KEYS_ONLY', 'NEW_AND_OLD_IMAGES'])('(%s) tells who removed an item', async (type) => {
    await open()
    await enable()
    const StreamSpecification = { StreamEnabled: true, StreamViewType: type }
    await database.call('UpdateTable', { TableName, StreamSpecification })
    await put('a', endsAt(now() + 1))
    await put('b', endsAt(now() + 1))
    await pass(1)
    await database.call('DeleteItem', { TableName, Key: { id: { S: 'b' }, n: { S: '1' } } })
    await pass(5)
    expect(await ids()).toEqual([])
    const records = await allRecords(database.call, TableName)
    const service = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }
    expect(
      records.map(({ eventName, userIdentity, dynamodb }) => [
        eventName,
        dynamodb.Keys,
        userIdentity,
      ]),
    ).toEqual([
      ['INSERT', { id: { S: 'a' }, n: { S: '1' } }, undefined],
      ['INSERT', { id: { S: 'b' }, n: { S: '1' } }, undefined],
      ['REMOVE', { id: { S: 'b' }, n: { S: '1' } }, undefined],
      ['REMOVE', { id: { S: 'a' }, n: { S: '1' } }, service],
    ])
    const last = records.at(-1)?.dynamodb
    expect(last?.OldImage?.['who']).toEqual(type === 'KEYS_ONLY' ? undefined : { S: 'w' })
    expect(last).not.toHaveProperty('NewImage')
    await expectConsistent()
  })
})

describe('The stream of a table, of a write that waits behind the removal of its item', () => {
  /** Lets a client put the item anew as soon as its removal is on its way to it. */
  async function putBehindRemoval(beforeRemoval: () => Promise<void>): Promise<ShownRecord[]> {
    await open()
    await enable()
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
    await database.call('UpdateTable', { TableName, StreamSpecification })
    await put('a', endsAt(now() + 1))
    const { write } = database.coordinator
    const puts: Promise<unknown>[] = []
    vi.spyOn(database.coordinator, 'write').mockImplementation(async (action) => {
      if (action.byService !== true) return write.call(database.coordinator, action)
      await beforeRemoval()
      const removed = write.call(database.coordinator, action)
      const key = { id: { S: 'a' }, n: { S: '1' } }
      const image = ItemImage.ofItem({ ...key, ends: endsAt(now() + 7200) })
      const { byService: _, ...plain } = { ...action, key, condition: undefined }
      puts.push(write.call(database.coordinator, { ...plain, change: { kind: 'Put', image } }))
      return removed
    })
    await pass(5)
    await Promise.all(puts)
    expect(puts).toHaveLength(1)
    expect(await ids()).toEqual(['a'])
    await expectConsistent()
    return allRecords(database.call, TableName)
  }

  const told = ({ eventName, userIdentity, dynamodb }: ShownRecord) => [
    eventName,
    dynamodb.Keys,
    userIdentity !== undefined,
  ]
  const Keys = { id: { S: 'a' }, n: { S: '1' } }

  test('has both', async () => {
    expect((await putBehindRemoval(async () => {})).map(told)).toEqual([
      ['INSERT', Keys, false],
      ['REMOVE', Keys, true],
      ['INSERT', Keys, false],
    ])
  })

  test('has no removal that was refused', async () => {
    const records = await putBehindRemoval(() => put('a', endsAt(now() + 3600)))
    expect(records.map(told)).toEqual([
      ['INSERT', Keys, false],
      ['MODIFY', Keys, false],
      ['MODIFY', Keys, false],
    ])
  })
})

describe('A process that dies after any of its commits', () => {
  /** Enables time to live and lets all work be done, unless the engine takes no further commit. */
  async function live(engine: StorageEngine): Promise<void> {
    clock = new ManualClock({ nowMs: Date.UTC(2026, 0, 2, 1) })
    database = await openIndexedDatabase({ clock, engine })
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ends' }
    void database.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
    await pass(12)
  }

  test('leaves a store that agrees, and the next one does the rest', async () => {
    let commits = 0
    for (let isDead = true; isDead; commits++) {
      const store = new MemoryEngine()
      await open(store)
      for (let i = 0; i < 450; i++) await put(`${i}`, endsAt(now() + (i % 3 === 0 ? 1e6 : 10)))
      const engine = new FaultyEngine({ store })
      engine.dieAfter(commits)
      await live(engine)
      isDead = engine.isDead
      expect(await checkStore(store)).toEqual([])
      await live(store)
      expect(await ids()).toHaveLength(150)
      await expectConsistent()
    }
    // The record, three steps of filling and their end, two of removal.
    expect(commits).toBe(8)
  })
})

test('a table without time to live keeps no order', async () => {
  await open()
  await put('a', endsAt(now() - 10))
  const everyOrder = { start: Buffer.from([0x13]), end: Buffer.from([0x14]) }
  expect(await dump(database.engine, everyOrder)).toEqual(new Map())
  await pass(5)
  expect(await ids()).toEqual(['a'])
})
