import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LmdbEngine } from '../storage/lmdb/lmdbEngine.ts'
import { tableCounterKey } from '../layout/storeKeys.ts'
import { openDataPlane } from '../testing/dataPlane.ts'
import { ensureStoreFormat } from '../layout/storeFormat.ts'
import { checkDataDirectory, summaryOf } from './checkCommand.ts'
import { parseCommandLine } from './commandLine.ts'
import { OperatorError } from './operatorError.ts'

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-check-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A store with one table of one item. */
async function storeOfOneItem(): Promise<string> {
  const directory = temporaryDirectory()
  const engine = await LmdbEngine.open(directory)
  await ensureStoreFormat(engine)
  const plane = await openDataPlane({ engine })
  await plane.createTable('Items', ['id:S'])
  await plane.call('PutItem', { TableName: 'Items', Item: { id: { S: 'x' } } })
  await engine.close()
  return directory
}

async function check(directory: string): Promise<{ code: number; text: string }> {
  let text = ''
  const code = await checkDataDirectory(directory, (piece) => {
    text += piece
  })
  return { code, text }
}

test('a store without findings gives 0, and is left as it was', async () => {
  const directory = await storeOfOneItem()
  const answer = { code: 0, text: 'checked 1 item in 1 table: no findings\n' }
  expect(await check(directory)).toEqual(answer)
  expect(await check(directory)).toEqual(answer)
  expect(readdirSync(directory)).toEqual(['store'])
})

test('findings are lines, and give 1', async () => {
  const directory = await storeOfOneItem()
  const engine = await LmdbEngine.open(directory)
  await engine.commit([], [{ key: tableCounterKey(1), value: undefined }])
  await engine.commit([], [{ key: Buffer.from('?'), value: Buffer.from('') }])
  await engine.close()
  expect(await check(directory)).toEqual({
    code: 1,
    text:
      'unknownKey ?: No such key is ever written\n' +
      'counter \\x03\\x00\\x00\\x00\\x01: table Items counts 0 and 0 bytes and has 1 and 3 bytes\n' +
      'checked 1 item in 1 table: 2 findings\n',
  })
})

test('a directory without a store is refused and stays as it is', async () => {
  const directory = temporaryDirectory()
  const absent = join(directory, 'absent')
  for (const each of [directory, absent]) {
    const refused = check(each)
    await expect(refused).rejects.toThrow(`There is no store in ${each}; see --data-dir.`)
    await expect(refused).rejects.toBeInstanceOf(OperatorError)
  }
  expect(existsSync(absent)).toBe(false)
  expect(readdirSync(directory)).toEqual([])
})

test('a store that somebody has open is refused', async () => {
  const directory = await storeOfOneItem()
  const engine = await LmdbEngine.open(directory)
  await expect(check(directory)).rejects.toThrow(
    `The data directory ${directory} is in use by another Dynatom process (pid ${process.pid}).`,
  )
  await engine.close()
  expect((await check(directory)).code).toBe(0)
})

test('the summary says when not all findings are shown', () => {
  const findings = [{ kind: 'unknownKey', key: '?', detail: '' } as const]
  const report = { findings, findingCount: 1, itemCount: 0, tableCount: 0 }
  expect(summaryOf(report)).toBe('checked 0 items in 0 tables: 1 finding')
  expect(summaryOf({ ...report, findingCount: 20 })).toBe(
    'checked 0 items in 0 tables: 20 findings, the first 1 above',
  )
})

test('the command line of check', () => {
  const commandOf = (...args: string[]) => parseCommandLine(['check', ...args])
  expect(commandOf()).toEqual({ kind: 'check', dataDirectory: './dynatom-data' })
  for (const args of [['--data-dir', 'd'], ['--data-dir=d'], ['-dbPath', 'd']]) {
    expect(commandOf(...args)).toEqual({ kind: 'check', dataDirectory: 'd' })
  }
  expect(commandOf('--help')).toEqual({ kind: 'help' })
  expect(commandOf('--version')).toEqual({ kind: 'version' })
})

test.each([
  [['--port', '1'], 'Unknown flag --port.'],
  [['--in-memory'], 'Unknown flag --in-memory.'],
  [['--data-dri', 'd'], 'Unknown flag --data-dri. Did you mean --data-dir?'],
  [['--data-dir'], '--data-dir needs a value.'],
])('check %j is refused', (args, message) => {
  expect(() => parseCommandLine(['check', ...args])).toThrow(`${message} See dynatom --help.`)
})

test('a mistyped check is recognised', () => {
  expect(() => parseCommandLine(['chekc'])).toThrow('Unknown command chekc. Did you mean check?')
})
