import assert from 'node:assert/strict'
import { DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import {
  createLedger,
  expectedStream,
  firstPage,
  pages,
  secondPage,
  tableName,
  thirdPage,
  writeFirstPage,
  writeSecondPage,
  writeThirdPage,
} from './ledger.mjs'
import { clientSettings } from './orders.mjs'
import { untilSo } from './untilSo.mjs'
import { rolledOver } from './streamShards.mjs'

const shardCount = 2
const flags = ['--stream-shards', String(shardCount), '--ttl-delay', '0']
/** As short as a shard's life can be: 3.6 seconds. */
const rollingOver = [...flags, '--stream-shard-hours', '0.001']

const recordsOf = (lineage) => lineage.flatMap(({ records }) => records)

/** The records by customer, in their order, without what no two runs share; that has its form. */
function byCustomer(lineage) {
  const customers = {}
  for (const { eventID, dynamodb, ...record } of recordsOf(lineage)) {
    const { SequenceNumber, ApproximateCreationDateTime: seconds, ...change } = dynamodb
    assert.match(eventID, /^[0-9a-f]{32}$/)
    assert.match(SequenceNumber, /^\d{21,40}$/)
    assert.ok(Number.isInteger(seconds) && Math.abs(Date.now() / 1000 - seconds) < 600)
    const customer = change.Keys.customer.S
    customers[customer] = [...(customers[customer] ?? []), { ...record, dynamodb: change }]
  }
  return customers
}

const sequenceNumbers = (records) => records.map(({ dynamodb }) => dynamodb.SequenceNumber)

/** INVARIANT: numbers rise within a shard and from a shard to its child. */
function assertRising(lineage) {
  const last = new Map()
  for (const { shard, parent, records } of lineage) {
    let before = last.get(parent) ?? 0n
    for (const number of sequenceNumbers(records).map(BigInt)) {
      assert.ok(number > before, `${number} follows ${before}`)
      before = number
    }
    last.set(shard, before)
  }
}

async function describeAndRead({ test, endpoint }, { reader, table }) {
  await test('finds the stream and its shards', async () => {
    const { listed, stream, shards } = await reader.describe(endpoint(), tableName)
    const { LatestStreamArn: arn, LatestStreamLabel: label } = table
    assert.equal(arn, `arn:aws:dynamodb:us-east-1:123456789012:table/Ledger/stream/${label}`)
    assert.deepEqual(listed, [{ StreamArn: arn, TableName: tableName, StreamLabel: label }])
    const { CreationRequestDateTime: created, ...described } = stream
    assert.equal(new Date(created * 1000).toISOString(), `${label}Z`)
    assert.deepEqual(described, expectedStream(table, shards[0]))
    assert.equal(shards.length, shardCount)
  })
  await test('reads every change of the first page, and none of what changed nothing', async () => {
    const lineage = await reader.read(endpoint(), table.LatestStreamArn)
    assert.deepEqual(byCustomer(lineage), firstPage)
    assertRising(lineage)
    assert.deepEqual(
      lineage.map(({ isEnded }) => isEnded),
      [false, false],
    )
  })
}

async function startAtPlaces({ test, endpoint }, { reader, table }) {
  const StreamArn = table.LatestStreamArn
  const [{ shard: ShardId, records }] = (await reader.read(endpoint(), StreamArn)).filter(
    (each) => each.records.length > 2,
  )
  const all = sequenceNumbers(records)
  const readFrom = async (place) => {
    const iterator = await reader.iterator(endpoint(), { StreamArn, ShardId, ...place })
    return sequenceNumbers((await reader.next(endpoint(), iterator)).records)
  }
  await test('starts at a record, behind one, and behind the last', async () => {
    const SequenceNumber = all[1]
    const at = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber }
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber }
    assert.deepEqual(await readFrom(at), all.slice(1))
    assert.deepEqual(await readFrom(after), all.slice(2))
    assert.deepEqual(await readFrom({ ShardIteratorType: 'LATEST' }), [])
  })
  if (reader.hasTimestamps) {
    await test('starts at a time', async () => {
      const ShardIteratorType = 'AT_TIMESTAMP'
      const Timestamp = records[0].dynamodb.ApproximateCreationDateTime
      assert.deepEqual(await readFrom({ ShardIteratorType, Timestamp }), all)
    })
  }
  await test('hears why a request was refused', async () => {
    const absentArn = StreamArn.replace(/\d{4}-/, '2001-')
    const absentShardId = 'shardId-00000001700000000000-0badcafe'
    const request = { StreamArn, ShardId, absentArn, absentShardId }
    assert.deepEqual(await reader.refusals(endpoint(), request), refusals(reader, request))
  })
}

