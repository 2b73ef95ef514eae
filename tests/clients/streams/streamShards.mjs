import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { DescribeStreamCommand } from '@aws-sdk/client-dynamodb-streams'

const pollMs = 100
const maxPolls = 700

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

export const openShards = (shards) => shards.filter((shard) => !isClosed(shard))

/**
 * Waits until every shard that is open has been closed and has a child: a roll-over, which the
 * server makes of shards with records when they are as old as its flag says.
 */
export async function rolledOver(client, streamArn) {
  const before = openShards(await shardsOf(client, streamArn)).map((shard) => shard.ShardId)
  for (let polls = 0; polls < maxPolls; polls += 1) {
    const shards = await shardsOf(client, streamArn)
    const parents = new Set(shards.map((shard) => shard.ParentShardId))
    if (before.every((id) => parents.has(id))) return shards
    await delay(pollMs)
  }
  return assert.fail(`the shards ${before.join(', ')} have not been rolled over`)
}
