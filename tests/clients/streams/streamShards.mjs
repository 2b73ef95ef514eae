import { DescribeStreamCommand } from '@aws-sdk/client-dynamodb-streams'
import { untilSo } from './untilSo.mjs'

/** All shards of a stream, in the order in which DescribeStream lists them, some at a time. */
export async function shardsOf(client, streamArn, limit = 3) {
  const shards = []
  let start
  do {
    const request = { StreamArn: streamArn, Limit: limit, ExclusiveStartShardId: start }
    const { StreamDescription: page } = await client.send(new DescribeStreamCommand(request))
    shards.push(...page.Shards)
    start = page.LastEvaluatedShardId
  } while (start !== undefined)
  return shards
}

const isClosed = (shard) => shard.SequenceNumberRange.EndingSequenceNumber !== undefined

/** The ids of the shards that are open. */
export async function openShards(client, streamArn) {
  const shards = await shardsOf(client, streamArn)
  return shards.filter((shard) => !isClosed(shard)).map((shard) => shard.ShardId)
}

/**
 * Waits until each of `shardIds` has been closed and has a child: a roll-over, which the server
 * makes of shards with records when they are as old as its flag says. Gives all shards.
 */
export async function rolledOver(client, streamArn, shardIds) {
  let shards
  await untilSo(`the shards ${shardIds.join(', ')} have not been rolled over`, async () => {
    shards = await shardsOf(client, streamArn)
    const parents = new Set(shards.map((shard) => shard.ParentShardId))
    return shardIds.every((id) => parents.has(id))
  })
  return shards
}
