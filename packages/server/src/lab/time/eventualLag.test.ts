import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ControlError } from '../../errors/controlErrors.ts'
import { maxEventualLagMs } from '../../limits.ts'
import { faultOf } from '../checkSchema.ts'
import { eventualLagSchema, readLagOf, type EventualLag } from './eventualLag.ts'

const draws = (lag: EventualLag, count: number): number[] => {
  const drawn = readLagOf(lag)
  return Array.from({ length: count }, () => drawn?.drawMs() ?? Number.NaN)
}
const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length

const anyDistribution = fc
  .record(
    {
      bounds: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)),
      hasMean: fc.boolean(),
      seed: fc.nat(),
    },
    { requiredKeys: ['bounds', 'hasMean'] },
  )
  .map(({ bounds, hasMean, seed }) => {
    const [minMs, meanMs, maxMs] = bounds.sort((one, other) => one - other) as [
      number,
      number,
      number,
    ]
    return { minMs, maxMs, ...(hasMean && { meanMs }), ...(seed !== undefined && { seed }) }
  })

describe('a lag', () => {
  test('of 0 is none', () => {
    expect(readLagOf(0)).toBeUndefined()
    expect(readLagOf({ maxMs: 0 })).toBeUndefined()
  })

  test('that is constant is that', () => {
    expect(readLagOf(5)?.maxMs).toBe(5)
    expect(draws(5, 3)).toEqual([5, 5, 5])
  })

  test('is within its bounds, and the same for the same seed', () => {
    fc.assert(
      fc.property(anyDistribution, (lag) => {
        fc.pre(lag.maxMs > 0)
        expect(faultOf(lag, eventualLagSchema, 'lag')).toBeUndefined()
        const drawn = draws(lag, 20)
        for (const each of drawn) {
          expect(each).toBeGreaterThanOrEqual(lag.minMs)
          expect(each).toBeLessThanOrEqual(lag.maxMs)
        }
        expect(readLagOf(lag)?.maxMs).toBe(lag.maxMs)
        expect(draws(lag, 20)).toEqual(drawn)
        expect(draws({ ...lag, seed: lag.seed ?? 1 }, 20)).toEqual(drawn)
      }),
    )
  })

  test('is drawn evenly, or with a long tail', () => {
    const even = draws({ minMs: 100, maxMs: 300 }, 10_000)
    expect(Math.abs(meanOf(even) - 200)).toBeLessThan(3)
    expect(even.filter((each) => each < 150).length).toBeGreaterThan(2300)
    const tailed = draws({ minMs: 10, meanMs: 20, maxMs: 1000 }, 10_000)
    expect(Math.abs(meanOf(tailed) - 20)).toBeLessThan(1)
    expect(tailed.filter((each) => each < 17).length).toBeGreaterThan(4500)
    expect(Math.max(...tailed)).toBeGreaterThan(60)
    expect(draws({ maxMs: 100, seed: 2 }, 5)).not.toEqual(draws({ maxMs: 100, seed: 3 }, 5))
  })

  test.each<[EventualLag, string]>([
    [{ minMs: 2, maxMs: 1 }, 'minMs is at most maxMs.'],
    [{ minMs: 2, meanMs: 1, maxMs: 3 }, 'meanMs is between minMs and maxMs.'],
    [{ meanMs: 4, maxMs: 3 }, 'meanMs is between minMs and maxMs.'],
  ])('cannot be %j', (lag, message) => {
    expect(() => readLagOf(lag)).toThrow(ControlError)
    expect(() => readLagOf(lag)).toThrow(message)
  })

  test.each([
    [maxEventualLagMs, undefined],
    [maxEventualLagMs + 1, 'lag is a whole number from 0 to 3600000.'],
    ['5', 'lag is a whole number.'],
    [null, 'lag is an object.'],
    [[], 'lag is an object.'],
    [{}, 'lag needs "maxMs".'],
    [{ maxMs: 0.5 }, 'lag.maxMs is a whole number.'],
    [{ maxMs: 5, seed: -1 }, 'lag.seed is a whole number from 0 to 4294967295.'],
  ])('as it is given: %j', (given, fault) => {
    expect(faultOf(given, eventualLagSchema, 'lag')).toBe(fault)
  })
})
