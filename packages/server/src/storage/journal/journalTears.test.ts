import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { put } from '../../testing/journalWorld.ts'
import type { StorageWrite } from '../engine.ts'
import { encodeCounter } from '../../commits/counters.ts'
import { encodeFileHead, JournalDamage, readJournal, recordForFile } from './journalRecord.ts'
import { encodeRecord } from './recordEncoding.ts'
import { sectorBytes } from './sectors.ts'

/** As the engine's users store a number of items and bytes. */
const counter = encodeCounter([1, 64])

function oneBitIn(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  bytes[length >> 1] = 4
  return bytes
}

function flip(bytes: Buffer, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
}

/** A file with one acknowledged record, of which `padding` moves the last one. */
const fileBefore = (padding: number): Buffer =>
  Buffer.concat([encodeFileHead(1), encodeRecord(1, [put('a', 'v'.repeat(padding))])])

const lengths = [0, 1, 30, 100, 400, 490, 1500]
const alignments = Array.from({ length: sectorBytes }, (_, i) => i)

/** How many records a file has, undefined when it is refused; the same with room behind them. */
function recordsIn(bytes: Buffer): number | undefined {
  const count = countRecords(bytes)
  const room = bytes.length % 1300
  const counted = countRecords(Buffer.concat([bytes, Buffer.alloc(room)]))
  // A question of `expect` would take as long as all the rest, some 200,000 times.
  if (counted !== count) expect.fail(`with room of ${room}: ${counted} in place of ${count}`)
  return count
}

function countRecords(bytes: Buffer): number | undefined {
  try {
    return readJournal(bytes)?.records.length
  } catch (error) {
    if (!(error instanceof JournalDamage)) throw error
    return undefined
  }
}

test.each(lengths)('a last record with a value of %i bytes, cut off, is left out', (length) => {
  const last = encodeRecord(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const before = fileBefore(alignment)
    for (const cut of [0, 1, 19, 20, 21, last.length - 1]) {
      const torn = Buffer.concat([before, last.subarray(0, cut)])
      expectOnlyFirst(torn, () => `cut at ${cut}, alignment ${alignment}`)
    }
    expect(recordsIn(Buffer.concat([before, last]))).toBe(2)
  }
})

test.each(lengths)('one of which nothing was written (%i bytes) is left out', (length) => {
  const last = encodeRecord(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const torn = Buffer.concat([fileBefore(alignment), Buffer.alloc(last.length)])
    expectOnlyFirst(torn, () => `alignment ${alignment}`)
  }
})

/** A last record of `torn` that is wholly there, or is not for damage, is a fault of `what`. */
function expectOnlyFirst(torn: Buffer, what: () => string): void {
  const count = recordsIn(torn)
  if (count !== 1) expect.fail(`${what()}: ${count} records in place of the first`)
}

/** The record of `bytes` from `start` on without some of its sectors: those of the bits of `missing`. */
function withoutSectors(bytes: Buffer, start: number, missing: number): Buffer {
  const torn = Buffer.from(bytes)
  const first = Math.floor(start / sectorBytes)
  for (let i = 0; missing >> i > 0; i++) {
    const from = (first + i) * sectorBytes
    const to = Math.min(from + sectorBytes, bytes.length)
    if ((missing >> i) & 1) torn.fill(0, Math.max(from, start), to)
  }
  return torn
}

test.each(lengths)('one that lacks any of its sectors (%i bytes) is left out', (length) => {
  const last = encodeRecord(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const before = fileBefore(alignment)
    const start = before.length
    const whole = Buffer.concat([before, last])
    const sectors = Math.ceil(whole.length / sectorBytes) - Math.floor(start / sectorBytes)
    for (let missing = 1; missing < 2 ** sectors; missing++) {
      const torn = withoutSectors(whole, start, missing)
      if (torn.equals(whole)) continue
      expectOnlyFirst(torn, () => `without ${missing.toString(2)} at ${start}`)
    }
  }
})

