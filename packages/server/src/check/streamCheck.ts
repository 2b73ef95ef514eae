import { StoredChange } from '../changes/changeRecord.ts'
import { shardIdOf, shardOfHash } from '../changes/shards.ts'
import { readShards, type Shard } from '../changes/streamReader.ts'
import { decodeCounter } from '../commits/counters.ts'
import { InvariantViolation } from '../invariant.ts'
import {
  partsOfRecordKey,
  partsOfShardKey,
  sequenceKey,
  shardKey,
  shardPart,
} from '../layout/changeKeys.ts'
import { hashOfRow } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer, type Bytes, type Entry, type Snapshot } from '../storage/engine.ts'
import type { CheckedStream, KnownNumbers } from './knownNumbers.ts'
import { rowKeyOfRecord } from './rowKeyOfRecord.ts'
import type { StoreFindings } from './storeFindings.ts'
import { StreamHistory } from './streamHistory.ts'

/** A stream with what the walk through the store has found of it. */
interface WalkedStream {
  readonly checked: CheckedStream
  readonly shards: ReadonlyMap<number, Shard>
  /** The last number and time that it has given. */
  readonly last: { readonly sequence: number; readonly timeMs: number }
  /** The table that records its changes here; undefined for a disabled stream. */
  readonly table: Table | undefined
  recordCount: number
  /** Of the record before, in the same shard. */
  before: { readonly shard: number; readonly timeMs: number }
}

/**
 * Checks the streams: that their shards, their records and their last numbers agree with each other
 * and with the tables, and that the records of each item lead to what the item is.
 */
export class StreamCheck {
  readonly #snapshot: Snapshot
  readonly #numbers: KnownNumbers
  readonly #findings: StoreFindings
  readonly #streams = new Map<number, WalkedStream>()

  constructor(snapshot: Snapshot, numbers: KnownNumbers, findings: StoreFindings) {
    this.#snapshot = snapshot
    this.#numbers = numbers
    this.#findings = findings
  }

