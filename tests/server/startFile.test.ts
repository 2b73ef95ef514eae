import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { checkedDirectory, DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cacheName = `command.${process.version}-${process.arch}.cache`
const nobody = 65_534

/** What the command starts from, as a package that is installed has it, without a cache. */
function installation(): string {
  const directory = temporaryDirectory()
  const server = join(root, 'packages/server')
  cpSync(join(server, 'package.json'), join(directory, 'package.json'))
  const start = join(directory, 'dist', 'start')
  mkdirSync(start, { recursive: true })
  for (const name of ['command.cjs', 'dynatom.cjs']) {
    cpSync(join(server, 'dist/start', name), join(start, name))
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  return start
}

const mainOf = (start: string): { main: string } => ({ main: join(start, 'dynatom.cjs') })

/** Starts, writes and reads an item, and stops. */
async function session(start: string, flags: readonly string[], uid?: number): Promise<void> {
  const launch = { ...mainOf(start), ...(uid !== undefined && { uid }) }
  const server = new DynatomProcess(['--port', '0', ...flags], undefined, launch)
  const endpoint = await server.endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  const item = { id: { S: 'a' }, text: { S: 'ä' } }
  await perform(endpoint, 'PutItem', { TableName: 'Items', Item: item })
  const found = await perform(endpoint, 'GetItem', { TableName: 'Items', Key: { id: { S: 'a' } } })
  expect(found).toEqual({ Item: item })
  await perform(endpoint, 'DeleteTable', { TableName: 'Items' })
  const { code, stderr } = await server.stop()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

const durable = (directory: string): string[] => ['--data-dir', directory]

test('loads nothing by import(), which a script that comes with its compiled code does not have', () => {
  const script = readFileSync(join(root, 'packages/server/dist/start/command.cjs'), 'utf8')
  expect([...script.matchAll(/.*\bimport\(.*/g)].map(([line]) => line)).toEqual([])
})

describe('the code of the first session', () => {
  test('is kept at its end, and used from then on', async () => {
    const start = installation()
    const data = checkedDirectory()
    await session(start, durable(data))
    expect(readdirSync(start).sort()).toEqual([cacheName, 'command.cjs', 'dynatom.cjs'].sort())
    const { mtimeMs } = statSync(join(start, cacheName))
    await session(start, durable(data))
    await session(start, ['--in-memory'])
    expect(statSync(join(start, cacheName)).mtimeMs).toBe(mtimeMs)
  })

  test('is kept again when a later one has found out where the binary part of the store is', async () => {
    const start = installation()
    await session(start, ['--in-memory'])
    expect(readFileSync(join(start, cacheName)).includes('.node"')).toBe(false)
    await session(start, durable(checkedDirectory()))
    expect(readFileSync(join(start, cacheName)).includes('.node"')).toBe(true)
  })

  test('does not stop a start when it is damaged, and is replaced', async () => {
    const start = installation()
    const data = checkedDirectory()
    await session(start, durable(data))
    const whole = readFileSync(join(start, cacheName))
    for (const [at, length] of [
      [whole.length >> 1, whole.length],
      [whole.length - 1, whole.length],
      [0, 1000],
    ] as const) {
      const damaged = Buffer.from(whole.subarray(0, length))
      damaged[at] = (damaged[at] as number) ^ 1
      writeFileSync(join(start, cacheName), damaged)
      await session(start, durable(data))
      expect(readFileSync(join(start, cacheName)).equals(damaged)).toBe(false)
    }
  })

  test('is not replaced by that of a start with flags of V8', async () => {
    const start = installation()
    await session(start, ['--in-memory'])
    const { mtimeMs } = statSync(join(start, cacheName))
    const wrapper = ['env', 'NODE_OPTIONS=--stack-trace-limit=20 --max-old-space-size=500']
    const launch = { ...mainOf(start), wrapper }
    const server = new DynatomProcess(['--port', '0', '--in-memory'], undefined, launch)
    await server.endpoint()
    await server.stop()
    expect(statSync(join(start, cacheName)).mtimeMs).toBe(mtimeMs)
    expect(readdirSync(start).filter((name) => name.endsWith('.cache'))).toHaveLength(2)
  })

  test('of another V8 is made anew', async () => {
    const start = installation()
    await session(start, ['--in-memory'])
    const bytes = readFileSync(join(start, cacheName))
    const data = 12 + bytes.readUInt32LE(8)
    // V8's own head has a number of its format, and then one of its version.
    bytes[data + 4] = (bytes[data + 4] as number) ^ 1
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0)
    writeFileSync(join(start, cacheName), bytes)
    await session(start, ['--in-memory'])
    expect(readFileSync(join(start, cacheName)).equals(bytes)).toBe(false)
  })

  test('is made once and for all by processes that start at the same time', async () => {
    const start = installation()
    await Promise.all(Array.from({ length: 4 }, () => session(start, ['--in-memory'])))
    expect(readdirSync(start).sort()).toEqual([cacheName, 'command.cjs', 'dynatom.cjs'].sort())
    await session(start, ['--in-memory'])
  })

  test('is not kept where the package cannot be written to, and nothing is said of it', async () => {
    const start = installation()
    const isRoot = process.getuid?.() === 0
    chmodSync(join(start, '..', '..'), 0o755)
    chmodSync(start, 0o555)
    await session(start, ['--in-memory'], isRoot ? nobody : undefined)
    expect(readdirSync(start).sort()).toEqual(['command.cjs', 'dynatom.cjs'])
    chmodSync(start, 0o755)
  })
})

test('every command is in it, and what is loaded late', async () => {
  const start = installation()
  const data = temporaryDirectory()
  await session(start, durable(data))
  const check = new DynatomProcess(['check', ...durable(data)], undefined, mainOf(start))
  expect(await check.ended).toMatchObject({
    code: 0,
    stdout: 'checked 0 items in 0 tables: no findings\n',
  })

  const file = join(data, 'dynatom.yaml')
  writeFileSync(file, 'inMemory: true\nport: 0\n')
  const server = new DynatomProcess(['--config', file], undefined, mainOf(start))
  const endpoint = await server.endpoint()
  const page = await fetch(`${endpoint}/metrics`)
  expect({ status: page.status, text: (await page.text()).slice(0, 7) }).toEqual({
    status: 200,
    text: '# HELP ',
  })
})

test('what the model says of errors is in it', async () => {
  const launch = mainOf(installation())
  const server = new DynatomProcess(['--port', '0', '--in-memory', '--lab'], undefined, launch)
  const endpoint = await server.endpoint()
  const fault = {
    error: { name: 'TransactionCanceledException' },
    operations: ['TransactWriteItems'],
  }
  const answer = await fetch(`${endpoint}/_dynatom/lab/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })
  expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 200 })
})

/** Counts how often each text is parsed as JSON, and writes it down at the end. */
const countingParser = (file: string): string => `
  const { parse } = JSON
  const counts = {}
  JSON.parse = (text, ...rest) => {
    counts[text] = (counts[text] ?? 0) + 1
    return parse(text, ...rest)
  }
  process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(counts)))
`

test('what the service says of an operation is not parsed anew for each request', async () => {
  const directory = temporaryDirectory()
  const counted = join(directory, 'counted.json')
  const preload = join(directory, 'counting.cjs')
  writeFileSync(preload, countingParser(counted))
  const wrapper = ['env', `NODE_OPTIONS=--require=${preload}`]
  const launch = { ...mainOf(installation()), wrapper }
  const server = new DynatomProcess(['--port', '0', '--in-memory'], undefined, launch)
  const endpoint = await server.endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  const read = { TableName: 'Items', Key: { id: { S: 'a' } } }
  for (let i = 0; i < 20; i++) await perform(endpoint, 'GetItem', read)
  await server.stop()
  const counts = JSON.parse(readFileSync(counted, 'utf8')) as Record<string, number>
  const often = Object.entries(counts).filter(([, count]) => count >= 20)
  expect(often).toEqual([[JSON.stringify(read), 20]])
})
