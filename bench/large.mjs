/** What large writes do to other clients and to memory. See docs/benchmarks.md. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { residentBytes } from './footprint.mjs'
import { indexedTable, largeItem, plainTable, smallUpdate } from './largeTables.mjs'
import { describeMachine } from './machine.mjs'
import { percentile } from './statistics.mjs'
import { callOperation, forEachOf, requireSuccess } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --large [--data-dir DIR]`

const readerPath = fileURLToPath(new URL('steadyReader.mjs', import.meta.url))

const readers = 4
const warmUpMs = 2000
const loadMs = 5000
/** What a write leaves to do in the background is over by then. */
const afterwardsMs = 10_000
const sampleMs = 10

const cases = [
  {
    name: '100 items of 395 KB, 20 indexes with ALL',
    content: 'text',
    count: 100,
    projection: 'ALL',
  },
  {
    name: '21 items of 195,000 NULLs, 20 indexes with ALL',
    content: 'nulls',
    count: 21,
    projection: 'ALL',
  },
  {
    name: '100 items of 395 KB, 20 indexes that differ',
    content: 'text',
    count: 100,
    projection: 'INCLUDE',
  },
]

const megabytes = (bytes) => Math.round(bytes / 1024 ** 2)

const nowMs = () => performance.timeOrigin + performance.now()

/** Reads in a process of its own from now on; `end()` resolves to the reads, see steadyReader.mjs. */
async function startReading(port) {
  const child = fork(readerPath, [String(port), String(readers)])
  await once(child, 'message')
  const ended = once(child, 'message')
  return {
    async end() {
      child.send('end')
      const [reads] = await ended
      return reads
    },
  }
}

/** How many reads there were between two times, and the latency in ms that one in a thousand has. */
function slowest(reads, fromMs, toMs) {
  const within = reads.filter(([startMs, ms]) => startMs + ms >= fromMs && startMs < toMs)
  const latencies = within.map(([, ms]) => ms).sort((a, b) => a - b)
  return { reads: latencies.length, p999Ms: percentile(latencies, 0.999) }
}

function sampleMemory(pid) {
  const startBytes = residentBytes(pid).own
  let mostBytes = startBytes
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, residentBytes(pid).own)
  }, sampleMs)
  return () => {
    clearInterval(timer)
    return { startBytes, mostBytes }
  }
}

async function prepare(port, { content, count, projection }) {
  await requireSuccess(port, 'CreateTable', plainTable('Small'))
  await requireSuccess(port, 'PutItem', { TableName: 'Small', Item: { pk: { S: 'a' } } })
  await requireSuccess(port, 'CreateTable', indexedTable('Large', projection))
  for (let i = 0; i < count; i++) {
    const Item = largeItem(i, content, true)
    await requireSuccess(port, 'PutItem', { TableName: 'Large', Item })
  }
  await delay(afterwardsMs)
}

/** One transaction after the other for some time; resolves to the time that each took, in ms. */
async function transactFor(port, TransactItems, forMs) {
  const durations = []
  const endMs = performance.now() + forMs
  while (performance.now() < endMs) {
    const startMs = performance.now()
    await requireSuccess(port, 'TransactWriteItems', { TransactItems })
    durations.push(performance.now() - startMs)
  }
  return durations.sort((a, b) => a - b)
}

/** One read in a thousand is one that can be counted only where there are some thousands of them. */
async function measure({ port, pid }, { count }) {
  const reading = await startReading(port)
  await delay(warmUpMs)
  const quietFromMs = nowMs()
  await delay(loadMs)
  const memory = sampleMemory(pid)
  const TransactItems = Array.from({ length: count }, (_, i) => ({
    Update: smallUpdate('Large', i),
  }))
  const startMs = nowMs()
  const durations = await transactFor(port, TransactItems, loadMs)
  const answeredMs = nowMs()
  await delay(afterwardsMs)
  const overMs = nowMs()
  const reads = await reading.end()
  return {
    durations,
    alone: slowest(reads, quietFromMs, startMs),
    beside: slowest(reads, startMs, answeredMs),
    after: slowest(reads, answeredMs, overMs),
    memory: memory(),
  }
}

/** Many large updates at once, each on an item of its own, with small writes beside them. */
async function measureFlood({ port, pid }) {
  const count = 2400
  await requireSuccess(port, 'CreateTable', plainTable('Large'))
  await forEachOf(count, (i) =>
    requireSuccess(port, 'PutItem', { TableName: 'Large', Item: largeItem(i, 'text', false) }),
  )
  await delay(afterwardsMs)
  const memory = sampleMemory(pid)
  const latencies = []
  const flood = { isOver: false }
  const small = (async () => {
    for (let i = 0; !flood.isOver; i++) {
      const startMs = performance.now()
      await requireSuccess(port, 'PutItem', {
        TableName: 'Large',
        Item: { pk: { S: `small${i}` } },
      })
      latencies.push(performance.now() - startMs)
    }
  })()
  const startMs = performance.now()
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      callOperation(port, 'UpdateItem', smallUpdate('Large', i)),
    ),
  )
  const durationMs = performance.now() - startMs
  flood.isOver = true
  await small
  const done = answers.filter(({ status }) => status === 200).length
  return { done, durationMs, latencies: latencies.sort((a, b) => a - b), memory: memory() }
}

async function onServer(kind, dataDir, work) {
  const target = await startTarget(kind, dataDir)
  try {
    return await work(target)
  } finally {
    await target.stop()
  }
}

function rowOf(kind, { name }, { durations, alone, beside, after, memory }) {
  const grown = megabytes(memory.mostBytes - memory.startBytes)
  const figures = [
    `${durations.length}, ${percentile(durations, 0.5).toFixed(0)} ms`,
    alone.p999Ms.toFixed(1),
    beside.p999Ms.toFixed(1),
    (beside.p999Ms / alone.p999Ms).toFixed(1),
    beside.reads.toLocaleString('en'),
    after.p999Ms.toFixed(1),
  ]
  return `| ${[kind.title, name, ...figures, `${grown} MB`].join(' | ')} |`
}

async function main() {
  const { values } = parseArgs({
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) return console.log(usage)
  const dataDir = resolve(values['data-dir'] ?? tmpdir())
  console.log(`${describeMachine(dataDir).join('\n')}\n`)
  console.log(
    '| server | one transaction after the other for 5 s | done, median | GetItem p99.9 alone, ms | beside them, ms | ratio | reads beside them | until 10 s after them, ms | own memory grows by |',
  )
  console.log('|---|---|--:|--:|--:|--:|--:|--:|--:|')
  const kinds = targetKinds.filter(({ name }) => name.startsWith('dynatom'))
  for (const kind of kinds) {
    for (const each of cases) {
      const row = await onServer(kind, dataDir, async (target) => {
        await prepare(target.port, each)
        return rowOf(kind, each, await measure(target, each))
      })
      console.log(row)
    }
  }
  const [durable] = kinds
  const { done, durationMs, latencies, memory } = await onServer(durable, dataDir, measureFlood)
  console.log(
    `\n2,400 UpdateItems at once on items of 395 KB: ${done} done in ${(durationMs / 1000).toFixed(1)} s; own memory ` +
      `${megabytes(memory.startBytes)} to ${megabytes(memory.mostBytes)} MB; ${latencies.length} small writes beside them, ` +
      `p50 ${percentile(latencies, 0.5).toFixed(0)} ms, longest ${latencies.at(-1).toFixed(0)} ms.`,
  )
}

await main()
