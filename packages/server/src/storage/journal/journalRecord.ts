import { crc32 } from 'node:zlib'
import { asBuffer, type Bytes, type StorageWrite } from '../engine.ts'
import { endOfBits, hasNearlyZeroSector, hasZeroSector, nextSector } from './sectors.ts'

/**
 * The form of a journal file. Numbers are big-endian; every byte is covered by a checksum.
 *
 *     file    head record* 00*
 *     head    'DYNJRNL' 04   base: u64   crc of the 16 bytes before: u32
 *     record  length of body and marks: u32   sequence: u64   crc of body: u32
 *             crc of the 16 bytes before: u32   body
 *     body    write*   mask: u8
 *     write   key length: u32   value length: u32   key   value
 *             key length: u32   ffffffff   key                      the key is deleted
 *             key length: u32   fffffffe   key   parts: u32   offset: u32
 *
 * `base` is the sequence number of the first record; sequence numbers go up by one. The marks of a
 * length are c0000000, and 20000000 where the commit goes on in the next record: it was made when
 * its last record is there, and the records of one that was not are as if they were not there. The
 * third form of a write has the value of an earlier one of its commit, which stands at `offset` of
 * the record that many before this one. A record without writes closes the file.
 *
 * The zeros behind the last record are room for the next ones, which are written in place: a file
 * that grows costs the system a second write. As a record ends in two bits, they are never part of
 * one: a file ends, for who reads it, with its last bit. Form 03 is the same without them. Form 02
 * has no commits of several records and no values that are shared either; its records may be twice
 * as long.
 *
 * Zeros prove that a sector was never written. INVARIANT: in every sector, a record that was
 * written has two bits at least, so that no flipped bit makes a damaged one look unwritten. Its
 * first byte has two because no body is as long, its last because no mask has fewer; and where the
 * writes have a sector without, all bytes of the body but the last are written xor that mask, which
 * is a5 elsewhere and means nothing. Only writes that are made to have such a sector under every
 * mask do without; a journal that nothing damages keeps them like all others.
 */
const magic = Buffer.from('DYNJRNL\x04', 'latin1')
/** What files of every form begin with. */
const anyMagic = magic.subarray(0, -1)
const forms: readonly number[] = [2, 3, 4]
const newestForm = 4
export const fileHeadBytes = 20
export const recordHeadBytes = 20
const checkedBytes = 16
export const writeHeadBytes = 8
/** Bytes that stand for a value that an earlier write has. */
export const shareBytes = 8
export const deletion = 0xffff_ffff
export const sharedValue = 0xffff_fffe
/** In every length, which is shorter. */
export const lengthMark = 0xc000_0000
export const continuedMark = 0x2000_0000
/** No body is as long. */
export const maxRecordBytes: number = continuedMark
export const noMask = 0xa5
/** One of them is enough, unless somebody means it to be otherwise. */
const masks = [0x5a, 0x96, 0x3c]

/** One commit, or a part of one, as the journal keeps it. Writes with one value share its bytes. */
export interface JournalRecord {
  readonly sequence: number
  readonly writes: readonly StorageWrite[]
  /** Whether the next record goes on with the same commit. */
  readonly isContinued: boolean
}

/** A journal file's content. */
export interface JournalContent {
  /** Sequence number of the first record, also when there is none yet. */
  readonly base: number
  readonly records: readonly JournalRecord[]
  /** Whether the last record closes the file: the next file has what follows. */
  readonly isClosed: boolean
  /** Where the last whole commit ends; what lies behind was never acknowledged. */
  readonly endOffset: number
  /** Whether the file has the form that is written today. */
  readonly isNewest: boolean
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

/**
 * Bytes of the value of the write at `offset`, which has one of its own, from its head; null for a
 * deletion.
 */
export function lengthOfValue(bytes: Buffer, offset: number): number | null {
  const length = bytes.readUInt32BE(offset + 4)
  return length === deletion ? null : length
}

/** The value of the write at `offset`, null for a deletion. */
export function valueOfWrite(bytes: Buffer, offset: number): Bytes | null {
  const length = lengthOfValue(bytes, offset)
  if (length === null) return null
  const start = offset + writeHeadBytes + bytes.readUInt32BE(offset)
  return bytes.subarray(start, start + length)
}

export function writeChecksums(record: Buffer): void {
  record.writeUInt32BE(crc32(record.subarray(recordHeadBytes)), 12)
  record.writeUInt32BE(crc32(record.subarray(0, checkedBytes)), checkedBytes)
}

/** What has to be written at `offset` of a file for `record`, as it was encoded. */
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

const xorBody = (body: Buffer, mask: number): void => unmask(body.subarray(0, -1), mask)

/** The mask of a record as it is in a file. */
export const maskOfRecord = (record: Buffer): number => record.at(-1) as number

/** Takes the mask of a record off bytes of its body, or puts it on. */
export function unmask(bytes: Buffer, mask: number): void {
  if (mask === noMask) return
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] as number) ^ mask
}

