import { crc32 } from 'node:zlib'
import { asBuffer, type Bytes, type StorageWrite } from '../engine.ts'

/**
 * The form of a journal file. Numbers are big-endian; every byte is covered by a checksum.
 *
 *     file    head record*
 *     head    'DYNJRNL' 01   base: u64   crc of the 16 bytes before: u32
 *     record  length of body: u32   sequence: u64   crc of body: u32
 *             crc of the 16 bytes before: u32   body
 *     body    (key length: u32   value length: u32   key   value)*   01
 *
 * `base` is the sequence number of the first record; sequence numbers go up by one. A value length
 * of ffffffff means that the key is deleted. A record without writes closes the file. The byte 01
 * at the end of each record is why zeros there prove that the end was never written.
 */
const magic = Buffer.from('DYNJRNL\x01', 'latin1')
export const fileHeadBytes = 20
const recordHeadBytes = 20
const checkedBytes = 16
const writeHeadBytes = 8
const deletion = 0xffff_ffff
/** Disks write sectors of this size whole or not at all. */
const sectorBytes = 512
/** The last byte of a record, so that zeros at its end were never written. */
const endMark = 1
/** A record's length is never 0. */
const lengthBytes = 4

/** One commit as the journal keeps it. */
export interface JournalRecord {
  readonly sequence: number
  readonly writes: readonly StorageWrite[]
}

/** A journal file's content. */
export interface JournalContent {
  /** Sequence number of the first record, also when there is none yet. */
  readonly base: number
  readonly records: readonly JournalRecord[]
  /** Whether the last record closes the file: the next file has what follows. */
  readonly isClosed: boolean
  /** Where the last whole record ends; what lies behind was never acknowledged. */
  readonly endOffset: number
}

/**
 * The journal holds something that no crash can have left. `message` says what, of the store: "its
 * journal ...".
 */
export class JournalDamage extends Error {
  override readonly name = 'JournalDamage'
}

export function encodeFileHead(base: number): Buffer {
  const head = Buffer.alloc(fileHeadBytes)
  magic.copy(head)
  writeSequence(head, base, magic.length)
  head.writeUInt32BE(crc32(head.subarray(0, checkedBytes)), checkedBytes)
  return head
}

/** Bytes of the record of `writes`. */
export function recordLength(writes: readonly StorageWrite[]): number {
  let length = recordHeadBytes + 1
  for (const { key, value } of writes) length += writeHeadBytes + key.length + (value?.length ?? 0)
  return length
}

/** The last record of a file, which is followed by another file: one without writes. */
export function closingRecord(sequence: number): Buffer {
  const record = Buffer.alloc(recordLength([]))
  encodeRecord(record, sequence, [])
  return record
}

/** The positions of the writes in a record, relative to it. */
export function* writeOffsets(writes: readonly StorageWrite[]): Generator<number, void> {
  let offset = recordHeadBytes
  for (const { key, value } of writes) {
    yield offset
    offset += writeHeadBytes + key.length + (value?.length ?? 0)
  }
}

/** The value of the write at `offset`, null for a deletion. */
export function valueOfWrite(bytes: Buffer, offset: number): Bytes | null {
  const length = bytes.readUInt32BE(offset + 4)
  if (length === deletion) return null
  const start = offset + writeHeadBytes + bytes.readUInt32BE(offset)
  return bytes.subarray(start, start + length)
}

/** Writes a record to the start of `target`, which has room for it, and gives its length. */
export function encodeRecord(
  target: Buffer,
  sequence: number,
  writes: readonly StorageWrite[],
): number {
  let offset = recordHeadBytes
  for (const { key, value } of writes) {
    target.writeUInt32BE(key.length, offset)
    target.writeUInt32BE(value?.length ?? deletion, offset + 4)
    offset += writeHeadBytes
    target.set(key, offset)
    offset += key.length
    if (value === undefined) continue
    target.set(value, offset)
    offset += value.length
  }
  target[offset] = endMark
  offset += 1
  target.writeUInt32BE(offset - recordHeadBytes, 0)
  writeSequence(target, sequence, 4)
  target.writeUInt32BE(crc32(target.subarray(recordHeadBytes, offset)), 12)
  target.writeUInt32BE(crc32(target.subarray(0, checkedBytes)), checkedBytes)
  return offset
}

/**
 * Reads a journal file; undefined when not even its head was written. The last record may be
 * incomplete, because a write that was interrupted leaves a short file or, where the machine lost
 * its power, sectors of zeros; it was never acknowledged and is left out. Throws
 * {@link JournalDamage} at anything else that is not a record.
 */
