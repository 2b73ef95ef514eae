import {
  namesOfStreamKey,
  partsOfShardKey,
  recordRange,
  sequenceKey,
  sequenceOfKey,
  shardKey,
  shardPart,
  shardRange,
  streamKey,
  streamRange,
} from '../layout/changeKeys.ts'
import { decodeCounter } from '../commits/counters.ts'
import type { Bytes, Entry, Snapshot, StorageEngine } from '../storage/engine.ts'
import { asBuffer, keyBehind } from '../storage/engine.ts'
import { StoredChange, timeOfChange } from './changeRecord.ts'
import type { ShardClosing, ShardOpening, ShardTrimming, StreamRecord } from './streamLog.ts'

/** A stream by the names that its ARN has. */
export interface StreamName {
  readonly tableName: string
  readonly label: string
}

export interface StoredStream extends StreamName, StreamRecord {}

/** A shard of a stream. */
export interface Shard extends ShardOpening {
  readonly number: number
  /** Absent while the shard is open. */
  readonly closing?: ShardClosing
  /** The least number that a record may still have. */
  readonly from: number
}

/** A record of a shard. */
export interface StreamEntry {
  readonly sequence: number
  readonly change: StoredChange
}

/** Where a reader is: before the record of this number, or of the next that there is. */
export interface ShardPosition {
  readonly stream: number
  readonly shard: number
  readonly sequence: number
}

export interface PageLimits {
  readonly records: number
  /** As DynamoDB counts them; a page has at least one record that is there. */
  readonly bytes: number
}

/** Records of a shard, and where the next are; undefined when none will follow. */
export interface RecordPage {
  readonly entries: readonly StreamEntry[]
  readonly next: number | undefined
}

/** A stream by its entry in the store; undefined for an entry that is none. */
export function decodeStream(key: Bytes, stored: Bytes): StoredStream | undefined {
  const name = namesOfStreamKey(key)
  if (name === undefined) return undefined
  try {
    return { ...name, ...(decodeJson(stored) as StreamRecord) }
  } catch {
    return undefined
  }
}

/** Gives states of the store that may not be the last one; the caller closes them. */
export interface EarlierStates {
  snapshot(): Snapshot
}

/** Reads streams: each question is answered from one committed state. */
export class StreamReader {
  readonly #engine: StorageEngine

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /** The stream of this name, as long as anything of it is there. */
  async find(name: StreamName): Promise<StoredStream | undefined> {
    const key = streamKey(name.tableName, name.label)
    const stored = await this.#engine.get(key)
    return stored === undefined ? undefined : decodeStream(key, stored)
  }

  /**
   * At most `limit` streams behind `after`, of tables of one name or of all, in the order of table
   * names and labels; and whether others follow.
   */
  async list(
    tableName: string | undefined,
    after: StreamName | undefined,
    limit: number,
  ): Promise<{ readonly streams: readonly StreamName[]; readonly hasMore: boolean }> {
    const { start, end } = streamRange(tableName)
    const first = after === undefined ? start : keyBehind(streamKey(after.tableName, after.label))
    const range = { start: Buffer.compare(first, start) > 0 ? first : start, end }
    const streams: StreamName[] = []
    if (Buffer.compare(range.start, end) >= 0) return { streams, hasMore: false }
    return this.#inSnapshot(async (snapshot) => {
      for await (const { key } of snapshot.range(range)) {
        if (streams.length === limit) return { streams, hasMore: true }
        streams.push(namesOfStreamKey(key) as StreamName)
      }
      return { streams, hasMore: false }
    })
  }

  /** The label of the last stream that a table of this name had. */
  latestLabel(tableName: string): Promise<string | undefined> {
    return this.#inSnapshot(async (snapshot) => {
      const range = { ...streamRange(tableName), reverse: true }
      return namesOfStreamKey((await firstOf(snapshot.range(range)))?.key ?? noBytes)?.label
    })
  }

  /** All shards of a stream in the order in which they were opened. */
  shards(streamNumber: number): Promise<readonly Shard[]> {
    return this.#inSnapshot((snapshot) => readShards(snapshot, streamNumber))
  }

  /** The number that the next change of the stream will have, or a later one. */
  async nextSequence(streamNumber: number): Promise<number> {
    return nextNumber(await this.#engine.get(sequenceKey(streamNumber)))
  }

  /** The number of the first record of a shard whose time is `timeMs` or later, or of the next. */
  sequenceAt(streamNumber: number, { number, from }: Shard, timeMs: number): Promise<number> {
    return this.#inSnapshot(async (snapshot) => {
      let low = from
      let high = nextNumber(await snapshot.get(sequenceKey(streamNumber)))
      // Times never go back: all records before `low` are earlier, those from `high` on are not.
      while (low < high) {
        const middle = low + Math.floor((high - low) / 2)
        const entry = await firstOf(snapshot.range(recordRange(streamNumber, number, middle)))
        if (entry === undefined || timeOfChange(entry.value) >= timeMs) high = middle
        else low = sequenceOfKey(entry.key) + 1
      }
      return low
    })
  }

  /**
   * The records from a position on; 'trimmed' when some that were there have been removed, or all
   * of the shard. With `earlier`, those that such a state has, which may not have the last ones.
   */
  page(
    position: ShardPosition,
    limits: PageLimits,
    earlier?: EarlierStates,
  ): Promise<RecordPage | 'trimmed'> {
    return this.#inSnapshot(async (snapshot) => {
      const shard = await readShard(snapshot, position.stream, position.shard)
      if (shard === undefined || position.sequence < shard.from) return 'trimmed'
      if (earlier === undefined) return readRecords(snapshot, shard, position, limits)
      const state = earlier.snapshot()
      try {
        const shardThen = await readShard(state, position.stream, position.shard)
        return await readRecords(state, shardThen, position, limits)
      } finally {
        state.close()
      }
    })
  }

  async #inSnapshot<T>(read: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const snapshot = this.#engine.snapshot()
    try {
      return await read(snapshot)
    } finally {
      snapshot.close()
    }
  }
}

