import { expect, test } from 'vitest'
import { LatencyHistogram } from './latencyHistogram.ts'

const of = (values: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('nothing has no percentile', () => {
  const nothing = new LatencyHistogram()
  expect(nothing.percentile(0.5)).toBeUndefined()
  expect(nothing.greatestMs).toBeUndefined()
  expect(LatencyHistogram.sum([nothing, nothing]).percentile(0.99)).toBeUndefined()
})

test.each([0.01, 0.1, 0.5, 0.9, 0.99])(
  'percentile %d is right to the width of a bucket',
  (share) => {
    const exact = Math.ceil(share * 1000)
    const found = of(upTo(1000)).percentile(share) as number
    expect(found).toBeGreaterThanOrEqual(exact)
    expect(found).toBeLessThanOrEqual(exact * 2 ** (1 / 16))
  },
)

test('no percentile is beyond what was seen', () => {
  expect(of([7.001]).percentile(0.5)).toBe(7.001)
  expect(of([3, 1000.5]).percentile(0.99)).toBe(1000.5)
  expect(of([0]).percentile(0.5)).toBe(0)
})

test('a sum is the histogram of everything', () => {
  const [low, high] = [of(upTo(500)), of(upTo(1000).slice(500))]
  const whole = of(upTo(1000))
  const sum = LatencyHistogram.sum([low, high])
  expect(sum.count).toBe(1000)
  for (const share of [0.1, 0.5, 0.99]) expect(sum.percentile(share)).toBe(whole.percentile(share))
  // The parts stay as they were.
  expect(low.count).toBe(500)
})
