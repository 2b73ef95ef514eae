import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAlonePrograms } from '../../scripts/cluster/alonePrograms.mjs'

let home: string
let data: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "dynatom-programs'-")))
  data = join(home, 'data')
  const installed = join(home, 'installed')
  for (const each of [data, installed]) mkdirSync(each)
  for (const name of ['postgres', 'sleeper']) copyFileSync('/bin/sleep', join(installed, name))
  for (const name of ['pg_rewind', 'pg_basebackup']) {
    copyFileSync('/bin/echo', join(installed, name))
  }
  makeAlonePrograms(join(home, 'programs'), { programs: installed, data })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const program = (name: string): string => join(home, 'programs', name)

/** What `name` prints, and whether a program that stood in `directory` before lives on. */
async function runBeside(name: string, other: string, directory: string, isRemoved: boolean) {
  const beside = spawn(program(other), ['60'], { cwd: directory })
  await once(beside, 'spawn')
  if (isRemoved) rmSync(directory, { recursive: true })
  const { stdout } = spawnSync(program(name), ['from', 'the leader'], { encoding: 'utf8' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const lives = beside.signalCode === null
  beside.kill('SIGKILL')
  return { stdout, lives }
}

test.each([
  ['pg_rewind', false],
  ['pg_rewind', true],
  ['pg_basebackup', false],
  ['pg_basebackup', true],
])('%s has the data directory alone, removed: %s', async (name, isRemoved) => {
  const expected = { stdout: 'from the leader\n', lives: false }
  expect(await runBeside(name, 'postgres', data, isRemoved)).toEqual(expected)
})

test('what is elsewhere, and what is no PostgreSQL, is left alone', async () => {
  const expected = { stdout: 'from the leader\n', lives: true }
  expect(await runBeside('pg_rewind', 'postgres', home, false)).toEqual(expected)
  expect(await runBeside('pg_rewind', 'sleeper', data, false)).toEqual(expected)
})
