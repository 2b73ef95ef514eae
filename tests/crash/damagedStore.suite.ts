import { cpSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { requestOf } from '../model/requests.ts'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { httpClient, type Client } from '../means/httpClient.ts'
import { archive, lateIndex } from './crashTables.ts'
import { ExpectedStore, type AcknowledgedStep } from './expectedStore.ts'
import { damageFile, damageKinds, type FileDamage } from './fileDamage.ts'
import { serverArguments, startServer } from './killedServer.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { readStore, type StoreContents } from './storeContents.ts'
import { StoreUnderLoad, untilIndexesRest } from './storeUnderLoad.ts'
import { within } from './within.ts'
import { isNoSocket } from './isNoSocket.ts'

const damages = Math.ceil(0.8 * Number(process.env['DYNATOM_CYCLES'] ?? 100))
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** A directory with a store that nobody has open, and all that can be read from it. */
interface Original {
  readonly name: string
  readonly directory: string
  readonly contents: StoreContents
  /** What was acknowledged, one after another. */
  readonly history: readonly AcknowledgedStep[]
}

/** Fills a store and ends its server with `signal`; earlier servers of it were killed. */
async function makeOriginal(signal: 'SIGTERM' | 'SIGKILL', servers: number): Promise<Original> {
  const directory = temporaryDirectory()
  const history: AcknowledgedStep[] = []
  const store = new StoreUnderLoad(seed, (step) => history.push(step))
  // With a small journal the store has much of it, and the journal the rest.
  const options = { maxJournalBytes: servers > 1 ? 30_000 : undefined }
  let { server, client } = await startServer(directory, options)
  await store.populate(client, { ...archive, size: 150 })
  const index = { kind: 'CreateIndex', table: archive.definition.name, index: lateIndex } as const
  await client.perform('UpdateTable', requestOf(index).body)
  store.expected.acknowledgeTableChange(index)
  for (let i = 1; i < servers; i++) {
    await writeSome(store, client)
    await server.kill('SIGKILL')
    ;({ server, client } = await startServer(directory, options))
  }
  await writeSome(store, client)
  await untilIndexesRest(client)
  const contents = await readStore(client)
  await server.kill(signal)
  return { name: `server ${servers} ended by ${signal}`, directory, contents, history }
}

async function writeSome(store: StoreUnderLoad, client: Client): Promise<void> {
  const load = store.newLoad(client, { largeShare: 0.1, mostWrites: 10 })
  for (let i = 0; i < 40; i++) await load.send(load.chooser.next())
  load.expectNoFailures()
}

/** The files that make up a data directory, with what is not one left out: the socket of its owner. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort()
}

/**
 * A server refused the store in one sentence, or everything was there. Or the last commits are gone,
 * which is all right when the end of the newest journal is: what is missing there cannot be told
 * from what was never written.
 */
type Outcome = 'refused' | 'harmless' | 'end lost'

async function outcomeOf(
  directory: string,
  original: Original,
  mostLost: number,
): Promise<Outcome> {
  const server = new DynatomProcess(serverArguments(directory))
  const ready = server.endpoint().catch(() => undefined)
  const endpoint = await within(
    'a start',
    Promise.race([ready, server.ended.then(() => undefined)]),
  )
  if (endpoint === undefined) {
    const ended = await server.ended
    expect(ended).toMatchObject({ code: 1, signal: null, stdout: '' })
    expect(ended.stderr).toMatch(/^The [^\n]+\.\n$/)
    expect(ended.stderr).toContain(directory)
    return 'refused'
  }
  const found = await within('reading', readStore(httpClient(endpoint)))
  expect((await server.kill('SIGKILL')).stderr).toBe('')
  const { contents, history } = original
  if (isDeepStrictEqual(found, contents)) return 'harmless'
  if (mostLost > 0 && lostSteps(found, history) <= mostLost) return 'end lost'
  throw new Error(`the store is another one now: ${difference(found, contents)}`)
}

/** How many of the last steps of a history the store lacks; Infinity when it lacks others. */
function lostSteps(found: StoreContents, history: readonly AcknowledgedStep[]): number {
  for (let lost = 0; lost < history.length; lost++) {
    const store = new ExpectedStore()
    const kept = history.length - lost
    for (const step of history.slice(0, kept)) {
      if ('request' in step) store.acknowledge(step.request)
      else store.acknowledgeTableChange(step.change)
    }
    // Of a batch a part may be there.
    const next = history[kept]
    if (next !== undefined && 'request' in next) store.begin(next.request)
    if (store.settle(found).problems.length === 0) return lost
  }
  return Infinity
}

/**
 * Requests come one after another, so a record holds the changes of one. Those behind it may have changed
 * nothing, such as the removal of an item that is not there, and then they left no record.
 */
const mostStepsOfRecord = 4

/** How many of the last steps the damage may have taken away. */
function mayTakeAway(files: readonly string[], file: string, { reachesEnd }: FileDamage): number {
  const newest = files.filter((path) => /journal\.\d+$/.test(path)).at(-1)
  if (file !== newest) return 0
  return reachesEnd ? Infinity : mostStepsOfRecord
}

function difference(found: StoreContents, contents: StoreContents): string {
  const names = new Set([...found.keys(), ...contents.keys()])
  const changed = [...names].filter(
    (name) => !isDeepStrictEqual(found.get(name), contents.get(name)),
  )
  const counts = changed.map((name) => `${name} has ${found.get(name)?.items.size ?? 'no'} items`)
  return counts.join(', ')
}

test('a damaged store is refused in one sentence, or answers as before', async () => {
  console.log(`damaged stores: npm run test:crash -- --seed ${seed}`)
  const random = new SeededRandom(seed)
  const originals = [
    await makeOriginal('SIGTERM', 1),
    await makeOriginal('SIGKILL', 1),
    await makeOriginal('SIGKILL', 3),
  ]
  const counts = new Map<string, number>()
  for (let i = 0; i < damages; i++) {
    const original = originals[i % originals.length] as Original
    const files = filesBelow(original.directory)
    const important = files.filter((path) => !path.endsWith('lock.mdb'))
    const turns = [...important, ...important, ...files]
    const file = turns[Math.floor(i / originals.length) % turns.length] as string
    const kind = random.pick(damageKinds)
    const directory = temporaryDirectory()
    cpSync(original.directory, directory, { recursive: true, filter: isNoSocket })
    const damage = damageFile(join(directory, file), kind, random)
    if (damage === undefined) continue
    const what = `${original.name}: ${file}, ${damage.told}`
    const lost = kind === 'a flipped bit' ? 0 : mayTakeAway(files, file, damage)
    const outcome = await outcomeOf(directory, original, lost).catch((error: unknown) => {
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error })
    })
    const name = `${file.replace(/\d+$/, 'N')}, ${kind}: ${outcome}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
    rmSync(directory, { recursive: true })
  }
  for (const name of [...counts.keys()].sort()) console.log(`  ${name}: ${counts.get(name)}`)
  const total = (outcome: Outcome): number =>
    [...counts].reduce((sum, [name, n]) => sum + (name.endsWith(outcome) ? n : 0), 0)
  console.log(
    `  refused ${total('refused')}, harmless ${total('harmless')}, end lost ${total('end lost')}`,
  )
  expect(total('refused')).toBeGreaterThan(0.2 * damages)
})
