import { shownSequence } from '../../changes/shards.ts'
import type { Shard, StoredStream } from '../../changes/streamReader.ts'
import { maxStreamsPerPage } from '../../limits.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { findStream, namedStream } from './namedStream.ts'

export interface DescribeStreamRequest {
  readonly StreamArn: string
  readonly Limit?: number
  readonly ExclusiveStartShardId?: string
  /** Only the children of a shard. */
  readonly ShardFilter?: { readonly Type: 'CHILD_SHARDS'; readonly ShardId: string }
}

/** DescribeStream: a stream with its shards, in the order in which they were opened. */
export async function describeStream(
  services: Pick<Services, 'catalog' | 'streams'>,
  request: DescribeStreamRequest,
): Promise<object> {
  const { catalog, streams } = services
  const { Limit: limit = maxStreamsPerPage, ShardFilter: filter } = request
  const stream = await findStream(services, request.StreamArn)
  const all = await streams.shards(stream.streamNumber)
  const following = shardsBehind(all, request.ExclusiveStartShardId)
  const listed =
    filter === undefined
      ? following
      : following.filter(({ parentId }) => parentId === filter.ShardId)
  const page = listed.slice(0, limit)
  const { tableName, label, viewType, creationMs, keySchema } = stream
  return {
    StreamDescription: {
      StreamArn: catalog.names.streamArn(tableName, label),
      StreamLabel: label,
      StreamStatus: statusOf(catalog, stream),
      StreamViewType: viewType,
      CreationRequestDateTime: creationMs / 1000,
      TableName: tableName,
      KeySchema: keySchema,
      Shards: page.map(describeShard),
      ...(page.length < listed.length && { LastEvaluatedShardId: page.at(-1)?.id }),
    },
  }
}

/** Nothing is behind a shard that is not there. */
function shardsBehind(shards: readonly Shard[], id: string | undefined): readonly Shard[] {
  if (id === undefined) return shards
  const at = shards.findIndex((shard) => shard.id === id)
  return at < 0 ? [] : shards.slice(at + 1)
}

function describeShard({ id, parentId, start, closing }: Shard): object {
  return {
    ShardId: id,
    SequenceNumberRange: {
      StartingSequenceNumber: shownSequence(start),
      ...(closing !== undefined && { EndingSequenceNumber: shownSequence(closing.end) }),
    },
    ...(parentId !== undefined && { ParentShardId: parentId }),
  }
}

/** A stream is what its table says; one that its table has no more is disabled. */
function statusOf(
  catalog: Services['catalog'],
  { tableName, label, streamNumber }: StoredStream,
): 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED' {
  const record = catalog.find(tableName)?.record
  const stream = record?.stream
  if (stream?.latestLabel !== label) return 'DISABLED'
  if (stream.log?.streamNumber === streamNumber) {
    if (record?.status === 'DELETING') return 'DISABLING'
    return stream.isChanging === true || record?.status === 'CREATING' ? 'ENABLING' : 'ENABLED'
  }
  return stream.isChanging === true ? 'DISABLING' : 'DISABLED'
}

export const describeStreamOperation: Operation<DescribeStreamRequest> = {
  name: 'DescribeStream',
  access: 'describe',
  resources: namedStream,
  handler: unmetered(describeStream),
}