/** Writes whose records are easily taken for torn ones. */
const deceptive: [string, StorageWrite[]][] = [
  [
    'a counter at the end',
    [put('item', 'v'.repeat(30)), { key: Buffer.from('03'), value: counter }],
  ],
  ...[64, 128, 256, 512, 1024].map((bodyBytes): [string, StorageWrite[]] => [
    `a body of ${bodyBytes} bytes`,
    [put('key', 'v'.repeat(bodyBytes - 12))],
  ]),
  ['a key of zeros', [{ key: Buffer.alloc(1100), value: Buffer.from('v') }]],
  ['a key of zeros but for one bit', [{ key: oneBitIn(1100), value: Buffer.from('v') }]],
  ['a key of the first mask', [{ key: Buffer.alloc(1100, 0x5a), value: Buffer.alloc(1100) }]],
]

/** Every bit of the head and of the end, where a record may look torn, and some of each other part. */
function* bitsOf(start: number, end: number): Generator<number, void> {
  for (let bit = start * 8; bit < end * 8; bit++) {
    const isNearEnd = bit < (start + 20) * 8 || bit >= (end - 9) * 8
    if (isNearEnd || bit % 41 === 0) yield bit
  }
}

/** Where the record or its end is near a boundary of sectors, and some positions between. */
const tellingAlignments = (length: number): number[] =>
  alignments.filter((alignment) => {
    const start = fileBefore(alignment).length
    const isNear = (at: number): boolean => (at + 20) % sectorBytes < 24
    return isNear(start) || isNear(start + length) || alignment % 61 === 0
  })

test.each(deceptive)('a flipped bit of a last record is found: %s', (_, writes) => {
  const last = encodeRecord(2, writes)
  const wrong: string[] = []
  for (const alignment of tellingAlignments(last.length)) {
    const before = fileBefore(alignment)
    const start = before.length
    const whole = Buffer.concat([before, recordForFile(last, start)])
    expect(readJournal(whole)?.records[1]?.writes).toEqual(writes)
    for (const bit of bitsOf(start, whole.length)) {
      flip(whole, bit)
      if (recordsIn(whole) !== undefined) wrong.push(`bit ${bit - start * 8} at ${start}`)
      flip(whole, bit)
    }
  }
  expect(wrong).toEqual([])
})

test.each(deceptive)('and one that lacks a sector is left out: %s', (_, writes) => {
  const last = encodeRecord(2, writes)
  for (const alignment of alignments) {
    const before = fileBefore(alignment)
    const start = before.length
    const whole = Buffer.concat([before, recordForFile(last, start)])
    const sectors = Math.ceil(whole.length / sectorBytes) - Math.floor(start / sectorBytes)
    for (let sector = 0; sector < sectors; sector++) {
      const torn = withoutSectors(whole, start, 1 << sector)
      expectOnlyFirst(torn, () => `without ${sector} at ${start}`)
    }
  }
})

test('a bit in the room behind the last record is never a record', () => {
  const room = Buffer.alloc(3 * sectorBytes)
  for (const alignment of alignments) {
    const bytes = Buffer.concat([fileBefore(alignment), room])
    bytes[bytes.length - 1 - alignment] = 8
    expect([1, undefined]).toContain(countRecords(bytes))
  }
})

/** What files of earlier versions begin with. */
function headOfForm(form: number): Buffer {
  const head = encodeFileHead(1)
  head[7] = form
  head.writeUInt32BE(crc32(head.subarray(0, 16)), 16)
  return head
}

test.each([2, 3])(
  'in form %i, which has no room, zeros are what an interrupted write left',
  (form) => {
    const record = encodeRecord(1, [put('a', 'v'.repeat(1500))])
    const damaged = Buffer.concat([headOfForm(form), record, Buffer.alloc(40)])
    expect(readJournal(damaged)?.records).toHaveLength(1)
    damaged.fill(0, sectorBytes, 2 * sectorBytes)
    expect(() => readJournal(damaged)).toThrow(
      new JournalDamage('a file of its journal is damaged'),
    )
  },
)

test('a journal of another form is refused by its name', () => {
  expect(() => readJournal(headOfForm(1))).toThrow(
    new JournalDamage('its journal has a form that this version of Dynatom does not know'),
  )
})
