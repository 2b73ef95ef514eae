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
    Records: encodeRecords(stream, region, entries),
    ...(next !== undefined && {
      NextShardIterator: encodeIterator({ ...iterator, sequence: next, issuedMs: nowMs }),
    }),
  }
}

const serviceIdentity = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}'
const newImage = ',"NewImage":'
const oldImage = ',"OldImage":'

/**
 * A list of records as clients get it, in one piece; keys and images are the bytes that the store
 * has, copied once.
 */
export function encodeRecords(
  stream: StoredStream,
  region: string,
  entries: readonly StreamEntry[],
): EncodedItem {
  const texts = entries.map((entry) => textsAround(stream, region, entry))
  let length = Math.max(2, entries.length + 1)
  for (const [i, { change }] of entries.entries()) {
    const [before, behind] = texts[i] as [string, string]
    const { record, keyStart, keyEnd, oldEnd } = change
    length += before.length + behind.length + record.length - keyStart
    if (oldEnd > keyEnd) length += oldImage.length
    if (record.length > oldEnd) length += newImage.length
  }
  const bytes = Buffer.allocUnsafe(length)
  let at = bytes.write('[', 0, 'latin1')
  for (const [i, { change }] of entries.entries()) {
    const [before, behind] = texts[i] as [string, string]
    if (i > 0) at += bytes.write(',', at, 'latin1')
    at += bytes.write(before, at, 'latin1')
    at = writeImages(bytes, at, change)
    at += bytes.write(behind, at, 'latin1')
  }
  bytes.write(']', at, 'latin1')
  return new EncodedItem(bytes)
}

/** Key and images of a record, from `at` on; gives where they end. */
function writeImages(bytes: Buffer, start: number, change: StreamEntry['change']): number {
  const { record, keyStart, keyEnd, oldEnd } = change
  let at = start + record.copy(bytes, start, keyStart, keyEnd)
  if (record.length > oldEnd) {
    at += bytes.write(newImage, at, 'latin1')
    at += record.copy(bytes, at, oldEnd)
  }
  if (oldEnd > keyEnd) {
    at += bytes.write(oldImage, at, 'latin1')
    at += record.copy(bytes, at, keyEnd, oldEnd)
  }
  return at
}

/** What stands before the key of a record, and behind its images: ASCII. */
function textsAround(
  { seed, viewType }: StoredStream,
  region: string,
  { sequence, change }: StreamEntry,
): [string, string] {
  const { kind, timeMs, sizeBytes, byService } = change
  return [
    `{"eventID":"${seed}${sequence.toString(16).padStart(16, '0')}","eventName":"${kind}",` +
      `"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"${region}",` +
      `"dynamodb":{"ApproximateCreationDateTime":${Math.floor(timeMs / 1000)},"Keys":`,
    `,"SequenceNumber":"${shownSequence(sequence)}","SizeBytes":${sizeBytes},` +
      `"StreamViewType":"${viewType}"}${byService ? serviceIdentity : '}'}`,
  ]
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
