import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StorageWrite } from '../engine.ts'
import { encodeFileHead, readJournal, recordForFile, type JournalContent } from './journalRecord.ts'
import { CommitEncoding, encodeRecord } from './recordEncoding.ts'

type Commit = readonly (readonly StorageWrite[])[]

/** The records of commits, each of them in parts, as a file has them from `base` on. */
function fileOf(commits: readonly Commit[], base = 1): { bytes: Buffer; ends: number[] } {
  const records: Buffer[] = [encodeFileHead(base)]
  const ends: number[] = []
  let offset = (records[0] as Buffer).length
  let sequence = base
  for (const commit of commits) {
    const encoding = new CommitEncoding()
    for (const [i, writes] of commit.entries()) {
      const target = Buffer.alloc(CommitEncoding.maxLength(writes))
      const isContinued = i < commit.length - 1
      const record = { sequence, isContinued, position: offset }
      const length = encoding.encode(target, writes, record, [])
      const written = recordForFile(target.subarray(0, length), offset)
      records.push(written)
      offset += length
      sequence += 1
    }
    ends.push(offset)
  }
  return { bytes: Buffer.concat(records), ends }
}

const writesOf = (content: JournalContent | undefined): StorageWrite[] =>
  (content?.records ?? []).flatMap(({ writes }) => [...writes])

/** As texts, which are compared in a moment. */
const textsOf = (writes: readonly StorageWrite[]): unknown[] =>
  writes.map(({ key: at, value }) => [latin1Of(at), value && latin1Of(value)])
const latin1Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const key = (i: number): Buffer => Buffer.from(`key ${i}`)

describe('values that writes share', () => {
  test('are in the record once, and come back as one', () => {
    const value = Buffer.alloc(20_000, 'v')
    const writes = Array.from({ length: 21 }, (_, i) => ({ key: key(i), value }))
    const record = encodeRecord(1, writes)
    expect(record.length).toBeLessThan(value.length + 21 * 40)
    const read = readJournal(Buffer.concat([encodeFileHead(1), record]))
    expect(textsOf(writesOf(read))).toEqual(textsOf(writes))
    expect(new Set(writesOf(read).map((write) => write.value)).size).toBe(1)
  })

  test('are found among others when they are long, in later records of the commit too', () => {
    const values = [Buffer.alloc(5000, 'a'), Buffer.alloc(5000, 'b'), Buffer.alloc(5000, 'c')]
    const commit = [0, 1, 2].map((part) =>
      Array.from({ length: 6 }, (_, i) => ({ key: key(10 * part + i), value: values[i % 3] })),
    )
    const { bytes } = fileOf([commit])
    expect(bytes.length).toBeLessThan(3 * 5000 + 1000)
    expect(textsOf(writesOf(readJournal(bytes)))).toEqual(textsOf(commit.flat()))
  })

  test('come back for every write, whatever is shared and wherever records end', () => {
    const pool = fc.constantFrom(
      ...[0, 3, 9, 300, 5000].map((length, i) => Buffer.alloc(length, String(i))),
    )
    const write = fc.record({
      key: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      value: fc.option(pool, { nil: undefined }),
    })
    const part = fc.array(write, { minLength: 1, maxLength: 6 })
    const commit = fc.array(part, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(commit, { maxLength: 4 }), (commits) => {
        const { bytes, ends } = fileOf(commits, 7)
        const content = readJournal(bytes)
        expect(textsOf(writesOf(content))).toEqual(textsOf(commits.flat(2)))
        expect(content?.endOffset).toBe(ends.at(-1) ?? bytes.length)
        const count = commits.flat().length
        expect(content?.records.map(({ sequence }) => sequence)).toEqual(
          Array.from({ length: count }, (_, i) => 7 + i),
        )
      }),
    )
  })
})

describe('a commit of several records', () => {
  const before: Commit = [[{ key: key(0), value: Buffer.from('before') }]]
  const large: Commit = [1, 2, 3].map((i) => [{ key: key(i), value: Buffer.alloc(600, `${i}`) }])

  test('was not made before its last record is whole', () => {
    const { bytes, ends } = fileOf([before, large])
    const [start, end] = ends as [number, number]
    for (let length = start; length < end; length++) {
      const cut = readJournal(bytes.subarray(0, length))
      expect(cut?.endOffset, `of ${length} bytes`).toBe(start)
      expect(writesOf(cut)).toEqual(before.flat())
      expect(cut?.isClosed).toBe(false)
    }
    expect(readJournal(bytes)?.endOffset).toBe(end)
    expect(writesOf(readJournal(bytes))).toEqual([...before.flat(), ...large.flat()])
  })

  test('is followed by another one in the same file', () => {
    const { bytes } = fileOf([large, before, large])
    expect(writesOf(readJournal(bytes))).toEqual([large, before, large].flat(2))
  })
})

test('files of the form before are read, and said to be so', () => {
  const writes = [{ key: key(1), value: Buffer.from('old') }]
  const head = encodeFileHead(1)
  head[7] = 2
  head.writeUInt32BE(crc32(head.subarray(0, 16)), 16)
  const content = readJournal(Buffer.concat([head, encodeRecord(1, writes)]))
  expect(content).toMatchObject({ isNewest: false, records: [{ sequence: 1, writes }] })
})
