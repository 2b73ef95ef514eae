import { describe, expect, test } from 'vitest'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { measureProcessor } from '../../packages/server/src/testing/processorTime.ts'
import {
  pagePatterns,
  statementPatterns,
  substitutionPatterns,
  textPatterns,
  valuePatterns,
  type CostPattern,
} from './costPatterns.ts'
import { expressionTable } from './expressionRequests.ts'

/*
 * What costs eight times as much when it is eight times as large is linear, what costs sixty-four times as
 * much is not. The time of the processor is measured and not that of the clock, all sizes in turn, several
 * times, and the middle one of the results counts; a pattern that fails is measured anew before it is
 * believed.
 */

const factors = [1, 2, 4, 8]
const samples = 3
/** The work of one sample at the smallest size, so that the clock of the processor can tell it. */
const leastSampleMs = 4
/** Half-way, by ratio, between linear growth (8) and growth with the square (64). */
const greatestRatio = Math.sqrt(8 * 64)
const attempts = 4

let unique = 0

async function cpuMsOf(
  plane: DataPlane,
  pattern: CostPattern,
  size: number,
  times: number,
): Promise<number> {
  const usedMs = measureProcessor()
  for (let i = 0; i < times; i++) {
    const [operation, request] = pattern.ask(size, unique++)
    await plane.call(operation, request)
  }
  return usedMs()
}

async function timesFor(plane: DataPlane, pattern: CostPattern): Promise<number> {
  for (let times = 1; ; times *= 2) {
    if ((await cpuMsOf(plane, pattern, pattern.base, times)) >= leastSampleMs) return times
  }
}

const middleOf = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

/** The cost at each of the factors, as multiples of the first. */
async function growthOf(plane: DataPlane, pattern: CostPattern): Promise<number[]> {
  const times = await timesFor(plane, pattern)
  const costs: number[][] = factors.map(() => [])
  for (let sample = 0; sample < samples; sample++) {
    for (const [i, factor] of factors.entries()) {
      costs[i]?.push(await cpuMsOf(plane, pattern, factor * pattern.base, times))
    }
  }
  const middles = costs.map(middleOf)
  return middles.map((cost) => cost / (middles[0] as number))
}

describe.each([
  ['texts', textPatterns],
  ['statements', statementPatterns],
  ['substitutions', substitutionPatterns],
  ['values', valuePatterns],
  ['pages', pagePatterns],
])('the cost of %s grows with their length', (_, patterns) => {
  test.each(patterns.map((pattern) => [pattern.name, pattern] as const))(
    '%s',
    async (name, pattern) => {
      const plane = await openDataPlane()
      await plane.call('CreateTable', expressionTable)
      for (const factor of factors) await pattern.prepare?.(plane, factor * pattern.base)
      let growth: number[] = []
      for (let attempt = 0; attempt < attempts; attempt++) {
        growth = await growthOf(plane, pattern)
        if ((growth.at(-1) as number) < greatestRatio) break
      }
      const told = growth.map((each) => each.toFixed(1)).join(', ')
      console.log(`cost of ${name}: ${told}`)
      expect(growth.at(-1), told).toBeLessThan(greatestRatio)
    },
  )
})
