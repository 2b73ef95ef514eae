import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemRandom } from '../../packages/server/src/clock.ts'
import { leaseMs } from '../../packages/server/src/limits.ts'
import { StorageConflict, type StorageEngine } from '../../packages/server/src/storage/engine.ts'
import { Settlement } from '../../packages/server/src/storage/postgres/settlement.ts'
import { ManualClock } from '../../packages/server/src/testing/manualClock.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Leases } from '../../packages/server/src/upkeep/leases.ts'
import { SharedLeases } from '../../packages/server/src/upkeep/sharedLeases.ts'
import { Counters } from './counters.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'
import { carelessEngine, tornSnapshots, withoutFences } from './teeth/brokenParts.ts'
import { UncertainWay } from './uncertainWay.ts'

/*
 * What is wrong must be found: each of these is the engine with one fault, and a story that its suites
 * tell has to show it. Each story is told of the engine as it is, too, and then shows nothing.
 */

/** Which fault there is; the parts of the engine that are functions look here. */
const fault = vi.hoisted(() => ({ name: undefined as string | undefined }))

vi.mock('../../packages/server/src/storage/postgres/lockNumbers.ts', async (original) => {
  const actual =
    await original<typeof import('../../packages/server/src/storage/postgres/lockNumbers.ts')>()
  const locksOf: typeof actual.locksOf = (schema, written, expected) => {
    const locks = actual.locksOf(schema, written, expected)
    if (fault.name === 'no locks') return []
    return fault.name === 'what is relied on is not locked' ? locks.filter((n) => n > 0) : locks
  }
  return { ...actual, locksOf }
})

vi.mock('../../packages/server/src/storage/postgres/leaderSearch.ts', async (original) => {
  const actual =
    await original<typeof import('../../packages/server/src/storage/postgres/leaderSearch.ts')>()
  const findLeader: typeof actual.findLeader = async (settings, surroundings) => {
    if (fault.name !== 'any node that takes writes') {
      return actual.findLeader(settings, surroundings)
    }
    for (const host of settings.hosts) {
      const only = { ...settings, hosts: [host] }
      const found = await actual.findLeader(only, { ...surroundings, leastTimeline: 0 })
      if (found.leader !== undefined) return found
    }
    return { leader: undefined, refusals: [], failures: [] }
  }
  return { ...actual, findLeader }
})

vi.mock('../../packages/server/src/storage/postgres/session.ts', async (original) => {
  const actual =
    await original<typeof import('../../packages/server/src/storage/postgres/session.ts')>()
  const sessionConfig: typeof actual.sessionConfig = (settings, host) => {
    const config = actual.sessionConfig(settings, host)
    if (fault.name !== 'no wait for the standby') return config
    return { ...config, options: `${config.options} -c synchronous_commit=local` }
  }
  return { ...actual, sessionConfig }
})

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const clients = 12
const loadMs = 2500
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

