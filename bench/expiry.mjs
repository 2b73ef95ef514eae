/** What the removal of expired items costs, and what it does to writes beside it. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './cpuSeconds.mjs'
import { describeMachine } from './machine.mjs'
import { generateLoad } from './measurement.mjs'
import { positiveIntegers } from './options.mjs'
import { profiles } from './profilesTable.mjs'
import { median } from './statistics.mjs'
import { loadTable, requireSuccess } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --expiry [options]
  --sizes LIST          items of the table, half of which have expired (20000,2000000)
  --connections N       connections of the writes beside (64)
  --rounds N            measurements of the writes before, each of a second (5)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

const tableName = 'sessions'
const measured = { warmupMs: 300, durationMs: 1000 }
const lookMs = 20
/** What was loaded has come from the journal into the store by then. */
const afterLoadMs = 15_000
const longAgo = Math.floor(Date.now() / 1000) - 86_400

/** Half of the items expired a day ago, each at a second of its own; the others do not expire. */
function sessions(itemCount) {
  const { itemOf, keyOf } = profiles
  return {
    tableName,
    itemCount,
    keyOf,
    itemOf: (i) => (i % 2 === 0 ? itemOf(i) : { ...itemOf(i), ends: { N: String(longAgo - i) } }),
  }
}

async function countOf(port) {
  const { Table } = await requireSuccess(port, 'DescribeTable', { TableName: tableName })
  return Table.ItemCount
}

/** Waits until the table has at most `count` items. */
async function untilCount(port, count) {
  while ((await countOf(port)) > count) await delay(lookMs)
}

async function putRate(port, connections) {
  const { requestsPerSecond } = await generateLoad({
    workload: 'PutItem',
    port,
    itemCount: undefined,
    connections,
    ...measured,
  })
  return requestsPerSecond
}

/** The first half of the removal, with nothing beside it. */
async function measureAlone({ port, pid }, fromCount, toCount) {
  const startMs = performance.now()
  const startCpu = cpuSeconds(pid)
  await untilCount(port, toCount)
  const removed = fromCount - (await countOf(port))
  return {
    perSecond: (removed * 1000) / (performance.now() - startMs),
    cpuMicroseconds: ((cpuSeconds(pid) - startCpu) * 1e6) / removed,
  }
}

/** The rest of it, with writes of another table; no rates when it is over too soon. */
async function measureBeside({ port }, connections, lastCount) {
  const rates = []
  const startMs = performance.now()
  const startCount = await countOf(port)
  let count = startCount
  while (count > lastCount) {
    const rate = await putRate(port, connections)
    count = await countOf(port)
    if (count > lastCount) rates.push(rate)
  }
  return { rates, perSecond: ((startCount - count) * 1000) / (performance.now() - startMs) }
}

async function measure(target, size, { connections, rounds }) {
  const { port } = target
  for (const table of [profiles, sessions(size)]) await loadTable(port, table)
  await delay(afterLoadMs)
  const before = []
  for (let i = 0; i < rounds; i++) before.push(await putRate(port, connections))
  const enabledMs = performance.now()
  await requireSuccess(port, 'UpdateTimeToLive', {
    TableName: tableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' },
  })
  await untilCount(port, size - 1)
  const fillMs = performance.now() - enabledMs
  const expired = Math.floor(size / 2)
  const alone = await measureAlone(target, await countOf(port), size - Math.floor(expired / 2))
  const beside = await measureBeside(target, connections, size - expired)
  return { fillMs, before: median(before), alone, beside }
}

const whole = (number) => (Number.isNaN(number) ? '' : Math.round(number).toLocaleString('en'))

function rowOf(size, { fillMs, before, alone, beside }) {
  const rate = median(beside.rates)
  const isMeasured = beside.rates.length > 0
  const figures = [
    whole(size),
    `${(fillMs / 1000).toFixed(1)} s`,
    whole(alone.perSecond),
    alone.cpuMicroseconds.toFixed(1),
    whole(before),
    whole(rate),
    isMeasured ? (rate / before).toFixed(2) : '',
    isMeasured ? whole(beside.perSecond) : '',
  ]
  return `| ${figures.join(' | ')} |`
}

async function main() {
  const text = { type: 'string' }
  const { values } = parseArgs({
    options: {
      sizes: { ...text, default: '20000,2000000' },
      connections: { ...text, default: '64' },
      rounds: { ...text, default: '5' },
      'data-dir': { ...text, default: tmpdir() },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const dataDir = resolve(values['data-dir'])
  const [connections] = positiveIntegers(values.connections, 'connections')
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  console.log(`${describeMachine(dataDir).join('\n')}\n`)
  console.log(
    '| items | order filled in | expired items removed per second | CPU time of each, µs | ' +
      'PutItem per second before | beside | ratio | removed per second then |',
  )
  console.log('|--:|--:|--:|--:|--:|--:|--:|--:|')
  const kind = targetKinds.find(({ name }) => name === 'dynatom')
  for (const size of positiveIntegers(values.sizes, 'sizes')) {
    const target = await startTarget(kind, dataDir)
    try {
      console.log(rowOf(size, await measure(target, size, { connections, rounds })))
    } finally {
      await target.stop()
    }
  }
}

await main()
