import type { Response } from './indexedDatabase.ts'

/** A record of a stream as GetRecords gives it. */
export interface ShownRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number
    readonly Keys: Record<string, object>
    readonly NewImage?: Record<string, object>
    readonly OldImage?: Record<string, object>
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: string
  }
  readonly userIdentity?: object
}

export interface ShownShard {
  readonly ShardId: string
  readonly ParentShardId?: string
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string
    readonly EndingSequenceNumber?: string
  }
}

type Call = (operation: string, request: object) => Promise<Response>

/** The ARN of the stream that a table had last. */
export async function latestStream(call: Call, tableName: string): Promise<string> {
  const { Table } = await call('DescribeTable', { TableName: tableName })
  return (Table as { readonly LatestStreamArn: string }).LatestStreamArn
}

/** All shards of a stream, as far as they are kept. */
export async function shardsOf(call: Call, StreamArn: string): Promise<readonly ShownShard[]> {
  const { StreamDescription } = await call('DescribeStream', { StreamArn })
  return (StreamDescription as { readonly Shards: readonly ShownShard[] }).Shards
}

/** All records of a shard that are kept. */
export async function recordsOf(
  call: Call,
  StreamArn: string,
  ShardId: string,
): Promise<ShownRecord[]> {
  const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  let { ShardIterator } = await call('GetShardIterator', from)
  const records: ShownRecord[] = []
  while (ShardIterator !== undefined) {
    const page = await call('GetRecords', { ShardIterator })
    const found = page['Records'] as ShownRecord[]
    records.push(...found)
    if (found.length === 0) break
    ShardIterator = page['NextShardIterator']
  }
  return records
}

/** All records of the last stream of a table, shard after shard. */
export async function allRecords(call: Call, tableName: string): Promise<ShownRecord[]> {
  const arn = await latestStream(call, tableName)
  const records: ShownRecord[] = []
  for (const { ShardId } of await shardsOf(call, arn)) {
    records.push(...(await recordsOf(call, arn, ShardId)))
  }
  return records
}

/** A request that creates a table with a stream; its keys are such as `pk:S`. */
export function tableWithStream(
  TableName: string,
  keys: readonly string[] = ['pk:S'],
  StreamViewType = 'NEW_AND_OLD_IMAGES',
): object {
  const definitions = keys.map((key) => key.split(':') as [string, string])
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions.map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: definitions.map(([AttributeName], i) => ({
      AttributeName,
      KeyType: i === 0 ? 'HASH' : 'RANGE',
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType },
  }
}
