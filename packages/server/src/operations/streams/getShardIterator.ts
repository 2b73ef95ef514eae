import { sequenceOf } from '../../changes/shards.ts'
import type { Shard, StoredStream } from '../../changes/streamReader.ts'
import {
  dataTrimmed,
  iteratorMemberMissing,
  iteratorMemberUnexpected,
  sequenceNumberInvalid,
  shardNotFound,
  timestampInFuture,
} from '../../errors/streamErrors.ts'
import { unreachable } from '../../invariant.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { findStream, namedStream } from './namedStream.ts'
import { encodeIterator } from './shardIterator.ts'

export interface GetShardIteratorRequest {
  readonly StreamArn: string
  readonly ShardId: string
  readonly ShardIteratorType:
    | 'TRIM_HORIZON'
    | 'LATEST'
    | 'AT_SEQUENCE_NUMBER'
    | 'AFTER_SEQUENCE_NUMBER'
    | 'AT_TIMESTAMP'
  readonly SequenceNumber?: string
  /** Seconds since the epoch, with a fraction or without. */
  readonly Timestamp?: number
}

/** GetShardIterator: a place in a shard, for GetRecords. */
export async function getShardIterator(
  services: Pick<Services, 'catalog' | 'streams' | 'clock'>,
  request: GetShardIteratorRequest,
): Promise<object> {
  const { catalog, clock } = services
  const nowMs = clock.nowMs()
  catalog.names.streamName(request.StreamArn)
  const wanted = wantedPlace(request, nowMs)
  const stream = await findStream(services, request.StreamArn)
  const shards = await services.streams.shards(stream.streamNumber)
  const shard = shards.find(({ id }) => id === request.ShardId)
  if (shard === undefined) throw shardNotFound(request.ShardId, request.StreamArn)
  const sequence = await sequenceOfPlace(services, { stream, shard }, wanted)
  const iterator = {
    streamArn: catalog.names.streamArn(stream.tableName, stream.label),
    stream: stream.streamNumber,
    shard: shard.number,
    sequence,
    issuedMs: nowMs,
  }
  return { ShardIterator: encodeIterator(iterator) }
}

/** A place in a shard, as a request names it. */
type WantedPlace =
  | { readonly kind: 'horizon' | 'latest' }
  | {
      readonly kind: 'number'
      readonly text: string
      readonly sequence: number
      /** 1 for the place behind the number. */
      readonly offset: 0 | 1
    }
  | { readonly kind: 'time'; readonly timeMs: number }

/** Throws ValidationException for members that the type of iterator does not go with. */
function wantedPlace(request: GetShardIteratorRequest, nowMs: number): WantedPlace {
  const { ShardIteratorType: type, SequenceNumber: text, Timestamp: seconds } = request
  const takesNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER'
  if (!takesNumber && text !== undefined) throw iteratorMemberUnexpected('SequenceNumber', type)
  if (type !== 'AT_TIMESTAMP' && seconds !== undefined) {
    throw iteratorMemberUnexpected('Timestamp', type)
  }
  switch (type) {
    case 'TRIM_HORIZON':
      return { kind: 'horizon' }
    case 'LATEST':
      return { kind: 'latest' }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      if (text === undefined) throw iteratorMemberMissing('SequenceNumber', type)
      const sequence = sequenceOf(text)
      if (sequence === undefined) throw sequenceNumberInvalid(text)
      return { kind: 'number', text, sequence, offset: type === 'AT_SEQUENCE_NUMBER' ? 0 : 1 }
    }
    case 'AT_TIMESTAMP': {
      if (seconds === undefined) throw iteratorMemberMissing('Timestamp', type)
      // Milliseconds are what clients mean, and fractions of seconds are not exact.
      const timeMs = Math.round(seconds * 1000)
      if (timeMs > nowMs) throw timestampInFuture()
      return { kind: 'time', timeMs }
    }
    default:
      return unreachable(type)
  }
}

async function sequenceOfPlace(
  { streams }: Pick<Services, 'streams'>,
  { stream, shard }: { readonly stream: StoredStream; readonly shard: Shard },
  wanted: WantedPlace,
): Promise<number> {
  const { streamNumber } = stream
  switch (wanted.kind) {
    case 'horizon':
      return shard.from
    case 'latest':
      return Math.max(shard.from, await streams.nextSequence(streamNumber))
    case 'time':
      return streams.sequenceAt(streamNumber, shard, wanted.timeMs)
    case 'number': {
      const { sequence, text, offset } = wanted
      if (sequence < shard.from) throw dataTrimmed()
      const end = shard.closing?.end ?? (await streams.nextSequence(streamNumber)) - 1
      if (sequence > end) throw sequenceNumberInvalid(text)
      return sequence + offset
    }
    default:
      return unreachable(wanted)
  }
}

export const getShardIteratorOperation: Operation<GetShardIteratorRequest> = {
  name: 'GetShardIterator',
  access: 'read',
  resources: namedStream,
  handler: unmetered(getShardIterator),
}
