import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  StorageEnded,
  StorageFailure,
  StoreUnavailable,
} from '../../packages/server/src/storage/engine.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { Counters } from './counters.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'
import { UncertainWay } from './uncertainWay.ts'

/**
 * `npm run test:postgres`: what becomes of commits when connections and nodes do not live.
 *
 * --seconds N   how long each test of counters loads the engine (6)
 * --seed N      what the clients choose, and what is lost (another one each time)
 */
const seconds = Number(process.env['DYNATOM_SECONDS'] ?? 6)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const clients = 12

let cluster: TemporaryCluster
beforeAll(async () => {
  console.log(`seed ${seed}`)
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('counters', () => {
  test('no commit is lost or done twice when questions and answers are', async () => {
    const random = new SeededRandom(seed)
    const way = await UncertainWay.open(cluster.port, () => random.next())
    const store = new TemporaryStore(cluster, { hosts: [{ host: '127.0.0.1', port: way.port }] })
    const engine = await store.open({ maxConnections: 8 })
    const counters = new Counters(16, random)
    way.losses = { question: 0.01, answer: 0.02 }
    const untilMs = Date.now() + seconds * 1000
    await counters.run(engine, clients, () => Date.now() > untilMs)
    way.losses = { question: 0, answer: 0 }
    expect(await counters.stored(engine)).toEqual(counters.acknowledged)
    expect(counters.times.length).toBeGreaterThan(50)
    expect(way.lostAnswers).toBeGreaterThan(3)
    console.log(`${counters.times.length} commits, ${way.lostAnswers} answers lost`)
    await store.dispose()
    await way.close()
  })

  test('a connection that is there after the store was closed is not used', async () => {
    const store = new TemporaryStore(cluster)
    const engine = await store.open()
    const snapshot = engine.snapshot()
    const reading = snapshot.get(Buffer.from('a'))
    await engine.close()
    await expect(reading).rejects.toThrow(new StorageEnded('the store is closed'))
    const { rows } = await cluster.query(
      `SELECT state FROM pg_stat_activity
       WHERE query LIKE '%${store.settings.schema}%' AND pid <> pg_backend_pid()`,
    )
    expect(rows).toEqual([])
    await store.dispose()
  })

  test('who waits for a connection is told at once that the store was closed', async () => {
    const store = new TemporaryStore(cluster)
    const engine = await store.open({ maxSnapshots: 1 })
    await engine.snapshot().get(Buffer.from('a'))
    const waiting = engine.snapshot().get(Buffer.from('a'))
    await engine.close()
    const late = after(1500).then(() => 'late')
    const told = waiting.catch((error: unknown) => error)
    expect(await Promise.race([told, late])).toEqual(new StorageEnded('the store is closed'))
    await store.dispose()
  })

  test('what was acknowledged outlives the death of the server', async () => {
    const store = new TemporaryStore(cluster)
    const engine = await store.open()
    const counters = new Counters(16, new SeededRandom(seed))
    const untilMs = Date.now() + seconds * 1000
    const running = counters.run(engine, clients, () => Date.now() > untilMs)
    await after((seconds * 1000) / 3)
    await cluster.stop('SIGQUIT')
    await cluster.resume()
    const resumedMs = Date.now()
    await running
    expect(await counters.stored(engine)).toEqual(counters.acknowledged)
    expect(counters.times.some((ms) => ms > resumedMs)).toBe(true)
    expect(counters.failures).toBe(0)
    await store.dispose()
  })
})

describe('a second node', () => {
  test('takes over, and the first one is not listened to when it comes back', async () => {
    const first = await TemporaryCluster.start()
    const second = await first.follower()
    const hosts = [first, second].map(({ host, port }) => ({ host, port }))
    const store = new TemporaryStore(first, { hosts })
    const engine = await store.open()
    const counters = new Counters(16, new SeededRandom(seed))
    let isOver = false
    const running = counters.run(engine, clients, () => isOver)
    await after(1000)
    await first.stop('SIGQUIT')
    await second.promote()
    const promotedMs = Date.now()
    await expect.poll(() => counters.times.some((ms) => ms > promotedMs)).toBe(true)
    // It takes writes, of a history that is over.
    await first.resume()
    await engine.commit([], [{ key: Buffer.from('late'), value: Buffer.from('1') }])
    await after(2500)
    expect(String(await engine.get(Buffer.from('late')))).toBe('1')
    isOver = true
    await running
    expect(await counters.stored(engine)).toEqual(counters.acknowledged)
    await engine.close()
    await second.dispose()
    await first.dispose()
  })
})

test('a host that keeps silent does not hold up the start, and another leads beside it later', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const isGivenUp = new Promise<string>((resolve) => {
    silent.once('connection', (socket) => {
      socket.resume().once('close', () => resolve('the silent host was given up'))
      // Its end may be a reset.
      socket.on('error', () => undefined)
    })
  })
  const silence = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port }
  const first = await TemporaryCluster.start()
  const second = await first.follower()
  const nodes = [first, second].map(({ host, port }) => ({ host, port }))
  const store = new TemporaryStore(first)
  // What takes time at the very first start is not what is looked at.
  await (await store.open({ hosts: nodes })).close()
  const opening = store.open({ hosts: [silence, ...nodes], readsReplicas: true })
  expect(await Promise.race([opening.then(() => 'opened'), isGivenUp])).toBe('opened')
  const engine = await opening
  await first.stop('SIGQUIT')
  const write = { key: Buffer.from('k'), value: Buffer.from('1') }
  const committing = engine.commit([], [write])
  // The search for a leader is under way.
  await after(600)
  await second.promote()
  await committing
  expect(String(await engine.get(write.key))).toBe('1')
  await engine.close()
  await second.dispose()
  await first.dispose()
  silent.close()
})

