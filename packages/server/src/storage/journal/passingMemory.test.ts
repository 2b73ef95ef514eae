import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import type { StorageWrite } from '../engine.ts'
import { LmdbEngine } from '../lmdb/lmdbEngine.ts'
import { JournaledEngine } from './journaledEngine.ts'
import { DirectoryFiles } from './journalFiles.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passing-memory-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Values from a few bytes to several parts of a commit, each of its own bytes, two of them shared. */
const writes: StorageWrite[] = Array.from({ length: 60 }, (_, i) => ({
  key: Buffer.from(`key${String(i).padStart(2, '0')}`),
  value: Buffer.alloc(1 + ((i * 7919) % 60) * 1500, i),
}))
for (const i of [7, 33]) {
  writes[i] = { key: writes[i]?.key as Buffer, value: writes[i - 5]?.value }
}

test('values of commits that stay in their file reach the store as they were', async () => {
  const store = await LmdbEngine.open(directory)
  const files = new DirectoryFiles(join(directory, 'store'))
  const options = { maxRecordBytes: 100_000, maxHeldBytes: 0, maxJournalBytes: 200_000 }
  const engine = await JournaledEngine.open({ store, files, clock: systemClock, ...options })
  const half = writes.length / 2
  for (const some of [writes.slice(0, half), writes.slice(half), writes.slice(10, half + 10)]) {
    await engine.commit([], some)
    for (const { key, value } of some) {
      expect(Buffer.compare(engine.get(key) as Buffer, value as Buffer)).toBe(0)
    }
  }
  await engine.close()
  const opened = await LmdbEngine.open(directory)
  try {
    for (const { key, value } of writes) {
      expect(Buffer.compare(opened.get(key) as Buffer, value as Buffer)).toBe(0)
    }
  } finally {
    await opened.close()
  }
})
