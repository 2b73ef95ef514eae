import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { indexedTable, largeItem, plainTable, smallUpdate } from '../../bench/largeTables.mjs'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'
import { HttpCaller } from '../means/httpClient.ts'

/*
 * Requests that say little and write much. All of them must be done, and the memory of the server must not
 * follow what they write. `bench/large.mjs` measures what other clients notice.
 */

const megabyte = 1024 ** 2
const sampleMs = 5

/** Own memory of a process in bytes: without the pages of mapped files, which are the system's cache. */
function ownBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

class MemorySamples {
  readonly startBytes: number
  mostBytes: number
  readonly #timer: NodeJS.Timeout

  constructor(pid: number | undefined) {
    this.startBytes = ownBytes(pid)
    this.mostBytes = this.startBytes
    this.#timer = setInterval(() => {
      this.mostBytes = Math.max(this.mostBytes, ownBytes(pid))
    }, sampleMs)
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

interface Server {
  readonly pid: number | undefined
  call(operation: string, request: object): Promise<Record<string, unknown>>
}

async function start(where: 'on disk' | 'in memory'): Promise<Server> {
  const store = where === 'in memory' ? ['--in-memory'] : ['--data-dir', checkedDirectory()]
  const server = new DynatomProcess(['--port', '0', '--log', 'silent', ...store])
  const endpoint = await server.endpoint()
  const caller = new HttpCaller()
  return {
    pid: server.child.pid,
    async call(operation, request) {
      const { status, body } = await caller.call(endpoint, operation, request)
      expect({ operation, status, body: status === 200 ? {} : body }).toEqual({
        operation,
        status: 200,
        body: {},
      })
      return body
    },
  }
}

test.each([
  ['on disk', 'text', 100, 'ALL'],
  ['on disk', 'nulls', 21, 'ALL'],
  ['on disk', 'text', 100, 'INCLUDE'],
  ['in memory', 'text', 100, 'ALL'],
  ['in memory', 'nulls', 21, 'ALL'],
] as const)(
  'a transaction %s that writes many times what it says (%s, %i items, 20 indexes with %s)',
  async (where, content, count, projection) => {
    const { pid, call } = await start(where)
    await call('CreateTable', indexedTable('Large', projection))
    for (let i = 0; i < count; i++) {
      await call('PutItem', { TableName: 'Large', Item: largeItem(i, content, true) })
    }
    const samples = new MemorySamples(pid)
    const TransactItems = Array.from({ length: count }, (_, i) => ({
      Update: smallUpdate('Large', i),
    }))
    expect(await call('TransactWriteItems', { TransactItems })).toEqual({})
    samples.end()
    expect((samples.mostBytes - samples.startBytes) / megabyte).toBeLessThan(200)
    for (const i of [0, count - 1]) {
      const Key = { pk: { S: `item${i}` } }
      const read = { TableName: 'Large', Key, ProjectionExpression: 'n' }
      expect(await call('GetItem', read)).toEqual({ Item: { n: { N: '1' } } })
      const query = {
        TableName: 'Large',
        IndexName: 'index7',
        KeyConditionExpression: 'k7 = :k',
        ExpressionAttributeValues: { ':k': { S: `k7.${i}` } },
        Select: 'COUNT',
      }
      expect(await call('Query', query)).toMatchObject({ Count: 1 })
    }
  },
)

test('2,400 updates of large items at once, with small writes beside them', async () => {
  const count = 2400
  const { pid, call } = await start('on disk')
  await call('CreateTable', plainTable('Large'))
  for (let from = 0; from < count; from += 40) {
    const puts = Array.from({ length: 40 }, (_, i) =>
      call('PutItem', { TableName: 'Large', Item: largeItem(from + i, 'text', false) }),
    )
    await Promise.all(puts)
  }
  const samples = new MemorySamples(pid)
  const updates: Promise<unknown>[] = []
  const flood = { isOver: false }
  let smallWrites = 0
  const small = (async () => {
    while (!flood.isOver) {
      await call('PutItem', { TableName: 'Large', Item: { pk: { S: `small${smallWrites}` } } })
      smallWrites += 1
    }
  })()
  for (let i = 0; i < count; i++) updates.push(call('UpdateItem', smallUpdate('Large', i)))
  await Promise.all(updates)
  flood.isOver = true
  await small
  samples.end()
  expect(smallWrites).toBeGreaterThan(2)
  expect(samples.mostBytes / megabyte).toBeLessThan(600)
})
