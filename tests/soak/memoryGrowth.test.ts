import { describe, expect, test } from 'vitest'
import { growsWithoutBound, memoryVerdict, trendOf, type MemoryTrend } from './memoryGrowth.ts'

const mib = 2 ** 20

/** `seconds` values in MiB, with a tooth of a garbage collector on top of what `at` gives. */
function trend(seconds: number, at: (second: number) => number): MemoryTrend {
  const values = Array.from({ length: seconds }, (_, i) => (at(i) + (i % 13) * 4) * mib)
  return trendOf(values) as MemoryTrend
}
const grows = (seconds: number, at: (second: number) => number): boolean =>
  growsWithoutBound(trend(seconds, at))

describe('memory grows without bound', () => {
  test('when it leaks all the time', () => {
    expect(grows(240, (second) => 100 + second)).toBe(true)
    expect(grows(3600, (second) => 100 + second / 20)).toBe(true)
    expect(grows(36_000, (second) => 300 + second / 100)).toBe(true)
  })

  test('also when the leak begins late', () => {
    expect(grows(3600, (second) => 100 + Math.max(0, second - 1800) / 5)).toBe(true)
  })
})

describe('memory does not', () => {
  test('when it stays, with the teeth of the collector', () => {
    expect(grows(3600, () => 100)).toBe(false)
  })

  test('when it grows by what is tolerated', () => {
    expect(grows(600, (second) => 100 + second / 12)).toBe(false)
    expect(grows(600, (second) => 400 + second / 4)).toBe(false)
  })

  test('when it has grown a lot and come to rest', () => {
    expect(grows(3600, (second) => 100 + 300 * (1 - Math.exp(-second / 500)))).toBe(false)
    expect(grows(3600, (second) => (second < 1000 ? 100 : 400))).toBe(false)
  })

  test('when it shrinks', () => {
    expect(grows(600, (second) => 800 - second)).toBe(false)
  })
})

test('a short life is not judged', () => {
  expect(trendOf(Array.from({ length: 179 }, (_, i) => i * mib))).toBeUndefined()
  expect(trendOf([])).toBeUndefined()
})

test('what is compared: medians after the warm-up', () => {
  expect(trendOf(Array.from({ length: 230 }, (_, i) => i))).toEqual({
    count: 230,
    warmUpCount: 30,
    secondTenthBytes: 60,
    sixthTenthBytes: 140,
    lastTenthBytes: 220,
  })
})

describe('the end of a run', () => {
  const values = (count: number, at: (i: number) => number): number[] =>
    Array.from({ length: count }, (_, i) => at(i) * mib)

  test('says that its memory was not judged', () => {
    const text = 'memory not judged: too short, 179 values of 180'
    expect(
      memoryVerdict(
        values(179, () => 100),
        9,
      ),
    ).toEqual({ remark: text })
  })

  test('fails for that when it was long', () => {
    const text = 'memory not judged: too short, 0 values of 180'
    expect(memoryVerdict([], 10)).toEqual({ problem: text })
  })

  test('fails when the memory grows without bound, and only then', () => {
    expect(
      memoryVerdict(
        values(240, (i) => 100 + i),
        5,
      ).problem,
    ).toMatch('without bound')
    expect(
      memoryVerdict(
        values(240, () => 100),
        10,
      ),
    ).toEqual({})
  })
})
