import assert from 'node:assert/strict'
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { clientSettings, expiryService, Orders } from './orders.mjs'
import { openShards, rolledOver, shardsOf } from './streamShards.mjs'
import { StreamWorker } from './streamWorker.mjs'

const lanes = 4
const flags = [
  '--stream-shards',
  String(lanes),
  '--stream-shard-hours',
  '0.002',
  '--ttl-delay',
  '0',
]
/** The name of the application is that of its lease table; two more are named after it. */
const application = 'OrderWorkers'
const ids = Array.from({ length: 16 }, (_, index) => `order-${index}`)
const expired = ['expired-1', 'expired-2', 'expired-3']

async function changeAll(orders, rounds) {
  for (let round = 0; round < rounds; round += 1) {
    for (const id of ids) await orders.change(id)
  }
}

/** What was told of each item, in that order. */
function byItem(records) {
  const items = new Map()
  for (const { name, old, new: after, keys, by } of records) {
    items.set(keys.id, [...(items.get(keys.id) ?? []), { name, old, new: after, by }])
  }
  return items
}

/**
 * INVARIANT: nothing of a shard is told before its parent has been told to its end. Gives the
 * shards of which something was told.
 */
function assertParentsFirst(events, shards) {
  const parents = new Map(shards.map((shard) => [shard.ShardId, shard.ParentShardId]))
  const ended = new Set()
  const begun = new Set()
  for (const { event, shard } of events) {
    if (event === 'ended') ended.add(shard)
    if (event !== 'initialized') continue
    begun.add(shard)
    const parent = parents.get(shard)
    assert.ok(parent === undefined || ended.has(parent), `${shard} began before ${parent} ended`)
  }
  return begun
}

/**
 * INVARIANT: of each item the worker that was killed told the first changes, in their order, and
 * the one after it the last ones, in their order, from where the first had stopped or before.
 */
function assertAtLeastOnce(orders, killed, next) {
  const told = [byItem(killed.records), byItem(next.records)]
  for (const [id, expectedRecords] of orders.expected) {
    const [first, second] = told.map((items) => items.get(id) ?? [])
    assert.deepEqual(first, expectedRecords.slice(0, first.length))
    assert.deepEqual(second, expectedRecords.slice(expectedRecords.length - second.length))
    assert.ok(
      first.length + second.length >= expectedRecords.length,
      `records of ${id} are missing`,
    )
  }
  assert.deepEqual(
    [...told[1].keys()].filter((id) => !orders.expected.has(id)),
    [],
  )
}

/** Whether the workers have told `count` different records. */
function haveTold(workers, count) {
  const records = workers.flatMap((worker) => worker.records)
  return new Set(records.map(({ sequenceNumber }) => sequenceNumber)).size >= count
}

/**
 * Takes the lock of the worker that assigns leases away from one that was killed. Without that it
 * lasts for two minutes, which no setting changes. Gives whose it was.
 */
async function releaseLeadership(client) {
  const table = `${application}-CoordinatorState`
  const key = { TableName: table, Key: { key: { S: 'Leader' } }, ReturnValues: 'ALL_OLD' }
  const { Attributes: lock } = await client.send(new DeleteItemCommand(key))
  return lock.ownerName.S
}

/** The leases of the application: the checkpoint of each shard. */
async function leases(client) {
  const { Items: items } = await client.send(new ScanCommand({ TableName: application }))
  return new Map(items.map((item) => [item.leaseKey.S, item.checkpoint.S]))
}

/** INVARIANT: a lease says how far the workers told its shard, or that they told all of it. */
function assertCheckpoints(checkpoints, events) {
  const reached = new Map()
  for (const { event, shard, sequenceNumber } of events) {
    if (event === 'ended') reached.set(shard, 'SHARD_END')
    if (event === 'record') reached.set(shard, sequenceNumber)
  }
  for (const [shard, checkpoint] of checkpoints) {
    assert.equal(checkpoint, reached.get(shard) ?? 'TRIM_HORIZON', `the lease of ${shard}`)
  }
}

async function workThroughARollOver({ test }, { orders, streams, streamArn, worker }) {
  await test('a worker tells all that was written before it started', async () => {
    await worker.until('told all', () => haveTold([worker], orders.count))
    assert.deepEqual(byItem(worker.records), orders.expected)
  })
  await test('works through a roll-over of four shards, parents first', async () => {
    const parents = await openShards(streams, streamArn)
    assert.equal(parents.length, lanes)
    await changeAll(orders, 2)
    const shards = await rolledOver(streams, streamArn, parents)
    await orders.changeTogether(ids)
    await worker.until('told all', () => haveTold([worker], orders.count))
    assert.deepEqual(byItem(worker.records), orders.expected)
    const begun = assertParentsFirst(worker.events, shards)
    const children = shards.filter(({ ParentShardId: parent }) => parents.includes(parent))
    assert.deepEqual(
      children.map(({ ShardId: id }) => begun.has(id)),
      parents.map(() => true),
    )
  })
}

/** Kills the worker while it is behind, and lets shards roll over while there is none. */
async function killWhileBehind({ orders, streams, streamArn, worker }) {
  const told = worker.records.length
  const writing = changeAll(orders, 8)
  await worker.until('told some', () => worker.records.length >= told + 20)
  assert.equal(await worker.kill(), 'SIGKILL')
  await writing
  const parents = await openShards(streams, streamArn)
  await changeAll(orders, 1)
  await rolledOver(streams, streamArn, parents)
  await changeAll(orders, 1)
  for (const id of expired) await orders.putExpired(id)
}

async function goOnAfterAKill({ test, endpoint }, parts) {
  const { orders, streams, streamArn, worker } = parts
  const client = new DynamoDBClient(clientSettings(endpoint()))
  let next
  await test('a worker is killed while it is behind', async () => {
    await killWhileBehind(parts)
    assert.equal(await releaseLeadership(client), 'first')
  })
  await test('another goes on: each record at least once, those of an item in order', async () => {
    next = await StreamWorker.start(endpoint(), { streamArn, application, name: 'second' })
    await next.until('told the rest', () => haveTold([worker, next], orders.count))
    assertAtLeastOnce(orders, worker, next)
  })
  await test('items that expired are removed by the service', () => {
    const told = byItem(next.records)
    for (const id of expired) {
      assert.deepEqual(
        told.get(id).map(({ name, by }) => [name, by]),
        [
          ['INSERT', null],
          ['REMOVE', expiryService],
        ],
      )
    }
  })
  await test('it finishes in good order, and the leases say how far it came', async () => {
    assert.equal(await next.stop(), 143)
    assert.deepEqual(next.events.at(-1), { event: 'finished' })
    const shards = await shardsOf(streams, streamArn)
    const events = [...worker.events, ...next.events]
    assertParentsFirst(events, shards)
    assertCheckpoints(await leases(client), events)
  })
  client.destroy()
}

/**
 * Workers of the Kinesis Client Library with the adapter for DynamoDB Streams, whose leases are in
 * the same server: a roll-over of several shards, a worker that is killed, and one that goes on.
 */
export async function kinesisClientLibrary(suite) {
  await suite.crash(flags)
  const orders = new Orders(suite.endpoint())
  const streams = new DynamoDBStreamsClient(clientSettings(suite.endpoint()))
  const streamArn = await orders.create()
  const start = { streamArn, application, name: 'first' }
  const worker = await StreamWorker.start(suite.endpoint(), start)
  await changeAll(orders, 3)
  const parts = { orders, streams, streamArn, worker }
  await workThroughARollOver(suite, parts)
  await goOnAfterAKill(suite, parts)
  orders.close()
  streams.destroy()
}
