import { expect, test } from 'vitest'
import { StreamLogs, type StreamRecord } from '../changes/streamLog.ts'
import { systemClock, systemRandom } from '../clock.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { streamKey } from '../layout/changeKeys.ts'
import { rowRange, tableCounterKey } from '../layout/storeKeys.ts'
import type { GlobalSecondaryIndexRecord, TableRecord } from '../schema/tableRecord.ts'
import type { StorageEngine } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { plainRecord } from '../testing/tableRecords.ts'
import { Catalog } from './catalog.ts'
import type { RecordChange } from './recordChange.ts'
import type { CatalogFeed, CatalogListener, FollowingCatalog } from './catalogFeed.ts'
import { SharedNumbers } from './tableNumbers.ts'

/*
 * Two servers on one store: each has a catalog of its own, and learns late, or only when it meets a
 * conflict, what the other has done.
 */

/** A feed that tells what a test says. */
class TestFeed implements CatalogFeed {
  refresh: (tableName: string) => Promise<void> = () => Promise.resolve()
  isStopped = false

  start(catalog: FollowingCatalog): void {
    this.refresh = (tableName) => catalog.refresh(tableName)
  }

  stop(): void {
    this.isStopped = true
  }
}

interface Server {
  readonly catalog: Catalog
  readonly feed: TestFeed
  /** What the catalog has told. */
  readonly told: string[]
}

async function openServer(engine: MemoryEngine, delayTransientStatuses = false): Promise<Server> {
  const feed = new TestFeed()
  const catalog = await Catalog.open({
    engine,
    commits: new GroupCommit(engine, systemClock),
    clock: systemClock,
    region: 'eu-west-1',
    accountId: '000000000000',
    streamLogs: new StreamLogs(systemClock, systemRandom, 1),
    delayTransientStatuses,
    feed,
    numbers: new SharedNumbers(engine),
  })
  const told: string[] = []
  const listener: CatalogListener = {
    tableInForce: ({ name, record }) => void told.push(`${name} ${record.status}`),
    transitionDue: ({ name }) => void told.push(`${name} will change`),
    numbersDropped: (numbers) => void told.push(`dropped ${numbers.join()}`),
  }
  catalog.follow(listener)
  return { catalog, feed, told }
}

async function twoServers(): Promise<[Server, Server, MemoryEngine]> {
  const engine = new MemoryEngine()
  return [await openServer(engine), await openServer(engine), engine]
}

const creation =
  (tableName: string) =>
  (tableNumber: number): RecordChange => {
    const after: TableRecord = {
      ...plainRecord,
      tableName,
      tableNumber,
    }
    return { during: { ...after, status: 'CREATING' }, after }
  }

const withTag =
  (key: string) =>
  (record: TableRecord): TableRecord => ({
    ...record,
    tags: [...record.tags, { Key: key, Value: '' }],
  })

const admit = (): void => undefined

test('numbers are given out once, also to changes made at the same time', async () => {
  const [one, other] = await twoServers()
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const created = await Promise.all(
    names.map((name, i) => (i % 2 === 0 ? one : other).catalog.create(name, creation(name))),
  )
  const numbers = created.map(({ table }) => table.number)
  expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
})

