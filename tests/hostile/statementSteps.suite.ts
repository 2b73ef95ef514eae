import { beforeAll, describe, expect, test } from 'vitest'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { CountedSteps, expectLinear, isLinear } from './countedSteps.ts'
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

test('what grows with the square is seen', async () => {
  const costs = (cost: (length: number) => number): number[] => lengths.map(cost)
  expect(isLinear(costs((length) => 1000 + 30 * length))).toBe(true)
  expect(isLinear(costs((length) => 10 * length + length ** 2 / 100))).toBe(false)
  expect(isLinear(costs((length) => 10_000 + length ** 2 / 100))).toBe(false)
  const square = async (length: number): Promise<number> => 10_000 + length ** 2
  await expect(expectLinear(lengths, square)).rejects.toThrow('not in proportion')
  let calls = 0
  // Something else at work once, which the next try does not meet.
  const disturbed = async (length: number): Promise<number> =>
    30 * length * ((calls += 1) === 5 ? 9 : 1)
  await expectLinear(lengths, disturbed)
})

describe('a statement takes steps in proportion to its length', () => {
  test.each(longStatements.map((form) => [form.name, form] as const))('%s', async (_, form) => {
    await expectLinear(lengths, (length) => stepsOf(form.text(length)))
  })
})
