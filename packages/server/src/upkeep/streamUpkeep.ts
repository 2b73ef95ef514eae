import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogListener } from '../catalog/catalogFeed.ts'
import type { StreamName, StreamReader } from '../changes/streamReader.ts'
import { trimmingStep } from '../changes/streamTrimming.ts'
import type { Clock } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { streamRetentionMs } from '../limits.ts'
import type { Table } from '../schema/table.ts'
import type { StorageEngine } from '../storage/engine.ts'
import type { BackgroundWork, Job, StepOutcome } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

export interface StreamUpkeepOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly catalog: Catalog
  readonly streams: StreamReader
  readonly work: BackgroundWork
  /** How old an open shard becomes, in milliseconds. */
  readonly shardAgeMs: number
}

interface NumberedStream extends StreamName {
  readonly number: number
}

/**
 * Keeps the streams: open shards that have become old get children, and what is as old as streams
 * keep it is removed, of disabled streams and of those of deleted tables too. Rejects when the
 * store cannot be read; nothing has been started then.
 */
export async function startStreamUpkeep(options: StreamUpkeepOptions): Promise<void> {
  const { catalog, streams } = options
  const upkeep = new StreamUpkeep(options)
  const left = await streams.list(undefined, undefined, Number.POSITIVE_INFINITY)
  catalog.follow(upkeep)
  for (const name of left.streams) {
    const stream = await streams.find(name)
    if (stream !== undefined) upkeep.keep({ ...name, number: stream.streamNumber })
  }
}

class StreamUpkeep implements CatalogListener {
  readonly #options: StreamUpkeepOptions

  constructor(options: StreamUpkeepOptions) {
    this.#options = options
  }

  tableInForce(table: Table): void {
    const { name: tableName, stream, record } = table
    const { viewType, latestLabel: label } = record.stream ?? {}
    if (label === undefined) return
    if (stream !== undefined) this.keep({ tableName, label, number: stream.number })
    else if (viewType !== undefined) this.#options.work.start(this.#firstShards(table))
  }

  transitionDue(): void {}

  numbersDropped(): void {}

  keep(stream: NumberedStream): void {
    const { work } = this.#options
    const { tableName, label, number } = stream
    work.start({
      name: `stream ${number}`,
      task: `keeping the stream ${label} of the table ${tableName} (number ${number})`,
      step: (lease) => this.#step(stream, lease),
    })
  }

  /** A store of an older version has streams that nothing was ever recorded in. */
  #firstShards(table: Table): Job {
    const { catalog } = this.#options
    return {
      name: `stream of table ${table.number}`,
      task: `opening the stream of the table ${table.name}`,
      async step() {
        await catalog.rollOverStream(table)
        return 'done'
      },
    }
  }

  async #step(stream: NumberedStream, { fence }: Lease): Promise<StepOutcome> {
    const { engine, commits, clock } = this.#options
    const rollsAtMs = await this.#rollOver(stream)
    const nowMs = clock.nowMs()
    const { writes, outcome } = await trimmingStep(engine, stream, nowMs)
    if (writes.length > 0) await commits.submit({ expectations: fence, writes, effects: [] })
    if (outcome === 'gone') return 'done'
    if (outcome === 'more') return 'more'
    // What is recorded from now on is kept for so long, so there is no need to be told of it.
    const dueMs = Math.min(outcome, rollsAtMs, nowMs + streamRetentionMs)
    return { waitMs: Math.max(1, dueMs - nowMs) }
  }

  /**
   * Opens children of open shards that are old and have records. Gives when that is to be looked at
   * again, in milliseconds since the epoch; Infinity for a stream that has no open shards.
   */
  async #rollOver({ tableName, number }: NumberedStream): Promise<number> {
    const { catalog, streams, clock, shardAgeMs } = this.#options
    const table = catalog.find(tableName)
    if (table?.stream?.number !== number || table.dropped) return Number.POSITIVE_INFINITY
    const { firstShard, openedMs } = table.stream.log
    const nowMs = clock.nowMs()
    if (openedMs + shardAgeMs > nowMs) return openedMs + shardAgeMs
    const shards = await streams.shards(number)
    const start = shards.find((shard) => shard.number === firstShard)?.start
    // Nothing but the opening of the shards has taken a number since.
    const isIdle = start !== undefined && (await streams.nextSequence(number)) === start + 1
    if (!isIdle) await catalog.rollOverStream(table)
    return nowMs + shardAgeMs
  }
}
