import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asBuffer } from '../engine.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

const pageBytes = 8192
const headerBytes = 24
const leafKind = 2
const rounds = 6
/** With its key, checksum and head such an entry takes 256 bytes: no sector begins within one. */
const valueBytes = 237
const keys: readonly Buffer[] = Array.from({ length: 120 }, (_, i) => Buffer.from(`key ${i + 100}`))

let directory: string
let path: string
/** The file after each commit. Each of them writes all entries anew, some leaves below one root. */
let files: readonly Buffer[]
/** The file after one more commit, which removes an entry from the first leaf. */
let shorter: Buffer

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-older-'))
  path = join(directory, 'store', 'data.mdb')
  const engine = await LmdbEngine.open(directory)
  const made: Buffer[] = []
  for (let round = 0; round < rounds; round++) {
    const value = Buffer.alloc(valueBytes, round)
    await engine.commit(
      [],
      keys.map((key) => ({ key, value })),
    )
    made.push(readFileSync(path))
  }
  files = made
  await engine.commit([], [{ key: keys[0] as Buffer, value: undefined }])
  await engine.close()
  shorter = readFileSync(path)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const last = (): Buffer => files.at(-1) as Buffer

/** Where the root of the entries begins in the last state of a file. */
function rootOf(file: Buffer): number {
  const meta = file.readUInt32LE(152) > file.readUInt32LE(pageBytes + 152) ? 0 : pageBytes
  return file.readUInt32LE(meta + 136) * pageBytes
}

const nodeOf = (file: Buffer, page: number, index: number): number =>
  page + headerBytes + file.readUInt16LE(page + headerBytes + index * 2)

/** Where leaf `index` of the last state of a file begins. */
const leafOf = (file: Buffer, index: number): number =>
  file.readUInt32LE(nodeOf(file, rootOf(file), index)) * pageBytes

const firstKeyOf = (file: Buffer, page: number): string => {
  const node = nodeOf(file, page, 0)
  return file.toString('latin1', node + 8, node + 8 + file.readUInt16LE(node + 6))
}

const isLeaf = (file: Buffer, page: number): boolean =>
  page < file.length &&
  file.readUInt32LE(page) === page / pageBytes &&
  file.readUInt16LE(page + 18) === leafKind

/** An image of a leaf with the same entries that lies elsewhere in the file. */
function olderImageOf(file: Buffer, leaf: number): number {
  for (let page = 2 * pageBytes; page < file.length; page += pageBytes) {
    const isOther = page !== leaf && isLeaf(file, page)
    if (isOther && firstKeyOf(file, page) === firstKeyOf(file, leaf)) return page
  }
  throw new Error('no older image')
}

/** A leaf of the last state, and an earlier file that has an older image at the same place. */
function leafWithOlder(file: Buffer): { leaf: number; older: Buffer } {
  for (let index = 0; index < 3; index++) {
    const leaf = leafOf(file, index)
    const older = files.find((each) => {
      if (!isLeaf(each, leaf) || each.readUInt32LE(leaf + 8) >= file.readUInt32LE(leaf + 8)) {
        return false
      }
      return firstKeyOf(each, leaf) === firstKeyOf(file, leaf)
    })
    if (older !== undefined) return { leaf, older }
  }
  throw new Error('no place was used twice')
}

/** A copy of `file` with some bytes of `source` in it. */
function withBytes(file: Buffer, at: number, source: Buffer): Buffer {
  const changed = Buffer.from(file)
  source.copy(changed, at)
  return changed
}

const pageAt = (file: Buffer, at: number): Buffer => file.subarray(at, at + pageBytes)

/** What the check says, or which rounds the values are of that are read. */
async function outcome(file: Buffer): Promise<string | readonly number[]> {
  writeFileSync(path, file)
  try {
    await verifyStoreFile(path)
  } catch (error) {
    return (error as Error).message.replace(/^.* Dynatom \(|\); restore .*$/g, '')
  }
  const engine = await LmdbEngine.open(directory)
  const values = keys.map((key) => asBuffer(engine.get(key) ?? Buffer.of(99)))
  await engine.close()
  return [...new Set(values.map((value) => value.readUInt8(0)))].sort((a, b) => a - b)
}

test('the file is whole before it is changed', async () => {
  expect(await outcome(last())).toEqual([rounds - 1])
})

/** The newest leaf of the middle with the bytes of `from` to `to` of an older image of it. */
function mixture(from: number, to: number): { file: Buffer; round: number } {
  const leaf = leafOf(last(), 1)
  const older = olderImageOf(last(), leaf)
  const file = withBytes(last(), leaf + from, last().subarray(older + from, older + to))
  return { file, round: last().readUInt8(older + pageBytes - 8) }
}

test.each([4096, 512])('%i bytes of an older image cannot be told', async (sizeBytes) => {
  const { file, round } = mixture(pageBytes - sizeBytes, pageBytes)
  expect(round).toBeLessThan(rounds - 1)
  expect(await outcome(file)).toEqual([round, rounds - 1])
})

test('an entry of which a part is of an older image is found', async () => {
  const { file } = mixture(pageBytes - 640, pageBytes)
  expect(await outcome(file)).toMatch(/^an entry in page \d+ does not match its checksum$/)
})

test('a page that a later commit did not reach cannot be told', async () => {
  const { leaf, older } = leafWithOlder(last())
  const round = files.indexOf(older)
  expect(await outcome(withBytes(last(), leaf, pageAt(older, leaf)))).toEqual([round, rounds - 1])
})

test('an older image with another number of entries is found', async () => {
  const leaf = leafOf(shorter, 0)
  const image = Buffer.from(pageAt(last(), leafOf(last(), 0)))
  image.writeUInt32LE(leaf / pageBytes, 0)
  expect(await outcome(withBytes(shorter, leaf, image))).toBe(
    `it has ${keys.length} entries where ${keys.length - 1} are noted`,
  )
})

test('a whole page from another place is found', async () => {
  const leaf = leafOf(last(), 1)
  const image = pageAt(last(), olderImageOf(last(), leaf))
  expect(await outcome(withBytes(last(), leaf, image))).toBe(
    `page ${leaf / pageBytes} does not begin with its number`,
  )
})

test('an older image of a root is found', async () => {
  const root = rootOf(last())
  const image = Buffer.from(pageAt(last(), root))
  image.writeUInt32LE(image.readUInt32LE(8) - 1, 8)
  expect(await outcome(withBytes(last(), root, image))).toMatch(
    /^(a meta page and what it refers to are not of one time|page \d+ is newer than what refers)/,
  )
})
