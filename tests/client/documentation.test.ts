import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type Database } from '../../packages/server/src/index.ts'
import { blockIn, documentedPrograms, pages, type DocumentedProgram } from './documentedPrograms.ts'

/*
 * Every block of code in the README and the pages on the client is compiled and run, against a server, and
 * has to print what its comments say. They use the package as it was built, by its name.
 */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const directory = join(root, 'node_modules/.cache/clientDocumentation')
const readme = 'packages/client/README.md'

const programs: readonly (DocumentedProgram & { page: string })[] = pages.flatMap((page) =>
  documentedPrograms(page).map((program) => ({ ...program, page })),
)
const typescript = programs.filter(({ name }) => name.endsWith('.ts'))

let database: Database
let environment: NodeJS.ProcessEnv

/** The table of `tables.md`, which the other pages use. */
const table = {
  TableName: 'SingleTable',
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['PK', 'SK', 'StatusPK', 'StatusSK'].map((AttributeName) => {
    return { AttributeName, AttributeType: 'S' }
  }),
  GlobalSecondaryIndexes: [
    ['Inverse', 'SK', 'PK'],
    ['ByStatus', 'StatusPK', 'StatusSK'],
  ].map(([IndexName, HASH, RANGE]) => ({
    IndexName,
    KeySchema: [
      { AttributeName: HASH, KeyType: 'HASH' },
      { AttributeName: RANGE, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  })),
  BillingMode: 'PAY_PER_REQUEST',
}

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
}

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const files: Record<string, string> = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ compilerOptions, files: typescript.map(({ name }) => name) }),
    ...Object.fromEntries(programs.map(({ name, code }) => [name, code])),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  database = await createDatabase({ inMemory: true, tables: [table as never] })
  const { endpoint } = await database.listen({ port: 0 })
  environment = {
    PATH: process.env['PATH'],
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'docs',
    AWS_SECRET_ACCESS_KEY: 'docs',
    NODE_NO_WARNINGS: '1',
  }
})
afterAll(() => database.close())

async function printedBy(file: string): Promise<readonly string[]> {
  await database.reset()
  const options = { cwd: directory, env: environment }
  const { stdout } = await run(process.execPath, [file], options).catch((error: unknown) => {
    throw new Error(`${file}: ${(error as { stderr: string }).stderr}`)
  })
  return stdout === '' ? [] : stdout.trimEnd().split('\n')
}

test('every page has its programs', () => {
  expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length)
  expect(programs.flatMap(({ printed }) => printed).length).toBeGreaterThan(50)
  expect(programs.map(({ page }) => page)).toEqual(expect.arrayContaining([...pages]))
})

test('the programs are right by their types', async () => {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const compiled = run(process.execPath, [tsc, '-p', join(directory, 'tsconfig.json')])
  const told = await compiled.then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  )
  expect(told).toBe('')
})

describe('prints what it says', () => {
  test.each(typescript)('$page, $name', async ({ name, printed }) => {
    expect(await printedBy(name.replace('.ts', '.js'))).toEqual(printed)
  })

  test('the README', async () => {
    expect(`${(await printedBy('app.mjs')).join('\n')}\n`).toBe(blockIn(readme, 'text'))
  })
})
