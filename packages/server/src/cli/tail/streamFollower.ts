import type { Clock } from '../../clock.ts'
import { ApiFailure, type Service } from './apiConnection.ts'
import type { TailedRecord } from './tailedRecord.ts'

/** Asks the server. */
export type ApiCall = <Answer extends object>(
  service: Service,
  operation: string,
  request: object,
) => Promise<Answer>

interface ShownShard {
  readonly ShardId: string
  readonly ParentShardId?: string
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string }
}

interface StreamPage {
  readonly StreamDescription: {
    readonly Shards?: readonly ShownShard[]
    readonly LastEvaluatedShardId?: string
  }
}

interface RecordPage {
  readonly Records?: readonly TailedRecord[]
  readonly NextShardIterator?: string
}

/** Where a shard is begun, or gone on with. */
type Place =
  | { readonly ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly ShardIteratorType: 'AFTER_SEQUENCE_NUMBER'; readonly SequenceNumber: string }
  | { readonly ShardIteratorType: 'AT_TIMESTAMP'; readonly Timestamp: number }

const placeAt = (timeMs: number): Place => ({
  ShardIteratorType: 'AT_TIMESTAMP',
  Timestamp: timeMs / 1000,
})

interface FollowedShard {
  readonly id: string
  readonly parentId: string | undefined
  /** Where to go on without an iterator. */
  place: Place
  iterator: string | undefined
}

export interface Round {
  /** In the order of their sequence numbers. */
  readonly records: readonly TailedRecord[]
  /** Records were removed, because of their age, before they were read. */
  readonly isTrimmed: boolean
  /** The stream has no open shard any more, and everything was read. */
  readonly isOver: boolean
}

/**
 * Reads a stream from a moment on: all shards that are open then, and their children when their
 * parents have been read to the end. INVARIANT: a record that a failed round has read is given by
 * the next one.
 */
export class StreamFollower {
  readonly #call: ApiCall
  readonly #streamArn: string
  readonly #clock: Clock
  readonly #known = new Set<string>()
  /** Shards that are not read to their end. */
  #shards: FollowedShard[] = []
  #mustLook = false
  #collected: TailedRecord[] = []
  #isTrimmed = false

  constructor(call: ApiCall, streamArn: string, clock: Clock) {
    this.#call = call
    this.#streamArn = streamArn
    this.#clock = clock
  }

  /** Takes its place before the oldest record, or behind the newest. */
  async begin(from: 'start' | 'now'): Promise<void> {
    for (const shard of await this.#describe()) {
      this.#known.add(shard.ShardId)
      const isClosed = shard.SequenceNumberRange.EndingSequenceNumber !== undefined
      if (from === 'now' && isClosed) continue
      this.#follow(shard, { ShardIteratorType: from === 'now' ? 'LATEST' : 'TRIM_HORIZON' })
    }
    if (from === 'start') return
    const askedMs = this.#clock.nowMs()
    for (const shard of this.#shards) {
      await this.#iteratorOf(shard)
      shard.place = placeAt(askedMs)
    }
  }

  /**
   * Reads a page of each shard whose parent is finished. Rejects as the call does; then it may be
   * called again.
   */
  async round(): Promise<Round> {
    if (this.#mustLook) await this.#lookForChildren()
    for (const shard of this.#shards.slice()) {
      const isWaiting = this.#shards.some(({ id }) => id === shard.parentId)
      if (!isWaiting) await this.#read(shard)
    }
    const round = {
      records: this.#collected.sort(bySequence),
      isTrimmed: this.#isTrimmed,
      isOver: this.#shards.length === 0 && !this.#mustLook,
    }
    this.#collected = []
    this.#isTrimmed = false
    return round
  }

  async #read(shard: FollowedShard): Promise<void> {
    const askedMs = this.#clock.nowMs()
    const page = await this.#pageOf(shard)
    if (page === undefined) return
    const { Records: records = [], NextShardIterator: next } = page
    this.#collected.push(...records)
    shard.iterator = next
    const last = records.at(-1)?.dynamodb.SequenceNumber
    if (last !== undefined) {
      shard.place = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: last }
    } else if (!('SequenceNumber' in shard.place) && next !== undefined) {
      // All that was recorded before has been read, and there was nothing.
      shard.place = placeAt(askedMs)
    }
    if (next !== undefined) return
    this.#shards = this.#shards.filter((other) => other !== shard)
    this.#mustLook = true
  }

  /** Undefined when the shard has to be asked again, or is gone. */
  async #pageOf(shard: FollowedShard): Promise<RecordPage | undefined> {
    try {
      const ShardIterator = await this.#iteratorOf(shard)
      return await this.#streams<RecordPage>('GetRecords', { ShardIterator })
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.errorName === 'ExpiredIteratorException') {
        shard.iterator = undefined
        return undefined
      }
      const isGone = error.errorName === 'ResourceNotFoundException'
      if (!isGone && error.errorName !== 'TrimmedDataAccessException') throw error
      await this.#forgetGone()
      this.#isTrimmed = true
      shard.iterator = undefined
      shard.place = { ShardIteratorType: 'TRIM_HORIZON' }
      return undefined
    }
  }

  async #iteratorOf(shard: FollowedShard): Promise<string> {
    if (shard.iterator !== undefined) return shard.iterator
    const request = { StreamArn: this.#streamArn, ShardId: shard.id, ...shard.place }
    const { ShardIterator } = await this.#streams<{ readonly ShardIterator: string }>(
      'GetShardIterator',
      request,
    )
    shard.iterator = ShardIterator
    return ShardIterator
  }

  /** Shards that are gone have nothing to read; their children may. Rejects when all is gone. */
  async #forgetGone(): Promise<void> {
    const there = new Set((await this.#describe()).map(({ ShardId }) => ShardId))
    this.#shards = this.#shards.filter(({ id }) => there.has(id))
    this.#mustLook = true
  }

  async #lookForChildren(): Promise<void> {
    for (const shard of await this.#describe()) {
      if (this.#known.has(shard.ShardId)) continue
      this.#known.add(shard.ShardId)
      this.#follow(shard, { ShardIteratorType: 'TRIM_HORIZON' })
    }
    this.#mustLook = false
  }

  #follow({ ShardId: id, ParentShardId: parentId }: ShownShard, place: Place): void {
    this.#shards.push({ id, parentId, place, iterator: undefined })
  }

  async #describe(): Promise<readonly ShownShard[]> {
    const shards: ShownShard[] = []
    let after: string | undefined
    do {
      const { StreamDescription } = await this.#streams<StreamPage>('DescribeStream', {
        StreamArn: this.#streamArn,
        ...(after !== undefined && { ExclusiveStartShardId: after }),
      })
      shards.push(...(StreamDescription.Shards ?? []))
      after = StreamDescription.LastEvaluatedShardId
    } while (after !== undefined)
    return shards
  }

  #streams<Answer extends object>(operation: string, request: object): Promise<Answer> {
    return this.#call<Answer>('DynamoDBStreams_20120810', operation, request)
  }
}

/** Sequence numbers have up to 40 digits, none of them a leading 0. */
function bySequence(a: TailedRecord, b: TailedRecord): number {
  const [first, second] = [a.dynamodb.SequenceNumber, b.dynamodb.SequenceNumber]
  if (first.length !== second.length) return first.length - second.length
  return first < second ? -1 : Number(first > second)
}
