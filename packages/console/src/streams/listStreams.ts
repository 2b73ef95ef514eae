import { ListStreamsCommand, type DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'

export interface StreamName {
  readonly arn: string
  readonly tableName: string
  /** When it was enabled, in ISO 8601. */
  readonly label: string
}

/** The streams of all tables, by table, the latest of each first. */
export async function listStreams(
  client: DynamoDBStreamsClient,
  abortSignal: AbortSignal,
): Promise<readonly StreamName[]> {
  const streams: StreamName[] = []
  let last: string | undefined
  do {
    const command = new ListStreamsCommand({ ExclusiveStartStreamArn: last })
    const output = await client.send(command, { abortSignal })
    for (const { StreamArn = '', TableName = '', StreamLabel = '' } of output.Streams ?? []) {
      streams.push({ arn: StreamArn, tableName: TableName, label: StreamLabel })
    }
    last = output.LastEvaluatedStreamArn
  } while (last !== undefined)
  return streams.sort(
    (one, other) => compared(one.tableName, other.tableName) || compared(other.label, one.label),
  )
}

function compared(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
