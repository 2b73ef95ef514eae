import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../testing/seededRandom.ts'
import { paddedQuery, productOf, squaresOf } from './scoring.ts'
import { segmentCapacity, VectorSegment } from './vectorSegment.ts'

const random = new SeededRandom(7)

function randomFloats(length: number): Float32Array {
  return Float32Array.from({ length }, () => (random.next() - 0.5) * 10 ** random.between(-20, 20))
}

const bytesOf = (vector: Float32Array): Uint8Array => new Uint8Array(vector.buffer)

describe('the kernel makes the sums that plain loops make, to the last bit', () => {
  test.each([1, 2, 7, 8, 9, 31, 384, 1536, 4096])('with %i dimensions', (dimensions) => {
    const segment = new VectorSegment(dimensions)
    const vectors = Array.from({ length: 40 }, () => randomFloats(dimensions))
    vectors.forEach((vector, at) => segment.put(at, bytesOf(vector)))
    for (let round = 0; round < 5; round++) {
      const query = paddedQuery(randomFloats(dimensions))
      segment.setQuery(query)
      for (const [kind, plain] of [
        ['products', productOf],
        ['squares', squaresOf],
      ] as const) {
        const sums = segment.sums(kind, 3, 37).slice(0, 37)
        const expected = vectors.slice(3).map((vector) => plain(query, paddedQuery(vector)))
        expect([...sums]).toEqual(expected)
      }
    }
  })
})

test('the sums have eight parts', () => {
  const one = 2 ** 53
  const query = paddedQuery([1, 1, 1, 1, 1, 1, 1, 1, 1])
  // In one sum the small numbers would be lost one by one.
  const vector = paddedQuery([one, 1, 0, 1, 0, 0, 0, 0, 0])
  expect(productOf(query, vector)).toBe(one + 2)
  expect(productOf(query, paddedQuery([one, 0, 0, 0, 0, 0, 0, 0, 1]))).toBe(one)
})

test('a vector takes the place of another, and memory grows with the vectors', () => {
  const segment = new VectorSegment(1000)
  const query = paddedQuery(Float32Array.from({ length: 1000 }, () => 1))
  const last = 5000
  const filled = (value: number): Uint8Array =>
    bytesOf(Float32Array.from({ length: 1000 }, () => value))
  segment.put(0, filled(1))
  segment.put(last, filled(2))
  segment.put(0, filled(3))
  segment.setQuery(query)
  expect(segment.sums('products', 0, 2).slice(0, 2)).toEqual(Float64Array.of(3000, 0))
  expect(segment.sums('products', last, 1)[0]).toBe(2000)
})

test('a segment holds 64 MB of vectors', () => {
  expect(segmentCapacity(384)).toBe(43_690)
  expect(segmentCapacity(4096)).toBe(4096)
  const segment = new VectorSegment(4096)
  segment.put(4095, bytesOf(Float32Array.from({ length: 4096 }, () => 1)))
  expect(segment.vectorAt(4095)[4095]).toBe(1)
})
