/**
 * Exact searches and searches by a graph of the same vectors in one process, without HTTP around them: how
 * long they take, which of the nearest are found, and what the vectors take in memory. A process of its
 * own, which `vectors.mjs` starts: `node --expose-gc vectorRecall.mjs embeddings|random COUNT`.
 */
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { composeParts } from '../packages/server/dist/cli/databaseParts.js'
import { systemClock, systemRandom } from '../packages/server/dist/clock.js'
import { performBy } from '../packages/server/dist/cli/openStore.js'
import { MemoryEngine } from '../packages/server/dist/storage/memory/memoryEngine.js'
import { VectorSearches } from '../packages/server/dist/vectors/vectorSearches.js'
import {
  dimensions,
  embeddingVectors,
  filterValues,
  itemOf,
  kindOf,
  numbersFrom,
  queryCount,
  randomVectors,
  timesText,
  vectorAt,
  vectorTable,
} from './vectorData.mjs'

const [, , source, countText] = process.argv
const count = Number(countText)
const topK = 10
const changeCount = Math.min(20_000, count / 5)
const { vectors, queries } = source === 'random' ? randomVectors(count) : embeddingVectors(count)
const region = 'us-east-1'

// Timers of the database keep no process alive.
const alive = setInterval(() => {}, 60_000)

const parts = await composeParts({
  engine: new MemoryEngine(),
  clock: systemClock,
  random: systemRandom,
  region,
  reservedWords: 'refuse',
  delayTransientStatuses: false,
})
const perform = performBy(parts.dispatcher, region)
const call = (operation, request) => perform(operation, request)

async function write(requests) {
  for (let i = 0; i < requests.length; i += 25) {
    const RequestItems = { Vectors: requests.slice(i, i + 25) }
    await call('BatchWriteItem', { RequestItems })
  }
}

/** Residents, when nothing is left that nobody uses. */
function residentBytes() {
  for (let i = 0; i < 4; i++) globalThis.gc()
  return process.memoryUsage().rss
}

const { engine, commits } = parts
const given = { engine, commits, clock: systemClock }
/** With a graph whatever its size, or without. */
const open = (graph) =>
  new VectorSearches(graph ? { ...given, graph: { onMissing, leastBytes: 1 } } : given)

function onMissing() {
  throw new Error('the package usearch is not installed')
}

/** The times of all queries and the keys that each has found. */
async function searchAll(searches, index, conditionsOf = () => []) {
  const times = []
  const found = []
  for (let i = 0; i < queryCount; i++) {
    const vector = vectorAt(queries, i).slice()
    const begun = performance.now()
    const results = await searches.search(index, { vector, topK, conditions: conditionsOf(i) })
    times.push(performance.now() - begun)
    found.push(results.map(({ image, score }) => [image.item.id.S, score]))
  }
  return { times, found }
}

const filtered = (i) => [{ name: 'kind', value: { S: kindOf(i % filterValues) } }]

/** The share of the nearest that is found: the mean of all queries, and that of the worst tenth. */
function recallText(exact, near) {
  const recalls = exact.found.map((nearest, i) => {
    const ids = new Set(nearest.map(([id]) => id))
    if (near.found[i].length < nearest.length) throw new Error('a search has found too little')
    return near.found[i].filter(([id]) => ids.has(id)).length / nearest.length
  })
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const worst = recalls.toSorted((a, b) => a - b).slice(0, recalls.length / 10)
  return `recall@${topK} ${mean(recalls).toFixed(4)}, of the worst tenth ${mean(worst).toFixed(3)}`
}

const meanOf = ({ times }) => times.reduce((sum, time) => sum + time, 0) / times.length

function tell(name, exact, near) {
  console.log(`${name}, exact: ${timesText(exact.times)}`)
  console.log(
    `${name}, by the graph: ${timesText(near.times)}; ` +
      `${(meanOf(exact) / meanOf(near)).toFixed(1)} times as fast; ${recallText(exact, near)}`,
  )
}

/** Mean distances of what is found first, and last. */
function distancesText({ found }) {
  const mean = (at) => found.reduce((sum, results) => sum + results.at(at)[1], 0) / found.length
  return `${mean(0).toFixed(3)} to the nearest, ${mean(-1).toFixed(3)} to number ${topK}`
}

/** Replaces vectors by others from between, and deletes some: three for each that is deleted. */
async function change() {
  const next = numbersFrom(31)
  const requests = new Map()
  while (requests.size < changeCount) {
    const i = Math.floor(next() * count)
    const other = Math.floor(next() * count)
    const [a, b] = [vectorAt(vectors, i), vectorAt(vectors, other)]
    const changed = a.map((element, k) => element + 0.4 * (b[k] - element))
    const id = `item ${i}`
    requests.set(
      id,
      requests.size % 4 === 3
        ? { DeleteRequest: { Key: { id: { S: id } } } }
        : { PutRequest: { Item: { ...itemOf(changed, 0, id), kind: { S: kindOf(i) } } } },
    )
  }
  await write([...requests.values()])
}

await call('CreateTable', vectorTable)
const realCount = Math.min(count, 6000)
const putsOf = (from, to) =>
  Array.from({ length: to - from }, (_, i) => ({ PutRequest: { Item: itemOf(vectors, from + i) } }))
await write(putsOf(0, realCount))
const [index] = parts.services.catalog.tableForData('Vectors').vectorIndexes
if (source !== 'random') {
  const { found } = await searchAll(open(false), index)
  console.log(`mean distances among the ${realCount} embeddings: ${distancesText({ found })}`)
}
for (let i = realCount; i < count; i += 2000) await write(putsOf(i, Math.min(count, i + 2000)))

const before = residentBytes()
const searches = open(true)
const begun = performance.now()
await searches.search(index, { vector: vectorAt(queries, 0), topK, conditions: [] })
const loaded = performance.now()
await searches.caughtUp()
if (!searches.isApproximate(index)) throw new Error('there is no graph')
const took = (since, until) => `${((until - since) / 1000).toFixed(1)} s`
console.log(
  `the vectors are read in ${took(begun, loaded)}, the graph is made in ` +
    took(loaded, performance.now()),
)
const taken = residentBytes() - before
const floats = 4 * dimensions * count
console.log(
  `memory of vectors, keys and graph: ${(taken / 1e6).toFixed(0)} MB, ` +
    `${(taken / floats).toFixed(2)} times the floats`,
)
await searchAll(searches, index)
const near = await searchAll(searches, index)
const nearFiltered = await searchAll(searches, index, filtered)
const plain = open(false)
await searchAll(plain, index)
const exact = await searchAll(plain, index)
console.log(`mean distances in the table: ${distancesText(exact)}`)
tell('searches', exact, near)
const exactFiltered = await searchAll(plain, index, filtered)
tell(`with a filter that 1 in ${filterValues} passes`, exactFiltered, nearFiltered)

// Who was opened last is told of writes.
const followed = open(true)
await followed.search(index, { vector: vectorAt(queries, 0), topK, conditions: [] })
await followed.caughtUp()
await change()
const changedAt = performance.now()
const [first] = (await searchAll(followed, index)).times
await followed.caughtUp()
console.log(
  `after ${changeCount} updates and deletes, of which a quarter are deletes: the first search ` +
    `takes ${first.toFixed(0)} ms, the graph has them after ${took(changedAt, performance.now())}`,
)
const nearAfter = await searchAll(followed, index)
tell('then', await searchAll(open(false), index), nearAfter)
await followed.close()
await searches.close()
await parts.close()
clearInterval(alive)
