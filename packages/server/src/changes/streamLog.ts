import type { Clock, Random } from '../clock.ts'
import type { Effect, SequenceDraw } from '../commits/committer.ts'
import { sequenceKey, shardKey, shardPart, streamKey } from '../layout/changeKeys.ts'
import type {
  KeySchemaElement,
  PolicySettings,
  StreamLog,
  StreamSettings,
  StreamViewType,
} from '../schema/tableRecord.ts'
import type { Expectation, StorageWrite } from '../storage/engine.ts'
import { shardIdOf } from './shards.ts'

/** What the store has of a stream under its name, as JSON. */
export interface StreamRecord {
  readonly streamNumber: number
  readonly seed: string
  readonly viewType: StreamViewType
  readonly creationMs: number
  readonly keySchema: readonly KeySchemaElement[]
  /** The stream is as old as its table: it has told of every item. */
  readonly isWhole?: true
  /** Its policy, which stays with it when its table goes; absent when there never was one. */
  readonly policySettings?: PolicySettings
}

/** What the store has of a shard, as JSON: as it was opened, when it was closed, what is gone. */
export interface ShardOpening {
  readonly id: string
  /** The number of the shard that it follows; absent for one of the first of its stream. */
  readonly parent?: number
  readonly parentId?: string
  /** Which part of the hashes it has, counted from 0, and how many parts there are. */
  readonly part: number
  readonly parts: number
  /** No record of it has this number or a smaller one. */
  readonly start: number
  readonly openedMs: number
}
export interface ShardClosing {
  /** No record of it has this number or a greater one. */
  readonly end: number
  readonly closedMs: number
}
export interface ShardTrimming {
  /** Records with smaller numbers have been removed. */
  readonly from: number
}

const seedBytes = 8

/** Makes the logs of streams. */
export class StreamLogs {
  readonly #clock: Clock
  readonly #random: Random
  readonly #shardCount: number

  /** New streams have `shardCount` open shards. */
  constructor(clock: Clock, random: Random, shardCount: number) {
    this.#clock = clock
    this.#random = random
    this.#shardCount = shardCount
  }

  /** The log of a new stream. */
  first(streamNumber: number): StreamLog {
    return {
      streamNumber,
      seed: Buffer.from(this.#random.bytes(seedBytes)).toString('hex'),
      firstShard: 0,
      shardCount: this.#shardCount,
      openedMs: this.#clock.nowMs(),
    }
  }

  /** The log with all open shards closed, and a child of each open in its place. */
  next(log: StreamLog): StreamLog {
    return {
      ...log,
      firstShard: log.firstShard + log.shardCount,
      openedMs: Math.max(log.openedMs, this.#clock.nowMs()),
    }
  }

  /**
   * A label for a new stream of a table: the time, and later than `latest`, the label of the last
   * stream that a table of the name had.
   */
  label(latest: string | undefined): string {
    const nowMs = this.#clock.nowMs()
    const timeMs = latest === undefined ? nowMs : Math.max(nowMs, timeOfLabel(latest) + 1)
    return new Date(timeMs).toISOString().slice(0, -1)
  }
}

const timeOfLabel = (label: string): number => Date.parse(`${label}Z`)

/** The table of a stream, as far as it is told with the stream. */
export interface StreamOwner {
  readonly tableName: string
  readonly keySchema: readonly KeySchemaElement[]
}

/** A table's stream before and after a change of the table; undefined where there is none. */
export interface StreamChange {
  readonly before: StreamSettings | undefined
  readonly after: StreamSettings | undefined
  /** Whether the table is created with the stream. */
  readonly isNewTable: boolean
}

/** What a change of a table does to its stream, in the commit of the table's record. */
export interface StreamEffects {
  readonly expectations: readonly Expectation[]
  readonly effects: readonly Effect[]
}

const noEffects: StreamEffects = { expectations: [], effects: [] }

/**
 * What the store needs when a table's stream is enabled, disabled, or goes on in other shards: the
 * stream's record, its shards opened and closed. Closing takes a number of its own, which no record
 * has, and so does opening: a shard ends behind all its records, and its child begins behind that.
 */
export function streamEffects(
  { before, after, isNewTable }: StreamChange,
  owner: StreamOwner,
  nowMs: number,
): StreamEffects {
  const [old, log] = [before?.log, after?.log]
  const draw = (number: number, count: number, writes: SequenceDraw['writes']): SequenceDraw => ({
    kind: 'next',
    key: sequenceKey(number),
    count,
    timeMs: nowMs,
    bytes: 0,
    writes,
  })
  if (old !== undefined && log?.streamNumber === old.streamNumber) {
    if (log.firstShard === old.firstShard) return noEffects
    const rollOver = draw(log.streamNumber, 2, (first, timeMs) => [
      ...closings(old, { end: first, closedMs: timeMs }),
      ...openings(log, first + 1, old),
    ])
    return { expectations: [], effects: [rollOver] }
  }
  const effects: Effect[] = []
  const expectations: Expectation[] = []
  if (old !== undefined) {
    effects.push(draw(old.streamNumber, 1, (end, closedMs) => closings(old, { end, closedMs })))
  }
  if (log !== undefined && after?.viewType !== undefined) {
    const key = streamKey(owner.tableName, after.latestLabel)
    const record: StreamRecord = {
      streamNumber: log.streamNumber,
      seed: log.seed,
      viewType: after.viewType,
      creationMs: timeOfLabel(after.latestLabel),
      keySchema: owner.keySchema,
      ...(isNewTable && { isWhole: true }),
    }
    expectations.push({ key, version: undefined })
    effects.push(
      draw(log.streamNumber, 1, (first) => [
        { key, value: encodeJson(record) },
        ...openings(log, first, undefined),
      ]),
    )
  }
  return { expectations, effects }
}

function openings(
  log: StreamLog,
  start: number,
  parents: StreamLog | undefined,
): readonly StorageWrite[] {
  const { streamNumber, seed, firstShard, shardCount: parts, openedMs } = log
  return Array.from({ length: parts }, (_, part) => {
    const number = firstShard + part
    const parent = parents && parents.firstShard + part
    const opening: ShardOpening = {
      id: shardIdOf(seed, number, openedMs),
      ...(parents !== undefined &&
        parent !== undefined && {
          parent,
          parentId: shardIdOf(seed, parent, parents.openedMs),
        }),
      part,
      parts,
      start,
      openedMs,
    }
    const key = shardKey(streamNumber, number, shardPart.opened)
    return { key, value: encodeJson(opening) }
  })
}

function closings(
  { streamNumber, firstShard, shardCount }: StreamLog,
  closing: ShardClosing,
): readonly StorageWrite[] {
  const value = encodeJson(closing)
  return Array.from({ length: shardCount }, (_, part) => ({
    key: shardKey(streamNumber, firstShard + part, shardPart.closed),
    value,
  }))
}

export const encodeJson = (content: object): Buffer => Buffer.from(JSON.stringify(content), 'utf8')
