import { beforeAll, describe, expect, test } from 'vitest'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { CountedSteps, isLinear } from './countedSteps.ts'
import { expressionTable, resetRequest } from './expressionRequests.ts'
import { longStatements } from './longStatements.ts'

/*
 * What a statement costs is counted; what native functions do by themselves expressionCost.suite.ts
 * measures.
 */

const lengths = [1000, 2000, 4000, 8000]

const counted = CountedSteps.inThisFile()
let plane: DataPlane

beforeAll(async () => {
  plane = await openDataPlane()
  await plane.call('CreateTable', expressionTable)
})

async function stepsOf(Statement: string): Promise<number> {
  await plane.call('PutItem', resetRequest)
  await counted.take()
  await plane.call('ExecuteStatement', { Statement })
  return counted.take()
}

test('what grows with the square is seen', () => {
  const costs = (cost: (length: number) => number): number[] => lengths.map(cost)
  expect(isLinear(costs((length) => 1000 + 30 * length))).toBe(true)
  expect(isLinear(costs((length) => 10 * length + length ** 2 / 100))).toBe(false)
  expect(isLinear(costs((length) => 10_000 + length ** 2 / 100))).toBe(false)
})

describe('a statement takes steps in proportion to its length', () => {
  test.each(longStatements.map((form) => [form.name, form] as const))('%s', async (_, form) => {
    await stepsOf(form.text(500))
    const steps: number[] = []
    for (const length of lengths) steps.push(await stepsOf(form.text(length)))
    expect(isLinear(steps), steps.join(', ')).toBe(true)
  })
})
