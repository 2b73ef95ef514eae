import { beforeEach, expect, test } from 'vitest'
import { formatKey, tableRecordKey } from '../layout/storeKeys.ts'
import { catalogPollMs } from '../limits.ts'
import { StorageFailure, StoreUnavailable, type Version } from '../storage/engine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { SharedFeed } from './sharedFeed.ts'

let engine: FaultyEngine
let clock: ManualClock
let feed: SharedFeed
let told: string[]
let known: Map<string, Version>
let faults: unknown[]

/** Lets everything end that waits for nothing but the store. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A change of a table, as each server makes it. */
const change = (name: string, value: string | undefined): Promise<void> =>
  engine.commit(
    [],
    [
      { key: tableRecordKey(name), value: value === undefined ? undefined : Buffer.from(value) },
      ...feed.announce(),
    ],
  )

beforeEach(async () => {
  engine = new FaultyEngine({ answers: 'later' })
  clock = new ManualClock()
  told = []
  faults = []
  const random = new SeededRandom(1)
  feed = new SharedFeed({ engine, clock, random, onFault: (fault) => void faults.push(fault) })
  await change('old', '1')
  known = new Map([['old', engine.versionOf(Buffer.from('1'))]])
  await feed.start({
    known: () => [...known].map(([name, version]) => ({ name, version })),
    async refresh(tableName) {
      told.push(tableName)
      const [found] = await engine.read([tableRecordKey(tableName)])
      if (found === undefined) known.delete(tableName)
      else known.set(tableName, found.version)
    },
    readCounts: async () => void told.push('counts'),
  })
})

test('what is there at the start is nothing new', async () => {
  await feed.catchUp()
  expect(told).toEqual([])
})

test('whoever catches up is told of what was created, changed and deleted, once', async () => {
  await change('new', '1')
  await change('old', '2')
  await feed.catchUp()
  expect(told.splice(0).sort()).toEqual(['new', 'old'])
  await change('old', undefined)
  await feed.catchUp()
  await feed.catchUp()
  expect(told).toEqual(['old'])
})

test('whoever knows a table that came and went between two looks is told of it', async () => {
  await change('passing', '1')
  known.set('passing', engine.versionOf(Buffer.from('1')))
  await change('passing', undefined)
  await feed.catchUp()
  expect(told).toEqual(['passing'])
  expect([...known.keys()]).toEqual(['old'])
})

test('it says whether there was anything to learn', async () => {
  expect(await feed.catchUp()).toBe(true)
  await change('new', '1')
  expect(await Promise.all([feed.catchUp(), feed.catchUp()])).toEqual([false, false])
  expect(await feed.catchUp()).toBe(true)
})

test('those who catch up at the same time look once', async () => {
  await change('new', '1')
  const before = engine.entriesRead
  await Promise.all([feed.catchUp(), feed.catchUp(), feed.catchUp()])
  expect(told).toEqual(['new'])
  expect(engine.entriesRead - before).toBe(2)
})

test('without a request it looks from time to time, at counts too', async () => {
  await change('new', '1')
  clock.advance(catalogPollMs)
  await settle()
  expect(told.splice(0)).toEqual(['new', 'counts'])
  clock.advance(catalogPollMs)
  await settle()
  expect(told).toEqual(['counts'])
  await feed.stop()
  clock.advance(catalogPollMs)
  await settle()
  expect(told).toEqual(['counts'])
  expect(clock.pendingTimers).toBe(0)
})

test('a store whose format another version has raised is not looked at any more', async () => {
  const mark = { key: formatKey, value: Buffer.from('{"format":6}') }
  await engine.commit([], [mark, ...feed.announce()])
  const unknown = new StoreUnavailable(
    'The store was written in format 6, which this version of Dynatom does not know; ' +
      'open it with the version that wrote it.',
  )
  for (let i = 0; i < 2; i += 1) await expect(feed.catchUp()).rejects.toThrow(unknown)
  clock.advance(catalogPollMs)
  await settle()
  expect(faults).toEqual([unknown])
  expect(told).toEqual([])
})

test('a look that fails is told of, made again, and forgets nothing', async () => {
  await change('new', '1')
  const failure = new StorageFailure('the network is down')
  engine.meet = (call) => {
    if (call === 'next') throw failure
  }
  await expect(feed.catchUp()).rejects.toBe(failure)
  clock.advance(catalogPollMs)
  await settle()
  expect(faults).toEqual([failure])
  engine.meet = () => undefined
  clock.advance(catalogPollMs)
  await settle()
  expect(told).toEqual(['new', 'counts'])
})
