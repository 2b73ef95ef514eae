import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { StreamLogs } from '../changes/streamLog.ts'
import { systemClock, systemRandom, type Clock } from '../clock.ts'
import { StorageFailure, type StorageEngine } from '../storage/engine.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { LmdbEngine } from '../storage/lmdb/lmdbEngine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { startUpkeep } from '../testing/startUpkeep.ts'
import type { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { plainRecord } from '../testing/tableRecords.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { soon } from '../testing/soon.ts'
import { Catalog } from './catalog.ts'
import type { RecordChange } from './recordChange.ts'
import { droppedTableRange, rowKey, rowRange, tableCounterKey } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import type { TableRecord } from '../schema/tableRecord.ts'

/** A store that can be closed and opened again. */
interface Store {
  engine: StorageEngine
  reopen: () => Promise<void>
  remove: () => Promise<void>
}

function memoryStore(): Store {
  return {
    engine: new MemoryEngine(),
    reopen: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  }
}

async function lmdbStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-catalog-'))
  const store: Store = {
    engine: await LmdbEngine.open(directory),
    async reopen() {
      await store.engine.close()
      store.engine = await LmdbEngine.open(directory)
    },
    async remove() {
      await store.engine.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return store
}

const creation =
  (tableName: string) =>
  (tableNumber: number): RecordChange => {
    const after: TableRecord = { ...plainRecord, tableName, tableNumber }
    return { during: { ...after, status: 'CREATING' }, after }
  }

const protect = (record: TableRecord): RecordChange => {
  const after = { ...record, deletionProtectionEnabled: true }
  return { during: { ...after, status: 'UPDATING' }, after }
}

const admit = (): void => undefined

interface Setting {
  store: Store
  clock?: Clock
  delay?: boolean
  maxTables?: number
}

const opened: { readonly catalog: Catalog; readonly work: BackgroundWork }[] = []
const stores: Store[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ work }) => work.close()))
  await Promise.all(stores.splice(0).map((store) => store.remove()))
})

async function newStore(make: () => Store | Promise<Store>): Promise<Store> {
  const store = await make()
  stores.push(store)
  return store
}

async function openCatalog({ store, clock, delay, maxTables }: Setting): Promise<Catalog> {
  const { engine } = store
  const commits = new GroupCommit(engine, systemClock)
  const time = clock ?? new ManualClock()
  const catalog = await Catalog.open({
    engine,
    commits,
    clock: time,
    region: 'eu-west-1',
    accountId: '000000000000',
    streamLogs: new StreamLogs(time, systemRandom, 1),
    delayTransientStatuses: delay ?? false,
    ...(maxTables !== undefined && { maxTables }),
  })
  const work = await startUpkeep({ engine, commits, clock: time, catalog })
  opened.push({ catalog, work })
  return catalog
}

async function putRows(store: Store, tableNumber: number, count: number): Promise<void> {
  const writes = Array.from({ length: count }, (_, i) => ({
    key: rowKey(tableNumber, i, Buffer.from(`key${i}`), undefined),
    value: Buffer.from('row'),
  }))
  await store.engine.commit([], writes)
}

async function countRows(store: Store, tableNumber: number): Promise<number> {
  const snapshot = store.engine.snapshot()
  let count = 0
  for await (const _ of snapshot.range(rowRange(tableNumber))) count += 1
  snapshot.close()
  return count
}

async function isDropping(store: Store): Promise<boolean> {
  const snapshot = store.engine.snapshot()
  let found = false
  for await (const _ of snapshot.range(droppedTableRange)) found = true
  snapshot.close()
  return found
}

const countersOf = (table: Table): number[] => [...table.counter.values]