/**
 * Reads a journal file; undefined when not even its head was written. The last record may be
 * incomplete, because a write that was interrupted leaves a short file or sectors of zeros; it was
 * never acknowledged and is left out, with the records of the
 * same commit before it. Throws {@link JournalDamage} at anything else that is not a record.
 */
export function readJournal(file: Buffer): JournalContent | undefined {
  if (isUnwritten(file)) return undefined
  const form = readForm(file)
  const bytes = form < 4 ? file : file.subarray(0, Math.max(fileHeadBytes, endOfBits(file)))
  const base = readSequence(bytes, magic.length)
  const records: JournalRecord[] = []
  const commit = new CommitDecoding()
  let offset = fileHeadBytes
  let whole = { count: 0, endOffset: offset }
  while (isComplete(bytes, { form, offset, sequence: base + records.length })) {
    const sequence = readSequence(bytes, offset + 4)
    if (sequence !== base + records.length || isClosing(records.at(-1))) {
      throw new JournalDamage('a file of its journal is out of order')
    }
    const isContinued = form !== 2 && (bytes.readUInt32BE(offset) & continuedMark) !== 0
    const end = recordEnd(bytes, offset, form)
    const writes = commit.decode(bytes.subarray(offset + recordHeadBytes, end))
    records.push({ sequence, writes, isContinued })
    offset = end
    if (isContinued) continue
    commit.end()
    whole = { count: records.length, endOffset: offset }
  }
  records.length = whole.count
  const isClosed = isClosing(records.at(-1))
  const { endOffset } = whole
  return { base, records, isClosed, endOffset, isNewest: form === newestForm }
}

const isClosing = (record: JournalRecord | undefined): boolean => record?.writes.length === 0

/** A file whose creation was interrupted: empty, cut in its head, or no more than zeros. */
function isUnwritten(bytes: Buffer): boolean {
  return (
    bytes.length < fileHeadBytes ||
    (bytes.length === fileHeadBytes && bytes.every((byte) => byte === 0))
  )
}

function readForm(bytes: Buffer): number {
  if (!isIntact(bytes, 0) || !bytes.subarray(0, anyMagic.length).equals(anyMagic)) {
    throw new JournalDamage('a file of its journal is damaged')
  }
  const form = bytes[anyMagic.length] as number
  if (!forms.includes(form)) {
    throw new JournalDamage('its journal has a form that this version of Dynatom does not know')
  }
  return form
}

function recordEnd(bytes: Buffer, offset: number, form: number): number {
  const length = bytes.readUInt32BE(offset) - lengthMark
  return offset + recordHeadBytes + (form === 2 ? length : length & ~continuedMark)
}

/**
 * Whether a whole record stands at `offset`, where that of `sequence` belongs; false at the end and
 * at an interrupted write.
 */
function isComplete(
  bytes: Buffer,
  { form, offset, sequence }: { form: number; offset: number; sequence: number },
): boolean {
  const left = bytes.length - offset
  if (left < recordHeadBytes) return false
  if (!isIntact(bytes, offset)) {
    const end = offset + recordHeadBytes
    if (hasZeroSector(bytes, offset, end) && !hasRecordAfter(bytes, offset, sequence)) return false
    throw new JournalDamage('a file of its journal is damaged')
  }
  const start = offset + recordHeadBytes
  const end = recordEnd(bytes, offset, form)
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

/** Reads the records of one commit, whose writes may have values of earlier ones. */
class CommitDecoding {
  /** The values that each record has itself, by the offsets of their writes. */
  #parts: Map<number, Bytes>[] = []

  decode(body: Buffer): StorageWrite[] {
    const mask = body.at(-1) as number
    if (mask !== noMask) {
      body = Buffer.from(body)
      xorBody(body, mask)
    }
    const values = new Map<number, Bytes>()
    this.#parts.push(values)
    const writes: StorageWrite[] = []
    let offset = 0
    while (offset < body.length - 1) {
      const keyEnd = offset + writeHeadBytes + body.readUInt32BE(offset)
      const key: Bytes = body.subarray(offset + writeHeadBytes, keyEnd)
      if (body.readUInt32BE(offset + 4) === sharedValue) {
        writes.push({ key, value: this.#shared(body, keyEnd) })
        offset = keyEnd + shareBytes
        continue
      }
      const value = valueOfWrite(body, offset) ?? undefined
      if (value !== undefined) values.set(recordHeadBytes + offset, value)
      writes.push({ key, value })
      offset = keyEnd + (value?.length ?? 0)
    }
    return writes
  }

  #shared(body: Buffer, offset: number): Bytes {
    const part = this.#parts.at(-1 - body.readUInt32BE(offset))
    const value = part?.get(body.readUInt32BE(offset + 4))
    if (value === undefined) throw new JournalDamage('a file of its journal is out of order')
    return value
  }

  /** The commit is whole. */
  end(): void {
    this.#parts = []
  }
}

export function writeSequence(target: Buffer, sequence: number, offset: number): void {
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
