import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable, type Entry } from '../engine.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

const pageBytes = 8192

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-file-'))
  path = join(directory, 'store', 'data.mdb')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function fill(commits: number): Promise<void> {
  const engine = await LmdbEngine.open(directory)
  for (let i = 0; i < commits; i++) {
    await engine.commit([], [{ key: Buffer.from(`k${i}`), value: Buffer.alloc(5000, i) }])
  }
  await engine.close()
}

/** What the file is refused for, or undefined when it is whole. */
async function damage(extent: 'all' | 'beginning' = 'all'): Promise<string | undefined> {
  try {
    await verifyStoreFile(path, { extent })
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(StoreUnavailable)
    const { message } = error as StoreUnavailable
    const begin = `The file ${path} is damaged, or was not written by Dynatom (`
    const end = '); restore the data directory from a copy.'
    expect(message.slice(0, begin.length)).toBe(begin)
    expect(message.slice(-end.length)).toBe(end)
    return message.slice(begin.length, -end.length)
  }
}

describe('a file is whole', () => {
  test.each([0, 1, 2, 3, 50, 300])('after %i commits', async (commits) => {
    await fill(commits)
    await verifyStoreFile(path)
    await verifyStoreFile(path, { extent: 'beginning' })
    expect(readFileSync(path).readUInt32LE(48)).toBe(pageBytes)
  })

  test.each([31, 32, 300, 4026])('with keys of %i bytes', async (keyBytes) => {
    const engine = await LmdbEngine.open(directory)
    for (let i = 0; i < 40; i++) {
      const key = Buffer.from(String(i).padStart(keyBytes, 'k'))
      await engine.commit([], [{ key, value: Buffer.alloc(3000, i) }])
    }
    await engine.close()
    await verifyStoreFile(path)
  })

  test('after values of all sizes and keys of all lengths have come, shrunk and gone', async () => {
    const engine = await LmdbEngine.open(directory)
    const key = (i: number): Buffer => Buffer.alloc(1 + ((i * 131) % 4026), i)
    for (let round = 0; round < 6; round++) {
      for (let i = round; i < 40; i++) {
        const value = Buffer.alloc(((i + round) * 997) % 30_000, round)
        const smaller = (i + round) % 3 === 0 ? undefined : value.subarray(0, value.length >> 3)
        await engine.commit(
          [],
          [
            { key: key(i), value },
            { key: key(i + 1), value: smaller },
          ],
        )
        await verifyStoreFile(path)
      }
    }
    await engine.close()
  })

  test('when its last pages were given back before they were written', async () => {
    const engine = await LmdbEngine.open(directory)
    const big = { key: Buffer.from('big'), value: Buffer.alloc(100_000) }
    await engine.commit([], [{ key: Buffer.from('a'), value: Buffer.alloc(20_000) }])
    for (let i = 0; i < 3; i++) {
      await engine.commit([], [big, { key: big.key, value: undefined }])
      await verifyStoreFile(path)
      await verifyStoreFile(path, { extent: 'beginning' })
    }
    await engine.close()
  })
})

