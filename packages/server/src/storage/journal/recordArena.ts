import type { Bytes, StorageWrite } from '../engine.ts'
import type { FilePlace } from './journal.ts'
import type { JournalFile } from './journalFiles.ts'
import { lengthOfValue, unmask, valueOfWrite, writeHeadBytes } from './journalRecord.ts'
import { CommitEncoding } from './recordEncoding.ts'

/** Most records share chunks of this size; a longer one takes as many in a row as it needs. */
const chunkBytes = 256 * 1024

/** Gives memory of some length, with anything in it. */
export type RoomFor = (length: number) => Buffer

export const newMemory: RoomFor = (length) => Buffer.allocUnsafe(length)

interface Chunk {
  /** Position of its first byte. */
  readonly start: number
  readonly bytes: Buffer
}

/** A record that is left in its journal file. */
interface FiledRecord extends FilePlace {
  readonly start: number
}

/** What is said of a record that is encoded. */
export interface EncodedRecord {
  readonly sequence: number
  /** Whether another record of the same commit follows. */
  readonly isContinued: boolean
  /** Whether it may be kept in its file alone. */
  readonly isFiled: boolean
}

/** Where the records of a commit begin, to go back to when it fails. */
export interface ArenaMark {
  readonly end: number
  readonly chunks: number
}

/**
 * Records in memory just as they are in a journal file, one behind the other, so that a commit is
 * encoded once and ten thousands of values are a few objects. A position is that of a write within
 * all records. The records of a very large commit are left in their file and read from there.
 */
export class RecordArena {
  /** The chunk that holds the positions from `i * chunkBytes` on. */
  readonly #chunks: (Chunk | FiledRecord)[] = []
  readonly #files = new Set<JournalFile>()
  #end = 0
  #users = 1
  #encoded = { start: 0, length: 0 }
  /** Where records that stay in their file alone are encoded, one after the other. */
  #passing: Buffer = Buffer.alloc(0)

  /**
   * Encodes a record, which stays only when {@link keep} follows, and gives its bytes. Adds to
   * `positions` where the value of each write is.
   */
  encode(
    commit: CommitEncoding,
    writes: readonly StorageWrite[],
    record: EncodedRecord,
    positions: number[],
  ): Buffer {
    const room = CommitEncoding.maxLength(writes)
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || record.isFiled || !hasRoom(chunk, this.#end + room)) {
      chunk = record.isFiled ? this.#addPassingChunk(room) : this.#addChunk(room)
      this.#end = chunk.start
    }
    const { bytes, start } = chunk as Chunk
    const offset = this.#end - start
    const target = bytes.subarray(offset, offset + room)
    const length = commit.encode(target, writes, { ...record, position: this.#end }, positions)
    this.#encoded = { start: this.#end, length }
    return target.subarray(0, length)
  }

  /** Keeps the record that was encoded last. */
  keep(): void {
    const { start, length } = this.#encoded
    this.#end = start + length
  }

  /** Keeps the record that was encoded last in its file alone. REQUIRES: `isFiled`. */
  keepInFile({ file, offset, mask }: FilePlace): void {
    const { start } = this.#encoded
    const record: FiledRecord = { start, file, offset, mask }
    if (!this.#files.has(file)) {
      this.#files.add(file)
      file.retain()
    }
    for (let i = Math.floor(start / chunkBytes); i < this.#chunks.length; i++) {
      this.#chunks[i] = record
    }
    this.#end = this.#chunks.length * chunkBytes
  }

  mark(): ArenaMark {
    return { end: this.#end, chunks: this.#chunks.length }
  }

  /** Lets go of the records since `mark`. */
  backTo({ end, chunks }: ArenaMark): void {
    this.#end = end
    this.#chunks.length = chunks
  }

  /**
   * The value of the write at `position`, null for a deletion. One that is read from a file is in
   * memory that `roomFor` gives.
   */
  valueAt(position: number, roomFor: RoomFor = newMemory): Bytes | null {
    const chunk = this.#chunks[Math.floor(position / chunkBytes)] as Chunk | FiledRecord
    if ('bytes' in chunk) return valueOfWrite(chunk.bytes, position - chunk.start)
    return filedValue(chunk, position - chunk.start, roomFor)
  }

  /** Bytes of the value of the write at `position`, null for a deletion. */
  lengthAt(position: number): number | null {
    const chunk = this.#chunks[Math.floor(position / chunkBytes)] as Chunk | FiledRecord
    const at = position - chunk.start
    return 'bytes' in chunk
      ? lengthOfValue(chunk.bytes, at)
      : lengthOfValue(filedHead(chunk, at), 0)
  }

  /** Somebody else reads from here too. */
  acquire(): void {
    this.#users += 1
  }

  /** The opposite of {@link acquire}, and once for whoever made this. */
  release(): void {
    this.#users -= 1
    if (this.#users > 0) return
    for (const file of this.#files) void file.close().catch(() => undefined)
    this.#files.clear()
  }

  #addChunk(length: number): Chunk {
    // A long record has a chunk to itself, no longer than it, or half the memory would be idle.
    return this.#add(Buffer.allocUnsafeSlow(length > chunkBytes / 4 ? length : chunkBytes), length)
  }

  #addPassingChunk(length: number): Chunk {
    if (this.#passing.length < length) this.#passing = Buffer.allocUnsafeSlow(length)
    return this.#add(this.#passing, length)
  }

  /** Lets go of the memory for records that stay in their file. */
  endPassing(): void {
    this.#passing = Buffer.alloc(0)
  }

  #add(bytes: Buffer, length: number): Chunk {
    const count = Math.ceil(length / chunkBytes)
    const chunk = { start: this.#chunks.length * chunkBytes, bytes }
    for (let i = 0; i < count; i++) this.#chunks.push(chunk)
    return chunk
  }
}

const hasRoom = (chunk: Chunk | FiledRecord, end: number): boolean =>
  'bytes' in chunk && end <= chunk.start + chunk.bytes.length

function filedHead({ file, offset, mask }: FilePlace, at: number): Buffer {
  const head = Buffer.allocUnsafe(writeHeadBytes)
  file.read(head, offset + at)
  unmask(head, mask)
  return head
}

function filedValue(record: FiledRecord, at: number, roomFor: RoomFor): Bytes | null {
  const head = filedHead(record, at)
  const length = lengthOfValue(head, 0)
  if (length === null) return null
  const start = record.offset + at + writeHeadBytes + head.readUInt32BE(0)
  const value = roomFor(length)
  record.file.read(value, start)
  unmask(value, record.mask)
  return value
}
