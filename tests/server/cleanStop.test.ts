import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyStoreFile } from '../../packages/server/src/storage/lmdb/storeFile.ts'
import { checkedDirectory, DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

const markOf = (directory: string): string => join(directory, 'clean-stop')
const fileOf = (directory: string): string => join(directory, 'store', 'data.mdb')
const start = (directory: string, ...flags: string[]): DynatomProcess =>
  new DynatomProcess(['--port', '0', '--data-dir', directory, ...flags])
const key = { TableName: 'Items', Key: { id: { S: 'a' } } }

/** A server that has written an item, and has moved it into the store when it is stopped. */
async function serveOnce(directory: string): Promise<DynatomProcess> {
  const server = start(directory)
  const endpoint = await server.endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  const Item = { id: { S: 'a' }, text: { S: 'to be damaged' } }
  await perform(endpoint, 'PutItem', { TableName: 'Items', Item })
  return server
}

/** A bit of the item changes while nobody has the store. */
function flip(directory: string): void {
  const bytes = readFileSync(fileOf(directory))
  for (let at = -1; (at = bytes.indexOf('to be damaged', at + 1)) >= 0; ) bytes.write('u', at)
  writeFileSync(fileOf(directory), bytes)
}

/** As {@link flip}, but as a disk does it: nothing tells that the file was changed. */
async function flipUnseen(directory: string): Promise<void> {
  flip(directory)
  const { mark } = await verifyStoreFile(fileOf(directory), { extent: 'beginning' })
  writeFileSync(markOf(directory), mark)
}

const sentence = (directory: string): RegExp =>
  new RegExp(
    `^The file ${fileOf(directory)} is damaged, or was not written by Dynatom ` +
      String.raw`\(an entry in page \d+ does not match its checksum\); ` +
      String.raw`restore the data directory from a copy\.\n$`,
  )

describe('the mark of a clean stop', () => {
  test('is there after SIGTERM, and gone while a server runs and when it is killed', async () => {
    const directory = checkedDirectory()
    const first = await serveOnce(directory)
    expect(existsSync(markOf(directory))).toBe(false)
    await first.stop()
    expect(existsSync(markOf(directory))).toBe(true)
    const second = start(directory)
    await second.endpoint()
    expect(existsSync(markOf(directory))).toBe(false)
    await second.kill('SIGKILL')
    expect(existsSync(markOf(directory))).toBe(false)
    const third = start(directory)
    expect(await perform(await third.endpoint(), 'GetItem', key)).toHaveProperty('Item')
    await third.stop()
    expect(existsSync(markOf(directory))).toBe(true)
  })
})

describe('a bit that flipped while the server was stopped', () => {
  test('is found before the start where anything tells that the file was changed', async () => {
    const directory = temporaryDirectory()
    await (await serveOnce(directory)).stop()
    flip(directory)
    expect(await start(directory).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(sentence(directory)),
    })
  })

  test('is found before the start after a kill', async () => {
    const directory = temporaryDirectory()
    await (await serveOnce(directory)).stop()
    const second = start(directory)
    await second.endpoint()
    await second.kill('SIGKILL')
    flip(directory)
    const { code, stderr } = await start(directory).ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(sentence(directory)),
    })
  })

  test('ends a server that has begun to answer, and the next start finds it first', async () => {
    const directory = temporaryDirectory()
    await (await serveOnce(directory)).stop()
    await flipUnseen(directory)
    const server = start(directory)
    expect(await perform(await server.endpoint(), 'ListTables', {})).toEqual({
      TableNames: ['Items'],
    })
    const { code, stdout, stderr } = await server.ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(sentence(directory)),
    })
    expect(stdout).toMatch(/ background work ended: proving the store: The file .* is damaged/)
    expect(existsSync(markOf(directory))).toBe(false)
    expect(await start(directory).ended).toMatchObject({ code: 1, stdout: '' })
  })

  test('is found before the start with --verify-store always', async () => {
    const directory = temporaryDirectory()
    await (await serveOnce(directory)).stop()
    await flipUnseen(directory)
    expect(await start(directory, '--verify-store', 'always').ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(sentence(directory)),
    })
  })

  test('is found by dynatom check', async () => {
    const directory = temporaryDirectory()
    await (await serveOnce(directory)).stop()
    await flipUnseen(directory)
    const check = new DynatomProcess(['check', '--data-dir', directory])
    expect(await check.ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(sentence(directory)),
    })
    expect(existsSync(markOf(directory))).toBe(true)
  })
})