const constraint = (value, limit) =>
  `1 validation error detected: Value '${value}' at 'limit' failed to satisfy constraint: ` +
  `Member must have value less than or equal to ${limit}`

/** What a client hears: the class of what it threw, the name and the text of the error. */
function refusals({ plainError }, { StreamArn, absentArn, absentShardId }) {
  const absent = [`Stream: ${absentArn}`, `Shard: ${absentShardId} of Stream: ${StreamArn}`].map(
    (what) => `Requested resource not found: ${what} not found`,
  )
  const invalid = [
    'SequenceNumber must be provided for ShardIteratorType AFTER_SEQUENCE_NUMBER',
    'SequenceNumber must not be provided for ShardIteratorType LATEST',
    'Invalid ShardIterator',
    constraint(1001, 1000),
    constraint(101, 100),
  ]
  const notFound = 'ResourceNotFoundException'
  return [
    ...absent.map((message) => ({ class: notFound, name: notFound, message })),
    ...invalid.map((message) => ({ class: plainError, name: 'ValidationException', message })),
  ]
}

async function goOnAfterAKill(suite, { reader, table, openClient }) {
  const { test, endpoint } = suite
  const StreamArn = table.LatestStreamArn
  const before = await reader.read(endpoint(), StreamArn)
  const [{ shard: ShardId }] = before.filter(({ records }) => records.length > 2)
  const place = { StreamArn, ShardId, ShardIteratorType: 'LATEST' }
  const iterator = await reader.iterator(endpoint(), place)

  await suite.crash(rollingOver)
  await test('after a kill -9 the same records are there', async () => {
    const after = await reader.read(endpoint(), StreamArn)
    assert.deepEqual(recordsOf(after), recordsOf(before))
  })
  await test('shards roll over: each ends, and its child has what comes after', async () => {
    const client = openClient()
    const streams = new DynamoDBStreamsClient(clientSettings(endpoint()))
    const open = before.map(({ shard }) => shard)
    await rolledOver(streams, StreamArn, open)
    streams.destroy()
    await writeSecondPage(client)
    const expected = pages(firstPage, secondPage)
    let lineage
    await untilSo('carol has not expired', async () => {
      lineage = await reader.read(endpoint(), StreamArn)
      return byCustomer(lineage).carol?.length === expected.carol.length
    })
    assert.deepEqual(byCustomer(lineage), expected)
    assertRising(lineage)
    const parents = new Set(lineage.map(({ parent }) => parent))
    for (const { shard, isEnded } of lineage) assert.equal(isEnded, parents.has(shard))
  })
  await test('an iterator of before the kill ends with its shard', async () => {
    assert.deepEqual(await reader.next(endpoint(), iterator), { records: [], isEnded: true })
  })
}

async function outliveTheTable({ test, endpoint }, { reader, table, openClient }) {
  const StreamArn = table.LatestStreamArn
  const expected = pages(firstPage, secondPage, thirdPage)
  await test('a disabled stream has all its records, and no open shard', async () => {
    const client = openClient()
    await writeThirdPage(client)
    const StreamSpecification = { StreamEnabled: false }
    await client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }))
    const lineage = await reader.read(endpoint(), StreamArn)
    assert.deepEqual(byCustomer(lineage), expected)
    assert.deepEqual(
      lineage.filter(({ isEnded }) => !isEnded),
      [],
    )
    const { stream } = await reader.describe(endpoint(), tableName)
    assert.equal(stream.StreamStatus, 'DISABLED')
  })
  await test('the stream of a deleted table too', async () => {
    await openClient().send(new DeleteTableCommand({ TableName: tableName }))
    const lineage = await reader.read(endpoint(), StreamArn)
    assert.deepEqual(byCustomer(lineage), expected)
  })
}

/** Everything that a client for streams can do, with each change of a table in its record. */
export async function streamReader(suite, reader) {
  await suite.crash(flags)
  const clients = []
  const openClient = () => {
    clients.push(new DynamoDBClient(clientSettings(suite.endpoint())))
    return clients.at(-1)
  }
  const client = openClient()
  const table = await createLedger(client)
  await writeFirstPage(client)
  const parts = { reader, table, openClient }
  await describeAndRead(suite, parts)
  await startAtPlaces(suite, parts)
  await goOnAfterAKill(suite, parts)
  await outliveTheTable(suite, parts)
  for (const each of clients) each.destroy()
}
