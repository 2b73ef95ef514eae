import { asBuffer, type Bytes, type KeyRange } from '../storage/engine.ts'
import { numbered, wholeSpace } from './storeKeys.ts'

/**
 * The keys of streams, beside those of `storeKeys.ts`:
 *
 *     15 tableName 00 label        a stream, which may be older than the table of that name
 *     0f stream shard 00           a shard of a stream, as it was opened
 *     0f stream shard 01           when and where it was closed
 *     0f stream shard 02           up to where its records have been removed
 *     12 stream shard sequence     the record of a change
 *     14 stream                    the last number and time of a stream
 *
 * `stream` is a number from the sequence of the tables, `shard` one that counts from 0 in each
 * stream, 4 bytes each, `sequence` a number of 8 bytes, all big-endian. A table name has no 00.
 */
const space = { stream: 0x15, shard: 0x0f, record: 0x12, sequence: 0x14 } as const

/** What is kept of a shard, each under a key of its own, so that nobody rewrites another's part. */
export const shardPart = { opened: 0, closed: 1, trimmed: 2 } as const

export type ShardPart = (typeof shardPart)[keyof typeof shardPart]

const labelStart = 0x00

const text = (prefix: number, content: string): Buffer =>
  Buffer.concat([Buffer.from([prefix]), Buffer.from(content, 'latin1')])

/** The key of a stream; both names are ASCII. */
export const streamKey = (tableName: string, label: string): Bytes =>
  text(space.stream, `${tableName}\0${label}`)

/** All streams, or those of tables of one name. */
export function streamRange(tableName?: string): KeyRange {
  if (tableName === undefined) return wholeSpace(space.stream)
  return {
    start: text(space.stream, `${tableName}\0`),
    end: text(space.stream, `${tableName}\u0001`),
  }
}

/** The names inside a {@link streamKey}; undefined for a key that has them not. */
export function namesOfStreamKey(
  key: Bytes,
): { readonly tableName: string; readonly label: string } | undefined {
  const content = asBuffer(key).subarray(1)
  const at = content.indexOf(labelStart)
  if (at < 0) return undefined
  return {
    tableName: content.toString('latin1', 0, at),
    label: content.toString('latin1', at + 1),
  }
}

const shardKeyLength = 10

export function shardKey(streamNumber: number, shardNumber: number, part: ShardPart): Bytes {
  const key = Buffer.allocUnsafe(shardKeyLength)
  key[0] = space.shard
  key.writeUInt32BE(streamNumber, 1)
  key.writeUInt32BE(shardNumber, 5)
  key[9] = part
  return key
}

/** What is kept of all shards of a stream. */
export const shardRange = (streamNumber: number): KeyRange => ({
  start: numbered(space.shard, streamNumber),
  end: numbered(space.shard, streamNumber + 1),
})

/** What a {@link shardKey} is of; undefined for a key of another length. */
export function partsOfShardKey(
  key: Bytes,
): { readonly stream: number; readonly shard: number; readonly part: number } | undefined {
  if (key.length !== shardKeyLength) return undefined
  const bytes = asBuffer(key)
  return {
    stream: bytes.readUInt32BE(1),
    shard: bytes.readUInt32BE(5),
    part: bytes[9] as number,
  }
}

const recordKeyLength = 17
const highUnit = 2 ** 32

/** The key of a record. */
export function recordKey(streamNumber: number, shardNumber: number, sequence: number): Bytes {
  const key = Buffer.allocUnsafe(recordKeyLength)
  key[0] = space.record
  key.writeUInt32BE(streamNumber, 1)
  key.writeUInt32BE(shardNumber, 5)
  key.writeUInt32BE(Math.floor(sequence / highUnit), 9)
  key.writeUInt32BE(sequence % highUnit, 13)
  return key
}

/** The records of a shard from the number `from` on. */
export const recordRange = (stream: number, shard: number, from: number): KeyRange => ({
  start: recordKey(stream, shard, from),
  end: recordKey(stream, shard + 1, 0),
})

/** All records of a stream. */
export const recordsOfStream = (streamNumber: number): KeyRange => ({
  start: numbered(space.record, streamNumber),
  end: numbered(space.record, streamNumber + 1),
})

/** What a {@link recordKey} is of; undefined for a key of another length. */
export function partsOfRecordKey(
  key: Bytes,
): { readonly stream: number; readonly shard: number; readonly sequence: number } | undefined {
  if (key.length !== recordKeyLength) return undefined
  const bytes = asBuffer(key)
  return {
    stream: bytes.readUInt32BE(1),
    shard: bytes.readUInt32BE(5),
    sequence: sequenceOfKey(key),
  }
}

/** The number inside a {@link recordKey}. */
export function sequenceOfKey(key: Bytes): number {
  const bytes = asBuffer(key)
  return bytes.readUInt32BE(9) * highUnit + bytes.readUInt32BE(13)
}

/** Where a stream keeps the last number and time that it has given. */
export const sequenceKey = (streamNumber: number): Bytes => numbered(space.sequence, streamNumber)
