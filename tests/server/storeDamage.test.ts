import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asBuffer,
  StoreUnavailable,
  type Bytes,
  type Entry,
  type KeyRange,
  type StorageWrite,
} from '../../packages/server/src/storage/engine.ts'
import { LmdbEngine } from '../../packages/server/src/storage/lmdb/lmdbEngine.ts'
import { verifyStoreFile } from '../../packages/server/src/storage/lmdb/storeFile.ts'
import { builtModule } from '../means/commandProcess.mjs'

/**
 * How many damages are tried on each store: DYNATOM_DAMAGE_RUNS; 'all' tries every single bit. A
 * failure prints the seed for DYNATOM_DAMAGE_SEED and the damage.
 */
const wanted = process.env['DYNATOM_DAMAGE_RUNS'] ?? '25'
const seed = Number(process.env['DYNATOM_DAMAGE_SEED'] ?? Date.now() % 2 ** 31)

const pageBytes = 8192
const headerBytes = 24
const checksumBytes = 4
const dataFile = join('store', 'data.mdb')
const everything: KeyRange = { start: Buffer.alloc(0), end: Buffer.alloc(64, 0xff) }

const put = (key: string, sizeBytes: number, fill = 65): StorageWrite => ({
  key: Buffer.from(key),
  value: Buffer.alloc(sizeBytes, fill),
})
const remove = (key: string): StorageWrite => ({ key: Buffer.from(key), value: undefined })
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

type Fill = (engine: LmdbEngine) => Promise<void>

/** Stores of different shapes, each made by commits. */
const shapes: Record<string, Fill> = {
  'an empty store': async () => {},
  'a store of one entry': (engine) => engine.commit([], [put('a', 5)]),
  'a small store': async (engine) => {
    for (const i of numbers(6)) {
      await engine.commit(
        [],
        numbers(12).map((j) => put(`key/${(i * 5 + j * 7) % 40}`, (i * j * 53) % 420, i)),
      )
    }
  },
  'a store after deletions': async (engine) => {
    await engine.commit(
      [],
      numbers(600).map((i) => put(`key/${i}`, 200)),
    )
    for (const i of numbers(5)) {
      await engine.commit(
        [],
        numbers(100).map((j) => remove(`key/${i * 100 + j}`)),
      )
    }
  },
  'a store that was emptied': async (engine) => {
    await engine.commit(
      [],
      numbers(100).map((i) => put(`key/${i}`, 200)),
    )
    await engine.commit(
      [],
      numbers(100).map((i) => remove(`key/${i}`)),
    )
  },
  'values longer than a page': async (engine) => {
    for (const i of numbers(8)) {
      await engine.commit([], [put(`key/${i % 5}`, 3000 + i * 4500, i), put(`small/${i}`, 20)])
    }
  },
  'long keys': async (engine) => {
    for (const i of numbers(12)) {
      await engine.commit(
        [],
        numbers(4).map((j) => put(`${(i * 4 + j) % 29}${'k'.repeat(i * 250)}`, i * 40)),
      )
    }
  },
  'many commits, many free pages': async (engine) => {
    await engine.commit(
      [],
      numbers(900).map((i) => put(`key/${i}`, 400)),
    )
    for (const i of numbers(120)) {
      const some = numbers(8).map((j) => put(`key/${(i * 37 + j * 113) % 900}`, 400, i))
      await engine.commit([], [...some, put('big', 60_000 - i * 400)])
    }
  },
}

/** Commits until it is killed. */
const writer = `
  import { LmdbEngine } from ${JSON.stringify(builtModule('storage/lmdb/lmdbEngine.js'))}
  const engine = await LmdbEngine.open(process.argv[1])
  const value = (i) => Buffer.alloc(1 + ((i * 97) % 9000), i)
  for (let i = 0; ; i++) {
    const writes = Array.from({ length: 8 }, (_, j) => {
      const key = Buffer.from('key/' + ((i * 7 + j * 31) % 90))
      return { key, value: (i + j) % 4 === 0 ? undefined : value(i + j) }
    })
    await engine.commit([], writes)
    if (i % 10 === 0) process.stdout.write(i + '\\n')
  }
`

async function killedStore(directory: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs))
  await new Promise((resolve) => child.once('close', resolve))
}

