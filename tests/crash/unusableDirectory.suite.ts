import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { builtMain, type Ended, type Launch } from '../means/commandProcess.mjs'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { itemsTable } from '../means/itemsTable.ts'
import { httpClient } from '../means/httpClient.ts'
import { serverArguments, startServer } from './killedServer.ts'
import { canRun } from './scarceSpace.ts'
import { within } from './within.ts'
import { isNoSocket } from './isNoSocket.ts'

const isRoot = process.getuid?.() === 0
/** Root may do everything, so the server is started as somebody who may not. */
const nobody = 65_534
const asNobody: Launch = isRoot ? { uid: nobody } : {}
/** Whether that somebody may read the program at all. */
const canStart = !isRoot || canRun(process.execPath, [builtMain, '--version'], nobody)
const hasLimits = canRun('prlimit', ['--version'])
const canMount = isRoot && canRun('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])

if (!canStart) console.log('no permissions are tested: only root can read the program')
if (!hasLimits) console.log('no limits of a process are tested: there is no prlimit')
if (!canMount) console.log('no file systems are tested: nothing can be mounted')

const puts = { TableName: 'Items', Item: { id: { S: '1' } } }

/** A data directory with a table and an item, left by a server that was killed or that ended. */
async function usedDirectory(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<string> {
  const directory = join(temporaryDirectory(), 'data')
  const { server, client } = await startServer(directory)
  await client.perform('CreateTable', itemsTable)
  await client.perform('PutItem', puts)
  await server.kill(signal)
  giveAway(directory)
  return directory
}

/** Makes everything in the directory, and what it lies in, the property of the server's user. */
function giveAway(directory: string): void {
  if (!isRoot) return
  const inside = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const paths = [join(directory, '..'), directory, ...inside.map((path) => join(directory, path))]
  for (const path of paths) chownSync(path, nobody, nobody)
}

/** Takes permissions away until the test is over, so that its directory can be removed. */
function restrict(path: string, mode: number): void {
  const before = statSync(path).mode
  chmodSync(path, mode)
  onTestFinished(() => {
    if (existsSync(path)) chmodSync(path, before)
  })
}

const start = (directory: string, launch: Launch = asNobody): Promise<Ended> =>
  within('a refusal', new DynatomProcess(serverArguments(directory), undefined, launch).ended)

const check = (directory: string, launch: Launch = asNobody): Promise<Ended> => {
  const args = ['check', '--data-dir', directory]
  return within('a refusal', new DynatomProcess(args, undefined, launch).ended)
}

/** One sentence for the operator, no trace, no signal. */
function expectSentence(ended: Ended, sentence: RegExp): void {
  expect(ended).toMatchObject({ code: 1, signal: null, stdout: '' })
  expect(ended.stderr).toMatch(/^[A-Z][^\n]*\.\n$/)
  expect(ended.stderr).toMatch(sentence)
}

const filesOf = (directory: string, pattern: RegExp): string[] =>
  readdirSync(join(directory, 'store'))
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, 'store', name))

describe.runIf(canStart)('permissions', () => {
  test('a directory that may not be written, and one that may not be created', async () => {
    const parent = temporaryDirectory()
    giveAway(parent)
    restrict(parent, 0o555)
    expectSentence(await start(parent), /^The data directory \S+ cannot be written to: .*EACCES/)
    const absent = join(parent, 'absent')
    expectSentence(await start(absent), /^The data directory \S+absent cannot be created: EACCES/)
  })

  test('a store in a directory that may not be written', async () => {
    const directory = await usedDirectory()
    restrict(directory, 0o555)
    const sentence = /^The data directory \S+ cannot be written to: .*EACCES/
    expectSentence(await start(directory), sentence)
    expectSentence(await check(directory), sentence)
  })

  test.each([
    ['data.mdb', 0o000],
    ['data.mdb', 0o444],
    ['lock.mdb', 0o000],
    ['lock.mdb', 0o444],
    ['journal', 0o000],
    ['journal', 0o444],
  ])('a store whose %s has mode %o', async (name, mode) => {
    const directory = await usedDirectory()
    const files = filesOf(directory, new RegExp(`^${name}`))
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) restrict(file, mode)
    expectSentence(await start(directory), /(EACCES|[Pp]ermission denied)/)
    for (const file of files) chmodSync(file, 0o644)
    await expectIntact(directory)
  })

  test('a store that may not be looked into', async () => {
    const directory = await usedDirectory()
    restrict(join(directory, 'store'), 0o000)
    expectSentence(await start(directory), /EACCES/)
    expectSentence(await check(directory), /EACCES/)
    chmodSync(join(directory, 'store'), 0o755)
    await expectIntact(directory)
  })
})

