import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StorageFailure } from '../engine.ts'
import { LmdbEngine } from './lmdbEngine.ts'

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
