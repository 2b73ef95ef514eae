import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { StorageFailure } from '../engine.ts'
import { describeEngine } from '../engineContract.ts'
import { LmdbEngine } from './lmdbEngine.ts'

describeEngine('lmdb', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-lmdb-'))
  const first = await LmdbEngine.open(directory)
  const engines = [first]
  return {
    engine: first,
    async reopen() {
      const engine = await LmdbEngine.open(directory)
      engines.push(engine)
      return engine
    },
    async dispose() {
      for (const engine of engines) await engine.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
})

describe('lmdb', () => {
  let directory = ''
  let engine: LmdbEngine | undefined
  const open = async (): Promise<LmdbEngine> => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-lmdb-'))
    engine = await LmdbEngine.open(directory)
    return engine
  }
  afterEach(async () => {
    await engine?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  test('says what it is', async () => {
    expect((await open()).capabilities).toEqual({ durable: true, shared: false, syncReads: true })
  })

  test('is made where the making of another one was broken off', async () => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-lmdb-'))
    const unfinished = join(directory, 'unfinished-store')
    mkdirSync(unfinished)
    writeFileSync(join(unfinished, 'data.mdb'), 'x')
    engine = await LmdbEngine.open(directory)
    await engine.commit([], [{ key: Buffer.from('k'), value: Buffer.from('v') }])
    const names = readdirSync(directory).filter((name) => !name.startsWith('dynatom.lock.'))
    expect(names).toEqual(['store'])
  })

  test('takes keys of up to 4,026 bytes and refuses longer and empty ones as a whole', async () => {
    const store = await open()
    const longest = Buffer.alloc(4026, 0x6b)
    await store.commit([], [{ key: longest, value: Buffer.from('v') }])
    expect(store.get(longest)).toEqual(Buffer.from('v'))
    const first = { key: Buffer.from('first'), value: Buffer.from('v') }
    for (const key of [Buffer.alloc(4027, 0x6b), Buffer.alloc(0)]) {
      const commit = store.commit([], [first, { key, value: Buffer.from('v') }])
      await expect(commit).rejects.toBeInstanceOf(StorageFailure)
      const removal = store.commit([], [first, { key, value: undefined }])
      await expect(removal).rejects.toBeInstanceOf(StorageFailure)
    }
    await store.commit([], [{ key: Buffer.from('second'), value: Buffer.from('v') }])
    expect(store.get(first.key)).toBeUndefined()
    await store.commit([], [first])
    expect(store.get(first.key)).toEqual(Buffer.from('v'))
  })

  test('snapshots that were closed do not keep old pages from being used again', async () => {
    const store = await open()
    const key = Buffer.from('k')
    const rewrite = async (count: number): Promise<number> => {
      for (let i = 0; i < count; i++) {
        const snapshot = store.snapshot()
        await store.commit([], [{ key, value: Buffer.alloc(100_000, i) }])
        snapshot.get(key)
        snapshot.close()
      }
      return statSync(join(directory, 'store', 'data.mdb')).size
    }
    const sizeBytes = await rewrite(20)
    expect(await rewrite(200)).toBeLessThan(sizeBytes * 3)
  })
})