let cluster: TemporaryCluster
beforeAll(async () => {
  console.log(`seed ${seed}`)
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())
afterEach(() => {
  fault.name = undefined
  vi.restoreAllMocks()
})

type Breaks = (engine: StorageEngine) => StorageEngine
const asItIs: Breaks = (engine) => engine

/** Whether the counters are what their clients were told, when many of them change the same few. */
async function crowdedCounters(breaks: Breaks): Promise<string> {
  const store = new TemporaryStore(cluster)
  const engine = breaks(await store.open())
  const counters = new Counters(3, new SeededRandom(seed))
  const untilMs = Date.now() + loadMs
  await counters.run(engine, clients, () => Date.now() > untilMs)
  if (fault.name === undefined) expect(counters.times.length).toBeGreaterThan(20)
  const answer = verdict(await counters.stored(engine), counters)
  await store.dispose()
  return answer
}

const verdict = (stored: readonly number[], { acknowledged }: Counters): string =>
  stored.every((n, i) => n === acknowledged[i])
    ? 'right'
    : `${stored.join()} stored, ${acknowledged.join()} told`

/** The same on a way that loses some questions and answers. */
async function lostAnswers(): Promise<string> {
  const random = new SeededRandom(seed)
  const way = await UncertainWay.open(cluster.port, () => random.next())
  const store = new TemporaryStore(cluster, { hosts: [{ host: '127.0.0.1', port: way.port }] })
  const engine = await store.open({ maxConnections: 8 })
  const counters = new Counters(16, random)
  way.losses = { question: 0.02, answer: 0.04 }
  const untilMs = Date.now() + loadMs
  await counters.run(engine, clients, () => Date.now() > untilMs)
  way.losses = { question: 0, answer: 0 }
  const answer = verdict(await counters.stored(engine), counters)
  await store.dispose()
  await way.close()
  return answer
}

/** A commit whose connection is cut while it waits for its locks, and goes on afterwards. */
async function lateCommit(): Promise<string> {
  const way = await UncertainWay.open(cluster.port, () => 1)
  const store = new TemporaryStore(cluster, { hosts: [{ host: '127.0.0.1', port: way.port }] })
  const engine = await store.open()
  const [key, value] = [Buffer.from('k'), Buffer.from('1')]
  const blocker = await cluster.session()
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE wait_event = 'advisory' AND query LIKE '%${store.settings.schema}%'`
  const waits = async (): Promise<number> =>
    ((await cluster.query(waiting)).rows[0] as { n: number }).n
  const { locksOf } = await import('../../packages/server/src/storage/postgres/lockNumbers.ts')
  const number = Math.max(...locksOf(store.settings.schema, [key], []))
  await blocker.query(`SELECT pg_advisory_lock(${number})`)
  const committed = engine.commit([{ key, version: undefined }], [{ key, value }]).then(
    () => 'told that it took place',
    () => 'told that it did not take place',
  )
  await expect.poll(waits).toBe(1)
  way.cut()
  // It is settled, and sent again.
  await expect.poll(waits).toBe(2)
  await blocker.query(`SELECT pg_advisory_unlock(${number})`)
  const told = await committed
  await blocker.end()
  const isThere = (await engine.get(key)) !== undefined
  await store.dispose()
  await way.close()
  return told === 'told that it took place' && isThere ? 'right' : `${told}, there: ${isThere}`
}

/** What was acknowledged, after a standby has taken over and the old leader has come back. */
async function failover(): Promise<string> {
  const first = await TemporaryCluster.start()
  const second = await first.follower()
  const hosts = [first, second].map(({ host, port }) => ({ host, port }))
  const store = new TemporaryStore(first, { hosts })
  const engine = await store.open()
  const counters = new Counters(16, new SeededRandom(seed))
  let isOver = false
  const running = counters.run(engine, clients, () => isOver)
  await after(1000)
  await first.holdBack()
  await after(300)
  await first.stop('SIGQUIT')
  await second.promote()
  const promotedMs = Date.now()
  await expect.poll(() => counters.times.some((ms) => ms > promotedMs)).toBe(true)
  isOver = true
  await running
  // It takes writes, of a history that is over.
  await first.resume()
  const answer = verdict(await counters.stored(await store.open()), counters)
  await engine.close()
  await second.dispose()
  await first.dispose()
  return answer
}

/** A transaction of two counters, read while others are made. */
async function snapshots(breaks: Breaks): Promise<string> {
  const store = new TemporaryStore(cluster)
  const engine = breaks(await store.open())
  const counters = new Counters(6, new SeededRandom(seed))
  const untilMs = Date.now() + loadMs
  const running = counters.run(engine, clients, () => Date.now() > untilMs)
  let torn = 0
  while (Date.now() < untilMs) {
    const snapshot = engine.snapshot()
    let sum = 0
    for (let i = 0; i < 6; i++) {
      const value = await snapshot.get(Buffer.from(`counter ${i}`))
      sum += Number(value === undefined ? 0 : Buffer.from(value).toString())
    }
    snapshot.close()
    // Each commit adds one to two of them.
    if (sum % 2 !== 0) torn += 1
  }
  await running
  await store.dispose()
  return torn === 0 ? 'right' : `${torn} snapshots are torn`
}

/** Two commits, each of which relies on what the other one writes: one of them must fail. */
async function skew(): Promise<string> {
  const store = new TemporaryStore(cluster)
  const engine = await store.open()
  let both = 0
  for (let round = 0; round < 300; round++) {
    const [a, b] = [`${round} a`, `${round} b`].map((name) => Buffer.from(name)) as [Buffer, Buffer]
    const value = Buffer.from('1')
    const made = await Promise.allSettled([
      engine.commit([{ key: a, version: undefined }], [{ key: b, value }]),
      engine.commit([{ key: b, version: undefined }], [{ key: a, value }]),
    ])
    if (made.every(({ status }) => status === 'fulfilled')) both += 1
  }
  await store.dispose()
  return both === 0 ? 'right' : `${both} times both were made`
}

/** Work of a server that stood still for longer than its lease lasts. */
async function lateWork(breaks: (leases: Leases) => Leases): Promise<string> {
  const store = new TemporaryStore(cluster)
  const [one, other] = [await store.open(), await store.open()]
  const clock = new ManualClock()
  const leasesOf = (engine: StorageEngine): Leases =>
    breaks(new SharedLeases({ engine, clock, random: systemRandom }))
  const key = Buffer.from('work')
  const slept = await leasesOf(one).acquire('work')
  clock.advance(leaseMs)
  const current = await leasesOf(other).acquire('work')
  await other.commit(current?.fence ?? [], [{ key, value: Buffer.from('of the second') }])
  const late = await one.commit(slept?.fence ?? [], [{ key, value: Buffer.from('late') }]).then(
    () => 'accepted',
    (error: unknown) => (error instanceof StorageConflict ? 'right' : String(error)),
  )
  await store.dispose()
  return late
}

test('nothing is found in what is right', async () => {
  expect(await crowdedCounters(asItIs)).toBe('right')
  expect(await lostAnswers()).toBe('right')
  expect(await lateCommit()).toBe('right')
  expect(await snapshots(asItIs)).toBe('right')
  expect(await skew()).toBe('right')
  expect(await lateWork((leases) => leases)).toBe('right')
  expect(await failover()).toBe('right')
})

describe('it is found that', () => {
  test('versions are not compared', async () => {
    expect(await crowdedCounters(carelessEngine)).toMatch(/stored/)
  })

  test('keys are not locked', async () => {
    fault.name = 'no locks'
    expect(await crowdedCounters(asItIs)).toMatch(/stored/)
  })

  test('what is relied on is not locked', async () => {
    fault.name = 'what is relied on is not locked'
    expect(await skew()).toMatch(/both were made/)
  })

  test('what was not answered is taken for not done', async () => {
    vi.spyOn(Settlement.prototype, 'settle').mockResolvedValue(undefined)
    expect(await lostAnswers()).toMatch(/stored/)
  })

  test('what was not answered is taken for done', async () => {
    vi.spyOn(Settlement.prototype, 'settle').mockResolvedValue([])
    expect(await lostAnswers()).toMatch(/stored/)
  })

  test('a commit that was settled may take place still', async () => {
    // As if it had looked, and left nothing behind.
    vi.spyOn(Settlement.prototype, 'settle').mockResolvedValue(undefined)
    expect(await lateCommit()).toMatch(/told that it did not take place, there: true/)
  })

  test('a snapshot is read piece by piece', async () => {
    expect(await snapshots(tornSnapshots)).toMatch(/torn/)
  })

  test('work under a lease is not fenced', async () => {
    expect(await lateWork(withoutFences)).toBe('accepted')
  })

  test('commits do not wait for the standby', async () => {
    fault.name = 'no wait for the standby'
    expect(await failover()).toMatch(/stored/)
  })

  test('any node that takes writes is listened to', async () => {
    fault.name = 'any node that takes writes'
    expect(await failover()).toMatch(/stored/)
  })
})
