import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StorageFailure } from '../engine.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

const opened = vi.hoisted((): { store?: RootDatabase<Buffer, Buffer> } => ({}))

vi.mock('lmdb', async (importOriginal) => {
  const original = await importOriginal<typeof import('lmdb')>()
  return {
    ...original,
    open: (options: Parameters<typeof original.open>[0]) => {
      opened.store = original.open<Buffer, Buffer>(options)
      return opened.store
    },
  }
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-broken-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const write = { key: Buffer.from('k'), value: Buffer.from('v') }

/**
 * As lmdb-js behaves after a failed write of LMDB's meta page: reads throw, commits never settle.
 */
function breakStore(store: RootDatabase<Buffer, Buffer>): void {
  let commits = 0
  vi.spyOn(store, 'batch').mockImplementation(() => {
    commits += 1
    return commits === 1 ? Promise.reject(new Error('Input/output error')) : new Promise(() => {})
  })
  vi.spyOn(store, 'getBinary').mockImplementation(() => {
    throw new Error('MDB_PANIC: Update of meta page failed or environment had fatal error')
  })
}

test('a store that LMDB has given up answers every commit, says so once, and can be closed', async () => {
  const broken: Error[] = []
  const engine = await LmdbEngine.open(directory, { onBroken: (error) => broken.push(error) })
  breakStore(opened.store as RootDatabase<Buffer, Buffer>)
  await expect(engine.commit([], [write])).rejects.toThrow(StorageFailure)
  await expect(engine.commit([], [write])).rejects.toThrow('Input/output error')
  expect(broken.map(({ message }) => message)).toEqual(['Input/output error'])
  await engine.close()
  vi.restoreAllMocks()
  const again = await LmdbEngine.open(directory)
  await again.commit([], [write])
  await again.close()
})

/**
 * What LMDB makes of the file when the write of a meta page fails: it takes back the transaction id
 * and the last page, and leaves the trees.
 */
function takeBackLastCommit(path: string, before: Buffer): void {
  const file = readFileSync(path)
  const [first, second] = [152, 8192 + 152].map((at) => file.readBigUInt64LE(at))
  const base = (first as bigint) > (second as bigint) ? 0 : 8192
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, before, base + 144, 16, base + 144)
  closeSync(descriptor)
}

test.each([0, 1, 2, 3, 20])(
  'a store in which a meta page could not be written opens again after %i commits',
  async (commits) => {
    const path = join(directory, 'store', 'data.mdb')
    const engine = await LmdbEngine.open(directory)
    const numbered = (i: number) => ({ key: Buffer.from(`${i % 7}`), value: Buffer.alloc(900, i) })
    for (let i = 0; i < commits; i++) await engine.commit([], [numbered(i)])
    const before = readFileSync(path)
    const store = opened.store as RootDatabase<Buffer, Buffer>
    const batch = store.batch.bind(store)
    vi.spyOn(store, 'batch').mockImplementation(async (action) => {
      await batch(action)
      takeBackLastCommit(path, before)
      await expect(verifyStoreFile(path)).rejects.toThrow('are not of one time')
      throw new Error('Input/output error')
    })
    vi.spyOn(store, 'getBinary').mockImplementation(() => {
      throw new Error('MDB_PANIC: Update of meta page failed or environment had fatal error')
    })
    await expect(engine.commit([], [write])).rejects.toThrow(StorageFailure)
    await verifyStoreFile(path)
    vi.restoreAllMocks()
    await store.close()
    await engine.close()
    const again = await LmdbEngine.open(directory)
    expect(again.get(write.key)).toBeUndefined()
    const first = Math.max(0, commits - 7)
    for (let i = first; i < commits; i++) {
      expect(again.get(numbered(i).key)).toEqual(numbered(i).value)
    }
    for (let i = 0; i < 3; i++) {
      await again.commit([], [write, numbered(i)])
      await verifyStoreFile(path)
    }
    await again.close()
  },
)

test('a store that only lacks space goes on', async () => {
  const broken: Error[] = []
  const engine = await LmdbEngine.open(directory, { onBroken: (error) => broken.push(error) })
  const store = opened.store as RootDatabase<Buffer, Buffer>
  vi.spyOn(store, 'batch').mockImplementationOnce(() =>
    Promise.reject(new Error('No space left on device')),
  )
  await expect(engine.commit([], [write])).rejects.toThrow('No space left on device')
  await engine.commit([], [write])
  expect(engine.get(write.key)?.toString()).toBe('v')
  expect(broken).toEqual([])
  await engine.close()
})
