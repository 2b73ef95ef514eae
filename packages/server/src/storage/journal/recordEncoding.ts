import { invariant } from '../../invariant.ts'
import type { Bytes, StorageWrite } from '../engine.ts'
import {
  continuedMark,
  deletion,
  lengthMark,
  maxRecordBytes,
  noMask,
  recordHeadBytes,
  sharedValue,
  shareBytes,
  writeChecksums,
  writeHeadBytes,
  writeSequence,
} from './journalRecord.ts'

/** Shorter values are written again rather than looked for among all of a commit. */
const minFoundBytes = 4096

/** Where a value stands that later writes of the same commit may share. */
interface Place {
  /** Which record of the commit has it, from 0. */
  readonly part: number
  /** Of the write that has it, from the beginning of its record. */
  readonly offset: number
  /** Of the write that has it, among all records in memory. */
  readonly position: number
}

const nowhere: Place = { part: -1, offset: 0, position: 0 }

/** What is said of one record besides its writes. */
export interface RecordOptions {
  readonly sequence: number
  /** Whether another record of the same commit follows. */
  readonly isContinued: boolean
  /** The position of its first byte among all records in memory. */
  readonly position: number
}

/**
 * Encodes the records of one commit. A value that several writes have, as the entries of an index
 * with all attributes have their item's, is written once: the same bytes one behind the other
 * always, long ones also further apart.
 */
export class CommitEncoding {
  #part = 0
  #lastValue: Bytes | undefined
  #last: Place = nowhere
  /** Nobody keeps the values of a large commit. */
  #long: WeakMap<Bytes, Place> | undefined

  /** Bytes that the record of `writes` has at most. */
  static maxLength(writes: readonly StorageWrite[]): number {
    let length = recordHeadBytes + 1
    let last: Bytes | undefined
    for (const { key, value } of writes) {
      length += writeHeadBytes + key.length
      if (value === undefined) continue
      length += value === last ? shareBytes : Math.max(value.length, shareBytes)
      last = value
    }
    return length
  }

  /**
   * Writes the next record of the commit to the start of `target`, which has room for
   * {@link maxLength}. Gives its length, and adds to `positions` where the value of each write is.
   */
  encode(
    target: Buffer,
    writes: readonly StorageWrite[],
    { sequence, isContinued, position }: RecordOptions,
    positions: number[],
  ): number {
    let offset = recordHeadBytes
    for (const { key, value } of writes) {
      const place = value === undefined ? undefined : this.#placeOf(value)
      const lengthWord = place === undefined ? (value?.length ?? deletion) : sharedValue
      target.writeUInt32BE(key.length, offset)
      target.writeUInt32BE(lengthWord, offset + 4)
      target.set(key, offset + writeHeadBytes)
      positions.push(place === undefined ? position + offset : place.position)
      const start = offset
      offset += writeHeadBytes + key.length
      if (place !== undefined) {
        target.writeUInt32BE(this.#part - place.part, offset)
        target.writeUInt32BE(place.offset, offset + 4)
        offset += shareBytes
      } else if (value !== undefined) {
        target.set(value, offset)
        offset += value.length
        this.#note(value, { part: this.#part, offset: start, position: position + start })
      }
    }
    target[offset] = noMask
    offset += 1
    const length = offset - recordHeadBytes
    invariant(length < maxRecordBytes, 'a record leaves the marks of its length alone')
    target.writeUInt32BE(lengthMark + (isContinued ? continuedMark : 0) + length, 0)
    writeSequence(target, sequence, 4)
    writeChecksums(target.subarray(0, offset))
    this.#part += 1
    return offset
  }

  #placeOf(value: Bytes): Place | undefined {
    if (value === this.#lastValue && value.length > shareBytes) return this.#last
    return value.length < minFoundBytes ? undefined : this.#long?.get(value)
  }

  #note(value: Bytes, place: Place): void {
    this.#lastValue = value
    this.#last = place
    if (value.length < minFoundBytes) return
    this.#long ??= new WeakMap()
    this.#long.set(value, place)
  }
}

/** A record by itself, with nothing behind it. */
export function encodeRecord(sequence: number, writes: readonly StorageWrite[]): Buffer {
  const target = Buffer.alloc(CommitEncoding.maxLength(writes))
  const options = { sequence, isContinued: false, position: 0 }
  return target.subarray(0, new CommitEncoding().encode(target, writes, options, []))
}

/** The last record of a file, which is followed by another file: one without writes. */
export const closingRecord = (sequence: number): Buffer => encodeRecord(sequence, [])