test('a name is taken by one of two creations', async () => {
  const [one, other] = await twoServers()
  const outcomes = await Promise.allSettled(
    [one, other].map(({ catalog }) => catalog.create('music', creation('music'))),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
  expect(refused.reason).toMatchObject({
    name: 'ResourceInUseException',
    message: 'Table already exists: music',
  })
  const [first, second] = [one, other].map(({ catalog }) => catalog.tableForData('music'))
  expect(first?.number).toBe(second?.number)
})

test('changes of one table build on each other, whoever makes them', async () => {
  const [one, other] = await twoServers()
  const { table } = await one.catalog.create('music', creation('music'))
  await other.feed.refresh('music')
  const same = other.catalog.tableForControl('music')
  await Promise.all([
    one.catalog.amend(table, withTag('a')),
    other.catalog.amend(same, withTag('b')),
    one.catalog.amend(table, withTag('c')),
  ])
  await Promise.all([one, other].map(({ feed }) => feed.refresh('music')))
  for (const { tags } of [table.record, same.record]) {
    expect(tags.map(({ Key }) => Key).toSorted()).toEqual(['a', 'b', 'c'])
  }
  expect(table.version).toEqual(same.version)
})

test('changes of one stream build on each other, whoever makes them', async () => {
  const [one, other, engine] = await twoServers()
  const name = { tableName: 'music', label: '2026-01-01T00:00:00.000' }
  const record = { streamNumber: 7, seed: '', viewType: 'NEW_IMAGE', creationMs: 0, keySchema: [] }
  const key = streamKey(name.tableName, name.label)
  const later = (stored: StreamRecord): StreamRecord => ({
    ...stored,
    policySettings: { revisionMs: (stored.policySettings?.revisionMs ?? 0) + 1 },
  })
  expect(await one.catalog.amendStream(name, later)).toBe(false)
  await engine.commit([], [{ key, value: Buffer.from(JSON.stringify(record)) }])
  const changes = [one, other, one, other].map(({ catalog }) => catalog.amendStream(name, later))
  expect(await Promise.all(changes)).toEqual([true, true, true, true])
  const stored = JSON.parse(Buffer.from(engine.get(key) ?? []).toString()) as object
  expect(stored).toEqual({ ...record, policySettings: { revisionMs: 4 } })
})

test('a table that is created, changed and deleted elsewhere is so here once it is read', async () => {
  const [one, other] = await twoServers()
  const { table } = await one.catalog.create('music', creation('music'))
  expect(() => other.catalog.tableForData('music')).toThrow('Requested resource not found')
  await other.feed.refresh('music')
  const same = other.catalog.tableForData('music')
  await one.catalog.amend(table, withTag('a'))
  await other.feed.refresh('music')
  expect(other.catalog.tableForData('music')).toBe(same)
  expect(same.record.tags).toEqual([{ Key: 'a', Value: '' }])
  await other.feed.refresh('music')
  await one.catalog.drop(table, admit)
  await other.feed.refresh('music')
  expect(same.dropped).toBe(true)
  expect(other.catalog.tableNames()).toEqual([])
  expect(other.told).toEqual(['music ACTIVE', 'music ACTIVE', `dropped ${table.number}`])
})

test('a table that was created anew elsewhere is another one', async () => {
  const [one, other] = await twoServers()
  const { table } = await one.catalog.create('music', creation('music'))
  await other.feed.refresh('music')
  const old = other.catalog.tableForData('music')
  await one.catalog.drop(table, admit)
  const { table: fresh } = await one.catalog.create('music', creation('music'))
  await expect(other.catalog.amend(old, withTag('a'))).rejects.toThrow(
    'Requested resource not found: Table: music not found',
  )
  expect(old.dropped).toBe(true)
  expect(other.catalog.tableForData('music').number).toBe(fresh.number)
})

test('a status that another server has ended is not ended again', async () => {
  const engine = new MemoryEngine()
  const slow = await openServer(engine, true)
  const { table } = await slow.catalog.create('music', creation('music'))
  expect(slow.told).toEqual(['music will change', 'music CREATING'])
  const quick = await openServer(engine)
  expect(quick.catalog.tableForData('music').record.status).toBe('ACTIVE')
  expect(slow.catalog.tableForControl('music').record.status).toBe('CREATING')
  await slow.feed.refresh('music')
  expect(table.record.status).toBe('ACTIVE')
  expect(await slow.catalog.endTransition(table)).toBeUndefined()
})

test('a new index comes with what the store has of it', async () => {
  const [one, other, engine] = await twoServers()
  const { table } = await one.catalog.create('music', creation('music'))
  await other.feed.refresh('music')
  await one.catalog.update(table, (record, nextNumber) => {
    const index: GlobalSecondaryIndexRecord = {
      indexName: 'byPk',
      indexNumber: nextNumber(),
      keySchema: record.keySchema,
      projection: { ProjectionType: 'ALL' },
      status: 'CREATING',
      backfilling: true,
      throughput: record.throughput,
    }
    const after = { ...record, globalSecondaryIndexes: [index] }
    return { during: { ...after, status: 'UPDATING' }, after }
  })
  const number = table.indexes[0]?.number as number
  const counter = Buffer.alloc(16)
  counter.writeDoubleBE(3, 0)
  counter.writeDoubleBE(70, 8)
  await engine.commit([], [{ key: tableCounterKey(number), value: counter }])
  await other.feed.refresh('music')
  const [index] = other.catalog.tableForData('music').indexes
  expect(index?.counter.values).toEqual([3, 70])
  expect(index?.backfill?.position).toEqual(rowRange(table.number).start)
})

test('what changes while a catalog is opened is read before it is used', async () => {
  const engine = new MemoryEngine()
  const first = await openServer(engine)
  const { table } = await first.catalog.create('music', creation('music'))
  const feed = new TestFeed()
  let dropping: Promise<void> | undefined
  const reading: StorageEngine = {
    capabilities: engine.capabilities,
    get: (key) => engine.get(key),
    getMany: (keys) => engine.getMany(keys),
    read: (keys) => engine.read(keys),
    versionOf: (value) => engine.versionOf(value),
    snapshot() {
      const before = engine.snapshot()
      dropping ??= first.catalog.drop(table, admit).then(() => feed.refresh('music'))
      const change = dropping
      return {
        get: (key) => before.get(key),
        getMany: (keys) => before.getMany(keys),
        range: (range) => afterwards(change, before.range(range)),
        close: () => before.close(),
      }
    },
    commit: (expectations, writes) => engine.commit(expectations, writes),
    close: () => engine.close(),
  }
  const catalog = await Catalog.open({
    engine: reading,
    commits: new GroupCommit(reading, systemClock),
    clock: systemClock,
    region: 'eu-west-1',
    accountId: '000000000000',
    streamLogs: new StreamLogs(systemClock, systemRandom, 1),
    delayTransientStatuses: false,
    feed,
    numbers: new SharedNumbers(engine),
  })
  expect(catalog.tableNames()).toEqual([])
  await catalog.close()
  expect(feed.isStopped).toBe(true)
})

async function* afterwards<T>(first: Promise<void>, then: Iterable<T>): AsyncIterable<T> {
  await first
  yield* then
}
