import { maxStreamsPerPage } from '../../limits.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface ListStreamsRequest {
  /** A name, not an ARN. */
  readonly TableName?: string
  readonly Limit?: number
  /** Need not be the ARN of a stream that is there. */
  readonly ExclusiveStartStreamArn?: string
}

/**
 * ListStreams: the streams of one table name, or of all, disabled ones and those of deleted tables
 * too as long as they are kept, in the order of names and labels.
 */
export async function listStreams(
  { catalog, streams }: Pick<Services, 'catalog' | 'streams'>,
  request: ListStreamsRequest,
): Promise<object> {
  const { TableName: tableName, Limit: limit = maxStreamsPerPage } = request
  const { ExclusiveStartStreamArn: startArn } = request
  const { names } = catalog
  const after = startArn === undefined ? undefined : names.streamName(startArn)
  const found = await streams.list(tableName, after, limit)
  const page = found.streams.map(({ tableName: TableName, label: StreamLabel }) => ({
    StreamArn: names.streamArn(TableName, StreamLabel),
    TableName,
    StreamLabel,
  }))
  return {
    Streams: page,
    ...(found.hasMore && { LastEvaluatedStreamArn: page.at(-1)?.StreamArn }),
  }
}

export const listStreamsOperation: Operation<ListStreamsRequest> = {
  name: 'ListStreams',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(listStreams),
}
