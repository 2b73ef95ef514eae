import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { builtMain } from '../means/commandProcess.mjs'
import { MigrationLoad } from './migrationLoad.ts'
import { TemporaryCluster } from './temporaryCluster.ts'

/**
 * Whoever takes part in a move is killed at any moment, until it is done: the command, the server
 * that has the store, PostgreSQL. `npm run test:postgres -- --cycles N --seed S -- migrationKills`
 * repeats a run, as far as its deaths go.
 */
const cycles = Number(process.env['DYNATOM_CYCLES'] ?? 8)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** A move without deaths takes about as long. */
const longestMs = 4000

let cluster: TemporaryCluster
let parent: string
const running = new Set<ChildProcess>()

beforeAll(async () => {
  cluster = await TemporaryCluster.start()
  parent = mkdtempSync(join(tmpdir(), 'dynatom-kills-'))
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})
afterAll(async () => {
  await cluster.dispose()
  rmSync(parent, { recursive: true, force: true })
})

/** A command, and what it has said. */
class Command {
  said = ''
  readonly child: ChildProcess
  readonly ended: Promise<number | null>

  constructor(args: readonly string[]) {
    const env = { PATH: process.env['PATH'], PGPASSWORD: cluster.password }
    this.child = spawn(process.execPath, [builtMain, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(this.child)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => (this.said += chunk))
    }
    this.ended = once(this.child, 'close').then(([code]) => {
      running.delete(this.child)
      return code as number | null
    })
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

/** Where the store may be. */
interface Places {
  readonly from: string
  readonly to: string
}

const placeArgs = (place: string): readonly string[] =>
  place.startsWith('postgres:') ? ['--engine', place] : ['--data-dir', place]

interface Served {
  readonly endpoint: string
  readonly server: Command
  readonly place: string
}

/** A server at whichever of the two has the store, after what was begun has been completed. */
async function served({ from, to }: Places): Promise<Served> {
  for (let place = from; ; ) {
    const server = new Command(['start', '--port', '0', ...placeArgs(place)])
    const isEnded = server.ended.then(() => true)
    while (!server.said.includes('is ready')) {
      if (await Promise.race([isEnded, delay(20, false)])) break
    }
    const [endpoint] = /http:\/\/[\d.]+:\d+/.exec(server.said) ?? []
    if (endpoint !== undefined) return { endpoint, server, place }
    if (server.said.includes('was moved to')) {
      place = to
    } else {
      expect(server.said).toContain('is not whole yet; run dynatom migrate with the same')
      const completed = new Command(['migrate', '--from', from, '--to', to])
      expect(await completed.ended, completed.said).toBe(0)
    }
  }
}

let placeCount = 0

/** An empty place of the kind that `from` is not of. */
function otherPlace(from: string): string {
  const name = `moved_${(placeCount += 1)}`
  const { user, host, port, database } = cluster
  return from.startsWith('postgres:')
    ? join(parent, name)
    : `postgres://${user}@${host}:${port}/${database}?schema=${name}`
}

const victims = ['command', 'server', 'engine'] as const

async function killSomebody(random: SeededRandom, moving: Command, server: Command): Promise<void> {
  await delay(random.between(200, longestMs))
  const victim = victims[random.below(victims.length)]
  if (victim === 'command') await moving.kill()
  if (victim === 'server') await server.kill()
  if (victim === 'engine') {
    await cluster.stop('SIGKILL')
    await delay(random.between(0, 2000))
    await cluster.resume()
  }
  await delay(random.between(0, 1000))
}

test(`nothing that was acknowledged is lost, whoever dies in a move, seed ${seed}`, async () => {
  const random = new SeededRandom(seed)
  const load = new MigrationLoad()
  const first = join(parent, 'first')
  let places: Places = { from: first, to: otherPlace(first) }
  let { endpoint, server, place } = await served(places)
  await load.furnish(endpoint)
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    // A move that was done is followed by one back, to a place of its own.
    if (place === places.to) places = { from: place, to: otherPlace(place) }
    load.begin([endpoint])
    const moving = new Command(['migrate', '--from', places.from, '--to', places.to])
    await killSomebody(random, moving, server)
    await load.end()
    for (const each of [moving, server]) await each.kill()
    ;({ endpoint, server, place } = await served(places))
    await load.expectAll(endpoint)
  }
  await server.kill()
  const check = new Command(['check', ...placeArgs(place)])
  expect(await check.ended, check.said).toBe(0)
}, 600_000)
