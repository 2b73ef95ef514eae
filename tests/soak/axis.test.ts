import { describe, expect, test } from 'vitest'
import { linearAxis, logAxis, timeAxis } from './axis.ts'

describe('a linear axis', () => {
  test.each([
    [
      [3, 10],
      [0, 2, 4, 6, 8, 10],
    ],
    [[1234], [0, 500, 1000, 1500]],
    [
      [0.3, 0.06],
      [0, 0.1, 0.2, 0.3],
    ],
    [[4], [0, 1, 2, 3, 4]],
    [[4.001], [0, 1, 2, 3, 4, 5]],
    [[], [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [
      [0, 0],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
  ])('of %j has round ticks %j', (values, ticks) => {
    expect(linearAxis(values).ticks).toEqual(ticks)
  })

  test('places values in proportion, and none outside', () => {
    const axis = linearAxis([80])
    expect(axis.ticks.at(-1)).toBe(80)
    expect([0, 20, 80, 99, -5].map((value) => axis.place(value))).toEqual([0, 0.25, 1, 1, 0])
  })
})

describe('a logarithmic axis', () => {
  test.each([
    [
      [0.3, 4.4],
      [0.2, 0.5, 1, 2, 5],
    ],
    [
      [0.02, 900],
      [0.01, 0.1, 1, 10, 100, 1000],
    ],
    [
      [2, 500],
      [2, 5, 10, 20, 50, 100, 200, 500],
    ],
    [[7], [5, 10]],
    [
      [1000, 1000],
      [1000, 2000],
    ],
    [[], [1, 2, 5, 10]],
    [[0], [1, 2, 5, 10]],
  ])('of %j has round ticks %j', (values, ticks) => {
    expect(logAxis(values).ticks).toEqual(ticks)
  })

  test('places values by their ratio', () => {
    const axis = logAxis([1, 100])
    expect([0, 0.5, 1, 10, 100, 1000].map((value) => axis.place(value))).toEqual([
      0, 0, 0, 0.5, 1, 1,
    ])
  })
})

describe('a time axis', () => {
  test.each([
    [120, 10, 13],
    [125, 15, 9],
    [600, 60, 11],
    [3600 * 5, 1800, 11],
    [3600 * 24 * 7, 86_400, 8],
    [3600 * 24 * 100, 1_000_000, 9],
    [0, 1, 2],
  ])('of %i s has a tick every %i s', (seconds, step, count) => {
    const { ticks } = timeAxis(seconds)
    expect(ticks).toHaveLength(count)
    expect(ticks[1]).toBe(step)
  })
})
