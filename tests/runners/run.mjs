import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createReport } from '../clients/report.mjs'
import { builtMain as main, CommandProcess } from '../means/commandProcess.mjs'
import { emptyDirectory, endedProgram } from '../means/endedProgram.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const bin = join(here, 'node_modules', '.bin')
const cache = join(here, '.cache')
const programTimeoutMs = 120_000

const report = createReport()
const { test } = report

/** Runs a program of the runners in `cwd`; rejects with what it printed unless it ends with 0. */
function run(command, args, { cwd = here, env = {} } = {}) {
  return endedProgram(join(bin, command), args, {
    cwd,
    env: { ...process.env, ...env, NO_COLOR: '1' },
    timeout: programTimeoutMs,
    title: command,
  })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const freshDirectory = (name) => emptyDirectory(join(cache, name))

/** Jest with ES modules; each file of tests loads everything anew. */
async function fakeTimersOfJest() {
  const config = { rootDir: here, transform: {}, testMatch: ['<rootDir>/*.jest.mjs'] }
  const modules = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' }
  const output = await run('jest', ['--config', JSON.stringify(config)], { env: modules })
  assert.match(output, /Tests: +6 passed, 6 total/)
}

/**
 * A project as its own documentation describes it. The preset starts `java -jar DynamoDBLocal.jar`;
 * the project's configuration puts a `java` first on the path that is this server.
 */
async function presetOfShelf() {
  const project = await freshDirectory('preset')
  const port = await freePort()
  const java = join(project, 'java')
  await writeFile(java, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  await chmod(java, 0o755)
  // The installer downloads nothing when the file is there.
  await writeFile(join(project, 'DynamoDBLocal.jar'), '')
  await writeFile(join(project, 'package.json'), '{"private": true}')
  await writeFile(
    join(project, 'jest.config.js'),
    "module.exports = { preset: '@shelf/jest-dynamodb', transform: {} }\n",
  )
  await writeFile(
    join(project, 'jest-dynamodb-config.js'),
    `const { delimiter } = require('node:path')
process.env.PATH = __dirname + delimiter + process.env.PATH
module.exports = {
  port: ${port},
  installerConfig: { installPath: __dirname },
  tables: [{
    TableName: 'files',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  }],
}
`,
  )
  await writeFile(
    join(project, 'files.test.js'),
    `const { DynamoDB } = require('@aws-sdk/client-dynamodb')
test('the table of the configuration takes items', async () => {
  const client = new DynamoDB({
    endpoint: 'http://localhost:${port}',
    region: 'local-env',
    credentials: { accessKeyId: 'fakeMyKeyId', secretAccessKey: 'fakeSecretAccessKey' },
  })
  const item = { id: { S: '1' } }
  await client.putItem({ TableName: 'files', Item: item })
  expect((await client.getItem({ TableName: 'files', Key: item })).Item).toEqual(item)
  client.destroy()
})
`,
  )
  assert.match(await run('jest', [], { cwd: project }), /Tests: +1 passed, 1 total/)
}

async function waitOn(target) {
  const server = new CommandProcess(['--in-memory', '--port', '0'])
  try {
    const { host } = new URL(await server.endpoint())
    await run('wait-on', ['--timeout', '20000', target(host)])
  } finally {
    const { code, signal } = await server.stop()
    assert.deepEqual({ code, signal }, { code: 0, signal: null })
  }
}

async function startServerAndTest() {
  const project = await freshDirectory('started')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const ask = `fetch('${url}').then(async (answer) => console.log(await answer.text()))\n`
  await writeFile(join(project, 'ask.mjs'), ask)
  const scripts = { start: `node '${main}' --in-memory --port ${port}`, ask: 'node ask.mjs' }
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, scripts }))
  const output = await run('start-server-and-test', ['start', url, 'ask'], { cwd: project })
  assert.match(output, /healthy: dynamodb\.us-east-1\.amazonaws\.com/)
}

await test('Jest: fake timers, before the package is loaded and after', fakeTimersOfJest)
await test('@shelf/jest-dynamodb: its own launch, its tables', presetOfShelf)
await test('wait-on: by HEAD', () => waitOn((host) => `http://${host}`))
await test('wait-on: by GET', () => waitOn((host) => `http-get://${host}`))
await test('start-server-and-test', startServerAndTest)
process.exitCode = report.finish() ? 0 : 1
