import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  checkedDirectory,
  checkWhenOver,
  DynatomProcess,
  temporaryDirectory,
} from '../means/dynatomProcess.ts'
import { call, perform } from '../means/httpClient.ts'
import { RawConnection, requestHeaders } from '../../packages/server/src/testing/rawExchange.ts'
import { itemsTable } from '../means/itemsTable.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../../packages/server/package.json', import.meta.url), 'utf8'),
) as { version: string }

const inMemory = ['--port', '0', '--in-memory']
const durable = (directory: string): string[] => ['--port', '0', '--data-dir', directory]
const putOf = (id: string): object => ({ TableName: 'Items', Item: { id: { S: id } } })

async function countItems(endpoint: string): Promise<number> {
  let found = 0
  for (let i = 0; ; i++) {
    const key = { TableName: 'Items', Key: { id: { S: String(i) } } }
    if (!('Item' in (await perform(endpoint, 'GetItem', key)))) return found
    found += 1
  }
}

/** Resolves when the server at `endpoint` has stopped accepting connections. */
async function untilRefused(endpoint: string): Promise<void> {
  for (;;) {
    const isAnswered = await call(endpoint, 'ListTables', {}).then(
      () => true,
      () => false,
    )
    if (!isAnswered) return
  }
}

describe('start', () => {
  test('tells where it is and how to talk to it, and serves', async () => {
    const server = new DynatomProcess(inMemory)
    const endpoint = await server.endpoint()
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.stdout).toBe(
      `Dynatom ${version} is ready: ${endpoint} (data in memory)\n` +
        'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws dynamodb list-tables ' +
        `--endpoint-url ${endpoint} --region us-east-1\n`,
    )
    expect(await perform(endpoint, 'ListTables', {})).toEqual({ TableNames: [] })
  })

  test('answers with the validation layers of its Region, or with the one that it was told', async () => {
    const older = 'The requestItems parameter is required for BatchGetItem'
    const newer =
      "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: " +
      'Member must have length greater than or equal to 1'
    for (const [flags, message] of [
      [[], newer],
      [['--validation', 'older'], older],
      [['--region', 'me-central-1'], older],
      [['--region', 'me-central-1', '--validation', 'newer'], newer],
    ] as const) {
      const endpoint = await new DynatomProcess([...inMemory, ...flags]).endpoint()
      const { body } = await call(endpoint, 'BatchGetItem', {})
      expect(body['message']).toBe(message)
    }
  })

  test('logs one line for each request', async () => {
    const server = new DynatomProcess(inMemory)
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    await perform(endpoint, 'PutItem', { ...putOf('1'), ReturnConsumedCapacity: 'TOTAL' })
    await call(endpoint, 'GetItem', { TableName: 'Absent', Key: { id: { S: '1' } } })
    await server.seen(/Absent/)
    const { stdout } = await server.kill('SIGTERM')
    const lines = stdout.split('\n').slice(2)
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.source
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(new RegExp(`${time} CreateTable Items \\d+\\.\\dms$`))
    expect(lines[1]).toMatch(new RegExp(`${time} PutItem Items \\d+\\.\\dms 1 units$`))
    expect(lines[2]).toMatch(
      new RegExp(`${time} GetItem Absent \\d+\\.\\dms 400 ResourceNotFoundException$`),
    )
    expect(lines[3]).toBe('')
  })

  test('logs JSON, or nothing but that it is ready', async () => {
    const json = new DynatomProcess([...inMemory, '--log', 'json'])
    await perform(await json.endpoint(), 'ListTables', {})
    const line = (await json.seen(/\{.*\}\n/))[0]
    expect(JSON.parse(line)).toMatchObject({ operation: 'ListTables', status: 200 })
    const silent = new DynatomProcess([...inMemory, '--log=silent'])
    await perform(await silent.endpoint(), 'ListTables', {})
    const { stdout, stderr } = await silent.kill('SIGTERM')
    expect(stdout.split('\n')).toHaveLength(3)
    expect(stderr).toBe('')
  })

  test('takes the command line of DynamoDB Local', async () => {
    const directory = temporaryDirectory()
    checkWhenOver(join(directory, 'data'))
    const java = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar']
    const memory = new DynatomProcess(
      [...java, '-sharedDb', '-inMemory', '-port', '0', '-cors', '*'],
      directory,
    )
    await perform(await memory.endpoint(), 'ListTables', {})
    expect(readdirSync(directory)).toEqual([])
    const onDisk = new DynatomProcess([...java, '-dbPath', 'data', '-port', '0'], directory)
    await perform(await onDisk.endpoint(), 'ListTables', {})
    expect(readdirSync(directory)).toEqual(['data'])
  })

  test('keeps its data under ./dynatom-data when it is told nothing else', async () => {
    const directory = temporaryDirectory()
    checkWhenOver(join(directory, 'dynatom-data'))
    const server = new DynatomProcess(['--port', '0'], directory)
    await server.endpoint()
    expect(server.stdout).toContain('(data in ./dynatom-data)')
    expect(readdirSync(directory)).toEqual(['dynatom-data'])
  })

  test('listens on both loopback addresses and on no other', async () => {
    const server = new DynatomProcess(inMemory)
    const { port } = new URL(await server.endpoint())
    await perform(`http://127.0.0.1:${port}`, 'ListTables', {})
    const sixth = await call(`http://[::1]:${port}`, 'ListTables', {}).catch(() => undefined)
    expect(sixth === undefined || sixth.status === 200).toBe(true)
    await expect(call(`http://127.0.0.2:${port}`, 'ListTables', {})).rejects.toThrow('ECONNREFUSED')
  })
})

