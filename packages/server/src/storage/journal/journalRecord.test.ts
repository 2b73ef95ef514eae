import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StorageWrite } from '../engine.ts'
import { encodeFileHead, fileHeadBytes, JournalDamage, readJournal } from './journalRecord.ts'
import { closingRecord, encodeRecord } from './recordEncoding.ts'

const put = (key: string, value: string): StorageWrite => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
})

const commits: StorageWrite[][] = [
  [put('a', 'first'), put('b', 'x'.repeat(2000))],
  [{ key: Buffer.from('a'), value: undefined }],
  [put('c', ''), put('d', 'last'.repeat(300))],
]

/** A file of `commits`, and where each of its records begins. */
function journalOf(base: number): { bytes: Buffer; starts: number[] } {
  const parts = [encodeFileHead(base)]
  const starts: number[] = []
  commits.forEach((writes, i) => {
    starts.push(Buffer.concat(parts).length)
    parts.push(encodeRecord(base + i, writes))
  })
  return { bytes: Buffer.concat(parts), starts }
}

const records = (base: number, count = commits.length): object[] =>
  commits.slice(0, count).map((writes, i) => ({ sequence: base + i, writes, isContinued: false }))

describe('a journal file', () => {
  test.each([1, 7, 2 ** 32 - 1, 2 ** 40])('gives back what was written, from %i on', (base) => {
    const { bytes } = journalOf(base)
    expect(readJournal(bytes)).toEqual({
      base,
      records: records(base),
      isClosed: false,
      endOffset: bytes.length,
      isNewest: true,
    })
  })

  test('any commits come back', () => {
    const bytesOf = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
    const write = fc.record({ key: bytesOf, value: fc.option(bytesOf, { nil: undefined }) })
    fc.assert(
      fc.property(
        fc.array(fc.array(write, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
        (all) => {
          const parts = all.map((writes, i) => encodeRecord(9 + i, writes))
          const bytes = Buffer.concat([encodeFileHead(9), ...parts])
          expect(readJournal(bytes)).toEqual({
            base: 9,
            records: all.map((writes, i) => ({ sequence: 9 + i, writes, isContinued: false })),
            isClosed: false,
            endOffset: bytes.length,
            isNewest: true,
          })
        },
      ),
    )
  })

  test('cut anywhere, it gives the records that are whole', () => {
    const { bytes, starts } = journalOf(5)
    const ends = [...starts.slice(1), bytes.length]
    for (let length = 0; length < bytes.length; length++) {
      const whole = ends.filter((end) => end <= length).length
      const content = readJournal(bytes.subarray(0, length))
      if (length < fileHeadBytes) expect(content).toBeUndefined()
      else {
        expect(content?.records).toHaveLength(whole)
        expect(content?.endOffset).toBe(whole === 0 ? fileHeadBytes : ends[whole - 1])
      }
    }
  })

  test('every flipped bit is found', () => {
    const { bytes } = journalOf(5)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes)
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(() => readJournal(damaged), `bit ${bit}`).toThrow(JournalDamage)
    }
  })
})

describe('zeros', () => {
  const zeroed = (bytes: Buffer, start: number, end: number): Buffer =>
    Buffer.from(bytes).fill(0, start, end)

  test('a head of zeros has not been written, and a longer file of zeros was', () => {
    expect(readJournal(Buffer.alloc(20))).toBeUndefined()
    expect(() => readJournal(Buffer.alloc(5000))).toThrow(JournalDamage)
  })

  test('sectors of the last record that did not reach the disk end the file before it', () => {
    const { bytes, starts } = journalOf(1)
    const last = starts[2] as number
    const sector = Math.ceil(last / 512) * 512
    expect(bytes.length - sector).toBeGreaterThan(512)
    const torn = readJournal(zeroed(bytes, sector, sector + 512))
    expect(torn).toMatchObject({ records: records(1, 2), endOffset: last })
    expect(readJournal(zeroed(bytes, last, bytes.length))?.records).toEqual(records(1, 2))
  })

  test('zeros before the last record are damage: what is behind them was acknowledged', () => {
    const { bytes, starts } = journalOf(1)
    const [first, second, third] = starts as [number, number, number]
    expect(() => readJournal(zeroed(bytes, 512, 1024))).toThrow(JournalDamage)
    expect(() => readJournal(zeroed(bytes, first, third))).toThrow(JournalDamage)
    expect(() => readJournal(zeroed(bytes, second, third))).toThrow(JournalDamage)
    expect(() => readJournal(zeroed(bytes, 0, fileHeadBytes))).toThrow(JournalDamage)
  })
})

test('a record without writes closes a file; nothing may follow', () => {
  const closed = Buffer.concat([encodeFileHead(3), closingRecord(3)])
  expect(readJournal(closed)).toMatchObject({ base: 3, isClosed: true, endOffset: closed.length })
  expect(() => readJournal(Buffer.concat([closed, encodeRecord(4, [put('a', '1')])]))).toThrow(
    new JournalDamage('a file of its journal is out of order'),
  )
})

test('a record out of order is damage', () => {
  const writes = [put('a', '1')]
  const file = Buffer.concat([encodeFileHead(3), encodeRecord(3, writes), encodeRecord(5, writes)])
  expect(() => readJournal(file)).toThrow(
    new JournalDamage('a file of its journal is out of order'),
  )
})