describe.each([
  ['memory', memoryStore],
  ['LMDB', lmdbStore],
])('Catalog on %s', (_name, make) => {
  test('a table is found by name and by ARN, also after a restart', async () => {
    const store = await newStore(make)
    const first = await openCatalog({ store })
    const { table, change } = await first.create('music', creation('music'))
    expect(change.during.status).toBe('CREATING')
    expect(table.arn).toBe('arn:aws:dynamodb:eu-west-1:000000000000:table/music')
    expect(first.tableForData('music')).toBe(table)
    expect(first.tableForData(table.arn)).toBe(table)
    await first.close()
    await store.reopen()
    const again = await openCatalog({ store })
    const found = again.tableForData('music')
    expect(found.record).toEqual({ ...plainRecord, tableName: 'music', tableNumber: table.number })
    expect(found.primaryKey).toEqual({
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: undefined,
    })
    expect(countersOf(found)).toEqual([0, 0])
  })

  test('counters are read back', async () => {
    const store = await newStore(make)
    const catalog = await openCatalog({ store })
    const { table } = await catalog.create('music', creation('music'))
    const commits = new GroupCommit(store.engine, systemClock)
    const effects = [{ kind: 'delta', counter: table.counter, differences: [3, 700] }] as const
    await commits.submit({ expectations: [], writes: [], effects })
    await store.reopen()
    expect(countersOf((await openCatalog({ store })).tableForData('music'))).toEqual([3, 700])
  })

  test('a changed record is read back', async () => {
    const store = await newStore(make)
    const catalog = await openCatalog({ store })
    const { table } = await catalog.create('music', creation('music'))
    const change = await catalog.update(table, protect)
    expect(change.during.status).toBe('UPDATING')
    expect(table.record).toMatchObject({ status: 'ACTIVE', deletionProtectionEnabled: true })
    await catalog.amend(table, (record) => ({ ...record, tags: [{ Key: 'a', Value: 'b' }] }))
    await store.reopen()
    expect((await openCatalog({ store })).tableForData('music').record).toMatchObject({
      status: 'ACTIVE',
      deletionProtectionEnabled: true,
      tags: [{ Key: 'a', Value: 'b' }],
    })
  })

  test('a deleted table is gone at once; its rows and counter vanish', async () => {
    const store = await newStore(make)
    const catalog = await openCatalog({ store })
    const { table } = await catalog.create('music', creation('music'))
    const { table: other } = await catalog.create('other', creation('other'))
    await putRows(store, table.number, 1201)
    await putRows(store, other.number, 3)
    expect((await catalog.drop(table, admit)).status).toBe('DELETING')
    expect(table.dropped).toBe(true)
    expect(catalog.tableNames()).toEqual(['other'])
    await soon(async () => expect(await isDropping(store)).toBe(false))
    expect(await countRows(store, table.number)).toBe(0)
    expect(await store.engine.get(tableCounterKey(table.number))).toBeUndefined()
    expect(await countRows(store, other.number)).toBe(3)
  })

  test('a re-created table has rows of its own, also after a restart', async () => {
    const store = await newStore(make)
    const clock = new ManualClock({ deferred: 'manual' })
    const catalog = await openCatalog({ store, clock })
    const { table: old } = await catalog.create('music', creation('music'))
    await putRows(store, old.number, 5)
    await catalog.drop(old, admit)
    const { table: fresh } = await catalog.create('music', creation('music'))
    expect(fresh.number).toBeGreaterThan(old.number)
    await catalog.drop(fresh, admit)
    opened.length = 0
    await store.reopen()
    const again = await openCatalog({ store, clock })
    opened.length = 0
    const { table } = await again.create('music', creation('music'))
    expect(table.number).toBeGreaterThan(fresh.number)
    expect(await countRows(store, table.number)).toBe(0)
    expect(countersOf(table)).toEqual([0, 0])
  })

  test('an interrupted removal is taken up again', async () => {
    const store = await newStore(make)
    const clock = new ManualClock({ deferred: 'manual' })
    const catalog = await openCatalog({ store, clock })
    const { table } = await catalog.create('music', creation('music'))
    await putRows(store, table.number, 1200)
    await catalog.drop(table, admit)
    clock.runDeferred()
    await soon(async () => expect(await countRows(store, table.number)).toBe(700))
    expect(await isDropping(store)).toBe(true)
    opened.length = 0
    await store.reopen()
    const again = await openCatalog({ store })
    expect(again.tableNames()).toEqual([])
    await soon(async () => expect(await isDropping(store)).toBe(false))
    expect(await countRows(store, table.number)).toBe(0)
    expect(await store.engine.get(tableCounterKey(table.number))).toBeUndefined()
  })
})

