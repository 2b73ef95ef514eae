import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkedDirectory, DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

/** Modules of Node that take long to load, and that neither a start nor an SDK's request needs. */
const costly = ['dns', 'cluster', 'child_process', 'http', 'https', 'perf_hooks', 'crypto', 'url']

const inMemory = ['--in-memory']

/** Those of them that a server has loaded when `session` with it is over. */
async function loadedBy(
  session: (endpoint: string) => Promise<void>,
  place: readonly string[] = inMemory,
): Promise<readonly string[]> {
  const directory = temporaryDirectory()
  const listing = join(directory, 'modules')
  const spy = join(directory, 'spy.cjs')
  writeFileSync(
    spy,
    `const before = new Set(process.moduleLoadList)
    process.on('exit', () => {
      const loaded = process.moduleLoadList.filter((name) => !before.has(name))
      require('node:fs').writeFileSync(${JSON.stringify(listing)}, loaded.join('\\n'))
    })`,
  )
  const launch = { wrapper: ['env', `NODE_OPTIONS=--require ${spy}`] }
  const flags = ['--port', '0', '--log', 'silent', ...place]
  const server = new DynatomProcess(flags, undefined, launch)
  await session(await server.endpoint())
  await server.stop()
  const loaded = new Set(readFileSync(listing, 'utf8').split('\n'))
  expect(loaded).toContain('NativeModule net')
  return costly.filter((name) => loaded.has(`NativeModule ${name}`))
}

/** What SDKs ask. */
async function ask(endpoint: string): Promise<void> {
  await perform(endpoint, 'CreateTable', itemsTable)
  const item = { id: { S: 'a' } }
  await perform(endpoint, 'PutItem', { TableName: 'Items', Item: item })
  const { Item } = await perform(endpoint, 'GetItem', { TableName: 'Items', Key: item })
  expect(Item).toEqual(item)
}

test('a start, and what an SDK asks, load nothing of this Node that they do not need', async () => {
  expect(await loadedBy(ask)).toEqual([])
  // The first one on a disk finds out where the binary part of the store is.
  await loadedBy(ask, ['--data-dir', checkedDirectory()])
  expect(await loadedBy(ask, ['--data-dir', checkedDirectory()])).toEqual([])
})

test('another request is served all the same, by a part of Node that is loaded then', async () => {
  const loaded = await loadedBy(async (endpoint) => {
    const answer = await fetch(endpoint)
    expect([answer.status, await answer.text()]).toEqual([
      200,
      'healthy: dynamodb.us-east-1.amazonaws.com ',
    ])
  })
  expect(loaded).toEqual(['http'])
})

test('connections that come before it is loaded are served, or closed with the server', async () => {
  const server = new DynatomProcess(['--port', '0', '--in-memory', '--log', 'silent'])
  const { port, hostname } = new URL(await server.endpoint())
  const answers = Array.from({ length: 20 }, async (_, i) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.setEncoding('latin1').on('data', (more) => (text += more))
    socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${i % 2 === 0 ? '' : 'connection: close\r\n'}\r\n`)
    if (i % 5 === 4) socket.end()
    if (i === 3) socket.destroy()
    await new Promise((resolve) => socket.once('close', resolve))
    return text
  })
  const [, ...second] = await Promise.all([
    new Promise((resolve) => setTimeout(resolve, 300)),
    ...answers.filter((_, i) => i % 2 === 1),
  ])
  expect(second.filter((text) => text.startsWith('HTTP/1.1 200 OK'))).toHaveLength(9)
  const { code, stderr } = await server.stop()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const all = await Promise.all(answers)
  expect(all.filter((text) => text.startsWith('HTTP/1.1 200 OK'))).toHaveLength(19)
})
