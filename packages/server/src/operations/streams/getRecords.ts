import type { ReadFromRequest } from '../../access/permissions/askedPermissions.ts'
import { noUsage } from '../../capacity/usage.ts'
import { isValidationException } from '../../errors/apiError.ts'
import { dataTrimmed, iteratorExpired, streamNotFound } from '../../errors/streamErrors.ts'
import { maxRecordPageBytes, maxRecordsPerPage, shardIteratorLifetimeMs } from '../../limits.ts'
import type { NamedResource } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { findStream } from './namedStream.ts'
import { encodeRecords } from './shownRecords.ts'
import { decodeIterator, encodeIterator, streamOfIterator } from './shardIterator.ts'

export interface GetRecordsRequest {
  readonly ShardIterator: string
  readonly Limit?: number
}

/**
 * GetRecords: the records of a shard from an iterator on, read in one committed state, and an
 * iterator for those that follow unless the shard is closed and has no more. Where eventually
 * consistent reads are not up to date, records that are younger come later.
 */
export async function getRecords(
  services: Pick<Services, 'catalog' | 'streams' | 'clock' | 'region' | 'eventual'>,
  { ShardIterator: text, Limit: records = maxRecordsPerPage }: GetRecordsRequest,
): Promise<Answer> {
  const { streams, clock, region, eventual } = services
  const iterator = decodeIterator(text)
  const nowMs = clock.nowMs()
  if (nowMs - iterator.issuedMs > shardIteratorLifetimeMs) throw iteratorExpired()
  const stream = await findStream(services, iterator.streamArn)
  if (stream.streamNumber !== iterator.stream) throw streamNotFound(iterator.streamArn)
  const page = await streams.page(iterator, { records, bytes: maxRecordPageBytes }, eventual)
  if (page === 'trimmed') throw dataTrimmed()
  const { entries, next } = page
  const response = {
    Records: encodeRecords(stream, region, entries),
    ...(next !== undefined && {
      NextShardIterator: encodeIterator({ ...iterator, sequence: next, issuedMs: nowMs }),
    }),
  }
  return { response, usage: noUsage, recordCount: entries.length }
}

/** The stream that an iterator names. */
function streamOfRecords({
  ShardIterator: text,
}: Partial<GetRecordsRequest>): readonly NamedResource[] {
  return text === undefined ? [] : [{ kind: 'stream', stream: streamOfIterator(text) }]
}

/** The stream that a policy is asked about; none for what is no iterator, which reads nothing. */
function streamAskedFor(iterator: string): ReadFromRequest {
  try {
    return { stream: decodeIterator(iterator).streamArn }
  } catch (error) {
    if (!isValidationException(error)) throw error
    return {}
  }
}

export const getRecordsOperation: Operation<GetRecordsRequest> = {
  name: 'GetRecords',
  access: 'read',
  resources: streamOfRecords,
  permissions: { read: ({ ShardIterator }) => streamAskedFor(ShardIterator) },
  handler: getRecords,
}
