import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type DynamoDBStreamsClient,
  type Shard,
  type ShardIteratorType,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams'

export type { StreamRecord }

export type Start = 'now' | 'beginning'

/** A shard, and how far it has been read. */
export interface ShardState {
  readonly shardId: string
  readonly parentId: string | undefined
  /** `waiting`: its parent comes first. `ended`: it is closed, and read to its end. */
  readonly state: 'waiting' | 'reading' | 'ended'
  readonly recordCount: number
}

interface TailListener {
  /** New records, in the order in which the changes were made. */
  onRecords(records: readonly StreamRecord[], shardOf: ReadonlyMap<StreamRecord, string>): void
  onShards(shards: readonly ShardState[]): void
  /** Something has failed, and is tried again; undefined when it no longer does. */
  onFailure(error: unknown): void
}

interface ReadShard {
  shardId: string
  parentId: string | undefined
  state: ShardState['state']
  recordCount: number
  /** Where reading begins when there is no iterator. */
  type: 'LATEST' | 'TRIM_HORIZON'
  iterator: string | undefined
  lastNumber: string | undefined
  /** The first record that is there and not read yet, where it is known. */
  nextNumber: string | undefined
}

/** How long is waited when there was nothing, and after a failure, in milliseconds. */
const restMs = 300
const restAfterFailureMs = 2000
/** How often new shards are looked for, in rounds. */
const roundsBetweenLooks = 20
/** An iterator lives for 15 minutes; a paused tail renews its own more often, in milliseconds. */
const renewMs = 5 * 60 * 1000

/**
 * Follows a stream through all its shards, parents before their children, from now or from the
 * beginning, until it is ended.
 */
export class StreamTail {
  private readonly client: DynamoDBStreamsClient
  private readonly streamArn: string
  private readonly start: Start
  private readonly listener: TailListener
  private readonly shards = new Map<string, ReadShard>()
  private readonly controller = new AbortController()
  private isPaused = false
  private wake: () => void = () => undefined

  constructor(
    client: DynamoDBStreamsClient,
    { streamArn, start }: { readonly streamArn: string; readonly start: Start },
    listener: TailListener,
  ) {
    this.client = client
    this.streamArn = streamArn
    this.start = start
    this.listener = listener
    void this.follow()
  }

  end(): void {
    this.controller.abort()
    this.wake()
  }

  /** Reads nothing until `goOn`, which goes on where it was. */
  pause(): void {
    this.isPaused = true
  }

  goOn(): void {
    this.isPaused = false
    this.wake()
  }

  private async follow(): Promise<void> {
    const { signal } = this.controller
    for (let round = 0; !signal.aborted; round++) {
      try {
        if (this.isPaused) {
          await this.rest(renewMs)
          if (this.isPaused) await this.renew()
          continue
        }
        if (round % roundsBetweenLooks === 0 || this.isShardAwaited()) await this.look()
        const count = await this.readRound()
        this.listener.onFailure(undefined)
        if (count === 0) await this.rest(restMs)
      } catch (error) {
        if (signal.aborted) return
        this.listener.onFailure(error)
        await this.rest(restAfterFailureMs)
      }
    }
  }

