import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createReport } from '../clients/report.mjs'
import { emptyDirectory, endedProgram } from '../means/endedProgram.mjs'
import { recipeOf, writeFiles } from './documentedRecipe.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '..', '..')
const cache = join(here, '.cache')
const programTimeoutMs = 300_000
const { parse } = createRequire(import.meta.url)('yaml')

const ordersTest = `
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'

test('the table is there', async () => {
  const { TableNames } = await new DynamoDBClient().send(new ListTablesCommand())
  assert.deepEqual(TableNames, ['Orders'])
})
`

const report = createReport()
const { test } = report

/** Nothing of AWS and of an npm around this run reaches a recipe. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|npm_|INIT_CWD$)/.test(name)),
  ),
  PATH: [join(here, '.venv', 'bin'), process.env.PATH].join(delimiter),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  PYTHONDONTWRITEBYTECODE: '1',
  NO_COLOR: '1',
  CI: '1',
}

/** Performs a command line as GitHub does, and gives what it has printed; rejects unless it ends with 0. */
function perform(directory, commandLine) {
  return endedProgram('bash', ['-e', '-o', 'pipefail', '-c', commandLine], {
    cwd: directory,
    env: environment,
    timeout: programTimeoutMs,
    title: commandLine,
  })
}

const freshDirectory = (name) => emptyDirectory(join(cache, name))

/** A project that has the package as its users do. */
async function newProject(name, manifest = {}) {
  const directory = await freshDirectory(name)
  const server = join(root, 'packages', 'server')
  const packed = await perform(
    server,
    `npm pack --ignore-scripts --silent --pack-destination '${directory}'`,
  )
  const tarball = packed.trim().split('\n').at(-1)
  const devDependencies = { ...manifest.devDependencies, dynatom: `file:${tarball}` }
  const text = JSON.stringify({ private: true, ...manifest, devDependencies })
  await writeFile(join(directory, 'package.json'), text)
  return directory
}

const template = new Map([['template.yaml', recipeOf('pytest').files.get('template.yaml')]])

/** Writes the files of a section into a project and performs its command lines. */
async function performSection(section, directory) {
  const { files, commands } = recipeOf(section)
  await writeFiles(directory, new Map([...template, ...files]))
  assert.equal(commands.length, 1, `${section} has one command line that is not an installation`)
  return perform(directory, commands[0])
}

const project = await newProject('project')
await perform(project, 'npm install --no-audit --no-fund --silent')

await test('pytest', async () => {
  const output = await performSection('pytest', project)
  assert.match(output, /4 passed/)
})

await test('JUnit 5', async () => {
  await cp(join(here, 'junit5'), project, { recursive: true })
  await performSection('JUnit 5', project)
  const reports = await perform(project, 'cat target/surefire-reports/*.txt')
  assert.match(reports, /Tests run: 4, Failures: 0, Errors: 0, Skipped: 0/)
})

const isThere = (program) =>
  spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined

if (isThere('go'))
  await test('Go', async () => {
    await cp(join(here, 'go'), project, { recursive: true })
    const output = await performSection('Go', project)
    assert.match(output, /^ok\s/m)
  })

/** The steps that GitHub performs by itself put Node.js and Python there, which are. */
await test('GitHub Actions: the steps of the workflow, as they stand', async () => {
  const directory = await newProject('workflow', {
    scripts: { test: 'node --test' },
    devDependencies: { '@aws-sdk/client-dynamodb': '^3.1162.0' },
  })
  await perform(directory, 'npm install --package-lock-only --no-audit --no-fund --silent')
  await cp(join(here, 'requirements.txt'), join(directory, 'requirements.txt'))
  await writeFiles(directory, recipeOf('pytest').files)
  await writeFile(join(directory, 'orders.test.mjs'), ordersTest)
  const workflow = parse(recipeOf('GitHub Actions').files.get('.github/workflows/test.yml'))
  const steps = workflow.jobs.test.steps.filter(({ run }) => run !== undefined)
  assert.equal(steps.length, 4)
  const outputs = []
  for (const { run } of steps) outputs.push(await perform(directory, run))
  assert.match(outputs[2], /^# pass 1$/m)
  assert.match(outputs[3], /4 passed/)
})

process.exitCode = report.finish() ? 0 : 1
