import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFreshClone, root } from './freshClone.ts'
import { evaluate, runIn } from './programs.ts'

const { version } = JSON.parse(
  readFileSync(join(root, 'packages/server/package.json'), 'utf8'),
) as { version: string }

const directory = mkdtempSync(join(tmpdir(), 'dynatom-packaging-'))
const clone = join(directory, 'clone')
const packageDirectory = join(clone, 'packages', 'server')

beforeAll(() => makeFreshClone(clone))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each([
  ['linux', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
])('the lock file has all that npm ci needs on %s, %s', async (os, cpu) => {
  await runIn(clone, 'npm', 'ci', '--dry-run', `--os=${os}`, `--cpu=${cpu}`)
})

test('npm pack installs and builds first, says so, and packs what it built', async () => {
  // What an earlier build left of a source that is gone.
  mkdirSync(join(packageDirectory, 'dist', 'gone'), { recursive: true })
  writeFileSync(join(packageDirectory, 'dist', 'gone', 'gone.js'), '')
  const { stderr } = await runIn(packageDirectory, 'npm', 'pack', '--pack-destination', directory)
  expect(stderr).toMatch(/^Installing packages\.\.\.$/m)
  expect(stderr).toMatch(/^Building\.\.\.$/m)
  const tarball = join(directory, `dynatom-${version}.tgz`)
  const { stdout } = await runIn(directory, 'tar', '-tzf', tarball)
  const names = stdout.trim().split('\n')
  for (const name of [
    'LICENSE',
    'README.md',
    'package.json',
    'model/dynamodb.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/start/dynatom.cjs',
    'dist/start/command.cjs',
    'dist/start/LICENSES.txt',
    'dist/cjs/index.js',
    'dist/cjs/index.d.ts',
    'dist/cjs/package.json',
  ]) {
    expect(names).toContain(`package/${name}`)
  }
  expect(names.filter((name) => /\/src\/|\.test\.|tsbuildinfo|\.cache$|gone/.test(name))).toEqual(
    [],
  )
})

test('a program that depends on the git address gets the package, built', async () => {
  const program = join(directory, 'program')
  mkdirSync(program)
  writeFileSync(join(program, 'package.json'), '{ "private": true }')
  await runIn(program, 'npm', 'install', `git+file://${clone}`)
  const use = `createDatabase({ inMemory: true }).then((db) => db.close()).then(() => console.log('used'))`
  expect(
    await evaluate(program, 'commonjs', `const { createDatabase } = require('dynatom'); ${use}`),
  ).toBe('used')
  expect(
    await evaluate(program, 'module', `import { createDatabase } from 'dynatom'; ${use}`),
  ).toBe('used')
  const command = join(program, 'node_modules', '.bin', 'dynatom')
  expect((await runIn(program, command, '--version')).stdout).toBe(`${version}\n`)
})