describe('data', () => {
  test('survives kill -9 and is there after a restart', async () => {
    const directory = checkedDirectory()
    const first = new DynatomProcess(durable(directory))
    const endpoint = await first.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    const item = { id: { S: '1' }, n: { N: '3.14' }, list: { L: [{ BOOL: true }] } }
    await perform(endpoint, 'PutItem', { TableName: 'Items', Item: item })
    await first.kill('SIGKILL')
    const second = await new DynatomProcess(durable(directory)).endpoint()
    expect(await perform(second, 'ListTables', {})).toEqual({ TableNames: ['Items'] })
    const key = { TableName: 'Items', Key: { id: { S: '1' } } }
    expect(await perform(second, 'GetItem', key)).toEqual({ Item: item })
  })

  test('of writes under kill -9 those that were acknowledged are there, and no gap before', async () => {
    const directory = checkedDirectory()
    const first = new DynatomProcess([...durable(directory), '--log', 'silent'])
    const endpoint = await first.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    let acknowledged = 0
    const writer = (async () => {
      for (;;) {
        await perform(endpoint, 'PutItem', putOf(String(acknowledged)))
        acknowledged += 1
        if (acknowledged === 50) first.child.kill('SIGKILL')
      }
    })()
    await writer.catch(() => undefined)
    await first.ended
    expect(acknowledged).toBeGreaterThanOrEqual(50)
    const found = await countItems(await new DynatomProcess(durable(directory)).endpoint())
    expect(found - acknowledged).toBeGreaterThanOrEqual(0)
    expect(found - acknowledged).toBeLessThanOrEqual(1)
  })
})

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0', async (signal) => {
    const directory = checkedDirectory()
    const server = new DynatomProcess(durable(directory))
    await perform(await server.endpoint(), 'ListTables', {})
    const { code, stderr } = await server.kill(signal)
    expect([code, stderr]).toEqual([0, ''])
    expect(readdirSync(directory)).toEqual(['clean-stop', 'store'])
  })

  test('a request in flight is answered before the end, and is kept', async () => {
    const directory = checkedDirectory()
    const server = new DynatomProcess(durable(directory))
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    const connection = new RawConnection(endpoint)
    const body = JSON.stringify(putOf('0'))
    const headers = {
      host: 'localhost',
      'content-length': body.length,
      expect: '100-continue',
      ...requestHeaders('PutItem'),
    }
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    await connection.write(`POST / HTTP/1.1\r\n${head.join('')}\r\n`)
    await connection.seen('HTTP/1.1 100 Continue\r\n\r\n')
    await connection.write(body.slice(0, 10))
    server.child.kill('SIGTERM')
    await untilRefused(endpoint)
    await connection.write(body.slice(10))
    expect(await connection.ended).toContain('\r\n\r\nHTTP/1.1 200 OK\r\n')
    expect((await server.ended).code).toBe(0)
    const restarted = await new DynatomProcess(durable(directory)).endpoint()
    expect(await countItems(restarted)).toBe(1)
  })

  test('of many writes under SIGTERM every acknowledged one is kept', async () => {
    const directory = checkedDirectory()
    const server = new DynatomProcess([...durable(directory), '--log', 'silent'])
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    const writes = Array.from({ length: 60 }, (_, i) => perform(endpoint, 'PutItem', putOf(`${i}`)))
    await Promise.race(writes)
    const { code } = await server.kill('SIGTERM')
    expect(code).toBe(0)
    const results = await Promise.allSettled(writes)
    const restarted = await new DynatomProcess(durable(directory)).endpoint()
    for (const [i, { status }] of results.entries()) {
      if (status === 'rejected') continue
      const key = { TableName: 'Items', Key: { id: { S: `${i}` } } }
      expect(await perform(restarted, 'GetItem', key)).toEqual({ Item: { id: { S: `${i}` } } })
    }
  })

  test('the same signal twice at once is one signal', async () => {
    const server = new DynatomProcess(inMemory)
    await server.endpoint()
    server.child.kill('SIGINT')
    server.child.kill('SIGINT')
    expect((await server.ended).code).toBe(0)
  })
})