describe('Catalog', () => {
  test('of two creations of one name exactly one wins', async () => {
    const catalog = await openCatalog({ store: await newStore(memoryStore) })
    const outcomes = await Promise.allSettled([
      catalog.create('music', creation('music')),
      catalog.create('music', creation('music')),
      catalog.create('other', creation('other')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Table already exists: music',
    })
    const numbers = ['music', 'other'].map((name) => catalog.tableForData(name).number)
    expect(new Set(numbers).size).toBe(2)
  })

  test('changes of one table build on each other', async () => {
    const catalog = await openCatalog({ store: await newStore(memoryStore) })
    const { table } = await catalog.create('music', creation('music'))
    const addTag = (key: string) =>
      catalog.amend(table, (record) => ({
        ...record,
        tags: [...record.tags, { Key: key, Value: '' }],
      }))
    await Promise.all(['a', 'b', 'c'].map(addTag))
    expect(table.record.tags.map(({ Key }) => Key)).toEqual(['a', 'b', 'c'])
  })

  test.each([
    ['a name that is not there', 'other'],
    ['an ARN', 'arn:aws:dynamodb:eu-west-1:000000000000:table/other'],
    ['a member of Object', 'constructor'],
  ])('%s is not found', async (_case, name) => {
    const catalog = await openCatalog({ store: await newStore(memoryStore) })
    await catalog.create('music', creation('music'))
    expect(() => catalog.tableForData(name)).toThrow(
      expect.objectContaining({
        name: 'ResourceNotFoundException',
        message: 'Requested resource not found',
      }),
    )
    expect(() => catalog.tableForControl(name)).toThrow(
      expect.objectContaining({
        name: 'ResourceNotFoundException',
        message: `Requested resource not found: Table: ${name.replace(/^arn.*\//, '')} not found`,
      }),
    )
  })

  test('the table beyond the limit is refused', async () => {
    const catalog = await openCatalog({ store: await newStore(memoryStore) })
    const names = Array.from({ length: 2500 }, (_, i) => `table${i}`)
    await Promise.all(names.map((name) => catalog.create(name, creation(name))))
    await expect(catalog.create('more', creation('more'))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: There is a limit of 2500 tables per subscriber',
    })
    await catalog.drop(catalog.tableForControl('table7'), admit)
    await catalog.create('more', creation('more'))
  })

  test('the limit may be another one', async () => {
    const catalog = await openCatalog({ store: await newStore(memoryStore), maxTables: 2 })
    await Promise.all(['a', 'b'].map((name) => catalog.create(name, creation(name))))
    await expect(catalog.create('c', creation('c'))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: There is a limit of 2 tables per subscriber',
    })
  })

  test('names come in ASCII order', async () => {
    const catalog = await openCatalog({ store: await newStore(memoryStore) })
    for (const name of ['b', 'a.b', 'B', 'a_b', 'a-b', '1']) {
      await catalog.create(name, creation(name))
    }
    expect(catalog.tableNames()).toEqual(['1', 'B', 'a-b', 'a.b', 'a_b', 'b'])
  })

  test('a change that the store refuses leaves everything as it was', async () => {
    const store = await newStore(memoryStore)
    const catalog = await openCatalog({ store })
    const { table } = await catalog.create('music', creation('music'))
    const before = table.record
    const commit = vi.spyOn(store.engine, 'commit').mockRejectedValue(new StorageFailure('full'))
    await expect(catalog.create('other', creation('other'))).rejects.toThrow('full')
    await expect(catalog.update(table, protect)).rejects.toThrow('full')
    await expect(catalog.drop(table, admit)).rejects.toThrow('full')
    commit.mockRestore()
    expect(catalog.tableNames()).toEqual(['music'])
    expect(catalog.tableForData('music')).toBe(table)
    expect(table.record).toBe(before)
    await catalog.drop(table, admit)
  })

  test('the removal of rows is tried again when the store fails', async () => {
    const store = await newStore(memoryStore)
    const clock = new ManualClock()
    const catalog = await openCatalog({ store, clock })
    const { table } = await catalog.create('music', creation('music'))
    await putRows(store, table.number, 10)
    const commit = vi.spyOn(store.engine, 'commit')
    commit.mockImplementationOnce((...all) =>
      MemoryEngine.prototype.commit.apply(store.engine, all),
    )
    commit.mockRejectedValueOnce(new StorageFailure('full'))
    await catalog.drop(table, admit)
    await soon(() => expect(clock.pendingTimers).toBe(1))
    expect(await countRows(store, table.number)).toBe(10)
    clock.advance(1000)
    await soon(async () => expect(await isDropping(store)).toBe(false))
    expect(await countRows(store, table.number)).toBe(0)
  })
})

