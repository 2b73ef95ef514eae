/** The vectors that searches are measured with: real embeddings with a mixture around them, or random ones. */
import { existsSync, readFileSync } from 'node:fs'

export const dimensions = 384
/** So many of the embeddings are searched for and in no table. */
export const queryCount = 1000

/** How far towards another embedding a made one lies at most, and how far off its elements are. */
const farthest = 0.5
const noise = 0.015

/** A generator that a seed repeats (xorshift32), from 0 to 1. */
export function numbersFrom(seed) {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export const vectorAt = (vectors, i) => vectors.subarray(i * dimensions, (i + 1) * dimensions)

const embeddingsFile = new URL('embeddings/embeddings.bin', import.meta.url)
const standInCount = 7000
const standInGroups = 350
const standInNoise = 0.6

const normalOf = (next) => () =>
  Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next())

/** What stands for embeddings where none have been made: vectors round random ones. */
function standIns() {
  const normal = normalOf(numbersFrom(5))
  const groups = Float32Array.from({ length: standInGroups * dimensions }, normal)
  return normalised(
    Float32Array.from({ length: standInCount * dimensions }, (_, i) => {
      const group = Math.floor(i / dimensions) % standInGroups
      return groups[group * dimensions + (i % dimensions)] + standInNoise * normal()
    }),
  )
}

/** What the vectors are that are not random. */
export const sourceText = existsSync(embeddingsFile)
  ? 'embeddings of texts, and vectors around them'
  : 'vectors round random ones, and vectors around them (bench/embeddings/embeddings.bin is not there)'

/** The embeddings of `embeddings/`, as unit vectors one behind the other. */
function readEmbeddings() {
  if (!existsSync(embeddingsFile)) return standIns()
  const { buffer, byteOffset, length } = readFileSync(embeddingsFile)
  const elements = new Int16Array(buffer.slice(byteOffset, byteOffset + length))
  return normalised(Float32Array.from(elements))
}

function normalised(vectors) {
  for (let i = 0; i < vectors.length; i += dimensions) {
    const vector = vectors.subarray(i, i + dimensions)
    const length = Math.hypot(...vector)
    for (let k = 0; k < dimensions; k++) vector[k] /= length
  }
  return vectors
}

/**
 * The embeddings but for the last thousand, which are the queries, and around them as many made ones as
 * `count` asks for: each somewhere between an embedding and another one, nearer to the first, with every
 * element a little off.
 */
export function embeddingVectors(count) {
  const real = readEmbeddings()
  const realCount = real.length / dimensions - queryCount
  const next = numbersFrom(7)
  const normal = normalOf(next)
  const vectors = new Float32Array(count * dimensions)
  vectors.set(real.subarray(0, Math.min(count, realCount) * dimensions))
  for (let i = realCount; i < count; i++) {
    const from = vectorAt(real, Math.floor(next() * realCount))
    const to = vectorAt(real, Math.floor(next() * realCount))
    const share = next() * farthest
    const vector = vectorAt(vectors, i)
    for (let k = 0; k < dimensions; k++) {
      vector[k] = from[k] + share * (to[k] - from[k]) + noise * normal()
    }
  }
  return { vectors: normalised(vectors), queries: real.slice(realCount * dimensions) }
}

/** Elements from -1 to 1, all independent. */
export function randomVectors(count) {
  const [next, other] = [numbersFrom(7), numbersFrom(11)]
  return {
    vectors: Float32Array.from({ length: count * dimensions }, () => 2 * next() - 1),
    queries: Float32Array.from({ length: queryCount * dimensions }, () => 2 * other() - 1),
  }
}

/** How many values the filtered attribute has. */
export const filterValues = 100
export const kindOf = (i) => `kind ${i % filterValues}`

export const listOf = (vector) => Array.from(vector, (element) => ({ N: element.toPrecision(8) }))

export const itemOf = (vectors, i, id = `item ${i}`) => ({
  id: { S: id },
  kind: { S: kindOf(i) },
  embedding: { L: listOf(vectorAt(vectors, i)) },
})

export const vectorTable = {
  TableName: 'Vectors',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: ['id', 'kind'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  VectorIndexes: [
    {
      IndexName: 'byVector',
      VectorAttribute: { AttributeName: 'embedding' },
      Dimensions: dimensions,
      DistanceFunction: 'COSINE',
      SearchSchema: [{ AttributeName: 'kind', SearchSchemaElementType: 'INLINE_FILTER' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
}

/** Milliseconds: the middle of all, their mean, and that which a tenth of them exceeds. */
export function timesText(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.floor(sorted.length * share)].toFixed(2)
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length
  return `middle ${at(0.5)} ms, mean ${mean.toFixed(2)} ms, worst tenth ${at(0.9)} ms`
}
