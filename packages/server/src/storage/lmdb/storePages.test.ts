import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withChecksum } from './checksum.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

const pageBytes = 8192
const headerBytes = 24

let directory: string
let path: string
let whole: Buffer

/** A root with many leaves below it, a value with pages of its own, and free pages. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-pages-'))
  path = join(directory, 'store', 'data.mdb')
  const engine = await LmdbEngine.open(directory)
  const keys = Array.from({ length: 200 }, (_, i) => Buffer.from(`key ${i}`))
  await engine.commit(
    [],
    keys.map((key) => ({ key, value: Buffer.alloc(200, 1) })),
  )
  for (let i = 0; i < 4; i++) {
    await engine.commit([], [{ key: Buffer.from('big'), value: Buffer.alloc(20_000, i) }])
  }
  await engine.close()
  whole = readFileSync(path)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The file while a test changes it, with what a test has to find in it. */
class Pages {
  readonly bytes: Buffer = Buffer.from(whole)
  /** Where the newer meta page begins. */
  readonly meta: number = this.number(152) > this.number(pageBytes + 152) ? 0 : pageBytes
  readonly root: number = this.number(this.meta + 136) * pageBytes
  readonly freeRoot: number = this.number(this.meta + 88) * pageBytes

  number(at: number): number {
    return Number(this.bytes.readBigUInt64LE(at))
  }

  add(at: number, change: number): void {
    this.bytes.writeBigInt64LE(this.bytes.readBigInt64LE(at) + BigInt(change), at)
  }

  /** Where node `index` of a page begins. */
  node(page: number, index: number): number {
    return page + headerBytes + this.bytes.readUInt16LE(page + headerBytes + index * 2)
  }

  keyBytes(node: number): number {
    return this.bytes.readUInt16LE(node + 6)
  }

  /** Where leaf `index` of the entries begins. */
  leaf(index: number): number {
    return this.bytes.readUInt32LE(this.node(this.root, index)) * pageBytes
  }

  /** Where the reference of the big value begins, which is the first entry. */
  bigReference(): number {
    const node = this.node(this.leaf(0), 0)
    return node + 8 + this.keyBytes(node)
  }

  swap(one: number, other: number, count: number): void {
    const kept = Buffer.from(this.bytes.subarray(one, one + count))
    this.bytes.copy(this.bytes, one, other, other + count)
    kept.copy(this.bytes, other)
  }

  /** Gives an entry the key of the one before it, and the checksum for that. */
  repeatKey(): void {
    const page = this.leaf(2)
    let index = 1
    const node = (i: number): number => this.node(page, i)
    while (this.keyBytes(node(index)) !== this.keyBytes(node(index - 1))) index += 1
    const [start, keyBytes] = [node(index) + 8, this.keyBytes(node(index))]
    this.bytes.copy(this.bytes, start, node(index - 1) + 8, node(index - 1) + 8 + keyBytes)
    const key = this.bytes.subarray(start, start + keyBytes)
    const value = this.bytes.subarray(start + keyBytes, start + keyBytes + 200)
    withChecksum(key, value).copy(this.bytes, start + keyBytes)
  }

  /** Makes the older meta page and its roots two transactions older. */
  takeOlderBack(): void {
    const older = pageBytes - this.meta
    this.add(older + 152, -2)
    for (const root of [older + 88, older + 136]) this.add(this.number(root) * pageBytes + 8, -2)
  }

  /** Where the first free page is noted. */
  freePage(): number {
    const node = this.node(this.freeRoot, 0)
    return node + 8 + this.keyBytes(node) + 8
  }
}

const noted = (what: string) => new RegExp(`it has \\d+ ${what} where \\d+ are noted`)

