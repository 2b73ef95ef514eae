/** What a stream costs writes, and how fast it is read. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.mjs'
import { generateLoad } from './measurement.mjs'
import { positiveIntegers } from './options.mjs'
import { profiles } from './profilesTable.mjs'
import { median } from './statistics.mjs'
import { streamWorkloads } from './streamWorkloads.mjs'
import { loadTable, requireSuccess } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --streams [options]
  --rounds N            pairs of measurements for each row (9)
  --connections N       connections of the writes (64)
  --duration-ms N       length of each measurement (2000)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

const warmupMs = 500
const streams = 'DynamoDBStreams_20120810'
const pageItems = 1000
const readConnections = [1, 8]

/** Items of about 400 bytes, all in one partition. */
const pages = {
  tableName: 'pages',
  itemCount: pageItems,
  itemOf: (i) => ({
    ...profiles.itemOf(i),
    pk: { S: 'PAGE' },
    sk: { S: `ITEM#${String(i).padStart(6, '0')}` },
  }),
}

async function enableStream(port, TableName) {
  await requireSuccess(port, 'UpdateTable', {
    TableName,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  })
}

/** Measures two jobs in turn, in every other pair the second one first. */
async function measurePairs(first, second, rounds) {
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    const isSwapped = round % 2 === 1
    const [a, b] = isSwapped ? [second, first] : [first, second]
    const results = [await measured(a), await measured(b)]
    pairs.push(isSwapped ? results.reverse() : results)
  }
  return pairs
}

async function measured(job) {
  const result = await generateLoad(job)
  if (Object.keys(result.unexpectedStatuses).length > 0) {
    throw new Error(`answers other than 200: ${JSON.stringify(result.unexpectedStatuses)}`)
  }
  return result
}

const medianOf = (pairs, side, figure) => median(pairs.map((pair) => pair[side][figure]))

/** The median of the ratios of pairs, and their range. */
function ratioOf(pairs, figure) {
  const ratios = pairs.map(([off, on]) => on[figure] / off[figure])
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
}

const whole = (number) => Math.round(number).toLocaleString('en')
const megabytes = (bytes) => (bytes / 1e6).toFixed(0)

async function measureWrites(kind, dataDir, { rounds, connections, durationMs }) {
  const targets = [await startTarget(kind, dataDir), await startTarget(kind, dataDir)]
  try {
    const [off, on] = targets
    for (const { port } of targets) await loadTable(port, profiles)
    await enableStream(on.port, profiles.tableName)
    console.log('| at once | without a stream, per second | with | ratio | p99, ms | with |')
    console.log('|---|--:|--:|--:|--:|--:|')
    for (const { name } of streamWorkloads) {
      const jobOf = ({ port }) => ({ workload: name, port, connections, warmupMs, durationMs })
      const pairs = await measurePairs(jobOf(off), jobOf(on), rounds)
      const figures = [
        `${name}, ${connections}`,
        whole(medianOf(pairs, 0, 'requestsPerSecond')),
        whole(medianOf(pairs, 1, 'requestsPerSecond')),
        ratioOf(pairs, 'requestsPerSecond'),
        medianOf(pairs, 0, 'p99Ms').toFixed(1),
        medianOf(pairs, 1, 'p99Ms').toFixed(1),
      ]
      console.log(`| ${figures.join(' | ')} |`)
    }
  } finally {
    for (const target of targets) await target.stop()
  }
}

/** An iterator before the first record of a stream that has one shard. */
async function firstIterator(port, TableName) {
  const { Table } = await requireSuccess(port, 'DescribeTable', { TableName })
  const StreamArn = Table.LatestStreamArn
  const { StreamDescription } = await requireSuccess(port, 'DescribeStream', { StreamArn }, streams)
  const [{ ShardId }] = StreamDescription.Shards
  const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  const { ShardIterator } = await requireSuccess(port, 'GetShardIterator', place, streams)
  return ShardIterator
}

async function measureReads(kind, dataDir, { rounds, durationMs }) {
  const target = await startTarget(kind, dataDir)
  try {
    const { port } = target
    // The table is new and its stream on before the items: each has one record, with one image.
    await loadTable(port, { ...pages, itemCount: 0 })
    await enableStream(port, pages.tableName)
    for (let i = 0; i < pageItems; i++) {
      await requireSuccess(port, 'PutItem', { TableName: pages.tableName, Item: pages.itemOf(i) })
    }
    const records = { ShardIterator: await firstIterator(port, pages.tableName) }
    const items = {
      TableName: pages.tableName,
      KeyConditionExpression: 'pk = :page',
      ExpressionAttributeValues: { ':page': { S: 'PAGE' } },
    }
    const answers = [
      await requireSuccess(port, 'Query', items),
      await requireSuccess(port, 'GetRecords', records, streams),
    ]
    const counts = [answers[0].Items.length, answers[1].Records.length]
    if (counts.some((count) => count !== pageItems)) throw new Error(`pages of ${counts.join()}`)
    console.log(
      '\n| at once | Query of 1,000, MB per second | GetRecords of 1,000 | ratio | Query, per second | GetRecords | ratio |',
    )
    console.log('|---|--:|--:|--:|--:|--:|--:|')
    for (const connections of readConnections) {
      const common = { port, connections, warmupMs, durationMs }
      const pairs = await measurePairs(
        { ...common, operation: 'Query', body: items },
        { ...common, operation: 'GetRecords', service: streams, body: records },
        rounds,
      )
      const figures = [
        connections,
        megabytes(medianOf(pairs, 0, 'bytesPerSecond')),
        megabytes(medianOf(pairs, 1, 'bytesPerSecond')),
        ratioOf(pairs, 'bytesPerSecond'),
        whole(medianOf(pairs, 0, 'requestsPerSecond')),
        whole(medianOf(pairs, 1, 'requestsPerSecond')),
        ratioOf(pairs, 'requestsPerSecond'),
      ]
      console.log(`| ${figures.join(' | ')} |`)
    }
  } finally {
    await target.stop()
  }
}

async function main() {
  const text = { type: 'string' }
  const { values } = parseArgs({
    options: {
      rounds: { ...text, default: '9' },
      connections: { ...text, default: '64' },
      'duration-ms': { ...text, default: '2000' },
      'data-dir': { ...text, default: tmpdir() },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const [connections] = positiveIntegers(values.connections, 'connections')
  const [durationMs] = positiveIntegers(values['duration-ms'], 'duration-ms')
  const dataDir = resolve(values['data-dir'])
  console.log(`${describeMachine(dataDir).join('\n')}\n`)
  const kind = targetKinds.find(({ name }) => name === 'dynatom')
  await measureWrites(kind, dataDir, { rounds, connections, durationMs })
  await measureReads(kind, dataDir, { rounds, durationMs })
}

await main()
