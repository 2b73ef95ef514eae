/** What a stream costs, and how fast it is read. See docs/benchmarks.md. */
import { performance } from 'node:perf_hooks'
import { optionsUsage, readOptions } from './options.mjs'
import { customerKey, ordersTable } from './ordersTable.mjs'
import { markdownTable } from './report.mjs'
import { requestHeaders } from './requestHeaders.mjs'
import { streamWorkloads } from './streamWorkloads.mjs'
import { progress, runSuite } from './suite.mjs'
import { forEachOf, loadTable, requireSuccess } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --streams [options]
${optionsUsage}`

const itemCount = 10_000
const readItems = 1000
const readTable = 'archive'
const readMs = 3000
const streams = 'DynamoDBStreams_20120810'

const dynatom = targetKinds.find(({ name }) => name === 'dynatom')
const kinds = [
  { ...dynatom, name: 'off', title: 'without a stream', itemCount },
  { ...dynatom, name: 'on', title: 'with a stream', itemCount },
]

const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }

async function start(kind, dataDir, onStart) {
  const target = await startTarget(kind, dataDir)
  onStart(target)
  const table = ordersTable(itemCount)
  await loadTable(target.port, table)
  if (kind.name !== 'on') return
  const { tableName: TableName } = table
  await requireSuccess(target.port, 'UpdateTable', { TableName, StreamSpecification })
  await putReadItems(target.port)
}

/** A table whose stream has as many records as there are items, all in one partition. */
async function putReadItems(port) {
  const keys = ['pk', 'sk']
  await requireSuccess(port, 'CreateTable', {
    TableName: readTable,
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, i) => ({
      AttributeName,
      KeyType: i === 0 ? 'HASH' : 'RANGE',
    })),
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification,
  })
  const { itemOf } = ordersTable(readItems)
  await forEachOf(readItems, (i) => {
    const Item = { ...itemOf(i), pk: customerKey(0), sk: { S: String(i) } }
    return requireSuccess(port, 'PutItem', { TableName: readTable, Item })
  })
}

/** The first iterator of the only shard of the stream. */
async function firstIterator(port) {
  const { Table } = await requireSuccess(port, 'DescribeTable', { TableName: readTable })
  const StreamArn = Table.LatestStreamArn
  const described = await requireSuccess(port, `${streams}.DescribeStream`, { StreamArn })
  const [{ ShardId }] = described.StreamDescription.Shards
  const request = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  return requireSuccess(port, `${streams}.GetShardIterator`, request)
}

/** Bytes of bodies a second, one request after the other. */
async function bytesPerSecond(port, operation, request) {
  const init = { method: 'POST', headers: requestHeaders(operation), body: JSON.stringify(request) }
  let bytes = 0
  const startMs = performance.now()
  while (performance.now() - startMs < readMs) {
    const response = await fetch(`http://127.0.0.1:${port}/`, init)
    const body = await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${operation}: ${response.status}`)
    bytes += body.byteLength
  }
  return (bytes * 1000) / (performance.now() - startMs)
}

async function readingNote(targets) {
  const { port } = targets.find(({ kind }) => kind.name === 'on')
  const query = {
    TableName: readTable,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': customerKey(0) },
  }
  const iterator = await firstIterator(port)
  const rates = { Query: [], GetRecords: [] }
  for (let round = 0; round < 3; round++) {
    progress(`reading, round ${round + 1}`)
    rates.Query.push(await bytesPerSecond(port, 'Query', query))
    rates.GetRecords.push(await bytesPerSecond(port, `${streams}.GetRecords`, iterator))
  }
  const shown = (list) => (list.toSorted((a, b) => a - b)[1] / 1e6).toFixed(0)
  const rows = Object.entries(rates).map(([name, list]) => [name, shown(list)])
  const title = `Pages of ${readItems.toLocaleString('en-US')} items or their records, one connection`
  return `${title}, medians of 3 rounds:\n\n${markdownTable(['Operation', 'MB of bodies a second'], rows)}`
}

function suiteOf(args) {
  const { options } = readOptions(args, {})
  const aims = streamWorkloads.map(({ name }) => ({
    workload: name,
    target: 'on',
    minimumRatio: 0.75,
    connections: [64],
  }))
  const suite = {
    targetKinds: kinds,
    workloads: streamWorkloads,
    start,
    baseline: { name: 'off', title: 'the rate without a stream' },
    aims,
    block: 'streams',
    flags: ['--streams'],
    notes: async (targets) => [await readingNote(targets)],
  }
  return { options, suite }
}

await runSuite(process.argv.slice(2), usage, suiteOf)
