import { crc32 } from 'node:zlib'
import { invariant } from '../../invariant.ts'
import { asBuffer, type Bytes, type StorageWrite } from '../engine.ts'
import { hasNearlyZeroSector, hasZeroSector, nextSector } from './sectors.ts'

/**
 * The form of a journal file. Numbers are big-endian; every byte is covered by a checksum.
 *
 *     file    head record*
 *     head    'DYNJRNL' 02   base: u64   crc of the 16 bytes before: u32
 *     record  length of body and c0000000: u32   sequence: u64   crc of body: u32
 *             crc of the 16 bytes before: u32   body
 *     body    (key length: u32   value length: u32   key   value)*   mask: u8
 *
 * `base` is the sequence number of the first record; sequence numbers go up by one. A value length
 * of ffffffff means that the key is deleted. A record without writes closes the file.
 *
 * Zeros prove that a sector was never written. INVARIANT: in every sector, a record that was
 * written has two bits at least, so that no flipped bit makes a damaged one look unwritten. Its
 * first byte has two because no body is as long, its last because no mask has fewer; and where the
 * writes have a sector without, all bytes of the body but the last are written xor that mask, which
 * is a5 elsewhere and means nothing. Only writes that are made to have such a sector under every
 * mask do without; a journal that nothing damages keeps them like all others.
 */
const magic = Buffer.from('DYNJRNL\x02', 'latin1')
/** What files of every form begin with. */
const anyMagic = magic.subarray(0, -1)
export const fileHeadBytes = 20
const recordHeadBytes = 20
const checkedBytes = 16
const writeHeadBytes = 8
const deletion = 0xffff_ffff
/** In every length, which is shorter. */
const lengthMark = 0xc000_0000
const maxRecordBytes = 2 ** 30
const noMask = 0xa5
/** One of them is enough, unless somebody means it to be otherwise. */
const masks = [0x5a, 0x96, 0x3c]

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
  target[offset] = noMask
  offset += 1
  invariant(offset < maxRecordBytes, 'a record leaves the mark of its length alone')
  target.writeUInt32BE(lengthMark + offset - recordHeadBytes, 0)
  writeSequence(target, sequence, 4)
  writeChecksums(target.subarray(0, offset))
  return offset
}

function writeChecksums(record: Buffer): void {
  record.writeUInt32BE(crc32(record.subarray(recordHeadBytes)), 12)
  record.writeUInt32BE(crc32(record.subarray(0, checkedBytes)), checkedBytes)
}

/** What has to be written at `offset` of a file for `record`, as {@link encodeRecord} made it. */
export function recordForFile(record: Buffer, offset: number): Buffer {
  if (!hasNearlyZeroSector(record, offset)) return record
  const masked = masks.map((mask) => maskedRecord(record, mask))
  return masked.find((each) => !hasNearlyZeroSector(each, offset)) ?? record
}

function maskedRecord(record: Buffer, mask: number): Buffer {
  const masked = Buffer.from(record)
  xorBody(masked.subarray(recordHeadBytes), mask)
  masked[masked.length - 1] = mask
  writeChecksums(masked)
  return masked
}

function xorBody(body: Buffer, mask: number): void {
  for (let at = 0; at < body.length - 1; at++) body[at] = (body[at] as number) ^ mask
}

/**
 * Reads a journal file; undefined when not even its head was written. The last record may be
 * incomplete, because a write that was interrupted leaves a short file or, where the machine lost
 * its power, sectors of zeros; it was never acknowledged and is left out. Throws
 * {@link JournalDamage} at anything else that is not a record.
 */
export function readJournal(bytes: Buffer): JournalContent | undefined {
  if (isUnwritten(bytes)) return undefined
  checkFileHead(bytes)
  const base = readSequence(bytes, magic.length)
  const records: JournalRecord[] = []
  let offset = fileHeadBytes
  while (isComplete(bytes, offset, base + records.length)) {
    const sequence = readSequence(bytes, offset + 4)
    if (sequence !== base + records.length || isClosing(records.at(-1))) {
      throw new JournalDamage('a file of its journal is out of order')
    }
    const end = recordEnd(bytes, offset)
    records.push({ sequence, writes: decodeBody(bytes.subarray(offset + recordHeadBytes, end)) })
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

function checkFileHead(bytes: Buffer): void {
  if (!isIntact(bytes, 0) || !bytes.subarray(0, anyMagic.length).equals(anyMagic)) {
    throw new JournalDamage('a file of its journal is damaged')
  }
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw new JournalDamage('its journal has a form that this version of Dynatom does not know')
  }
}

const recordEnd = (bytes: Buffer, offset: number): number =>
  offset + recordHeadBytes + bytes.readUInt32BE(offset) - lengthMark

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
  const start = offset + recordHeadBytes
  const end = recordEnd(bytes, offset)
  if (end > bytes.length) return false
  if (crc32(bytes.subarray(start, end)) === bytes.readUInt32BE(offset + 12)) return true
  if (end === bytes.length && hasZeroSector(bytes, nextSector(start), end)) return false
  throw new JournalDamage('a file of its journal is damaged')
}

const isIntact = (bytes: Buffer, offset: number): boolean =>
  crc32(bytes.subarray(offset, offset + checkedBytes)) === bytes.readUInt32BE(offset + checkedBytes)

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
  const mask = body.at(-1) as number
  if (mask !== noMask) {
    body = Buffer.from(body)
    xorBody(body, mask)
  }
  const writes: StorageWrite[] = []
  let offset = 0
  while (offset < body.length - 1) {
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