  /** Finds where to go on in shards of which nothing was read, so that no pause is too long. */
  private async renew(): Promise<void> {
    for (const shard of this.shards.values()) {
      const { state, lastNumber, nextNumber, iterator } = shard
      if (state !== 'reading' || iterator === undefined) continue
      if (lastNumber !== undefined || nextNumber !== undefined) continue
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 })
      const { Records = [], NextShardIterator } = await this.client.send(command, this.options)
      shard.nextNumber = Records[0]?.dynamodb?.SequenceNumber
      if (Records.length === 0) shard.iterator = NextShardIterator ?? iterator
    }
  }

  /** Resolves after so many milliseconds, or when it is woken. */
  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Whether a shard has ended whose children are not known yet. */
  private isShardAwaited(): boolean {
    const parents = new Set([...this.shards.values()].map(({ parentId }) => parentId))
    return [...this.shards.values()].some(
      ({ state, shardId }) => state === 'ended' && !parents.has(shardId),
    )
  }

  private async look(): Promise<void> {
    const isFirst = this.shards.size === 0
    for (const shard of await this.describedShards()) {
      const { ShardId: shardId = '', ParentShardId: parentId } = shard
      if (this.shards.has(shardId)) continue
      const isClosed = shard.SequenceNumberRange?.EndingSequenceNumber !== undefined
      const isFromNow = isFirst && this.start === 'now'
      this.shards.set(shardId, {
        shardId,
        parentId,
        state: isFromNow && isClosed ? 'ended' : 'waiting',
        recordCount: 0,
        type: isFromNow ? 'LATEST' : 'TRIM_HORIZON',
        iterator: undefined,
        lastNumber: undefined,
        nextNumber: undefined,
      })
    }
    this.tellShards()
  }

  /** Lets shards be read whose parents have been, or are gone. */
  private open(): void {
    let hasOpened = false
    for (const shard of this.shards.values()) {
      const parent = shard.parentId === undefined ? undefined : this.shards.get(shard.parentId)
      if (shard.state === 'waiting' && (parent === undefined || parent.state === 'ended')) {
        shard.state = 'reading'
        hasOpened = true
      }
    }
    if (hasOpened) this.tellShards()
  }

  private async describedShards(): Promise<readonly Shard[]> {
    const shards: Shard[] = []
    let last: string | undefined
    do {
      const command = new DescribeStreamCommand({
        StreamArn: this.streamArn,
        ExclusiveStartShardId: last,
      })
      const { StreamDescription } = await this.client.send(command, this.options)
      shards.push(...(StreamDescription?.Shards ?? []))
      last = StreamDescription?.LastEvaluatedShardId
    } while (last !== undefined)
    return shards
  }

  private get options() {
    return { abortSignal: this.controller.signal }
  }

  /** Reads a page of each open shard, and tells of what came; 0 when there was nothing to do. */
  private async readRound(): Promise<number> {
    this.open()
    const reading = [...this.shards.values()].filter(({ state }) => state === 'reading')
    const shardOf = new Map<StreamRecord, string>()
    const pages = await Promise.all(
      reading.map(async (shard) => {
        const records = await this.readPage(shard)
        for (const record of records) shardOf.set(record, shard.shardId)
        return records
      }),
    )
    if (this.controller.signal.aborted) return 0
    const records = pages.flat().sort(bySequence)
    if (records.length > 0) this.listener.onRecords(records, shardOf)
    const hasEnded = reading.some(({ state }) => state === 'ended')
    if (records.length > 0 || hasEnded) this.tellShards()
    return hasEnded ? 1 : records.length
  }

  private async readPage(shard: ReadShard): Promise<readonly StreamRecord[]> {
    shard.iterator ??= await this.iteratorOf(shard)
    try {
      const command = new GetRecordsCommand({ ShardIterator: shard.iterator })
      const { Records = [], NextShardIterator } = await this.client.send(command, this.options)
      shard.iterator = NextShardIterator
      shard.recordCount += Records.length
      shard.lastNumber = Records.at(-1)?.dynamodb?.SequenceNumber ?? shard.lastNumber
      if (NextShardIterator === undefined) shard.state = 'ended'
      return Records
    } catch (error) {
      // After a long pause it has expired, or what comes next has been trimmed.
      shard.iterator = undefined
      if (isNamed(error, 'TrimmedDataAccessException')) {
        shard.lastNumber = undefined
        shard.nextNumber = undefined
        shard.type = 'TRIM_HORIZON'
      }
      if (isNamed(error, 'ExpiredIteratorException')) return []
      throw error
    }
  }

  private async iteratorOf(shard: ReadShard): Promise<string | undefined> {
    const { shardId: ShardId, lastNumber, nextNumber } = shard
    const command = new GetShardIteratorCommand({
      StreamArn: this.streamArn,
      ShardId,
      SequenceNumber: lastNumber ?? nextNumber,
      ShardIteratorType: placeOf(shard),
    })
    return (await this.client.send(command, this.options)).ShardIterator
  }

  private tellShards(): void {
    this.listener.onShards(
      [...this.shards.values()].map(({ shardId, parentId, state, recordCount }) => ({
        shardId,
        parentId,
        state,
        recordCount,
      })),
    )
  }
}

function placeOf({ lastNumber, nextNumber, type }: ReadShard): ShardIteratorType {
  if (lastNumber !== undefined) return 'AFTER_SEQUENCE_NUMBER'
  return nextNumber === undefined ? type : 'AT_SEQUENCE_NUMBER'
}

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name

/** Sequence numbers rise over all shards of a stream. */
function bySequence(one: StreamRecord, other: StreamRecord): number {
  const [first, second] = [one, other].map((each) => each.dynamodb?.SequenceNumber ?? '')
  if (first?.length !== second?.length) return (first?.length ?? 0) - (second?.length ?? 0)
  return (first ?? '') < (second ?? '') ? -1 : 1
}
