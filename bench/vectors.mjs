/**
 * Exact vector search beside sqlite-vec, over the same vectors, and what a vector index costs a
 * write. See docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

const usage = `npm run bench -- --vectors [options]
  --vectors N      vectors in the table (100000)
  --dimensions N   of each (384)
  --queries N      searches of each kind (100)
  --writes N       items that are put in each round, with an index and without (1000)
  --python PATH    a Python that has sqlite-vec (python3); without it sqlite-vec is left out`

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '384' },
    queries: { type: 'string', default: '100' },
    writes: { type: 'string', default: '1000' },
    python: { type: 'string', default: 'python3' },
    help: { type: 'boolean', default: false },
  },
})

const count = Number(values.vectors)
const dimensions = Number(values.dimensions)
const queryCount = Number(values.queries)
const filterValues = 100
const putRounds = 5

/** A generator that a seed repeats (xorshift32), from -1 to 1. */
function numbersFrom(seed) {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 31 - 1
  }
}

function randomVectors(howMany, seed) {
  const next = numbersFrom(seed)
  return Float32Array.from({ length: howMany * dimensions }, next)
}

const vectorAt = (vectors, i) => vectors.subarray(i * dimensions, (i + 1) * dimensions)
const listOf = (vector) => Array.from(vector, (element) => ({ N: element.toPrecision(8) }))

const tableOf = (TableName, more) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  ...more,
})
const vectorIndex = {
  IndexName: 'byVector',
  VectorAttribute: { AttributeName: 'embedding' },
  Dimensions: dimensions,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'KEYS_ONLY' },
}
const indexed = {
  AttributeDefinitions: ['id', 'kind'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  VectorIndexes: [
    {
      ...vectorIndex,
      SearchSchema: [{ AttributeName: 'kind', SearchSchemaElementType: 'INLINE_FILTER' }],
    },
  ],
}

/** Milliseconds: the middle of all, and that which a tenth of them exceeds. */
function told(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const worst = sorted[Math.floor(sorted.length * 0.9)]
  return `${median(times).toFixed(2)} ms, worst tenth ${worst.toFixed(2)} ms`
}

async function searchTimes(port, queries, more = {}) {
  const times = []
  for (let i = 0; i < queryCount; i++) {
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
  const items = Array.from({ length: Number(values.writes) }, (_, i) => ({
    kind: { S: 'k' },
    embedding: { L: listOf(vectorAt(vectors, i % count)) },
  }))
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
    writeFileSync(files[1], new Uint8Array(queries.buffer))
    const script = fileURLToPath(new URL('sqliteVec.py', import.meta.url))
    const args = [script, ...files, String(dimensions)]
    const { status, stdout, stderr } = spawnSync(values.python, args, { encoding: 'utf8' })
    if (status !== 0) console.error(stderr.trim().split('\n').at(-1))
    return status === 0 ? JSON.parse(stdout) : undefined
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function main() {
  if (values.help) return console.log(usage)
  console.log(`${describeMachine(tmpdir()).join('\n')}\n`)
  console.log(`${count} random vectors of ${dimensions} dimensions, COSINE, TopK 10`)
  const [vectors, queries] = [randomVectors(count, 7), randomVectors(queryCount, 11)]
  const durable = targetKinds.find(({ name }) => name === 'dynatom')
  const target = await startTarget(durable, tmpdir())
  const { port } = target
  try {
    await requireSuccess(port, 'CreateTable', tableOf('Plain', {}))
    await requireSuccess(port, 'CreateTable', tableOf('Vectors', indexed))
    const { plain, withIndex } = await putRates(target, vectors)
    const said = ({ perSecond, cpuMs }) =>
      `${perSecond.toFixed(0)}/s, ${cpuMs.toFixed(2)} ms of processor each`
    console.log(`PutItem without an index: ${said(plain)}`)
    console.log(`PutItem with one: ${said(withIndex)}`)
    const puts = Array.from({ length: count }, (_, i) => i)
    await forEachOf(Math.ceil(count / 25), (batch) => {
      const requests = puts.slice(batch * 25, batch * 25 + 25).map((i) => ({
        PutRequest: {
          Item: {
            id: { S: `item ${i}` },
            kind: { S: `kind ${i % filterValues}` },
            embedding: { L: listOf(vectorAt(vectors, i)) },
          },
        },
      }))
      return writeInBatches(port, 'Vectors', requests)
    })
    const [first] = await searchTimes(port, queries)
    console.log(`first search, which reads the vectors: ${first.toFixed(0)} ms`)
    console.log(`Dynatom, whole requests: ${told(await searchTimes(port, queries))}`)
    const filter = {
      SearchConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'kind 7' } },
    }
    console.log(
      `  with a filter that 1 in ${filterValues} passes: ${told(await searchTimes(port, queries, filter))}`,
    )
    const sqlite = sqliteTimes(vectors, queries)
    if (sqlite !== undefined) {
      console.log(`sqlite-vec ${sqlite.version}, in its process: ${told(sqlite.times)}`)
    }
  } finally {
    await target.stop()
  }
  return undefined
}

await main()
