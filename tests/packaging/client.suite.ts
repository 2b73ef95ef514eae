import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientSources, use } from './clientSources.ts'
import { configName, resolutionNames } from './consumerSources.ts'
import { root } from './freshClone.ts'
import { evaluate, runIn } from './programs.ts'

/** The packed client in a program that has the SDK, and nothing of the server. */
const program = mkdtempSync(join(tmpdir(), 'dynatom-client-'))
let tarball: string

const run = (name: string, ...args: string[]): ReturnType<typeof runIn> =>
  runIn(program, join(program, 'node_modules', '.bin', name), ...args)

beforeAll(async () => {
  cpSync(join(root, 'tests/packaging/consumer'), program, { recursive: true })
  for (const [name, text] of Object.entries(clientSources)) writeFileSync(join(program, name), text)
  const client = join(root, 'packages/client')
  const packed = await runIn(client, 'npm', 'pack', '--pack-destination', program)
  tarball = join(program, packed.stdout.trim().split('\n').at(-1) as string)
  await runIn(program, 'npm', 'ci')
  await runIn(program, 'npm', 'install', '--no-save', tarball)
}, 600_000)
afterAll(() => rmSync(program, { recursive: true, force: true }))

test('it brings nothing with it: no engine, no server, no SDK of its own', () => {
  const modules = join(program, 'node_modules')
  expect(readdirSync(modules).filter((name) => /lmdb|dynatom/.test(name))).toEqual(['@dynatom'])
  expect(readdirSync(join(modules, '@dynatom'))).toEqual(['client'])
  expect(existsSync(join(modules, '@dynatom/client/node_modules'))).toBe(false)
})

test('it has what a program needs, and no sources or tests', async () => {
  const { stdout } = await runIn(program, 'tar', '-tzf', tarball)
  const names = stdout.trim().split('\n')
  for (const name of [
    'LICENSE',
    'README.md',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cjs/index.js',
  ]) {
    expect(names).toContain(`package/${name}`)
  }
  expect(names.filter((name) => /\/src\/|\.test\.|testing|tsbuildinfo/.test(name))).toEqual([])
})

test('attw finds no fault in the types', async () => {
  expect((await run('attw', tarball)).stdout).toContain('No problems found')
})

test('publint finds no fault in the package', async () => {
  expect((await run('publint', 'run', tarball, '--strict')).stdout).toContain('All good!')
})

describe.each(resolutionNames)('types under moduleResolution %s', (name) => {
  test('are found, and are true', async () => {
    await run('tsc', '-p', configName(name))
  })
})

const names = '{ createClient, defineTable, RefusedError }'
const sdk = '@aws-sdk/client-dynamodb'

test.each([
  ['commonjs', (what: string, from: string) => `const ${what} = require('${from}');`],
  ['module', (what: string, from: string) => `import ${what} from '${from}';`],
] as const)('as %s it runs', async (kind, load) => {
  const loaded = load(names, '@dynatom/client') + load('{ DynamoDBClient }', sdk)
  expect(await evaluate(program, kind, loaded + use)).toBe(
    'true A transaction without actions is not sent.',
  )
})
