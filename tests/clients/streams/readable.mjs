import assert from 'node:assert/strict'
import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams'
import AWS from 'aws-sdk'
import { clientSettings, Orders } from './orders.mjs'
import { openShards, rolledOver } from './streamShards.mjs'
import { untilSo } from './untilSo.mjs'

const flags = ['--stream-shards', '2', '--ttl-delay', '0']
/** As short as a shard's life can be: 3.6 seconds. */
const rollingOver = [...flags, '--stream-shard-hours', '0.001']
const ids = Array.from({ length: 8 }, (_, index) => `order-${index}`)
const readInterval = 20

const { unmarshall } = AWS.DynamoDB.Converter

const text = (image) =>
  image === undefined
    ? null
    : Object.fromEntries(
        Object.entries(unmarshall(image)).map(([name, value]) => [name, `${value}`]),
      )

/** What was read of each item, in that order. */
function byItem(records) {
  const items = new Map()
  for (const { eventName: name, dynamodb, userIdentity } of records) {
    const { Keys: keys, OldImage: before, NewImage: after } = dynamodb
    const by = userIdentity ? `${userIdentity.Type} ${userIdentity.PrincipalId}` : null
    const told = { name, old: text(before), new: text(after), by }
    items.set(keys.id.S, [...(items.get(keys.id.S) ?? []), told])
  }
  return items
}

/** Reads one shard; `ended` resolves when the stream says that nothing comes any more. */
function openReadable(createReadable, client, streamArn, options) {
  const records = []
  const checkpoints = []
  const shard = createReadable(client, streamArn, { readInterval, ...options })
  const ended = new Promise((resolve, reject) => {
    shard.on('data', (page) => records.push(...page))
    shard.on('checkpoint', (sequenceNumber) => checkpoints.push(sequenceNumber))
    shard.on('error', reject).on('end', resolve)
  })
  return { records, checkpoints, ended, close: () => shard.close() }
}

/** Every record of the shards that are closed: each readable ends by itself. */
async function readClosed(createReadable, client, streamArn, shardIds) {
  const shards = shardIds.map((shardId) =>
    openReadable(createReadable, client, streamArn, { shardId, limit: 3 }),
  )
  await Promise.all(shards.map(({ ended }) => ended))
  return shards
}

async function followOpenShards({ test }, { createReadable, client, streamArn, orders, shardIds }) {
  await test('follows shards while they are written to, until it is closed', async () => {
    const shards = shardIds.map((shardId) =>
      openReadable(createReadable, client, streamArn, { shardId, limit: 3 }),
    )
    const all = () => shards.flatMap(({ records }) => records)
    for (const id of ids) await orders.change(id)
    await untilSo('the first records do not come', () => all().length === orders.count)
    await orders.changeTogether(ids)
    await orders.putExpired('expired')
    await untilSo('the last records do not come', () => all().length === orders.count)
    assert.deepEqual(byItem(all()), orders.expected)
    for (const { close } of shards) close()
    await Promise.all(shards.map(({ ended }) => ended))
  })
}

async function readClosedShards({ test }, { createReadable, client, streamArn, orders, shardIds }) {
  let shards
  await test('reads closed shards to their end, which it finds by itself', async () => {
    shards = await readClosed(createReadable, client, streamArn, shardIds)
    assert.deepEqual(byItem(shards.flatMap(({ records }) => records)), orders.expected)
  })
  await test('goes on behind a checkpoint, or at it', async () => {
    const [{ records, checkpoints }] = shards
    const shardId = shardIds[0]
    const startAfter = checkpoints[0]
    assert.ok(records.length > 3)
    const read = async (options) => {
      const again = openReadable(createReadable, client, streamArn, { shardId, ...options })
      await again.ended
      return again.records
    }
    assert.deepEqual(await read({ startAfter }), records.slice(3))
    assert.deepEqual(await read({ startAt: startAfter }), records.slice(2))
  })
  await test('LATEST has nothing in a closed shard', async () => {
    const options = { shardId: shardIds[0], iterator: 'LATEST' }
    const latest = openReadable(createReadable, client, streamArn, options)
    await latest.ended
    assert.deepEqual(latest.records, [])
  })
}

/** The SDKs whose clients take callbacks, which the package wants. */
export const readableClients = [
  {
    name: 'sdkV2',
    open: (endpoint) => new AWS.DynamoDBStreams({ ...clientSettings(endpoint), maxRetries: 0 }),
  },
  { name: 'sdkV3', open: (endpoint) => new DynamoDBStreams(clientSettings(endpoint)) },
]

/**
 * The package dynamodb-streams-readable over one of these clients: open shards, and closed ones
 * after a kill and a roll-over.
 */
export async function readable(suite, { open }) {
  // It is installed for this suite alone; others are played without.
  const { default: createReadable } = await import('dynamodb-streams-readable')
  await suite.crash(flags)
  const orders = new Orders(suite.endpoint())
  const streamArn = await orders.create()
  const streams = new DynamoDBStreams(clientSettings(suite.endpoint()))
  const shardIds = await openShards(streams, streamArn)
  const parts = { createReadable, streamArn, orders, shardIds }
  await followOpenShards(suite, { ...parts, client: open(suite.endpoint()) })
  orders.close()
  streams.destroy()

  await suite.crash(rollingOver)
  const restarted = new DynamoDBStreams(clientSettings(suite.endpoint()))
  await rolledOver(restarted, streamArn, shardIds)
  restarted.destroy()
  await readClosedShards(suite, { ...parts, client: open(suite.endpoint()) })
}