export function readJournal(bytes: Buffer): JournalContent | undefined {
  if (isUnwritten(bytes)) return undefined
  if (!isIntact(bytes, 0) || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new JournalDamage('a file of its journal is damaged')
  }
  const base = readSequence(bytes, magic.length)
  const records: JournalRecord[] = []
  let offset = fileHeadBytes
  while (isComplete(bytes, offset, base + records.length)) {
    const sequence = readSequence(bytes, offset + 4)
    if (sequence !== base + records.length || isClosing(records.at(-1))) {
      throw new JournalDamage('a file of its journal is out of order')
    }
    const end = offset + recordHeadBytes + bytes.readUInt32BE(offset)
    records.push({
      sequence,
      writes: decodeBody(bytes.subarray(offset + recordHeadBytes, end - 1)),
    })
    offset = end
  }
  return { base, records, isClosed: isClosing(records.at(-1)), endOffset: offset }
}

const isClosing = (record: JournalRecord | undefined): boolean => record?.writes.length === 0

/** A file whose creation was interrupted: empty, cut in its head, or no more than zeros. */
function isUnwritten(bytes: Buffer): boolean {
  return (
    bytes.length < fileHeadBytes ||
    (bytes.length === fileHeadBytes && bytes.every((byte) => byte === 0))
  )
}

/**
 * Whether a whole record stands at `offset`, where that of `sequence` belongs; false at the end and
 * at an interrupted write.
 */
function isComplete(bytes: Buffer, offset: number, sequence: number): boolean {
  const left = bytes.length - offset
  if (left < recordHeadBytes) return false
  if (!isIntact(bytes, offset)) {
    const end = offset + recordHeadBytes
    if (hasZeroSector(bytes, offset, end) && !hasRecordAfter(bytes, offset, sequence)) return false
    throw new JournalDamage('a file of its journal is damaged')
  }
  const length = bytes.readUInt32BE(offset)
  const start = offset + recordHeadBytes
  const end = start + length
  if (end > bytes.length) return false
  if (crc32(bytes.subarray(start, end)) === bytes.readUInt32BE(offset + 12)) return true
  const nextSector = Math.ceil(start / sectorBytes) * sectorBytes
  if (end === bytes.length && hasZeroSector(bytes, nextSector, end)) return false
  throw new JournalDamage('a file of its journal is damaged')
}

const isIntact = (bytes: Buffer, offset: number): boolean =>
  crc32(bytes.subarray(offset, offset + checkedBytes)) === bytes.readUInt32BE(offset + checkedBytes)

/**
 * Whether a sector that a write from `start` to `end` touched is zeros from there on. The few bytes
 * of a length that stand before the end of a sector may be zeros and prove nothing.
 */
function hasZeroSector(bytes: Buffer, start: number, end: number): boolean {
  for (let from = start; from < end; ) {
    const to = Math.min(bytes.length, (Math.floor(from / sectorBytes) + 1) * sectorBytes)
    const provesTear = from % sectorBytes === 0 || to - from >= lengthBytes
    if (provesTear && bytes.subarray(from, to).every((byte) => byte === 0)) return true
    from = to
  }
  return false
}

/**
 * Whether the head of a record after that of `sequence` stands behind `offset`: only the last write
 * can have been interrupted.
 */
function hasRecordAfter(bytes: Buffer, offset: number, sequence: number): boolean {
  for (let at = offset + 1; at + recordHeadBytes <= bytes.length; at++) {
    const found = readSequence(bytes, at + 4)
    if (found > sequence && found < sequence + 2 ** 32 && isIntact(bytes, at)) return true
  }
  return false
}

function decodeBody(body: Buffer): StorageWrite[] {
  const writes: StorageWrite[] = []
  let offset = 0
  while (offset < body.length) {
    const keyEnd = offset + writeHeadBytes + body.readUInt32BE(offset)
    const key: Bytes = body.subarray(offset + writeHeadBytes, keyEnd)
    const value = valueOfWrite(body, offset) ?? undefined
    writes.push({ key, value })
    offset = keyEnd + (value?.length ?? 0)
  }
  return writes
}

function writeSequence(target: Buffer, sequence: number, offset: number): void {
  target.writeUInt32BE(Math.floor(sequence / 2 ** 32), offset)
  target.writeUInt32BE(sequence % 2 ** 32, offset + 4)
}

function readSequence(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4)
}

/** A sequence number as a value of the store. */
export function encodeSequence(sequence: number): Bytes {
  const bytes = Buffer.alloc(8)
  writeSequence(bytes, sequence, 0)
  return bytes
}

/** The inverse of {@link encodeSequence}. */
export function decodeSequence(bytes: Bytes): number {
  return readSequence(asBuffer(bytes), 0)
}