const damages: [name: string, change: (pages: Pages) => void, told: RegExp][] = [
  ['a page has another number', (p) => p.add(p.leaf(3), 1), /page \d+ does not begin with its num/],
  ['a page is of no kind', (p) => p.bytes.writeUInt16LE(3, p.leaf(3) + 18), /of no known kind/],
  ['a page has a pad', (p) => p.bytes.writeUInt16LE(1, p.leaf(3) + 16), /of no known kind/],
  ['a leaf is a branch', (p) => p.bytes.writeUInt16LE(1, p.leaf(3) + 18), /is no leaf page/],
  ['a page is of a later time', (p) => p.add(p.leaf(3) + 8, 99), /newer than what refers to it/],
  [
    'a root is of an earlier time',
    (p) => p.add(p.root + 8, -1),
    /newer than what refers|not of one time/,
  ],
  ['a root is of a later time', (p) => p.add(p.root + 8, 1), /are not of one time/],
  [
    'the root is a leaf',
    (p) => p.add(p.meta + 136, p.leaf(0) / pageBytes - p.root / pageBytes),
    /is no branch page/,
  ],
  ['the root is missing', (p) => p.add(p.meta + 136, 100_000), /^its page \d+ is missing$/],
  ['too few branch pages', (p) => p.add(p.meta + 104, 1), noted('branch pages')],
  ['too few leaf pages', (p) => p.add(p.meta + 112, 1), noted('leaf pages')],
  ['too many overflow pages', (p) => p.add(p.meta + 120, -1), noted('overflow pages')],
  ['too many entries', (p) => p.add(p.meta + 128, -1), noted('entries')],
  ['less depth', (p) => p.bytes.writeUInt16LE(1, p.meta + 102), /is no leaf page/],
  ['more depth', (p) => p.bytes.writeUInt16LE(3, p.meta + 102), /is no branch page/],
  ['no depth', (p) => p.bytes.writeUInt16LE(0, p.meta + 102), /an impossible tree/],
  [
    'a last page before the tree',
    (p) => p.add(p.meta + 144, 2 - p.number(p.meta + 144)),
    /does not exist/,
  ],
  [
    'a last page far behind the file',
    (p) => p.add(p.meta + 144, 140_000),
    /it has \d+ bytes, and \d+ are/,
  ],
  [
    'a map that is too small',
    (p) => p.add(p.meta + 40, pageBytes - p.number(p.meta + 40)),
    /an impossible map/,
  ],
  ['a map beyond all memory', (p) => p.add(p.meta + 40, 2 ** 50), /an impossible map/],
  ['a map that is no number of pages', (p) => p.add(p.meta + 40, 1), /an impossible map/],
  ['a fixed address', (p) => p.add(p.meta + 32, 4096), /an impossible map/],
  ['another version', (p) => p.bytes.writeUInt32LE(1, p.meta + 28), /is no meta page/],
  ['another magic number', (p) => p.bytes.writeUInt32LE(1, p.meta + 24), /is no meta page/],
  ['pages of another size', (p) => p.bytes.writeUInt32LE(4096, p.meta + 48), /has unknown flags/],
  ['flags of the file', (p) => p.bytes.writeUInt16LE(9, p.meta + 52), /has unknown flags/],
  ['flags of the tree', (p) => p.bytes.writeUInt16LE(4, p.meta + 100), /has unknown flags/],
  [
    'two leaves in each others place',
    (p) => p.swap(p.node(p.root, 2), p.node(p.root, 3), 6),
    /keys in page \d+ are not in order/,
  ],
  [
    'a leaf twice',
    (p) => p.bytes.copy(p.bytes, p.node(p.root, 2), p.node(p.root, 3), p.node(p.root, 3) + 6),
    /page \d+ is used twice/,
  ],
  [
    'a leaf that does not exist',
    (p) => p.add(p.node(p.root, 2), 2 ** 20),
    /refers to page \d+, which does not exist/,
  ],
  [
    'two entries in the wrong order',
    (p) => p.swap(p.leaf(2) + headerBytes, p.leaf(2) + headerBytes + 2, 2),
    /keys in page \d+ are not in order/,
  ],
  [
    'one entry twice',
    (p) =>
      p.bytes.copy(
        p.bytes,
        p.leaf(2) + headerBytes,
        p.leaf(2) + headerBytes + 2,
        p.leaf(2) + headerBytes + 4,
      ),
    /entries in page \d+ overlap/,
  ],
  [
    'a bound that is too low',
    (p) => p.bytes.fill(0, p.node(p.root, 3) + 8, p.node(p.root, 3) + 9),
    /keys in page \d+ are not in order/,
  ],
  ['a key twice', (p) => p.repeatKey(), /keys in page \d+ are not in order/],
  [
    'a big value of a later time, as its page',
    (p) => {
      p.add(p.bigReference() + 8, 1)
      p.add(p.number(p.bigReference()) * pageBytes + 8, 1)
    },
    /not the begin of its value/,
  ],
  [
    'a big value whose page is of an earlier time',
    (p) => p.add(p.number(p.bigReference()) * pageBytes + 8, -1),
    /not the begin of its value/,
  ],
  [
    'a big value that is longer than its pages',
    (p) => p.add(p.bigReference() - 8 - 3, pageBytes),
    /not the begin of its value/,
  ],
  [
    'meta pages in each others place',
    (p) => p.swap(24, pageBytes + 24, 150),
    /is the meta page of another transaction/,
  ],
  ['meta pages with one between them', (p) => p.takeOlderBack(), /do not follow each other/],
  [
    'a bound that is too high',
    (p) => p.bytes.fill(0xff, p.node(p.root, 2) + 8, p.node(p.root, 2) + 9),
    /keys in page \d+ are not in order/,
  ],
  [
    'an entry at an odd place',
    (p) => p.add(p.leaf(2) + headerBytes + 3 * 2, 1),
    /has impossible entries/,
  ],
  [
    'an entry behind the page',
    (p) => p.bytes.writeUInt16LE(8164, p.leaf(2) + headerBytes),
    /has impossible entries/,
  ],
  [
    'an entry that is too long',
    (p) => p.bytes.writeUInt16LE(9000, p.node(p.leaf(2), 1)),
    /has impossible entries/,
  ],
  [
    'an entry of no kind',
    (p) => p.bytes.writeUInt16LE(2, p.node(p.leaf(2), 1) + 4),
    /has impossible entries/,
  ],
  ['no entries', (p) => p.bytes.writeUInt16LE(0, p.leaf(2) + 20), /has impossible entries/],
  [
    'one entry less',
    (p) => p.bytes.writeUInt16LE(p.bytes.readUInt16LE(p.leaf(2) + 20) - 2, p.leaf(2) + 20),
    /entries in page \d+ overlap/,
  ],
  [
    'free space over the entries',
    (p) => p.bytes.writeUInt16LE(p.bytes.readUInt16LE(p.leaf(2) + 22) + 2, p.leaf(2) + 22),
    /has impossible entries/,
  ],
  [
    'a changed key',
    (p) => p.add(p.node(p.leaf(2), 1) + 8 + 4, 0x0100),
    /does not match its checksum|not in order/,
  ],
  [
    'a changed value',
    (p) => p.bytes.writeUInt8(2, p.node(p.leaf(2), 1) + 40),
    /does not match its checksum/,
  ],
  [
    'a changed big value',
    (p) => p.bytes.writeUInt8(9, p.number(p.bigReference()) * pageBytes + 9000),
    /value in page \d+ does not match its checksum/,
  ],
  [
    'a big value elsewhere',
    (p) => p.add(p.bigReference(), 1),
    /used twice|does not begin|begin of its value/,
  ],
  [
    'a big value of another time',
    (p) => p.add(p.bigReference() + 8, -1),
    /is newer than what refers to it/,
  ],
  [
    'a big value of a later time',
    (p) => p.add(p.bigReference() + 8, 1),
    /not the begin of its value/,
  ],
  [
    'a big value in fewer pages',
    (p) => p.add(p.bigReference() + 16, -1),
    /not the begin of its value/,
  ],
  [
    'a big value in more pages',
    (p) => p.add(p.bigReference() + 16, 1),
    /used twice|does not exist/,
  ],
  [
    'a big value that counts other pages',
    (p) => p.add(p.number(p.bigReference()) * pageBytes + 20, 1),
    /not the begin of its value/,
  ],
  [
    'a free page that a tree uses',
    (p) => p.add(p.freePage(), p.leaf(2) / pageBytes - p.number(p.freePage())),
    /page \d+ is used twice/,
  ],
  [
    'a free page twice',
    (p) => p.bytes.copy(p.bytes, p.freePage(), p.freePage() + 8, p.freePage() + 16),
    /page \d+ is used twice/,
  ],
  [
    'a free page that does not exist',
    (p) => p.add(p.freePage(), 100_000),
    /refers to page \d+, which does not exist/,
  ],
  [
    'more free pages than are listed',
    (p) => p.add(p.freePage() - 8, 1000),
    /a list of free pages is torn/,
  ],
  [
    'a run of free pages without a page',
    (p) => p.bytes.writeBigInt64LE(-2n, p.freePage() + 8 * (p.number(p.freePage() - 8) - 1)),
    /a list of free pages is torn/,
  ],
  [
    'a list of free pages of a later time',
    (p) => p.add(p.freePage() - 16, 99),
    /does not match its checksum|not in order/,
  ],
]

test('the file is whole before it is changed', async () => {
  await verifyStoreFile(path)
})

test.each(damages)('%s', async (_, change, told) => {
  const pages = new Pages()
  change(pages)
  writeFileSync(path, pages.bytes)
  const message = await verifyStoreFile(path).then(
    () => 'whole',
    (error: unknown) => (error as Error).message,
  )
  expect(message.replace(/^.* Dynatom \(|\); restore .*$/g, '')).toMatch(told)
})

test('free pages that no list has are no damage', async () => {
  const pages = new Pages()
  pages.add(pages.freePage() - 8, -1)
  writeFileSync(path, pages.bytes)
  await verifyStoreFile(path)
  await verifyStoreFile(path, { extent: 'beginning' })
})

test('a value that is stored under another key is found', async () => {
  const pages = new Pages()
  const node = pages.node(pages.leaf(2), 1)
  const value = withChecksum(Buffer.from('key'), Buffer.alloc(200, 1))
  value.copy(pages.bytes, node + 8 + pages.keyBytes(node))
  writeFileSync(path, pages.bytes)
  await expect(verifyStoreFile(path)).rejects.toThrow('does not match its checksum')
})
