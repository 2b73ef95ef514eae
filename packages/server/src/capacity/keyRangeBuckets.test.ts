import { expect, test } from 'vitest'
import { maxKeyRangeBuckets } from '../limits.ts'
import { KeyRangeBuckets } from './keyRangeBuckets.ts'

test('a key has the rate of one second, whatever others take', () => {
  const buckets = new KeyRangeBuckets(1000)
  buckets.take(7, 1000, 0)
  expect(buckets.isOpen(7, 0)).toBe(false)
  expect(buckets.isOpen(8, 0)).toBe(true)
  expect(buckets.isOpen(7, 1)).toBe(true)
})

test('keys that have rested are forgotten, those in debt are not', () => {
  const buckets = new KeyRangeBuckets(1000)
  for (let hash = 0; hash < 100; hash++) buckets.take(hash, 1, 0)
  buckets.take(200, 5000, 0)
  expect(buckets.count).toBe(101)
  buckets.take(300, 1, 2000)
  expect(buckets.count).toBe(2)
  expect(buckets.isOpen(200, 2000)).toBe(false)
})

test('no more keys are remembered at once than there is room for', () => {
  const buckets = new KeyRangeBuckets(1000)
  for (let hash = 0; hash < maxKeyRangeBuckets + 5; hash++) buckets.take(hash, 1000, 0)
  expect(buckets.count).toBe(maxKeyRangeBuckets)
  expect(buckets.isOpen(maxKeyRangeBuckets - 1, 0)).toBe(false)
  expect(buckets.isOpen(maxKeyRangeBuckets, 0)).toBe(true)
})
