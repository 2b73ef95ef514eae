import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkStore } from '../../packages/server/src/check/checkStore.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { StoreUnderLoad, untilIndexesRest } from '../crash/storeUnderLoad.ts'
import type { WriteLoad } from '../crash/writeLoad.ts'
import { DynatomProcess } from '../means/dynatomProcess.ts'
import { httpClient, type Client } from '../means/httpClient.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

/**
 * `npm run test:postgres -- -- killCycles`: a server that writes to PostgreSQL is killed again and again,
 * sometimes PostgreSQL with it, and another one has to have what was acknowledged.
 *
 * --cycles N    how often (12)
 * --seed N      what is written, and when it is killed (another one each time)
 */
const cycles = Number(process.env['DYNATOM_CYCLES'] ?? 12)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const postgresKillChance = 0.3

let cluster: TemporaryCluster
beforeAll(async () => {
  console.log(`seed ${seed}`)
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())

async function start(): Promise<{ server: DynatomProcess; client: Client }> {
  const { user, host, port, database } = cluster
  const engine = `postgres://${user}@${host}:${port}/${database}`
  const where = ['start', '--port', '0', '--engine', engine, '--log', 'silent']
  const server = new DynatomProcess(where, undefined, {
    wrapper: ['env', `PGPASSWORD=${cluster.password}`],
  })
  return { server, client: httpClient(await server.endpoint()) }
}

/** What a server that is dead has asked for is done, or never will be. */
async function untilQuiet(): Promise<void> {
  const others = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'dynatom'`
  await expect.poll(async () => (await cluster.query(others)).rows[0]?.['n']).toBe(0)
}

async function kill(server: DynatomProcess, load: WriteLoad, alsoPostgres: boolean): Promise<void> {
  load.stop()
  const ended = server.kill('SIGKILL')
  if (alsoPostgres) {
    await cluster.stop('SIGQUIT')
    await cluster.resume()
  }
  await ended
  await load.ended()
  load.expectNoFailures()
  await untilQuiet()
}

test(`every acknowledged write survives ${cycles} kills, and transactions stay whole`, async () => {
  const store = new StoreUnderLoad(seed)
  const random = new SeededRandom(seed, 1)
  const figures = { acknowledged: 0, unanswered: 0, there: 0, postgresKills: 0 }
  let { server, client } = await start()
  await store.populate(client)
  for (let i = 0; i < cycles; i++) {
    const load = store.newLoad(client)
    load.start()
    await pause(random.between(500, 2500))
    const alsoPostgres = random.chance(postgresKillChance)
    if (alsoPostgres) figures.postgresKills += 1
    await kill(server, load, alsoPostgres)
    figures.acknowledged += load.acknowledged
    figures.unanswered += store.expected.outstanding.size
    ;({ server, client } = await start())
    if (random.chance(0.5)) await untilIndexesRest(client)
    const { present } = await store.settle(client, { countsLate: true })
    figures.there += present.length
  }
  await untilIndexesRest(client)
  await store.settle(client, { countsLate: true })
  expect((await server.stop()).code).toBe(0)
  const whole = await new TemporaryStore(cluster, { schema: 'dynatom' }).open()
  expect(await checkStore(whole)).toEqual([])
  await whole.close()
  console.log(JSON.stringify(figures))
  expect(figures.acknowledged).toBeGreaterThan(cycles)
  expect(figures.unanswered).toBeGreaterThan(cycles / 2)
})
