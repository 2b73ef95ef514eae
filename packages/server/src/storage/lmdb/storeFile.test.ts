import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

describe('verifyStoreFile', () => {
  let directory: string
  let path: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-file-'))
    path = join(directory, 'store', 'data.mdb')
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const fill = async (commits: number): Promise<void> => {
    const engine = await LmdbEngine.open(directory)
    for (let i = 0; i < commits; i++) {
      await engine.commit([], [{ key: Buffer.from(`k${i}`), value: Buffer.alloc(5000, i) }])
    }
    await engine.close()
  }
  const refusal = (): string => `The file ${path} is damaged, or was not written by Dynatom (`

  test('an absent and an empty file are no damage', async () => {
    await verifyStoreFile(path)
    await fill(0)
    writeFileSync(path, '')
    await verifyStoreFile(path)
    await fill(1)
  })

  test.each([0, 1, 2, 3, 50, 300])('a file after %i commits is whole', async (commits) => {
    await fill(commits)
    await verifyStoreFile(path)
    expect(readFileSync(path).readUInt32LE(48)).toBe(8192)
  })

  test.each([31, 32, 300, 4026])('a file with keys of %i bytes is whole', async (keyBytes) => {
    const engine = await LmdbEngine.open(directory)
    for (let i = 0; i < 40; i++) {
      const key = Buffer.from(String(i).padStart(keyBytes, 'k'))
      await engine.commit([], [{ key, value: Buffer.alloc(3000, i) }])
    }
    await engine.close()
    await verifyStoreFile(path)
  })

  test.each([1, 100, 160, 8192, 9000, 16_384])(
    'a file cut to %i bytes is damaged',
    async (size) => {
      await fill(30)
      expect(statSync(path).size).toBeGreaterThan(size)
      truncateSync(path, size)
      await expect(verifyStoreFile(path)).rejects.toThrow(refusal())
      await expect(LmdbEngine.open(directory)).rejects.toThrow(refusal())
    },
  )

  test('another kind of file is damaged', async () => {
    await fill(0)
    for (const content of ['x'.repeat(100_000), Buffer.alloc(100_000)]) {
      writeFileSync(path, content)
      await expect(verifyStoreFile(path)).rejects.toThrow(refusal())
    }
  })
})