/** The refusals have changed nothing. */
async function expectIntact(directory: string): Promise<void> {
  const { server, client } = await startServer(directory, asNobody)
  const key = { TableName: 'Items', Key: { id: { S: '1' } } }
  expect(await client.perform('GetItem', key)).toEqual({ Item: puts.Item })
  await server.kill('SIGTERM')
  expect(await check(directory)).toMatchObject({
    code: 0,
    stdout: 'checked 1 item in 1 table: no findings\n',
  })
}

describe('what is no directory', () => {
  test('a file, a link to nowhere, a link to itself, a name that is too long', async () => {
    const parent = temporaryDirectory()
    const refuses = async (name: string, sentence: RegExp): Promise<void> => {
      const directory = join(parent, name)
      expectSentence(await start(directory, {}), sentence)
    }
    writeFileSync(join(parent, 'file'), '')
    symlinkSync(join(parent, 'no', 'where'), join(parent, 'nowhere'))
    symlinkSync(join(parent, 'circle'), join(parent, 'circle'))
    await refuses('file', /^The data directory \S+file cannot be .*ENOTDIR/)
    await refuses('nowhere', /^The data directory \S+nowhere cannot be /)
    await refuses('circle', /^The data directory \S+circle cannot be .*ELOOP/)
    await refuses('n'.repeat(300), /^The data directory \S+ cannot be .*ENAMETOOLONG/)
  })

  test.each(['data.mdb', 'lock.mdb', 'journal'])('a directory in place of %s', async (name) => {
    const directory = await usedDirectory('SIGTERM')
    for (const file of filesOf(directory, new RegExp(`^${name}`))) {
      rmSync(file)
      mkdirSync(file)
    }
    expectSentence(await start(directory), /store/)
  })

  test('a file in place of the store', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'store'), '')
    expectSentence(await start(directory, {}), /ENOTDIR/)
  })
})

describe.runIf(canStart && hasLimits)('limits of the process', () => {
  const limited = (limit: string): Launch => ({ ...asNobody, wrapper: ['prlimit', limit] })

  test.each([0, 10_000, 20_000, 60_000])(
    'files of at most %i bytes for a new store',
    async (limit) => {
      const parent = temporaryDirectory()
      giveAway(parent)
      const directory = join(parent, 'data')
      await expectSentenceOrService(directory, limited(`--fsize=${limit}`))
      // What the attempt left is no obstacle when there is room.
      const { server, client } = await startServer(directory, asNobody)
      await client.perform('ListTables', {})
      await server.kill('SIGTERM')
    },
  )

  test.each([3, 10, 30, 60])('address space of %i GB', async (gigabytes) => {
    const directory = await usedDirectory()
    await expectSentenceOrService(directory, limited(`--as=${gigabytes * 1024 ** 3}`))
    await expectIntact(directory)
  })
})

describe.runIf(canMount)('file systems', () => {
  const mounted = (): string => {
    const directory = temporaryDirectory()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory])
    onTestFinished(() => void execFileSync('umount', [directory]))
    return directory
  }
  const fillUp = (directory: string): void => {
    try {
      writeFileSync(join(directory, 'ballast'), Buffer.alloc(8 * 1024 ** 2, 1))
    } catch {
      // It is full now.
    }
  }

  test('one that is read only', async () => {
    const disk = mounted()
    cpSync(await usedDirectory(), join(disk, 'data'), { recursive: true, filter: isNoSocket })
    execFileSync('mount', ['-o', 'remount,ro', disk])
    const sentence = /^The data directory \S+ cannot be .*EROFS/
    expectSentence(await start(join(disk, 'data'), {}), sentence)
    expectSentence(await check(join(disk, 'data'), {}), sentence)
    expectSentence(await start(join(disk, 'absent'), {}), sentence)
  })

  test('one that is full, for a new store', async () => {
    const disk = mounted()
    fillUp(disk)
    expectSentence(await start(join(disk, 'data'), {}), /(ENOSPC|[Nn]o space left)/)
    rmSync(join(disk, 'ballast'))
    const { client } = await startServer(join(disk, 'data'))
    await client.perform('CreateTable', itemsTable)
  })

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'one that is full, for a store that was copied there after %s',
    async (signal) => {
      const disk = mounted()
      const directory = join(disk, 'data')
      cpSync(await usedDirectory(signal), directory, { recursive: true, filter: isNoSocket })
      rmSync(join(directory, 'store', 'lock.mdb'))
      fillUp(disk)
      await expectSentenceOrService(directory, {})
    },
  )
})

/** It says in a sentence why not, or answers requests. */
async function expectSentenceOrService(directory: string, launch: Launch): Promise<void> {
  const server = new DynatomProcess(serverArguments(directory), undefined, launch)
  const outcome = await within(
    'a start',
    Promise.race([server.ended, server.endpoint().catch(() => '')]),
  )
  if (typeof outcome === 'string' && outcome !== '') {
    const client = httpClient(outcome)
    await client.perform('ListTables', {})
    await server.kill('SIGKILL')
    return
  }
  expectSentence(await server.ended, /store|data directory/)
}
