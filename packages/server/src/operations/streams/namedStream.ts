import type { StoredStream } from '../../changes/streamReader.ts'
import { streamNotFound } from '../../errors/streamErrors.ts'
import type { NamedResource } from '../namedResources.ts'
import type { Services } from '../services.ts'

/** The stream of StreamArn. */
export function namedStream({
  StreamArn: stream,
}: {
  readonly StreamArn?: string
}): readonly NamedResource[] {
  return stream === undefined ? [] : [{ kind: 'stream', stream }]
}

/**
 * The stream of an ARN, as long as anything of it is kept. Throws ValidationException for what is
 * no stream's ARN, ResourceNotFoundException for one that is not there.
 */
export async function findStream(
  { catalog, streams }: Pick<Services, 'catalog' | 'streams'>,
  streamArn: string,
): Promise<StoredStream> {
  const stream = await streams.find(catalog.names.streamName(streamArn))
  if (stream === undefined) throw streamNotFound(streamArn)
  return stream
}