/** Behind what a shard has more may come, unless it was closed. */
async function readRecords(
  snapshot: Snapshot,
  shard: Shard | undefined,
  position: ShardPosition,
  limits: PageLimits,
): Promise<RecordPage> {
  const { entries, isFull } = await readEntries(snapshot, position, limits)
  const last = entries.at(-1)?.sequence
  const next = last === undefined ? position.sequence : last + 1
  return { entries, next: isFull || shard?.closing === undefined ? next : undefined }
}

async function readEntries(
  snapshot: Snapshot,
  { stream, shard, sequence }: ShardPosition,
  limits: PageLimits,
): Promise<{ readonly entries: readonly StreamEntry[]; readonly isFull: boolean }> {
  const entries: StreamEntry[] = []
  let bytes = 0
  const add = ({ key, value }: Entry): boolean => {
    const change = new StoredChange(value)
    bytes += change.sizeBytes
    if (entries.length === limits.records) return false
    if (entries.length > 0 && bytes > limits.bytes) return false
    entries.push({ sequence: sequenceOfKey(key), change })
    return true
  }
  const range = snapshot.range(recordRange(stream, shard, sequence))
  if (Symbol.iterator in range) {
    for (const entry of range) if (!add(entry)) return { entries, isFull: true }
  } else {
    for await (const entry of range) if (!add(entry)) return { entries, isFull: true }
  }
  return { entries, isFull: false }
}

/** The shards of a stream as a snapshot has them; those of which a part is missing are left out. */
export async function readShards(
  snapshot: Snapshot,
  streamNumber: number,
): Promise<readonly Shard[]> {
  const parts = new Map<number, (Bytes | undefined)[]>()
  for await (const { key, value } of snapshot.range(shardRange(streamNumber))) {
    const of = partsOfShardKey(key)
    if (of === undefined) continue
    const known = parts.get(of.shard) ?? []
    known[of.part] = value
    parts.set(of.shard, known)
  }
  return [...parts].flatMap(([number, found]) => shardOf(number, found) ?? [])
}

async function readShard(
  snapshot: Snapshot,
  stream: number,
  number: number,
): Promise<Shard | undefined> {
  const parts = [shardPart.opened, shardPart.closed, shardPart.trimmed]
  const found = await snapshot.getMany(parts.map((part) => shardKey(stream, number, part)))
  return shardOf(number, found)
}

function shardOf(
  number: number,
  [opened, closed, trimmed]: readonly (Bytes | undefined)[],
): Shard | undefined {
  if (opened === undefined) return undefined
  const opening = decodeJson(opened) as ShardOpening
  return {
    ...opening,
    number,
    ...(closed !== undefined && { closing: decodeJson(closed) as ShardClosing }),
    from: trimmed === undefined ? opening.start : (decodeJson(trimmed) as ShardTrimming).from,
  }
}

async function firstOf(range: ReturnType<Snapshot['range']>): Promise<Entry | undefined> {
  for await (const entry of range) return entry
  return undefined
}

/** The number that the next change will have, by the value of a {@link sequenceKey}. */
export const nextNumber = (stored: Bytes | undefined): number =>
  stored === undefined ? 0 : (decodeCounter(stored)[0] as number) + 1

const noBytes: Bytes = Buffer.alloc(0)

function decodeJson(stored: Bytes): unknown {
  return JSON.parse(asBuffer(stored).toString('utf8'))
}