test('a connection to a node that follows is not read from, whatever the address was', async () => {
  const first = await TemporaryCluster.start()
  const second = await first.follower()
  const way = await UncertainWay.open(first.port, () => 1)
  const hosts = [{ host: way.host, port: way.port }]
  const store = new TemporaryStore(first, { hosts, leaderWaitMs: 1500 })
  const engine = await store.open()
  const key = Buffer.from('k')
  await engine.commit([], [{ key, value: Buffer.from('older') }])
  await expect
    .poll(async () => (await second.query(`SELECT 1 FROM ${store.entries}`)).rowCount)
    .toBe(1)
  await second.query('SELECT pg_wal_replay_pause()')
  await engine.commit([], [{ key, value: Buffer.from('newer') }])
  way.target = second.port
  way.cut()
  const snapshot = engine.snapshot()
  const reads = [engine.get(key), engine.getMany([key]), Promise.resolve(snapshot.get(key))]
  for (const outcome of await Promise.allSettled(reads)) {
    expect(outcome).toMatchObject({ reason: { name: 'StorageFailure' } })
  }
  snapshot.close()
  way.target = first.port
  way.cut()
  expect(String(await engine.get(key))).toBe('newer')
  await engine.close()
  await way.close()
  await second.dispose()
  await first.dispose()
})

describe('without a leader', () => {
  test('reads and commits fail when they have waited, and are served again afterwards', async () => {
    const store = new TemporaryStore(cluster, { leaderWaitMs: 1500 })
    const engine = await store.open()
    const key = Buffer.from('k')
    await engine.commit([], [{ key, value: Buffer.from('1') }])
    expect(engine.isAvailable).toBe(true)
    await cluster.stop('SIGQUIT')
    const sentence = /^no node of PostgreSQL takes writes: 127\.0\.0\.1:\d+$/
    await expect(engine.get(key)).rejects.toThrow(sentence)
    await expect(engine.get(key)).rejects.toBeInstanceOf(StorageFailure)
    await expect(engine.commit([], [{ key, value: Buffer.from('2') }])).rejects.toThrow(sentence)
    expect(engine.isAvailable).toBe(false)
    await cluster.resume()
    await expect.poll(async () => String(await engine.get(key))).toBe('1')
    expect(engine.isAvailable).toBe(true)
    await store.dispose()
  })
})

describe('the operator is told', () => {
  const refused = async (changes: Parameters<TemporaryStore['open']>[0]): Promise<string> => {
    const store = new TemporaryStore(cluster, { leaderWaitMs: 1000 })
    const error: unknown = await store.open(changes).catch((each: unknown) => each)
    expect(error).toBeInstanceOf(StoreUnavailable)
    return (error as Error).message.replaceAll(String(cluster.port), 'PORT')
  }

  test('of a wrong password, and of none', async () => {
    expect(await refused({ password: 'guess' })).toBe(
      'PostgreSQL at 127.0.0.1:PORT does not take the password of dynatom.',
    )
    expect(await refused({ password: undefined })).toBe(
      'PostgreSQL at 127.0.0.1:PORT asks for a password of dynatom, and there is none.',
    )
  })

  test('of a database that is not there', async () => {
    expect(await refused({ database: 'nowhere' })).toBe(
      'PostgreSQL at 127.0.0.1:PORT has no database nowhere.',
    )
  })

  test('of a user without rights', async () => {
    await cluster.query(`CREATE ROLE guest LOGIN PASSWORD 'guest'`)
    const as = { user: 'guest', password: 'guest' }
    expect(await refused({ ...as, schema: 'guests' })).toBe(
      'The user guest of PostgreSQL has no right to what the schema guests in the database postgres ' +
        'needs: permission denied for database postgres.',
    )
    const store = new TemporaryStore(cluster)
    await store.open()
    const { schema } = store.settings
    await cluster.query(`GRANT USAGE ON SCHEMA ${schema} TO guest`)
    await cluster.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO guest`)
    expect(await refused({ ...as, schema })).toBe(
      `The user guest of PostgreSQL may not read and write the tables of the schema ${schema}.`,
    )
    await store.dispose()
  })

  test('of a store of another form', async () => {
    const store = new TemporaryStore(cluster)
    await store.open()
    const { schema } = store.settings
    await cluster.query(`UPDATE ${schema}.store SET version = 2`)
    expect(await refused({ schema })).toBe(
      `The schema ${schema} in PostgreSQL has a store of form 2; this version of Dynatom knows form 1.`,
    )
    await store.dispose()
  })

  test('of nodes that are not there, and of encryption that is not offered', async () => {
    expect(await refused({ hosts: [{ host: '127.0.0.1', port: 1 }] })).toBe(
      'No node of PostgreSQL at 127.0.0.1:1 takes writes: connect ECONNREFUSED 127.0.0.1:1.',
    )
    expect(await refused({ tls: { rejectUnauthorized: true } })).toBe(
      'No node of PostgreSQL at 127.0.0.1:PORT takes writes: The server does not support SSL connections.',
    )
  })
})

test('two servers that start at once make one store', async () => {
  const store = new TemporaryStore(cluster)
  const engines = await Promise.all([store.open(), store.open(), store.open()])
  const key = Buffer.from('k')
  await engines[0]?.commit([], [{ key, value: Buffer.from('1') }])
  for (const engine of engines) expect(String(await engine.get(key))).toBe('1')
  await store.dispose()
})
