import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configName, consumerSources, resolutionNames } from './consumerSources.ts'
import { writeDocumentedFiles } from './documentedFiles.ts'
import { root } from './freshClone.ts'
import { dropIns, dropInTest, jestFiles, vitestFiles } from './kitSources.ts'
import { evaluate, runIn } from './programs.ts'

/** What is installed beside the package is said, version by version, in `consumer/package-lock.json`. */
const program = mkdtempSync(join(tmpdir(), 'dynatom-consumer-'))
let tarball: string

const run = (name: string, ...args: string[]): ReturnType<typeof runIn> =>
  runIn(program, join(program, 'node_modules', '.bin', name), ...args)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

beforeAll(async () => {
  cpSync(join(root, 'tests/packaging/consumer'), program, { recursive: true })
  for (const [name, text] of Object.entries(consumerSources)) {
    writeFileSync(join(program, name), text)
  }
  const server = join(root, 'packages/server')
  const packed = await runIn(server, 'npm', 'pack', '--pack-destination', program)
  tarball = join(program, packed.stdout.trim().split('\n').at(-1) as string)
  await runIn(program, 'npm', 'ci')
  await runIn(program, 'npm', 'install', '--no-save', tarball)
}, 600_000)
afterAll(() => rmSync(program, { recursive: true, force: true }))

test('attw finds no fault in the types', async () => {
  const { stdout } = await run('attw', tarball, '--entrypoints', '.', 'package.json')
  expect(stdout).toContain('No problems found')
  // Vitest is a module, and TypeScript's oldest way to find a package knows no entrances but the main one.
  const others = ['--entrypoints', 'vitest', 'jest', '--profile', 'node16']
  const kits = await run('attw', tarball, ...others, '--ignore-rules', 'cjs-resolves-to-esm')
  expect(kits.stdout).not.toMatch(/❌|⚠/)
})

test('publint finds no fault in the package', async () => {
  expect((await run('publint', 'run', tarball, '--strict')).stdout).toContain('All good!')
})

describe.each(resolutionNames)('types under moduleResolution %s', (name) => {
  test('are found, and are true', async () => {
    await run('tsc', '-p', configName(name))
  })
})

test('Jest runs it as CommonJS', async () => {
  const { stderr } = await run('jest', '--config', 'jest.config.json', 'orders.test.js')
  expect(stderr).toContain('Tests:       3 passed, 3 total')
})

test('ts-jest checks its types and runs it', async () => {
  const { stderr } = await run('jest', '--config', 'jest.config.json', 'typed.test.ts')
  expect(stderr).toContain('Tests:       1 passed, 1 total')
})

describe('as docs/test-runners.md has it', () => {
  test.each([
    ['Vitest', 'vitest', ['run'], /Tests {2}1 passed/],
    ['Jest', 'jest', [], /Tests: {7}1 passed, 1 total/],
  ] as const)('%s sets it up for a whole run', async (section, runner, args, outcome) => {
    const directory = join(program, runner)
    writeDocumentedFiles('test-runners.md', section, directory)
    const bin = join(program, 'node_modules', '.bin', runner)
    const { stdout, stderr } = await runIn(directory, bin, ...args)
    expect(stdout + stderr).toMatch(outcome)
  })
})

describe('as docs/test-kits.md has it', () => {
  test.each([
    ['Vitest', 'vitest', ['run'], /Tests {2}4 passed/],
    ['Jest', 'jest', [], /Tests: {7}2 passed, 2 total/],
    ['In the process of a test', 'vitest', ['run'], /Tests {2}1 passed/],
  ] as const)('%s', async (section, runner, args, outcome) => {
    const directory = join(program, section.replaceAll(' ', '-'))
    writeDocumentedFiles('test-kits.md', section, directory)
    const bin = join(program, 'node_modules', '.bin', runner)
    const { stdout, stderr } = await runIn(directory, bin, ...args)
    expect(stdout + stderr).toMatch(outcome)
    expect(stdout + stderr).not.toMatch(/source ?map|did not exit/i)
  })

  test('With a `jest-dynamodb-config.js`, wherever it is and whatever it is', async () => {
    const directory = join(program, 'drop-in')
    const projects = await Promise.all(
      Object.entries(dropIns).map(async ([name, files]) => {
        const project = join(directory, name)
        writeDocumentedFiles('test-kits.md', 'With a `jest-dynamodb-config.js`', project)
        const port = await freePort()
        for (const [file, text] of Object.entries({ ...files, 'files.test.js': dropInTest })) {
          writeFileSync(join(project, file), text.replaceAll('PORT', String(port)))
        }
        const configured = 'elsewhere.js' in files && {
          JEST_DYNAMODB_CONFIG: join(project, 'elsewhere'),
        }
        return { project, env: configured || {} }
      }),
    )
    for (const { project, env } of projects) {
      const bin = join(program, 'node_modules', '.bin', 'jest')
      const { stderr } = await runIn(
        project,
        'env',
        ...Object.entries(env).map((each) => each.join('=')),
        bin,
      )
      expect(stderr).toContain('Tests:       2 passed, 2 total')
    }
  })
})

describe('the databases of tests', () => {
  test.each([
    ['vitest', ['run'], /Tests {2}8 passed/],
    ['jest', ['--maxWorkers=4'], /Tests: {7}8 passed, 8 total/],
  ] as const)('of %s never meet, by file and by test', async (runner, args, outcome) => {
    for (const scope of ['file', 'test'] as const) {
      const directory = join(program, `${runner}-${scope}`)
      mkdirSync(directory)
      const files = runner === 'vitest' ? vitestFiles(scope) : jestFiles(scope)
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
      const bin = join(program, 'node_modules', '.bin', runner)
      const { stdout, stderr } = await runIn(directory, bin, ...args)
      expect(stdout + stderr, scope).toMatch(outcome)
    }
  })
})

describe.each([
  ['commonjs', `const { createDatabase, StoreUnavailable } = require('dynatom')`],
  ['module', `import { createDatabase, StoreUnavailable } from 'dynatom'`],
] as const)('as %s', (kind, loaded) => {
  test('it opens a store, and its errors are of its own class', async () => {
    const text = `${loaded}
      ;(async () => {
        const dataDirectory = ${JSON.stringify(join(program, `data-${kind}`))}
        const database = await createDatabase({ dataDirectory })
        const error = await createDatabase({ dataDirectory }).catch((reason) => reason)
        await database.close()
        console.log(error instanceof StoreUnavailable)
      })()`
    expect(await evaluate(program, kind, text)).toBe('true')
  })
})

test('the command is there', async () => {
  expect((await run('dynatom', '--help')).stdout).toContain('Usage: dynatom')
})
