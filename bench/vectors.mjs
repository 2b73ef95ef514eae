/**
 * Vector searches beside sqlite-vec, over the same vectors; searches by a graph beside exact ones; and
 * what a vector index costs a write. See docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './cpuSeconds.mjs'
import { describeMachine } from './machine.mjs'
import { median } from './statistics.mjs'
import { forEachOf, requireSuccess, writeInBatches } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'
import {
  dimensions,
  embeddingVectors,
  filterValues,
  itemOf,
  kindOf,
  listOf,
  queryCount,
  sourceText,
  timesText,
  vectorAt,
  vectorTable,
} from './vectorData.mjs'

const usage = `npm run bench -- --vectors [options]
  --vectors N      vectors in the table (100000)
  --writes N       items that are put in each round, with an index and without (1000)
  --python PATH    a Python that has sqlite-vec (python3); without it sqlite-vec is left out`

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: '100000' },
    writes: { type: 'string', default: '1000' },
    python: { type: 'string', default: 'python3' },
    help: { type: 'boolean', default: false },
  },
})

const count = Number(values.vectors)
const putRounds = 5
/** Of the searches through the server, and of those of sqlite-vec. */
const servedQueries = 200
const graphAttempts = 600
/** How long a server takes at most until it begins to read its vectors. */
const loadMs = 2000
const collections = 5

async function searchTimes(port, queries, more = {}) {
  const times = []
  for (let i = 0; i < servedQueries; i++) {
    const request = {
      TableName: 'Vectors',
      IndexName: 'byVector',
      SearchVector: listOf(vectorAt(queries, i)),
      TopK: 10,
      ...more,
    }
    const begun = performance.now()
    const { SearchResults } = await requireSuccess(port, 'SearchVectors', request)
    times.push(performance.now() - begun)
    if (SearchResults.length !== 10) throw new Error('a search has found too little')
  }
  return times
}

async function putRate({ port, pid }, TableName, { items, round }) {
  const begun = performance.now()
  const cpuBefore = cpuSeconds(pid)
  await forEachOf(items.length, (i) => {
    const Item = { ...items[i], id: { S: `put ${i} of ${round}` } }
    return requireSuccess(port, 'PutItem', { TableName, Item })
  })
  const perSecond = items.length / ((performance.now() - begun) / 1000)
  return { perSecond, cpuMs: ((cpuSeconds(pid) - cpuBefore) * 1000) / items.length }
}

/** The rates of puts without an index and with one, in turns; those of the first round do not count. */
async function putRates(target, vectors) {
  const items = Array.from({ length: Number(values.writes) }, (_, i) => itemOf(vectors, i % count))
  const rates = { Plain: [], Vectors: [] }
  for (let round = 0; round <= putRounds; round++) {
    for (const [name, found] of Object.entries(rates)) {
      const rate = await putRate(target, name, { items, round })
      if (round > 0) found.push(rate)
    }
  }
  const middle = (found) => ({
    perSecond: median(found.map(({ perSecond }) => perSecond)),
    cpuMs: median(found.map(({ cpuMs }) => cpuMs)),
  })
  return { plain: middle(rates.Plain), withIndex: middle(rates.Vectors) }
}

