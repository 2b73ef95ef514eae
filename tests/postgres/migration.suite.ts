import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../../packages/server/src/cli/createDatabase.ts'
import { storeLock } from '../../packages/server/src/storage/postgres/lockNumbers.ts'
import { builtMain } from '../means/commandProcess.mjs'
import { changeContents, expectContents, furnishContents } from './migrationContents.ts'
import { MigrationLoad } from './migrationLoad.ts'
import { TemporaryCluster } from './temporaryCluster.ts'

/** `dynatom migrate`: whole servers, their clients at work, a store that goes to the other engine. */
let cluster: TemporaryCluster
const started = new Set<ChildProcess>()
const directories: string[] = []
let stores = 0

beforeAll(async () => {
  cluster = await TemporaryCluster.start()
})
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})
afterAll(async () => {
  await cluster.dispose()
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-migration-'))
  directories.push(directory)
  return join(directory, 'data')
}

const newAddress = (): string => {
  const { user, host, port, database } = cluster
  return `postgres://${user}@${host}:${port}/${database}?schema=moved_${(stores += 1)}`
}

interface Ended {
  readonly code: number | null
  readonly said: string
}

interface Started {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<Ended>
}

/** With the password of the cluster, another one, or none for false. */
function run(args: readonly string[], given: string | boolean = true): Started {
  const known = given === true ? cluster.password : given
  const password = known === false ? {} : { PGPASSWORD: known }
  const child = spawn(process.execPath, [builtMain, ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...password },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }))
  return { child, said: () => said, ended }
}

const migrate = (from: string, to: string, ...more: string[]): Started =>
  run(['migrate', '--from', from, '--to', to, ...more])

async function server(
  args: readonly string[],
  given: string | boolean = true,
): Promise<[string, Started]> {
  const process = run(['start', '--port', '0', '--host', '127.0.0.1', ...args], given)
  await expect.poll(process.said).toMatch(/is ready/)
  return [/http:\/\/[\d.]+:\d+/.exec(process.said())?.[0] ?? '', process]
}

async function stop({ child, ended }: Started): Promise<Ended> {
  child.kill('SIGTERM')
  return ended
}

const soon = { timeout: 60_000, interval: 20 }

/** A server may stand still for longer where the machine has other work. */
const longestPauseMs = 5000

test('a directory goes to PostgreSQL while its server serves, and back', async () => {
  const [directory, address] = [temporaryDirectory(), newAddress()]
  const [endpoint, first] = await server(['--data-dir', directory], false)
  const load = new MigrationLoad()
  await load.furnish(endpoint)
  load.begin([endpoint])
  await load.written(100)
  const moved = await migrate(directory, address).ended
  expect(moved.said).toMatch(/moved; no write took effect for \d+ ms/)
  expect(moved.said).toContain('no findings')
  expect(moved.code).toBe(0)
  // The server goes on with the store where it is now, and others beside it.
  await load.written(100)
  const [beside, second] = await server(['--engine', address])
  await load.end()
  expect(load.failures).toEqual([])
  expect(load.longestPauseMs).toBeLessThan(longestPauseMs)
  for (const each of [endpoint, beside]) await load.expectAll(each)
  expect(await run(['check', '--engine', address]).ended).toMatchObject({ code: 0 })
  expect((await stop(first)).code).toBe(0)
  const again = await run(['start', '--port', '0', '--data-dir', directory]).ended
  expect(again.code).toBe(1)
  expect(again.said).toContain(`The store in ${directory} was moved to ${address};`)

  const other = temporaryDirectory()
  load.begin([beside])
  await load.written(100)
  const back = await migrate(address, other).ended
  expect(back.said).toMatch(/moved; no write took effect for \d+ ms/)
  expect(back.code).toBe(0)
  await load.end()
  // The former servers know that the store is not there any more, and end.
  expect(await second.ended).toMatchObject({ code: 1 })
  expect(second.said()).toContain(`of PostgreSQL was moved to ${other}.`)
  const refused = await run(['start', '--port', '0', '--engine', address]).ended
  expect(refused.said).toContain(`of PostgreSQL was moved to ${other}.`)
  expect(refused.code).toBe(1)
  const [last, third] = await server(['--data-dir', other], false)
  await load.expectAll(last)
  await stop(third)
  expect(await run(['check', '--data-dir', other]).ended).toMatchObject({ code: 0 })
}, 180_000)