describe('a file is refused', () => {
  test('that is missing', async () => {
    await fill(1)
    rmSync(path)
    const message = `The file ${path} is missing; restore the data directory from a copy.`
    await expect(verifyStoreFile(path)).rejects.toThrow(new StoreUnavailable(message))
    await expect(LmdbEngine.open(directory)).rejects.toThrow(new StoreUnavailable(message))
  })

  test('that cannot be opened', async () => {
    writeFileSync(join(directory, 'store'), '')
    await expect(verifyStoreFile(path)).rejects.toThrow('The store cannot be read: ENOTDIR')
  })

  test('that is cut short, wherever', async () => {
    await fill(30)
    const sizeBytes = readFileSync(path).length
    for (let size = sizeBytes - 1; size >= 2 * pageBytes; size -= pageBytes) {
      truncateSync(path, size)
      expect(await damage()).toMatch(/^its page \d+ is missing$/)
      expect(await damage('beginning')).toMatch(/^its page \d+ is missing$/)
    }
    await expect(LmdbEngine.open(directory)).rejects.toThrow(StoreUnavailable)
    for (const size of [9000, 8192, 160, 100, 1, 0]) {
      truncateSync(path, size)
      expect(await damage()).toBe(`it has only ${size} bytes`)
      await expect(LmdbEngine.open(directory)).rejects.toThrow(StoreUnavailable)
    }
  })

  test('that lacks its last leaf', async () => {
    const engine = await LmdbEngine.open(directory)
    const key = (i: number): Buffer => Buffer.from(`key ${String(i).padStart(3, '0')}`)
    const entries = Array.from({ length: 300 }, (_, i) => ({
      key: key(i),
      value: Buffer.alloc(400),
    }))
    await engine.commit([], entries)
    await engine.close()
    const lastPage = readFileSync(path).length / pageBytes - 1
    truncateSync(path, lastPage * pageBytes)
    const told = `its page ${lastPage} is missing`
    expect([await damage(), await damage('beginning')]).toEqual([told, told])
  })

  test('of another kind', async () => {
    await fill(0)
    for (const content of ['x'.repeat(100_000), Buffer.alloc(100_000)]) {
      writeFileSync(path, content)
      expect(await damage()).toMatch(
        /^page 0 (does not begin with its number|is of no known kind)$/,
      )
    }
  })

  test('that LMDB wrote with pages of another size', async () => {
    await open<Buffer, Buffer>({ path: join(directory, 'store'), pageSize: 4096 }).close()
    expect(await damage()).toBe('it has only 8192 bytes')
  })
})

describe('the two meta pages', () => {
  const transactionIdAt = 152

  test('a transaction id in which any bit was changed is found', async () => {
    for (const commits of [0, 1, 2, 3, 4, 7]) {
      rmSync(directory, { recursive: true, force: true })
      await fill(commits)
      const whole = readFileSync(path)
      for (const page of [0, 1]) {
        for (let bit = 0; bit < 64; bit++) {
          const changed = Buffer.from(whole)
          const at = page * pageBytes + transactionIdAt + (bit >> 3)
          changed[at] = (changed[at] as number) ^ (1 << (bit & 7))
          writeFileSync(path, changed)
          expect(await damage()).toMatch(/meta page|newer than what refers/)
          expect(await damage('beginning')).toMatch(/meta page|newer than what refers/)
        }
      }
    }
  })

  test('one in the place of the other is found', async () => {
    await fill(5)
    const whole = readFileSync(path)
    const [first, second] = [whole.subarray(0, pageBytes), whole.subarray(pageBytes, 2 * pageBytes)]
    const rest = whole.subarray(2 * pageBytes)
    for (const pages of [
      [second, first],
      [first, first],
      [second, second],
    ]) {
      writeFileSync(path, Buffer.concat([...pages, rest]))
      expect(await damage()).toMatch(/^page [01] does not begin with its number$/)
    }
  })
})

describe('a store without checksums', () => {
  const writeOldStore = async (entries: Record<string, string>): Promise<void> => {
    const store = open<Buffer, Buffer>({
      path: join(directory, 'store'),
      pageSize: pageBytes,
      keyEncoding: 'binary',
      encoding: 'binary',
      overlappingSync: false,
    })
    for (const [key, value] of Object.entries(entries)) {
      await store.put(Buffer.from(key), Buffer.from(value))
    }
    await store.close()
  }
  const describeForeign = ({ key, value }: Entry): string | undefined =>
    Buffer.from(key).toString() === '\x01' ? `mark ${Buffer.from(value).toString()}` : undefined

  test.each(['all', 'beginning'] as const)(
    'is told apart by its first entry: %s',
    async (extent) => {
      await writeOldStore({ '\x01': '{"format":2}', '\x02Items': '{}' })
      const expected = new StoreUnavailable('mark {"format":2}')
      await expect(verifyStoreFile(path, { extent, describeForeign })).rejects.toThrow(expected)
    },
  )

  test.each(['all', 'beginning'] as const)(
    'is damaged when nobody knows it: %s',
    async (extent) => {
      await writeOldStore({ '\x02': '{"format":2}' })
      const refused = verifyStoreFile(path, { extent, describeForeign })
      await expect(refused).rejects.toThrow('its first entry does not match its checksum')
      expect(await damage(extent)).toBe('its first entry does not match its checksum')
    },
  )
})
