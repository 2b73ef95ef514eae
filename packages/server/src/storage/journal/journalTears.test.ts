import { expect, test } from 'vitest'
import { put } from '../../testing/journalWorld.ts'
import type { StorageWrite } from '../engine.ts'
import {
  encodeFileHead,
  encodeRecord,
  JournalDamage,
  readJournal,
  recordLength,
} from './journalRecord.ts'

const sectorBytes = 512

function record(sequence: number, writes: readonly StorageWrite[]): Buffer {
  const bytes = Buffer.alloc(recordLength(writes))
  encodeRecord(bytes, sequence, writes)
  return bytes
}

/** A file with one acknowledged record, of which `padding` moves the last one. */
const fileBefore = (padding: number): Buffer =>
  Buffer.concat([encodeFileHead(1), record(1, [put('a', 'v'.repeat(padding))])])

const lengths = [0, 1, 30, 100, 400, 490, 1500]
const alignments = Array.from({ length: sectorBytes }, (_, i) => i)

/** How many records a file has, undefined when it is refused. */
function recordsIn(bytes: Buffer): number | undefined {
  try {
    return readJournal(bytes)?.records.length
  } catch (error) {
    expect(error).toBeInstanceOf(JournalDamage)
    return undefined
  }
}

test.each(lengths)('a last record with a value of %i bytes, cut off, is left out', (length) => {
  const last = record(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const before = fileBefore(alignment)
    for (const cut of [0, 1, 19, 20, 21, last.length - 1]) {
      expect(recordsIn(Buffer.concat([before, last.subarray(0, cut)]))).toBe(1)
    }
    expect(recordsIn(Buffer.concat([before, last]))).toBe(2)
  }
})

test.each(lengths)('one of which nothing was written (%i bytes) is left out', (length) => {
  const last = record(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const torn = Buffer.concat([fileBefore(alignment), Buffer.alloc(last.length)])
    expect(recordsIn(torn), `alignment ${alignment}`).toBe(1)
  }
})

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

/**
 * Where a record begins three bytes before the end of a sector, that sector has the upper bytes of
 * its length and nothing else. They are zeros in a short record whether they were written or not;
 * so in a long one zeros there, with the rest of the head in place, are no proof of a tear. It is
 * the one position that is refused: an operator is asked rather than a damaged record dropped.
 */
const provesNothing = (start: number, missing: number): boolean =>
  start % sectorBytes === sectorBytes - 3 && (missing & 3) === 1

test.each(lengths)('one that lacks any of its sectors (%i bytes) is left out', (length) => {
  const last = record(2, [put('key', 'v'.repeat(length))])
  for (const alignment of alignments) {
    const before = fileBefore(alignment)
    const start = before.length
    const whole = Buffer.concat([before, last])
    const sectors = Math.ceil(whole.length / sectorBytes) - Math.floor(start / sectorBytes)
    for (let missing = 1; missing < 2 ** sectors; missing++) {
      const torn = withoutSectors(whole, start, missing)
      if (torn.equals(whole)) continue
      const expected =
        provesNothing(start, missing) && torn[start + 2] !== whole[start + 2] ? undefined : 1
      expect(recordsIn(torn), `${missing.toString(2)} at ${start}`).toBe(expected)
    }
  }
})