/** What is done to a file. Numbers are fractions of the file, so that they fit any. */
type Damage =
  | { readonly kind: 'flip'; readonly bit: number }
  | { readonly kind: 'zero'; readonly at: number; readonly sizeBytes: number }
  | {
      readonly kind: 'copy'
      readonly from: number
      readonly to: number
      readonly sizeBytes: number
    }
  | { readonly kind: 'swap'; readonly one: number; readonly other: number }
  | { readonly kind: 'cut'; readonly sizeBytes: number }

function damaged(whole: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'cut') return whole.subarray(0, damage.sizeBytes)
  const file = Buffer.from(whole)
  switch (damage.kind) {
    case 'flip':
      file.writeUInt8(file.readUInt8(damage.bit >> 3) ^ (1 << (damage.bit & 7)), damage.bit >> 3)
      break
    case 'zero':
      file.fill(0, damage.at, damage.at + damage.sizeBytes)
      break
    case 'copy':
      whole.copy(file, damage.to, damage.from, damage.from + damage.sizeBytes)
      break
    case 'swap':
      whole.copy(file, damage.one, damage.other, damage.other + pageBytes)
      whole.copy(file, damage.other, damage.one, damage.one + pageBytes)
      break
  }
  return file
}

/** Some of the bytes of a page, put to the same place in another one. */
function anyMixture(fileBytes: number): fc.Arbitrary<Damage> {
  const page = fc.nat(fileBytes / pageBytes - 1).map((number) => number * pageBytes)
  return fc.constantFrom(512, 4096).chain((sizeBytes) => {
    const within = fc.nat(pageBytes / sizeBytes - 1).map((number) => number * sizeBytes)
    return fc.tuple(page, page, within).map(([from, to, place]) => {
      return { kind: 'copy' as const, from: from + place, to: to + place, sizeBytes }
    })
  })
}

function anyDamage(fileBytes: number): fc.Arbitrary<Damage> {
  const block = fc.constantFrom(512, 4096, pageBytes)
  const placed = <T>(make: (sizeBytes: number, places: readonly [number, number]) => T) =>
    block.chain((sizeBytes) => {
      const place = fc.nat(fileBytes / sizeBytes - 1).map((number) => number * sizeBytes)
      return fc.tuple(place, place).map((places) => make(sizeBytes, places))
    })
  const page = fc.nat(fileBytes / pageBytes - 1).map((number) => number * pageBytes)
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('flip' as const), bit: fc.nat(fileBytes * 8 - 1) }),
    },
    placed((sizeBytes, [at]) => ({ kind: 'zero' as const, at, sizeBytes })),
    placed((sizeBytes, [from, to]) => ({ kind: 'copy' as const, from, to, sizeBytes })),
    anyMixture(fileBytes),
    fc.record({ kind: fc.constant('swap' as const), one: page, other: page }),
    fc.record({ kind: fc.constant('cut' as const), sizeBytes: fc.nat(fileBytes - 1) }),
  )
}

const hexOf = (bytes: Bytes): string => asBuffer(bytes).toString('hex')
/**
 * Halves of pages with deleted entries that fit into the first leaf of the store after deletions: as
 * many entries, each as long, all of them before the next leaf.
 */
const fittingHalves: readonly Damage[] = [77_824, 167_936, 200_704, 208_896, 217_088].map(
  (from) => ({ kind: 'copy', from, to: 544_768, sizeBytes: 4096 }),
)

const textOf = ({ key, value }: Entry): string => `${hexOf(key)}=${hexOf(value)}`

/** Everything that a store holds, read in each of the ways there are. */
function readEverything(engine: LmdbEngine): Entry[] {
  const snapshot = engine.snapshot()
  const entries = [...snapshot.range(everything)]
  const backwards = [...snapshot.range({ ...everything, reverse: true })]
  expect(backwards.reverse().map(textOf)).toEqual(entries.map(textOf))
  for (const { key, value } of entries) {
    expect(Buffer.compare(snapshot.get(key) as Uint8Array, value)).toBe(0)
  }
  snapshot.close()
  return entries
}

