import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { printFindings, type AnomalyName } from '../isolation/checkHistory.ts'
import type { Server } from '../isolation/client.ts'
import { runRounds, type CrowdResult } from '../isolation/crowd.ts'
import type { Mix } from '../isolation/crowdedItems.ts'
import { CommandProcess } from '../means/commandProcess.mjs'
import { TemporaryCluster } from '../postgres/temporaryCluster.ts'

/*
 * Three servers on one PostgreSQL that are broken in one way must be caught by the checker, whose clients
 * are spread over them; three that are not show nothing.
 */
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const serverCount = 3
/** When nothing has been found by then, the flaw has gone unnoticed. */
const mostRounds = 10

let cluster: TemporaryCluster
beforeAll(async () => {
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())

interface RunOptions {
  readonly main: string
  readonly mix: Mix
  readonly rounds: number
  readonly expected: readonly AnomalyName[]
}

let stores = 0

async function run({ main, mix, rounds, expected }: RunOptions): Promise<CrowdResult> {
  const { user, host, port, database, password } = cluster
  stores += 1
  const engine = `postgres://${user}@${host}:${port}/${database}?schema=crowd${stores}`
  const where = ['start', '--port', '0', '--host', host, '--log', 'silent', '--engine', engine]
  const wrapper = ['env', `PGPASSWORD=${password}`]
  const servers = Array.from(
    { length: serverCount },
    () => new CommandProcess(where, { main, wrapper }),
  )
  try {
    const endpoints = await Promise.all(servers.map((server) => server.endpoint()))
    const serverOf = (client: number): Server => {
      const life = client % serverCount
      const ready = (): Promise<void> => Promise.resolve()
      return { endpoint: endpoints[life] as string, life, ready, isOutlived: true }
    }
    const isEnough: Parameters<typeof runRounds>[0]['isEnough'] = (findings) =>
      findings.some(({ name }) => expected.includes(name))
    return await runRounds({ seed, mix, rounds, isEnough }, { serverOf })
  } finally {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  }
}

const program = (path: string): string => fileURLToPath(new URL(`../${path}.mjs`, import.meta.url))

const lostUpdates: readonly AnomalyName[] = [
  'lost acknowledged write',
  'incompatible version orders',
]
const torn: readonly AnomalyName[] = [
  'G-single',
  'G2',
  'strict-serializability (G-single with real time)',
  'strict-serializability (G2 with real time)',
]
const stale: readonly AnomalyName[] = [
  'stale read',
  'strict-serializability (G-single with real time)',
]
const watched: Mix = { writers: { pair: 1 }, readers: { gets: 1 }, writerOf: 4 }
const writing: Mix = { writers: { pair: 3, add: 1, getAll: 1 } }
const seldomWritten: Mix = { writers: { pair: 1 }, readers: { getAll: 1 }, writerOf: 16 }

const broken: readonly (readonly [string, string, Mix, readonly AnomalyName[]])[] = [
  ['versions are not compared', 'cluster/broken/versionsUnchecked', writing, lostUpdates],
  ['a commit is made in two steps', 'isolation/broken/commitInTwoSteps', watched, torn],
  ['a server remembers what it has read', 'cluster/broken/staleReads', watched, stale],
  ['items are read one after the other', 'isolation/broken/readsOneByOne', seldomWritten, torn],
  [
    'clients are answered before the commit is made',
    'isolation/broken/answeredBeforeCommit',
    writing,
    [...lostUpdates, ...stale],
  ],
]

test.each(broken)('the checker notices that %s', async (name, path, mix, expected) => {
  const startedMs = performance.now()
  const { findings, rounds } = await run({ main: program(path), mix, rounds: mostRounds, expected })
  const names = [...new Set(findings.map((finding) => finding.name))]
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`seed ${seed}, ${name}: ${seconds} s, ${rounds} rounds: ${names.join(', ')}`)
  expect(names.filter((each) => expected.includes(each))).not.toEqual([])
})

test('three servers that are not broken show nothing', async () => {
  const result = await run({
    main: program('means/unbrokenServer'),
    mix: { writers: { add: 2, pair: 3, refused: 1, skew: 2, gets: 2, getAll: 2, query: 1 } },
    rounds: 3,
    expected: [],
  })
  expect(printFindings(result.findings)).toBe('')
  expect(result.defects).toEqual([])
})
