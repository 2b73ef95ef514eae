import { describe, expect, test } from 'vitest'
import { distanceFunctions } from '../testing/vectorTables.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { squaresOf } from './scoring.ts'
import { VectorCodes } from './vectorCodes.ts'

const dimensions = 8
const random = new SeededRandom(3)
const randomVector = (middle = 0): Float32Array =>
  Float32Array.from({ length: dimensions }, () => middle + random.next() - 0.5)
const codeOf = (codes: VectorCodes, vector: Float32Array): number[] => [
  ...(codes.ofVector(vector) as Int8Array),
]

test('codes use all steps, wherever the vectors lie', () => {
  const sample = Array.from({ length: 200 }, () => randomVector(1000))
  const codes = new VectorCodes('EUCLIDEAN', sample)
  const largest = Math.max(...sample.flatMap((vector) => codeOf(codes, vector).map(Math.abs)))
  expect(largest).toBe(127)
  const [a, b] = [randomVector(1000), randomVector(1000)]
  const step = Math.sqrt(squaresOf(a, b)) / distance(codeOf(codes, a), codeOf(codes, b))
  const [c, d] = [randomVector(1000), randomVector(1000)]
  const other = Math.sqrt(squaresOf(c, d)) / distance(codeOf(codes, c), codeOf(codes, d))
  expect(step / other).toBeCloseTo(1, 1)
})

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, element, i) => sum + (element - (b[i] as number)) ** 2, 0))
}

test('the length of a vector is nothing to the cosine', () => {
  const codes = new VectorCodes('COSINE', [randomVector(), randomVector(), randomVector()])
  const vector = randomVector()
  const longer = vector.map((element) => element * 1e30)
  expect(codeOf(codes, longer)).toEqual(codeOf(codes, vector))
  expect(codes.ofVector(new Float32Array(dimensions))).toBeUndefined()
  expect(codes.ofQuery(new Float32Array(dimensions))).toBeUndefined()
})

test('of a query for products the length is nothing', () => {
  const codes = new VectorCodes('DOT_PRODUCT', [randomVector(3), randomVector(3)])
  const query = Float32Array.of(1e-40, 0, 0, 0, -5e-41, 0, 0, 0)
  expect([...(codes.ofQuery(query) as Int8Array)]).toEqual([127, 0, 0, 0, -63, 0, 0, 0])
  expect(codes.ofQuery(new Float32Array(dimensions))).toBeUndefined()
})

describe.each(['EUCLIDEAN', 'DOT_PRODUCT'] as const)('%s', (distanceFunction) => {
  test('what lies far out has no code and does not spoil those of others', () => {
    const sample = Array.from({ length: 300 }, () => randomVector())
    const codes = new VectorCodes(distanceFunction, [...sample, new Float32Array(8).fill(3e38)])
    const [first] = sample as [Float32Array]
    expect(Math.max(...codeOf(codes, first).map(Math.abs))).toBeGreaterThan(50)
    expect(codes.ofVector(new Float32Array(8).fill(3e38))).toBeUndefined()
    expect(codes.ofVector(new Float32Array(8).fill(-1e10))).toBeUndefined()
  })
})

test('what lies in the middle has no code', () => {
  const vector = Float32Array.of(3, 4, 0, 0, 0, 0, 0, 0)
  for (const distanceFunction of distanceFunctions) {
    const codes = new VectorCodes(distanceFunction, [vector, vector])
    expect(codes.ofVector(vector)).toBeUndefined()
  }
  const codes = new VectorCodes('EUCLIDEAN', [
    vector,
    vector.map((element) => element + 100),
    vector,
  ])
  expect(codes.ofVector(vector.map((element) => element + 10))).toBeUndefined()
  expect(codes.ofVector(vector.map((element) => element + 20))).toBeDefined()
})
