import {
  recordRange,
  sequenceKey,
  sequenceOfKey,
  shardKey,
  shardPart,
  streamKey,
} from '../layout/changeKeys.ts'
import { streamRetentionMs } from '../limits.ts'
import type { Snapshot, StorageEngine, StorageWrite } from '../storage/engine.ts'
import { timeOfChange } from './changeRecord.ts'
import { encodeJson } from './streamLog.ts'
import { readShards, type Shard, type StreamName } from './streamReader.ts'

const recordsPerStep = 500
const bytesPerStep = 8 * 1024 * 1024

/** What one step of trimming a stream writes, and what comes after it. */
export interface TrimmingStep {
  readonly writes: readonly StorageWrite[]
  /**
   * 'more' when the step has taken all that it may, 'gone' when nothing of the stream is left; else
   * the time, in milliseconds since the epoch, before which there is nothing to remove, Infinity
   * where that is not known.
   */
  readonly outcome: 'more' | 'gone' | number
}

/**
 * What is to be removed of a stream at `nowMs`: records that are as old as streams keep them,
 * closed shards whose records all are, and the stream when it has no shard any more. What is
 * removed is at the beginning of each shard, so a step reads little else.
 */
export async function trimmingStep(
  engine: StorageEngine,
  { tableName, label, number }: StreamName & { readonly number: number },
  nowMs: number,
): Promise<TrimmingStep> {
  const snapshot = engine.snapshot()
  try {
    const shards = await readShards(snapshot, number)
    const trimming = new Trimming(snapshot, number, nowMs)
    let left = 0
    for (const shard of shards) {
      const isThere = await trimming.trim(shard)
      if (trimming.isFull) return { writes: trimming.writes, outcome: 'more' }
      if (isThere) left += 1
    }
    if (left > 0) return { writes: trimming.writes, outcome: trimming.dueMs }
    const own = [streamKey(tableName, label), sequenceKey(number)]
    const writes = [...trimming.writes, ...own.map((key) => ({ key, value: undefined }))]
    return { writes, outcome: 'gone' }
  } finally {
    snapshot.close()
  }
}

class Trimming {
  readonly writes: StorageWrite[] = []
  isFull = false
  dueMs = Number.POSITIVE_INFINITY
  readonly #snapshot: Snapshot
  readonly #stream: number
  readonly #horizonMs: number
  #records = 0
  #bytes = 0

  constructor(snapshot: Snapshot, stream: number, nowMs: number) {
    this.#snapshot = snapshot
    this.#stream = stream
    this.#horizonMs = nowMs - streamRetentionMs
  }

  /** Whether the shard stays. */
  async trim(shard: Shard): Promise<boolean> {
    const { number, closing } = shard
    const from = await this.#trimRecords(shard)
    const stays = closing === undefined || closing.closedMs > this.#horizonMs
    if (!stays && !this.isFull) {
      for (const part of Object.values(shardPart)) {
        this.writes.push({ key: shardKey(this.#stream, number, part), value: undefined })
      }
      return false
    }
    if (from > shard.from) {
      const key = shardKey(this.#stream, number, shardPart.trimmed)
      this.writes.push({ key, value: encodeJson({ from }) })
    }
    if (closing !== undefined) this.#dueAt(closing.closedMs)
    return true
  }

  /** Removes records from the beginning on; gives the number from which they stay. */
  async #trimRecords({ number, from }: Shard): Promise<number> {
    let next = from
    for await (const { key, value } of this.#snapshot.range(
      recordRange(this.#stream, number, from),
    )) {
      const timeMs = timeOfChange(value)
      if (timeMs > this.#horizonMs) {
        this.#dueAt(timeMs)
        break
      }
      this.writes.push({ key, value: undefined })
      next = sequenceOfKey(key) + 1
      this.#records += 1
      this.#bytes += value.length
      if (this.#records < recordsPerStep && this.#bytes < bytesPerStep) continue
      this.isFull = true
      break
    }
    return next
  }

  #dueAt(timeMs: number): void {
    this.dueMs = Math.min(this.dueMs, timeMs + streamRetentionMs)
  }
}
