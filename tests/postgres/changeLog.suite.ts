import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { everything } from '../../packages/server/src/layout/storeKeys.ts'
import { NotNow, type ChangeLog } from '../../packages/server/src/storage/changeLog.ts'
import {
  StorageFailure,
  StoreUnavailable,
  type Snapshot,
  type StorageWrite,
} from '../../packages/server/src/storage/engine.ts'
import { storeLock } from '../../packages/server/src/storage/postgres/lockNumbers.ts'
import type { PostgresEngine } from '../../packages/server/src/storage/postgres/postgresEngine.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

/** What is committed into a store in PostgreSQL while it is moved elsewhere. */
let cluster: TemporaryCluster
let store: TemporaryStore
let engines: readonly [PostgresEngine, PostgresEngine]

beforeAll(async () => {
  cluster = await TemporaryCluster.start()
})
beforeEach(async () => {
  store = new TemporaryStore(cluster)
  engines = [await store.open(), await store.open()]
})
afterEach(async () => {
  await store.dispose()
})
afterAll(async () => {
  await cluster.dispose()
})

const key = (text: string): Buffer => Buffer.from(`k${text}`)
const value = (text: string): Buffer => Buffer.from(text)
const put = (text: string): StorageWrite => ({ key: key(text), value: value(text) })

type Contents = Map<string, string>

async function contentsOf(snapshot: Snapshot): Promise<Contents> {
  const contents: Contents = new Map()
  for await (const entry of snapshot.range(everything)) {
    contents.set(
      Buffer.from(entry.key).toString('latin1'),
      Buffer.from(entry.value).toString('latin1'),
    )
  }
  return contents
}

/** Brings what a round says has changed, and gives what the store has then. */
async function follow(log: ChangeLog, contents: Contents): Promise<Contents> {
  const round = await log.next()
  try {
    const values = await round.snapshot.getMany(round.keys)
    for (const [i, each] of round.keys.entries()) {
      const name = Buffer.from(each).toString('latin1')
      const found = values[i]
      if (found === undefined) contents.delete(name)
      else contents.set(name, Buffer.from(found).toString('latin1'))
    }
    const whole = await contentsOf(round.snapshot)
    await round.settle()
    return whole
  } finally {
    round.snapshot.close()
  }
}

/** Commits of every kind: some keys, many, keys beyond those that an index takes, deletions. */
function writesOf(random: SeededRandom): StorageWrite[] {
  const count = random.below(10) === 0 ? 400 : random.between(1, 6)
  return Array.from({ length: count }, () => {
    const isLong = random.between(0, 5) === 0
    const name = `${isLong ? 'l'.repeat(3000) : ''}${random.between(0, count === 400 ? 2000 : 60)}`
    const isGone = random.between(0, 3) === 0
    return { key: key(name), value: isGone ? undefined : value(`${random.between(0, 1e6)}`) }
  })
}

test('rounds bring exactly what two servers commit, from before the log was opened on', async () => {
  const state = { isOver: false, commits: 0 }
  const writer = async (engine: PostgresEngine, seed: number): Promise<void> => {
    const random = new SeededRandom(seed)
    while (!state.isOver) {
      const several = Array.from({ length: random.between(1, 4) }, () => writesOf(random))
      await Promise.all(several.map((writes) => engine.commit([], writes)))
      state.commits += several.length
    }
  }
  const writers = [0, 1, 2, 3].map((i) => writer(engines[i % 2] as PostgresEngine, i))
  await expect.poll(() => state.commits).toBeGreaterThan(20)
  const log = await engines[0].changeLog()
  const first = await log.next()
  const contents = await contentsOf(first.snapshot)
  await first.settle()
  first.snapshot.close()
  for (let round = 0; round < 60; round += 1) {
    const whole = await follow(log, contents)
    expect(contents).toEqual(whole)
  }
  await log.stop()
  const last = await follow(log, contents)
  expect(contents).toEqual(last)
  const before = state.commits
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await follow(log, contents)).toEqual(last)
  expect(state.commits).toBe(before)
  // Those that wait go on.
  await log.resume()
  await expect.poll(() => state.commits).toBeGreaterThan(before)
  state.isOver = true
  await Promise.all(writers)
  expect(await follow(log, contents)).toEqual(contents)
  await log.end()
}, 60_000)