describe('what the operator can put right is one sentence', () => {
  const refusalOf = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await new DynatomProcess(args).ended
    expect(code).toBeGreaterThan(0)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    return stderr.trimEnd()
  }

  test('a port in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void blocker.close())
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as AddressInfo
    const directory = checkedDirectory()
    expect(await refusalOf(['--port', `${port}`, '--data-dir', directory])).toBe(
      `Port ${port} is in use by another process; choose another one with --port.`,
    )
    expect(readdirSync(directory).some((name) => name.startsWith('dynatom.lock'))).toBe(false)
  })

  test('an address that the machine does not have', async () => {
    expect(await refusalOf([...inMemory, '--host', '192.0.2.1'])).toBe(
      'This machine has no address 192.0.2.1; see --host.',
    )
  })

  test('a directory that cannot be created', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    const directory = join(file, 'data')
    expect(await refusalOf(durable(directory))).toBe(
      `The data directory ${directory} cannot be created: ` +
        `ENOTDIR: not a directory, mkdir '${directory}'.`,
    )
  })

  test.runIf(process.platform === 'linux')('a directory where none can ever be', async () => {
    expect(await refusalOf(durable('/proc/dynatom/data'))).toMatch(
      /^The data directory \/proc\/dynatom\/data cannot be created: ENOENT/,
    )
  })

  test('a second process on the same directory; a third after both are gone', async () => {
    const directory = checkedDirectory()
    const first = new DynatomProcess(durable(directory))
    const endpoint = await first.endpoint()
    expect(await refusalOf(durable(directory))).toBe(
      `The data directory ${directory} is in use by another Dynatom process (pid ${first.child.pid}).`,
    )
    await perform(endpoint, 'ListTables', {})
    await first.kill('SIGKILL')
    await perform(await new DynatomProcess(durable(directory)).endpoint(), 'ListTables', {})
  })

  test('a store of an unknown format', async () => {
    const directory = temporaryDirectory()
    await writeFormat(directory, '{"format":99}')
    expect(await refusalOf(durable(directory))).toBe(
      'The store was written in format 99, which this version of Dynatom does not know; ' +
        'open it with the version that wrote it.',
    )
    expect(readdirSync(directory).some((name) => name.startsWith('dynatom.lock'))).toBe(false)
  })

  test('a store of format 2, which had no checksums', async () => {
    const directory = temporaryDirectory()
    const { open } = await import('lmdb')
    const options = { keyEncoding: 'binary', encoding: 'binary', overlappingSync: false } as const
    const store = open<Buffer, Buffer>({
      path: join(directory, 'store'),
      pageSize: 8192,
      ...options,
    })
    await store.put(Buffer.from([1]), Buffer.from('{"format":2}'))
    await store.put(Buffer.from('\x02Items'), Buffer.from('{}'))
    await store.close()
    const sentence =
      'The store was written in format 2, which this version of Dynatom does not know; ' +
      'open it with the version that wrote it.'
    const start = durable(directory)
    for (const args of [start, [...start, '--skip-store-verification']]) {
      expect(await refusalOf(args)).toBe(sentence)
    }
    expect(await refusalOf(['check', '--data-dir', directory])).toBe(sentence)
  })

  test('a store that is none', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'store'))
    writeFileSync(join(directory, 'store', 'data.mdb'), 'x'.repeat(100_000))
    for (const args of [durable(directory), ['check', '--data-dir', directory]]) {
      expect(await refusalOf(args)).toBe(
        `The file ${directory}/store/data.mdb is damaged, or was not written by Dynatom ` +
          '(page 0 does not begin with its number); restore the data directory from a copy.',
      )
    }
    expect(readdirSync(directory).some((name) => name.startsWith('dynatom.lock'))).toBe(false)
  })

  test('an unknown flag, with the nearest one', async () => {
    expect(await refusalOf(['--prot', '8000'])).toBe(
      'Unknown flag --prot. Did you mean --port? See dynatom --help.',
    )
  })
})

