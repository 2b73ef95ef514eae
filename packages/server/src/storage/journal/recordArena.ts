import type { Bytes, StorageWrite } from '../engine.ts'
import { encodeRecord, recordLength, valueOfWrite } from './journalRecord.ts'

/** Most records share chunks of this size; a longer one takes as many in a row as it needs. */
const chunkBytes = 256 * 1024

interface Chunk {
  /** Position of its first byte. */
  readonly start: number
  readonly bytes: Buffer
}

/**
 * Records in memory just as they are in a journal file, one behind the other, so that a commit is
 * encoded once and ten thousands of values are a few objects. A position is that of a write within
 * all records.
 */
export class RecordArena {
  /** The chunk that holds the positions from `i * chunkBytes` on. */
  readonly #chunks: Chunk[] = []
  #end = 0
  #encoded = { start: 0, length: 0 }

  /** Encodes a record, which stays only when {@link keep} follows, and gives its bytes. */
  encode(sequence: number, writes: readonly StorageWrite[]): Buffer {
    const length = recordLength(writes)
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || this.#end + length > chunk.start + chunk.bytes.length) {
      chunk = this.#addChunk(length)
      this.#end = chunk.start
    }
    const offset = this.#end - chunk.start
    const record = chunk.bytes.subarray(offset, offset + length)
    encodeRecord(record, sequence, writes)
    this.#encoded = { start: this.#end, length }
    return record
  }

  /** Keeps the record that was encoded last and gives its position. */
  keep(): number {
    const { start, length } = this.#encoded
    this.#end = start + length
    return start
  }

  /** The value of the write at `position`, null for a deletion. */
  valueAt(position: number): Bytes | null {
    const { start, bytes } = this.#chunks[Math.floor(position / chunkBytes)] as Chunk
    return valueOfWrite(bytes, position - start)
  }

  #addChunk(length: number): Chunk {
    const count = Math.ceil(length / chunkBytes)
    // A long record has a chunk to itself, no longer than it, or half the memory would be idle.
    const bytes = Buffer.allocUnsafeSlow(length > chunkBytes / 4 ? length : chunkBytes)
    const chunk = { start: this.#chunks.length * chunkBytes, bytes }
    for (let i = 0; i < count; i++) this.#chunks.push(chunk)
    return chunk
  }
}