test('tables come and go meanwhile; streams, tokens, times to live and vectors go on', async () => {
  const [directory, address, other] = [temporaryDirectory(), newAddress(), temporaryDirectory()]
  const [endpoint, first] = await server(['--data-dir', directory], false)
  const load = new MigrationLoad()
  await load.furnish(endpoint)
  await furnishContents(endpoint)
  load.begin([endpoint])
  const there = migrate(directory, address)
  await expect.poll(there.said).toContain('the target is empty')
  await changeContents(endpoint, 1)
  expect(await there.ended).toMatchObject({ code: 0 })
  await load.end()
  await expectContents(endpoint, 1)
  expect(await run(['check', '--engine', address]).ended).toMatchObject({ code: 0 })

  load.begin([endpoint])
  const back = migrate(address, other)
  await expect.poll(back.said).toContain('the target is empty')
  await changeContents(endpoint, 2)
  expect(await back.ended).toMatchObject({ code: 0 })
  await load.end()
  await stop(first)
  const [last, second] = await server(['--data-dir', other], false)
  await expectContents(last, 2)
  await load.expectAll(last)
  await stop(second)
  expect(await run(['check', '--data-dir', other]).ended).toMatchObject({ code: 0 })
}, 180_000)

test('another node comes to lead while a store is moved from there, and it goes on', async () => {
  const leading = await TemporaryCluster.start()
  const following = await leading.follower()
  const schema = `moved_${(stores += 1)}`
  const places = `${leading.host}:${leading.port},${following.host}:${following.port}`
  const address = `postgres://${leading.user}@${places}/${leading.database}?schema=${schema}`
  const { password } = leading
  try {
    const [endpoint, only] = await server(['--engine', address], password)
    const load = new MigrationLoad()
    await load.furnish(endpoint, 6000)
    load.begin([endpoint])
    const other = temporaryDirectory()
    const moving = run(['migrate', '--from', address, '--to', other], password)
    await expect.poll(moving.said).toContain('the target is empty')
    // Connections are cut first, until one of them was in the midst of being read.
    const cutting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'dynatom' AND xact_start IS NOT NULL`
    const cut = async (): Promise<string> => (await leading.query(cutting), moving.said())
    await expect.poll(cut, soon).toContain('an engine failed, going on in a moment')
    await load.written(20)
    await leading.stop('SIGKILL')
    await following.promote()
    const { code, said } = await moving.ended
    expect(code, said).toBe(0)
    await load.end()
    await stop(only)
    const [last, second] = await server(['--data-dir', other], false)
    await load.expectAll(last)
    await stop(second)
    expect(await run(['check', '--data-dir', other]).ended).toMatchObject({ code: 0 })
  } finally {
    await leading.dispose()
    await following.dispose()
  }
}, 180_000)

/** A server on a new store of PostgreSQL, with clients at work. */
async function servedStore(): Promise<{
  readonly address: string
  readonly schema: string
  readonly served: Started
  readonly load: MigrationLoad
}> {
  const address = newAddress()
  const schema = /schema=(\w+)/.exec(address)?.[1] ?? ''
  const [endpoint, served] = await server(['--engine', address])
  const load = new MigrationLoad()
  await load.furnish(endpoint, 6000)
  load.begin([endpoint])
  return { address, schema, served, load }
}

test('a migration that is killed once it has stopped writes has not stopped them for long', async () => {
  const { address, schema, served, load } = await servedStore()
  const directory = temporaryDirectory()
  const moving = migrate(address, directory)
  await expect.poll(moving.said).toContain('the target is empty')
  // Commits that are under way hold the last step up where further ones are stopped already.
  const session = await cluster.session()
  await session.query('SELECT pg_advisory_lock($1)', [String(storeLock(schema))])
  const stopped = `SELECT 1 FROM pg_proc WHERE pronamespace = '${schema}'::regnamespace
    AND prosrc LIKE '%the store is being moved%'`
  await expect.poll(async () => (await cluster.query(stopped)).rowCount, soon).toBe(3)
  moving.child.kill('SIGKILL')
  await session.end()
  await load.written(100)
  expect(load.failures).toEqual([])
  expect(load.longestPauseMs).toBeGreaterThan(5000)
  expect(load.longestPauseMs).toBeLessThan(20_000)
  const again = await migrate(address, directory).ended
  expect(again.code, again.said).toBe(0)
  await load.end()
  await stop(served)
  const [last] = await server(['--data-dir', directory], false)
  await load.expectAll(last)
}, 180_000)

test('one that is killed once it has given the store up is completed by the same command', async () => {
  const { address, schema, served, load } = await servedStore()
  const directory = temporaryDirectory()
  const reader = await cluster.session()
  await reader.query('BEGIN')
  await reader.query(`SELECT 1 FROM ${schema}.entries LIMIT 1`)
  const moving = migrate(address, directory)
  // PostgreSQL goes on with what it was asked for when whoever has asked is dead.
  const giving = `SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted`
  await expect.poll(async () => (await cluster.query(giving)).rowCount, soon).toBe(1)
  moving.child.kill('SIGKILL')
  await moving.ended
  await reader.end()
  const given = `SELECT 1 FROM ${schema}.moving WHERE retired_to IS NOT NULL`
  await expect.poll(async () => (await cluster.query(given)).rowCount, soon).toBe(1)
  // Neither can be opened, and whoever has it open reads nothing that may be old.
  const here = await run(['start', '--port', '0', '--data-dir', directory], false).ended
  expect(here.said).toContain('is being moved here and is not whole yet; run dynatom migrate')
  const there = await run(['start', '--port', '0', '--engine', address]).ended
  expect(there.said).toContain(`of PostgreSQL was moved to ${directory}.`)
  expect([here.code, there.code]).toEqual([1, 1])
  const checked = await run(['check', '--engine', address]).ended
  expect(checked).toMatchObject({ code: 1, said: there.said })
  const again = migrate(address, directory)
  await expect.poll(again.said).toContain('the target has a part of the store already')
  // The store is what it was until the copy is whole, and writes go on.
  await load.written(20)
  expect(await again.ended).toMatchObject({ code: 0 })
  await load.end()
  await stop(served)
  const [last] = await server(['--data-dir', directory], false)
  await load.expectAll(last)
}, 180_000)

test('a migration that is killed goes on, and one that is cancelled leaves all as it was', async () => {
  const [directory, address] = [temporaryDirectory(), newAddress()]
  const [endpoint, first] = await server(['--data-dir', directory], false)
  const load = new MigrationLoad()
  await load.furnish(endpoint)
  load.begin([endpoint])
  const killed = migrate(directory, address)
  await expect.poll(killed.said).toContain('the target is empty')
  killed.child.kill('SIGKILL')
  await load.written(50)
  first.child.kill('SIGKILL')
  await load.end()
  const [again, second] = await server(['--data-dir', directory], false)
  load.begin([again])
  const moved = await migrate(directory, address).ended
  expect(moved.code, moved.said).toBe(0)
  expect(moved.said).toContain('the target has a part of the store already')
  await load.end()
  await load.expectAll(again)

  const other = temporaryDirectory()
  load.begin([again])
  const back = migrate(address, other)
  await expect.poll(back.said).toContain('the target is empty')
  back.child.kill('SIGKILL')
  await load.written(50)
  expect(await migrate(address, other, '--cancel').ended).toMatchObject({ code: 0 })
  await load.written(50)
  const completed = await migrate(address, other).ended
  expect(completed.code, completed.said).toBe(0)
  await load.end()
  await stop(second)
  const [last] = await server(['--data-dir', other], false)
  await load.expectAll(last)
}, 180_000)

test('PostgreSQL may go away while a store is moved there, and clients go on', async () => {
  const [directory, address] = [temporaryDirectory(), newAddress()]
  const [endpoint, only] = await server(['--data-dir', directory], false)
  const load = new MigrationLoad()
  await load.furnish(endpoint)
  load.begin([endpoint])
  const moving = migrate(directory, address)
  await expect.poll(moving.said).toContain('the target is empty')
  await cluster.stop('SIGQUIT')
  await load.written(100)
  await cluster.resume()
  const { code, said } = await moving.ended
  // What had ended before it went away is moved; what it was in the midst of may have to be asked for again.
  if (code !== 0) {
    expect(said).toContain('Nothing was given up; run the same command again to go on')
    expect(await migrate(directory, address).ended).toMatchObject({ code: 0 })
  }
  await load.end()
  expect(load.failures).toEqual([])
  await load.expectAll(endpoint)
  await stop(only)
}, 120_000)

test('in process a move is ended by its signal and by close, and there is one at a time', async () => {
  const [dataDirectory, address] = [temporaryDirectory(), newAddress()]
  const environment = { PGPASSWORD: cluster.password }
  const database = await createDatabase({ dataDirectory })
  const { endpoint } = await database.listen({ port: 0 })
  const load = new MigrationLoad()
  await load.furnish(endpoint)
  const aborted = database.moveTo(address, { environment, signal: AbortSignal.abort() })
  const interrupted = 'Interrupted; nothing was given up. Run the same command again to go on.'
  const both = expect(aborted).rejects.toThrow(interrupted)
  await expect(database.moveTo(address, { environment })).rejects.toThrow(
    'The store is being moved already.',
  )
  await both
  await load.expectAll(endpoint)
  const lines: string[] = []
  const closed = database.moveTo(address, { environment, onProgress: (line) => lines.push(line) })
  const failure = expect(closed).rejects.toThrow(/^(Interrupted|The database is closed)/)
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  await database.close()
  await failure

  const again = await createDatabase({ dataDirectory })
  const named = await again.namespace('other')
  await named.close()
  await expect(again.moveTo(address, { environment })).rejects.toThrow(
    `The data directory ${dataDirectory} has namespaces (other), which a store of several servers ` +
      'has not; drop them first.',
  )
  await again.dropNamespace('other')
  await again.moveTo(address, { environment })
  await expect(again.moveTo(address, { environment })).rejects.toThrow(
    'The store is not in a data directory any more.',
  )
  await again.close()
}, 120_000)

test('what cannot be moved is refused in a sentence', async () => {
  const refusal = async (from: string, to: string): Promise<string> => {
    const { code, said } = await migrate(from, to).ended
    expect(code).toBeGreaterThan(0)
    return said.trim().split('\n').at(-1) ?? ''
  }
  const [directory, absent] = [temporaryDirectory(), temporaryDirectory()]
  const address = newAddress()
  expect(await refusal(absent, address)).toBe(`There is no store in ${absent}.`)
  expect(existsSync(absent)).toBe(false)
  expect(await refusal(address, absent)).toMatch(/^There is no store in the schema moved_\d+ of/)
  expect(await refusal('mysql://a@b/c', absent)).toContain('There is no engine mysql:')
  expect(await refusal(directory, absent)).toContain('between a data directory and postgres://')
  const [, first] = await server(['--data-dir', directory], false)
  const [, second] = await server(['--engine', address])
  await stop(second)
  const full = `There is a store in ${address} already; one is moved to an empty place.`
  expect(await refusal(directory, address)).toBe(full)
  await stop(first)
  expect(await refusal(directory, address)).toBe(full)
  const holds = `There is a store in ${directory} already; one is moved to an empty place.`
  expect(await refusal(address, directory)).toBe(holds)
  expect(readdirSync(directory)).toEqual(['store'])
  // And both are as they were.
  await stop((await server(['--data-dir', directory], false))[1])
  await stop((await server(['--engine', address]))[1])
}, 120_000)