/** What a store showed, before and after some commits that touch all of it. */
interface Seen {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Uses a store, which must do what a map does. */
async function exercise(directory: string): Promise<Seen> {
  const engine = await LmdbEngine.open(directory)
  const before = readEverything(engine)
  const model = new Map(before.map((entry) => [hexOf(entry.key), textOf(entry)]))
  for (const round of numbers(3)) {
    const some = before.filter((_, i) => i % 3 === round)
    const changed = some.map(({ key }, i) => ({
      key,
      value: i % 5 === 0 ? undefined : Buffer.alloc((i * 37) % 900, round),
    }))
    const writes = [...changed, put(`new/${round}`, 300), put(`big/${round}`, 20_000)]
    await engine.commit([], writes)
    for (const { key, value } of writes) {
      if (value === undefined) model.delete(hexOf(key))
      else model.set(hexOf(key), textOf({ key, value }))
    }
  }
  const after = readEverything(engine).map(textOf)
  await engine.close()
  await verifyStoreFile(join(directory, dataFile))
  expect(after.toSorted()).toEqual([...model.values()].sort())
  return { before: before.map(textOf), after }
}

/**
 * Every entry that a leaf page of the file holds, be it of the last state or an older image that
 * nothing refers to any more.
 */
function onceHeld(file: Buffer): Set<string> {
  const found = new Set<string>()
  for (let page = 0; page < file.length; page += pageBytes) {
    const isLeaf =
      file.readUInt32LE(page) === page / pageBytes && file.readUInt16LE(page + 18) === 2
    const nodesEnd = isLeaf ? file.readUInt16LE(page + 20) : 0
    for (let i = 0; i < nodesEnd; i += 2) {
      const node = page + headerBytes + file.readUInt16LE(page + headerBytes + i)
      const keyEnd = node + 8 + file.readUInt16LE(node + 6)
      const isLong = file.readUInt16LE(node + 4) === 1
      const start = isLong ? file.readUInt32LE(keyEnd) * pageBytes + headerBytes : keyEnd
      const end = start + file.readUInt32LE(node) - checksumBytes
      found.add(textOf({ key: file.subarray(node + 8, keyEnd), value: file.subarray(start, end) }))
    }
  }
  return found
}

describe.each([...Object.keys(shapes), 'a killed store', 'a store killed late'])('%s', (name) => {
  let directory: string
  let whole: Buffer
  let expected: Seen
  let held: Set<string>
  const path = (): string => join(directory, dataFile)

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-damage-'))
    const fill = shapes[name]
    if (fill === undefined) {
      await killedStore(directory, name === 'a killed store' ? 1 : 250)
    } else {
      const engine = await LmdbEngine.open(directory)
      await fill(engine)
      await engine.close()
    }
    whole = readFileSync(path())
    held = onceHeld(whole)
    expected = await exercise(directory)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const tally = { refused: 0, harmless: 0, older: 0 }

  /**
   * No check of the file alone can tell a part of a page from an older image of it: entries that
   * were once committed, in order and as many as there were. So that is what a copy within pages
   * may show, and a store that does is in order for everything else. Nothing else may show
   * anything, and a copy may never show what was not committed.
   */
  function requireOlderImage(damage: Damage, { before }: Seen): void {
    expect(damage.kind === 'copy' && damage.sizeBytes < pageBytes).toBe(true)
    expect(before).toHaveLength(expected.before.length)
    expect(before.filter((each) => !held.has(each))).toEqual([])
  }

  /** Damage is refused, or nothing can be seen of it but an older image. */
  async function attempt(damage: Damage): Promise<void> {
    writeFileSync(path(), damaged(whole, damage))
    try {
      await verifyStoreFile(path())
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailable)
      tally.refused += 1
      return
    }
    const seen = await exercise(directory)
    if (isDeepStrictEqual(seen, expected)) {
      tally.harmless += 1
      return
    }
    requireOlderImage(damage, seen)
    tally.older += 1
  }

  async function attemptEveryBit(): Promise<void> {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      await attempt({ kind: 'flip', bit }).catch((error: unknown) => {
        throw new Error(`bit ${bit} of ${name}`, { cause: error })
      })
    }
  }

  test('damage is refused, or of no consequence', async () => {
    if (wanted === 'all') await attemptEveryBit()
    else {
      const property = fc.asyncProperty(anyDamage(whole.length), attempt)
      const known = name === 'a store after deletions' ? fittingHalves : []
      const examples = known.map((damage): [Damage] => [damage])
      await fc.assert(property, { numRuns: known.length + Number(wanted), seed, examples })
      expect(tally.older).toBeGreaterThanOrEqual(known.length)
    }
    if (process.env['DYNATOM_DAMAGE_RUNS'] !== undefined)
      console.log(`${name}, ${whole.length} bytes:`, tally)
  }, 86_400_000)
})