async function writeFormat(directory: string, mark: string): Promise<void> {
  const { formatKey } = await import('../../packages/server/src/layout/storeKeys.ts')
  await writeRaw(directory, formatKey, mark)
}

/** Writes one key past the server. */
async function writeRaw(directory: string, key: Uint8Array, value: string): Promise<void> {
  const { LmdbEngine } = await import('../../packages/server/src/storage/lmdb/lmdbEngine.ts')
  const engine = await LmdbEngine.open(directory)
  await engine.commit([], [{ key, value: Buffer.from(value) }])
  await engine.close()
}

describe('check', () => {
  const check = (directory: string) => new DynatomProcess(['check', '--data-dir', directory]).ended

  test('tells that a store is consistent, or what is wrong in it', async () => {
    const directory = temporaryDirectory()
    const server = new DynatomProcess(durable(directory))
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    await perform(endpoint, 'PutItem', putOf('1'))
    await server.kill('SIGKILL')
    expect(await check(directory)).toEqual({
      code: 0,
      signal: null,
      stdout: 'checked 1 item in 1 table: no findings\n',
      stderr: '',
    })
    await writeRaw(directory, Buffer.from('?'), '')
    expect(await check(directory)).toEqual({
      code: 1,
      signal: null,
      stdout: 'unknownKey ?: No such key is ever written\nchecked 1 item in 1 table: 1 finding\n',
      stderr: '',
    })
  })

  test('refuses a directory that a server has open, or that has no store', async () => {
    const directory = temporaryDirectory()
    expect(await check(directory)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `There is no store in ${directory}; see --data-dir.\n`,
    })
    const server = new DynatomProcess(durable(directory))
    await server.endpoint()
    expect(await check(directory)).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        `The data directory ${directory} is in use by another Dynatom process ` +
        `(pid ${server.child.pid}).\n`,
    })
  })
})

describe('other commands', () => {
  test.each(['--version', '-version', 'version'])('%s prints the version', async (arg) => {
    const { code, stdout } = await new DynatomProcess([arg]).ended
    expect([code, stdout]).toEqual([0, `${version}\n`])
  })

  test.each(['--help', '-help', 'help'])('%s prints the help', async (arg) => {
    const { code, stdout } = await new DynatomProcess([arg]).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: dynatom \[start\] \[FLAGS\]\n/)
  })
})
