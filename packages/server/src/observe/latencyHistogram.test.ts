import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addPacked,
  bucketCount,
  bucketOf,
  emptyBuckets,
  packBuckets,
  percentileOf,
} from './latencyHistogram.ts'

const latency = fc.double({ min: 0.001, max: 1e6, noNaN: true })
const latencies = fc.array(latency, { minLength: 1, maxLength: 50 })

function bucketsOf(values: readonly number[]) {
  const buckets = emptyBuckets()
  for (const value of values) {
    const bucket = bucketOf(value)
    buckets[bucket] = (buckets[bucket] as number) + 1
  }
  return buckets
}

test('a percentile is within an eighth of a doubling of the value that it stands for', () => {
  fc.assert(
    fc.property(latencies, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const sorted = [...values].sort((one, other) => one - other)
      const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number
      const bounds = { minimum: sorted[0] as number, maximum: sorted.at(-1) as number }
      const told = percentileOf(bucketsOf(values), percent, bounds)
      expect(Math.abs(Math.log2(told / exact))).toBeLessThanOrEqual(1 / 8 + 1e-9)
      expect(told).toBeGreaterThanOrEqual(bounds.minimum)
      expect(told).toBeLessThanOrEqual(bounds.maximum)
    }),
  )
})

test('packed buckets are what they were, added to what is there', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const sum = bucketsOf(some)
      addPacked(sum, packBuckets(bucketsOf(others)))
      expect(sum).toEqual(bucketsOf([...some, ...others]))
      expect(packBuckets(sum).length).toBeLessThanOrEqual(2 * (some.length + others.length))
    }),
  )
})

test('every value has a bucket', () => {
  expect(bucketOf(0)).toBe(0)
  expect(bucketOf(Number.NaN)).toBe(0)
  expect(bucketOf(-1)).toBe(0)
  expect(bucketOf(0.002)).toBe(8)
  expect(bucketOf(Number.MAX_VALUE)).toBe(bucketCount - 1)
})