test('a commit that began before the log is waited for', async () => {
  const session = await cluster.session()
  const lock = String(storeLock(store.settings.schema))
  await session.query('SELECT pg_advisory_lock($1)', [lock])
  const early = engines[1].commit([], [put('early')])
  const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
  await expect.poll(async () => (await cluster.query(waiting)).rowCount).toBe(1)
  const state = { isOpen: false }
  const opening = engines[0].changeLog().then((log) => {
    state.isOpen = true
    return log
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(state.isOpen).toBe(false)
  await session.query('SELECT pg_advisory_unlock($1)', [lock])
  await early
  const log = await opening
  const round = await log.next()
  expect(await round.snapshot.get(key('early'))).toEqual(value('early'))
  round.snapshot.close()
  await session.end()
})

test('a round that is not settled comes again', async () => {
  const log = await engines[0].changeLog()
  await engines[1].commit([], [put('a'), { key: key('b'), value: undefined }])
  for (let i = 0; i < 2; i += 1) {
    const round = await log.next()
    expect(round.keys).toEqual([key('a')])
    if (i === 1) await round.settle()
    round.snapshot.close()
  }
  const round = await log.next()
  expect(round.keys).toEqual([])
  round.snapshot.close()
})

test('a note of a commit that is slower than a later one is in the round that shows it', async () => {
  const log = await engines[0].changeLog()
  const session = await cluster.session()
  await session.query('BEGIN')
  const slow = `INSERT INTO ${store.settings.schema}.changed (k) VALUES ($1)`
  await session.query(slow, [key('slow')])
  await engines[1].commit([], [put('quick')])
  for (const expected of ['quick', 'slow']) {
    const round = await log.next()
    expect(round.keys).toEqual([key(expected)])
    if (expected === 'quick') await session.query('COMMIT')
    await round.settle()
    round.snapshot.close()
  }
  await session.end()
})

test('whoever opens the log later has it, and the former one ends', async () => {
  const former = await engines[0].changeLog()
  const later = await engines[1].changeLog()
  const taken = new StorageFailure('another dynatom migrate moves this store by now')
  await expect(former.next()).rejects.toThrow(taken)
  await expect(former.stop()).rejects.toThrow(taken)
  await expect(former.retire('x')).rejects.toThrow(taken)
  await former.end()
  await engines[0].commit([], [put('a')])
  const round = await later.next()
  expect(round.keys).toEqual([key('a')])
  round.snapshot.close()
})

const functionsOf = async ({ settings }: TemporaryStore): Promise<string> => {
  const { rows } = await cluster.query(`SELECT string_agg(prosrc, '' ORDER BY proname) AS text
    FROM pg_proc WHERE pronamespace = '${settings.schema}'::regnamespace`)
  return String(rows[0]?.['text'])
}

test('a log that has ended leaves the store as it was', async () => {
  const before = await functionsOf(store)
  const log = await engines[0].changeLog()
  expect(await functionsOf(store)).not.toBe(before)
  await log.stop()
  await log.end()
  expect(await functionsOf(store)).toBe(before)
  const { rows } = await cluster.query(
    `SELECT tablename FROM pg_tables WHERE schemaname = '${store.settings.schema}' ORDER BY 1`,
  )
  expect(rows.map(({ tablename }) => tablename)).toEqual(['done', 'entries', 'store'])
  await engines[1].commit([], [put('a')])
})

test('a store that was given up is nobody else’s, and reads of it end', async () => {
  await engines[1].commit([], [put('a')])
  const log = await engines[0].changeLog()
  await log.stop()
  await log.retire('/elsewhere')
  const { schema } = store.settings
  const refusal = `The store in the schema ${schema} of PostgreSQL was moved to /elsewhere.`
  await expect(store.open()).rejects.toThrow(new StoreUnavailable(refusal))
  // Nobody reads what may be old from now on.
  await expect(engines[1].get(key('a'))).rejects.toThrow(StorageFailure)
  // Who completes a move, or finds that nothing has come of it, may have it as it was.
  const moving = await store.open({ isMoving: true })
  const later = await moving.changeLog()
  expect(later.retiredTo).toBe('/elsewhere')
  await later.resume()
  expect(await engines[1].get(key('a'))).toEqual(value('a'))
  await engines[1].commit([], [put('c')])
  await follow(later, new Map())
  await later.stop()
  await later.retire('/elsewhere')
  await later.shutOut()
  await later.end()
  await expect(engines[1].get(key('a'))).rejects.toThrow(new StoreUnavailable(refusal))
  await expect(engines[1].commit([], [put('b')])).rejects.toThrow(
    new StorageFailure('PostgreSQL refuses: the store has been moved'),
  )
  await expect(store.open({ isMoving: true })).rejects.toThrow(new StoreUnavailable(refusal))
}, 60_000)

test('who has stopped commits and dies has not stopped them for long', async () => {
  const log = await engines[0].changeLog()
  await log.stop()
  const begunMs = performance.now()
  await engines[1].commit([], [put('patient')])
  expect(performance.now() - begunMs).toBeGreaterThan(10_000)
  // It is noted, and who was not dead cannot give the store up without it.
  await expect(log.retire('/elsewhere')).rejects.toThrow(new NotNow('a commit came late'))
  await log.resume()
  const round = await log.next()
  expect(round.keys).toEqual([key('patient')])
  await round.settle()
  round.snapshot.close()
  await log.stop()
  await log.retire('/elsewhere')
}, 60_000)

test('a store that somebody reads without an end is not given up, and is read on', async () => {
  await engines[1].commit([], [put('a')])
  const reader = await cluster.session()
  await reader.query('BEGIN')
  await reader.query(`SELECT 1 FROM ${store.settings.schema}.entries`)
  const log = await engines[0].changeLog()
  await log.stop()
  await expect(log.retire('/elsewhere')).rejects.toThrow(new NotNow('a read does not end'))
  await log.resume()
  expect(await engines[1].get(key('a'))).toEqual(value('a'))
  await reader.query('COMMIT')
  await reader.end()
  await log.stop()
  await log.retire(`/else'where`)
  await log.end()
  await expect(store.open()).rejects.toThrow(`of PostgreSQL was moved to /else'where.`)
}, 60_000)

test('a store that is not there is not made by who moves it', async () => {
  const absent = new TemporaryStore(cluster)
  const { schema, database } = absent.settings
  await expect(absent.open({ isMoving: true, mustBeThere: true })).rejects.toThrow(
    new StoreUnavailable(`There is no store in the schema ${schema} of the database ${database}.`),
  )
})