/** Times of sqlite-vec, taken in its process; undefined where it is not installed. */
function sqliteTimes(vectors, queries) {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-bench-'))
  try {
    const files = ['vectors', 'queries'].map((name) => join(directory, name))
    writeFileSync(files[0], new Uint8Array(vectors.buffer))
    const asked = queries.slice(0, servedQueries * dimensions)
    writeFileSync(files[1], new Uint8Array(asked.buffer))
    const script = fileURLToPath(new URL('sqliteVec.py', import.meta.url))
    const args = [script, ...files, String(dimensions)]
    const { status, stdout, stderr } = spawnSync(values.python, args, { encoding: 'utf8' })
    if (status !== 0) console.error(stderr.trim().split('\n').at(-1))
    return status === 0 ? JSON.parse(stdout) : undefined
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Exact searches and those by a graph, in a process of their own. */
function compareRecall(source) {
  const script = fileURLToPath(new URL('vectorRecall.mjs', import.meta.url))
  const args = [script, source, String(count)]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error('the searches have failed')
}

async function writeAll(port, tableName, itemAt) {
  const puts = Array.from({ length: count }, (_, i) => i)
  await forEachOf(Math.ceil(count / 25), (batch) => {
    const requests = puts
      .slice(batch * 25, batch * 25 + 25)
      .map((i) => ({ PutRequest: { Item: itemAt(i) } }))
    return writeInBatches(port, tableName, requests)
  })
}

const { VectorIndexes: _, ...withoutIndex } = vectorTable
const plainTable = {
  ...withoutIndex,
  AttributeDefinitions: withoutIndex.AttributeDefinitions.slice(0, 1),
}

/** Waits until the processor has nothing to do, which is when the graph is there. */
async function idle({ pid }) {
  let seconds = 0
  for (let attempt = 0; attempt < graphAttempts; attempt++) {
    const before = cpuSeconds(pid)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    seconds = cpuSeconds(pid) - before < 0.1 ? seconds + 1 : 0
    if (seconds === 3) return
  }
  throw new Error('the server comes to no rest')
}

/** Megabytes that a process has to itself, which no file backs. */
function ownMegabytes({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)[1]) / 1000
}

/** A server that collects its garbage when it is asked to; on the data of another one, or on none. */
function collectable(start) {
  const preload = new URL('../tests/hostile/collectOnSignal.mjs', import.meta.url).href
  process.env.NODE_OPTIONS = `--import=${preload}`
  return start().finally(() => delete process.env.NODE_OPTIONS)
}

/** What a server has to itself when it has come to rest: before its garbage is collected, and then. */
async function restingMegabytes(target) {
  await new Promise((resolve) => setTimeout(resolve, loadMs))
  await idle(target)
  const before = ownMegabytes(target)
  for (let i = 0; i < collections; i++) {
    process.kill(target.pid, 'SIGUSR2')
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  return [before, ownMegabytes(target)]
}

/**
 * What a server that was started takes for its vectors, beside one that has as many items without any: V8
 * keeps room for what is new in each that has worked.
 */
async function tellMemory(kind, target) {
  const [grown, collected] = await restingMegabytes(target)
  const other = await collectable(() => startTarget(kind, tmpdir()))
  await requireSuccess(other.port, 'CreateTable', { ...plainTable, TableName: 'Plain' })
  await writeAll(other.port, 'Plain', (i) => ({ id: { S: `item ${i}` }, kind: { S: kindOf(i) } }))
  const [, without] = await restingMegabytes(other)
  await other.stop()
  const taken = collected - without
  const inIndex = count + (putRounds + 1) * Number(values.writes)
  const floats = (4 * dimensions * inIndex) / 1e6
  console.log(
    `memory of a server: ${without.toFixed(0)} MB with items that have no vectors, ` +
      `${collected.toFixed(0)} MB with them and the graph (${grown.toFixed(0)} MB before garbage ` +
      `is collected): ${taken.toFixed(0)} MB more, ${(taken / floats).toFixed(2)} times the floats`,
  )
}

async function measureServer({ vectors, queries }) {
  const durable = targetKinds.find(({ name }) => name === 'dynatom')
  let target = await startTarget(durable, tmpdir())
  const { port } = target
  try {
    await requireSuccess(port, 'CreateTable', { ...plainTable, TableName: 'Plain' })
    await requireSuccess(port, 'CreateTable', vectorTable)
    await writeAll(port, 'Vectors', (i) => itemOf(vectors, i))
    const [first] = await searchTimes(port, queries)
    console.log(`first search, which reads the vectors: ${first.toFixed(0)} ms`)
    await idle(target)
    console.log(`searches, whole requests: ${timesText(await searchTimes(port, queries))}`)
    const filter = {
      SearchConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: kindOf(7) } },
    }
    console.log(
      `  with a filter that 1 in ${filterValues} passes: ` +
        timesText(await searchTimes(port, queries, filter)),
    )
    const { plain, withIndex } = await putRates(target, vectors)
    const said = ({ perSecond, cpuMs }) =>
      `${perSecond.toFixed(0)}/s, ${cpuMs.toFixed(2)} ms of processor each`
    console.log(`PutItem without an index: ${said(plain)}`)
    console.log(`PutItem with one that has a graph: ${said(withIndex)}`)
    console.log(`  ${(withIndex.perSecond / plain.perSecond).toFixed(2)} of the rate without`)
    target = await collectable(target.restart)
    await tellMemory(durable, target)
  } finally {
    await target.stop()
  }
}

async function main() {
  if (values.help) return console.log(usage)
  console.log(`${describeMachine(tmpdir()).join('\n')}\n`)
  console.log(
    `${count} vectors of ${dimensions} dimensions: ${sourceText}; COSINE, TopK 10; ` +
      `${queryCount} that are not in the table are searched for\n`,
  )
  const data = embeddingVectors(count)
  const sqlite = sqliteTimes(data.vectors, data.queries)
  if (sqlite !== undefined) {
    console.log(`sqlite-vec ${sqlite.version}, in its process: ${timesText(sqlite.times)}`)
  }
  console.log('\nin a process of their own, without HTTP:')
  compareRecall('embeddings')
  console.log('\nof the server:')
  await measureServer(data)
  console.log('\nuniformly random vectors:')
  compareRecall('random')
  return undefined
}

await main()
