import { shownSequence } from '../../changes/shards.ts'
import type { StoredStream, StreamEntry } from '../../changes/streamReader.ts'
import { dataTrimmed, iteratorExpired, streamNotFound } from '../../errors/streamErrors.ts'
import { maxRecordPageBytes, maxRecordsPerPage, shardIteratorLifetimeMs } from '../../limits.ts'
import { EncodedItem } from '../../values/encodedItem.ts'
import type { NamedResource } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { findStream } from './namedStream.ts'
import { decodeIterator, encodeIterator, streamOfIterator } from './shardIterator.ts'

export interface GetRecordsRequest {
  readonly ShardIterator: string
  readonly Limit?: number
}

/**
 * GetRecords: the records of a shard from an iterator on, read in one committed state, and an
 * iterator for those that follow unless the shard is closed and has no more.
 */
export async function getRecords(
  services: Pick<Services, 'catalog' | 'streams' | 'clock' | 'region'>,
  { ShardIterator: text, Limit: records = maxRecordsPerPage }: GetRecordsRequest,
): Promise<object> {
  const { streams, clock, region } = services
  const iterator = decodeIterator(text)
  const nowMs = clock.nowMs()
  if (nowMs - iterator.issuedMs > shardIteratorLifetimeMs) throw iteratorExpired()
  const stream = await findStream(services, iterator.streamArn)
  if (stream.streamNumber !== iterator.stream) throw streamNotFound(iterator.streamArn)
  const page = await streams.page(iterator, { records, bytes: maxRecordPageBytes })
  if (page === 'trimmed') throw dataTrimmed()
  const { entries, next } = page
  return {
    Records: entries.map((entry) => encodeRecord(stream, region, entry)),
    ...(next !== undefined && {
      NextShardIterator: encodeIterator({ ...iterator, sequence: next, issuedMs: nowMs }),
    }),
  }
}

const serviceIdentity = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}'

/** A record as clients get it; its key and its images are the bytes that the store has. */
export function encodeRecord(
  { seed, viewType }: StoredStream,
  region: string,
  entry: StreamEntry,
): EncodedItem {
  const { kind, sequence, timeMs, sizeBytes, keyJson, newJson, oldJson, byService } = entry
  const event =
    `{"eventID":"${seed}${sequence.toString(16).padStart(16, '0')}","eventName":"${kind}",` +
    `"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"${region}",` +
    `"dynamodb":{"ApproximateCreationDateTime":${Math.floor(timeMs / 1000)},"Keys":`
  const rest =
    `,"SequenceNumber":"${shownSequence(sequence)}","SizeBytes":${sizeBytes},` +
    `"StreamViewType":"${viewType}"}${byService ? serviceIdentity : '}'}`
  const parts: (string | Uint8Array)[] = [event, keyJson]
  if (newJson !== undefined) parts.push(',"NewImage":', newJson)
  if (oldJson !== undefined) parts.push(',"OldImage":', oldJson)
  parts.push(rest)
  return new EncodedItem(joined(parts))
}

/** REQUIRES: texts are ASCII. */
function joined(parts: readonly (string | Uint8Array)[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') bytes.write(part, at, 'latin1')
    else bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The stream that an iterator names. */
function streamOfRecords({
  ShardIterator: text,
}: Partial<GetRecordsRequest>): readonly NamedResource[] {
  return text === undefined ? [] : [{ kind: 'stream', stream: streamOfIterator(text) }]
}

export const getRecordsOperation: Operation<GetRecordsRequest> = {
  name: 'GetRecords',
  access: 'read',
  resources: streamOfRecords,
  handler: unmetered(getRecords),
}
