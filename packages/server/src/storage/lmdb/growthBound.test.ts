import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../testing/seededRandom.ts'
import type { StorageWrite } from '../engine.ts'
import { pageBytes } from './fileCheck/pageFile.ts'
import { growthBound, type TreeStatistics } from './growthBound.ts'

type Statistics = TreeStatistics & { readonly lastPageNumber: number }

interface Load {
  readonly name: string
  readonly longestKey: number
  readonly longestValue: number
  readonly deletions: number
  /** How many keys there are; the fewer, the more is written over. */
  readonly keys: number
}

const loads: readonly Load[] = [
  { name: 'small items', longestKey: 30, longestValue: 300, deletions: 0.1, keys: 20_000 },
  { name: 'long keys', longestKey: 4026, longestValue: 100, deletions: 0.2, keys: 1500 },
  {
    name: 'values as long as a page',
    longestKey: 60,
    longestValue: 9000,
    deletions: 0.3,
    keys: 900,
  },
  { name: 'long values', longestKey: 60, longestValue: 200_000, deletions: 0.4, keys: 60 },
  { name: 'few keys', longestKey: 20, longestValue: 3000, deletions: 0.5, keys: 40 },
]

test.each(loads)('no commit adds more pages than that: $name', async (load) => {
  const path = mkdtempSync(join(tmpdir(), 'dynatom-growth-'))
  const store = open<Buffer, Buffer>({
    path,
    pageSize: pageBytes,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    maxDbs: 1,
  })
  const statistics = (): Statistics => store.getStats() as Statistics
  const random = new SeededRandom(11)
  const keyOf = (i: number): Buffer =>
    Buffer.alloc(8 + ((i * 7919) % (load.longestKey - 8)), `key ${i} `)
  for (let round = 0; round < 60; round++) {
    const writes: StorageWrite[] = []
    const count = 1 + random.below(round % 3 === 0 ? 256 : 20)
    for (let i = 0; i < count; i++) {
      const value = random.chance(load.deletions)
        ? undefined
        : Buffer.alloc(random.below(load.longestValue), 1)
      writes.push({ key: keyOf(random.below(load.keys)), value })
    }
    const before = statistics()
    const bound = growthBound(writes, before)
    await store.batch(() => {
      for (const { key, value } of writes) {
        if (value === undefined) void store.remove(key as Buffer)
        else void store.put(key as Buffer, value as Buffer)
      }
    })
    const growth = statistics().lastPageNumber - before.lastPageNumber
    expect(growth, `round ${round}`).toBeLessThanOrEqual(bound)
  }
  await store.close()
  rmSync(path, { recursive: true, force: true })
})