describe('Catalog with delayed statuses', () => {
  test('CREATING lasts five seconds, in which the data plane finds nothing', async () => {
    const clock = new ManualClock()
    const catalog = await openCatalog({ store: await newStore(memoryStore), clock, delay: true })
    const { table } = await catalog.create('music', creation('music'))
    clock.advance(4999)
    expect(catalog.tableForControl('music').record.status).toBe('CREATING')
    expect(() => catalog.tableForData('music')).toThrow('Requested resource not found')
    clock.advance(1)
    await soon(() => expect(catalog.tableForData('music').record.status).toBe('ACTIVE'))
    expect(catalog.tableForData('music')).toBe(table)
  })

  test('UPDATING lasts three seconds; tags set meanwhile stay', async () => {
    const clock = new ManualClock()
    const store = await newStore(memoryStore)
    const { table } = await (await openCatalog({ store })).create('music', creation('music'))
    const catalog = await openCatalog({ store, clock, delay: true })
    const slow = catalog.tableForControl(table.name)
    await catalog.update(slow, protect)
    expect(catalog.tableForData('music').record.status).toBe('UPDATING')
    await catalog.amend(slow, (record) => ({ ...record, tags: [{ Key: 'k', Value: 'v' }] }))
    clock.advance(3000)
    await soon(() => expect(slow.record.status).toBe('ACTIVE'))
    expect(slow.record.tags).toEqual([{ Key: 'k', Value: 'v' }])
  })

  test('DELETING lasts three seconds; the name is taken until then', async () => {
    const clock = new ManualClock()
    const store = await newStore(memoryStore)
    await (await openCatalog({ store })).create('music', creation('music'))
    const catalog = await openCatalog({ store, clock, delay: true })
    const table = catalog.tableForControl('music')
    await catalog.drop(table, admit)
    expect(table.dropped).toBe(true)
    await expect(catalog.drop(table, admit)).rejects.toThrow(
      'Attempt to change a resource which is still in use: Table is being deleted: music',
    )
    expect(() => catalog.tableForData('music')).toThrow('Requested resource not found')
    await expect(catalog.create('music', creation('music'))).rejects.toThrow(
      'Table already exists: music',
    )
    clock.advance(3000)
    await soon(() => expect(catalog.tableNames()).toEqual([]))
    await catalog.create('music', creation('music'))
  })

  test('a status goes on after a restart for the time that is left', async () => {
    const store = await newStore(lmdbStore)
    const clock = new ManualClock()
    const catalog = await openCatalog({ store, clock, delay: true })
    await catalog.create('created', creation('created'))
    clock.advance(2000)
    await catalog.close()
    await store.reopen()
    const again = await openCatalog({ store, clock, delay: true })
    expect(again.tableForControl('created').record.status).toBe('CREATING')
    clock.advance(3000)
    await soon(() => expect(again.tableForControl('created').record.status).toBe('ACTIVE'))
  })

  test('statuses that ended while the server was down have ended when it is up', async () => {
    const store = await newStore(lmdbStore)
    const clock = new ManualClock()
    const catalog = await openCatalog({ store, clock, delay: true })
    const { table } = await catalog.create('deleted', creation('deleted'))
    clock.advance(5000)
    await soon(() => expect(table.record.status).toBe('ACTIVE'))
    await catalog.drop(table, admit)
    await catalog.create('created', creation('created'))
    await catalog.close()
    await store.reopen()
    clock.advance(60_000)
    const again = await openCatalog({ store, clock, delay: true })
    expect(again.tableNames()).toEqual(['created'])
    expect(again.tableForData('created').record.status).toBe('ACTIVE')
  })

  test('a server without delays ends the statuses that it finds', async () => {
    const store = await newStore(memoryStore)
    const slow = await openCatalog({ store, delay: true })
    await slow.create('created', creation('created'))
    const catalog = await openCatalog({ store })
    expect(catalog.tableForData('created').record.status).toBe('ACTIVE')
  })

  test('a status whose end cannot be stored lasts until it can', async () => {
    const store = await newStore(memoryStore)
    const clock = new ManualClock()
    const catalog = await openCatalog({ store, clock, delay: true })
    await catalog.create('music', creation('music'))
    vi.spyOn(store.engine, 'commit').mockRejectedValueOnce(new StorageFailure('full'))
    clock.advance(5000)
    await soon(() => expect(clock.pendingTimers).toBe(1))
    expect(catalog.tableForControl('music').record.status).toBe('CREATING')
    clock.advance(1000)
    await soon(() => expect(catalog.tableForControl('music').record.status).toBe('ACTIVE'))
  })

  test('an opening that fails leaves nothing behind that would go on', async () => {
    const store = await newStore(memoryStore)
    const clock = new ManualClock()
    await (await openCatalog({ store, clock, delay: true })).create('music', creation('music'))
    const timersBefore = clock.pendingTimers
    const whole = store.engine.snapshot()
    const snapshot = vi.spyOn(store.engine, 'snapshot').mockReturnValueOnce(whole)
    snapshot.mockImplementationOnce(() => {
      throw new StorageFailure('unreadable')
    })
    await expect(openCatalog({ store, clock, delay: true })).rejects.toThrow('unreadable')
    expect(clock.pendingTimers).toBe(timersBefore)
  })
})
