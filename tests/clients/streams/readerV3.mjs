import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { clientSettings } from './orders.mjs'
import { shardsOf } from './streamShards.mjs'

/** Dates as seconds and bytes as base64, as a client in another language tells them. */
function told(value) {
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(told)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, told(each)]))
}

async function withClient(endpoint, use) {
  const client = new DynamoDBStreamsClient(clientSettings(endpoint))
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}

async function iteratorOf(client, request) {
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(request))
  return ShardIterator
}

/** What can be read from an iterator on now, and whether the shard ends with it. */
async function readOn(client, iterator) {
  const records = []
  let next = iterator
  while (next !== undefined) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: next, Limit: 2 }))
    records.push(...page.Records)
    next = page.NextShardIterator
    if (page.Records.length === 0) break
  }
  return { records: records.map(told), isEnded: next === undefined }
}

async function refusalOf(client, command) {
  try {
    await client.send(command)
  } catch (error) {
    return { class: error.constructor.name, name: error.name, message: error.message }
  }
  return null
}

/** Reads streams with the SDK for JavaScript v3. */
export const readerV3 = {
  name: 'sdkV3',
  /** The class of errors that the streams' model does not have. */
  plainError: 'DynamoDBStreamsServiceException',

  describe: (endpoint, TableName) =>
    withClient(endpoint, async (client) => {
      const { Streams } = await client.send(new ListStreamsCommand({ TableName }))
      const StreamArn = Streams.at(-1).StreamArn
      const described = await client.send(new DescribeStreamCommand({ StreamArn, Limit: 1 }))
      const { $metadata: _ours, ...stream } = described.StreamDescription
      return { listed: Streams, stream: told(stream), shards: await shardsOf(client, StreamArn, 1) }
    }),

  read: (endpoint, StreamArn) =>
    withClient(endpoint, async (client) => {
      const lineage = []
      const { StreamDescription: stream } = await client.send(
        new DescribeStreamCommand({ StreamArn }),
      )
      const left = stream.Shards.filter(({ ParentShardId }) => ParentShardId === undefined)
      for (let shard = left.shift(); shard !== undefined; shard = left.shift()) {
        const { ShardId, ParentShardId: parent = null } = shard
        const request = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
        const { records, isEnded } = await readOn(client, await iteratorOf(client, request))
        lineage.push({ shard: ShardId, parent, records, isEnded })
        const ShardFilter = { Type: 'CHILD_SHARDS', ShardId }
        const children = new DescribeStreamCommand({ StreamArn, ShardFilter })
        if (isEnded) left.push(...(await client.send(children)).StreamDescription.Shards)
      }
      return lineage
    }),

  iterator: (endpoint, request) => withClient(endpoint, (client) => iteratorOf(client, request)),

  next: (endpoint, iterator) => withClient(endpoint, (client) => readOn(client, iterator)),

  refusals: (endpoint, { StreamArn, ShardId, absentArn, absentShardId }) =>
    withClient(endpoint, async (client) => {
      const iterator = (request) =>
        new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'LATEST', ...request })
      const commands = [
        new DescribeStreamCommand({ StreamArn: absentArn }),
        iterator({ ShardId: absentShardId }),
        iterator({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }),
        iterator({ SequenceNumber: '100000000000000000001' }),
        new GetRecordsCommand({ ShardIterator: 'no iterator' }),
        new GetRecordsCommand({
          ShardIterator: await iteratorOf(client, iterator().input),
          Limit: 1001,
        }),
        new ListStreamsCommand({ Limit: 101 }),
      ]
      const refusals = []
      for (const command of commands) refusals.push(await refusalOf(client, command))
      return refusals
    }),
}