  /** Before the walk: the streams by themselves. */
  async begin(): Promise<void> {
    for (const checked of this.#numbers.streams) await this.#checkStream(checked)
    for (const { table } of this.#numbers.tables) this.#checkTable(table)
  }

  checkShardKey({ key, value }: Entry): void {
    const parts = partsOfShardKey(key)
    if (parts === undefined || parts.part > shardPart.trimmed) {
      this.#findings.add('unknownKey', key, 'No such part of a shard is ever written')
      return
    }
    if (this.#numbers.streamOf(asBuffer(key), 'A shard') === undefined) return
    const isKnown = this.#streams.get(parts.stream)?.shards.has(parts.shard) === true
    if (!isKnown) this.#findings.add('stream', key, 'A part of a shard that was never opened')
    if (!isJson(value)) this.#findings.add('stream', key, 'The shard cannot be understood')
  }

  checkSequence({ key, value }: Entry): void {
    if (key.length !== sequenceKey(0).length) {
      this.#findings.add('unknownKey', key, 'The key has a wrong length')
      return
    }
    const owner = this.#numbers.streamOf(asBuffer(key), 'The last number of a stream')
    if (owner === undefined || value.length === 16) return
    this.#findings.add('stream', key, 'The last number of the stream cannot be read')
  }

  /** REQUIRES: records come in the order of their keys. */
  checkRecord({ key, value }: Entry): void {
    const parts = partsOfRecordKey(key)
    if (parts === undefined) {
      this.#findings.add('unknownKey', key, 'The key has a wrong length')
      return
    }
    if (this.#numbers.streamOf(asBuffer(key), 'The record of a change') === undefined) return
    const walked = this.#streams.get(parts.stream)
    const shard = walked?.shards.get(parts.shard)
    if (walked === undefined || shard === undefined) {
      this.#findings.add('streamRecord', key, 'The record is in a shard that is not there')
      return
    }
    walked.recordCount += 1
    const fault = this.#faultOfRecord(walked, shard, { sequence: parts.sequence, value })
    if (fault !== undefined) this.#findings.add('streamRecord', key, fault)
  }

  /** After the walk: what the records say of the items. */
  async end(): Promise<void> {
    for (const { checked, shards, table, recordCount } of this.#streams.values()) {
      if (table === undefined) continue
      const isComplete = checked.stream.isWhole === true && isUntrimmed(shards)
      const history = new StreamHistory(this.#snapshot, this.#findings, {
        table,
        streamNumber: checked.stream.streamNumber,
        isComplete,
      })
      const itemCount = await history.check(recordCount)
      if (!isComplete) continue
      const tally = this.#numbers.tables.find((each) => each.table === table)?.tally.count
      if (tally === itemCount) continue
      const detail = `The records tell of ${itemCount} items, and ${table.name} has ${tally}`
      this.#findings.add('streamHistory', checked.key, detail)
    }
  }

  async #checkStream(checked: CheckedStream): Promise<void> {
    const { stream, key } = checked
    const number = stream.streamNumber
    const report = (detail: string): void => this.#findings.add('stream', key, detail)
    const stored = await this.#snapshot.get(sequenceKey(number))
    if (stored === undefined) report('The stream has no last number')
    const [sequence = 0, timeMs = 0] = stored?.length === 16 ? decodeCounter(stored) : []
    const shards = new Map<number, Shard>()
    try {
      for (const shard of await readShards(this.#snapshot, number)) shards.set(shard.number, shard)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      report('A shard of the stream cannot be understood')
    }
    for (const shard of shards.values()) {
      const fault = faultOfShard(shard, shards, { seed: stream.seed, last: sequence })
      if (fault === undefined) continue
      this.#findings.add('stream', shardKey(number, shard.number, shardPart.opened), fault)
    }
    const owner = this.#numbers.tables.find(({ table }) => table.stream?.number === number)
    const open = [...shards.values()].filter(({ closing }) => closing === undefined)
    const log = owner?.table.stream?.log
    const expected =
      log === undefined ? [] : Array.from({ length: log.shardCount }, (_, i) => log.firstShard + i)
    const found = open.map((shard) => shard.number)
    if (expected.join() !== found.join()) {
      report(`The open shards are [${found.join()}], and the table has [${expected.join()}]`)
    }
    if (shards.size === 0) report('The stream has no shard')
    this.#streams.set(number, {
      checked,
      shards,
      last: { sequence, timeMs },
      table: owner?.table,
      recordCount: 0,
      before: { shard: -1, timeMs: 0 },
    })
  }

  #checkTable({ name, stream, record }: Table): void {
    if (stream === undefined) return
    const known = this.#numbers.streams.find((each) => each.stream.streamNumber === stream.number)
    const { tableName, label, viewType, keySchema } = known?.stream ?? {}
    const isSame =
      tableName === name && label === record.stream?.latestLabel && viewType === stream.viewType
    if (isSame && JSON.stringify(keySchema) === JSON.stringify(record.keySchema)) return
    const detail = `Table ${name} has the stream ${stream.number}, which is not there as its own`
    this.#findings.add('stream', sequenceKey(stream.number), detail)
  }

  #faultOfRecord(
    walked: WalkedStream,
    shard: Shard,
    { sequence, value }: { readonly sequence: number; readonly value: Bytes },
  ): string | undefined {
    const { last, before, table } = walked
    const end = shard.closing?.end ?? last.sequence + 1
    if (sequence < shard.from || sequence <= shard.start) return 'The number is before its shard'
    if (sequence >= end) return 'The number is behind the end of its shard'
    let change: StoredChange
    try {
      change = new StoredChange(value)
    } catch (error) {
      if (!(error instanceof InvariantViolation)) throw error
      return 'The record cannot be read'
    }
    const earliestMs = before.shard === shard.number ? before.timeMs : 0
    walked.before = { shard: shard.number, timeMs: change.timeMs }
    if (change.timeMs < earliestMs) return 'The time goes back'
    if (change.timeMs > last.timeMs) return 'The time is later than the last of the stream'
    if (table === undefined) return undefined
    const rowKey = rowKeyOfRecord(table, change)
    if (rowKey === undefined) return 'The record has no key of its table'
    const parts = { firstShard: 0, shardCount: shard.parts }
    const isHere = shardOfHash(parts, hashOfRow(rowKey)) === shard.part
    return isHere ? undefined : 'The record is in a shard that its item does not belong to'
  }
}

const isUntrimmed = (shards: ReadonlyMap<number, Shard>): boolean =>
  shards.has(0) && [...shards.values()].every(({ from, start }) => from === start)

function faultOfShard(
  shard: Shard,
  shards: ReadonlyMap<number, Shard>,
  { seed, last }: { readonly seed: string; readonly last: number },
): string | undefined {
  const { number, id, parent, parentId, part, parts, start, openedMs, closing, from } = shard
  if (id !== shardIdOf(seed, number, openedMs)) return 'The shard has an id that is not its own'
  if (start > last) return 'The shard begins behind the last number of its stream'
  if (from < start || from > last + 1) return 'The shard is trimmed to a number that it never had'
  if (closing !== undefined && (closing.end <= start || closing.end > last)) {
    return 'The shard ends at a number that it cannot end at'
  }
  if (number % parts !== part) return 'The shard has a part of the hashes that is not its own'
  if (parent === undefined) return number < parts ? undefined : 'The shard has no parent'
  const before = shards.get(parent)
  if (before === undefined) return undefined
  if (before.id !== parentId || before.part !== part) return 'The shard is the child of another one'
  if (before.closing === undefined) return 'The parent of the shard is open'
  if (before.closing.end >= start) return 'The shard begins before its parent ends'
  return undefined
}

function isJson(value: Bytes): boolean {
  try {
    JSON.parse(asBuffer(value).toString('utf8'))
    return true
  } catch {
    return false
  }
}
