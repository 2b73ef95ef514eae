import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDataPlane, type DataPlane } from '../../packages/server/src/testing/dataPlane.ts'
import { expressionTable, resetRequest } from './expressionRequests.ts'
import { longStatements } from './longStatements.ts'

/*
 * What a statement costs is counted, not timed: how often each block of the server's own code is
 * run, by V8's coverage. What native functions do by themselves (to search a text, to copy one) is
 * not in it; expressionCost.suite.ts measures that.
 */

const lengths = [1000, 2000, 4000, 8000]
/** What a request costs that has nothing to do with its length, and its paces in the background. */
const slackSteps = 2000

let session: Session
let plane: DataPlane

beforeAll(async () => {
  session = new Session()
  session.connect()
  plane = await openDataPlane()
  await plane.call('CreateTable', expressionTable)
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
})

afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
})

/** How many steps were taken since this was asked last. */
async function takeSteps(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const blocks = result
    .filter(({ url }) => url.includes('/packages/server/src/'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
  return blocks.reduce((sum, { count }) => sum + count, 0)
}

async function stepsOf(Statement: string): Promise<number> {
  await plane.call('PutItem', resetRequest)
  await takeSteps()
  await plane.call('ExecuteStatement', { Statement })
  return takeSteps()
}

/** Whether twice the length costs twice as much, and not four times, wherever it is doubled. */
function isLinear(steps: readonly number[]): boolean {
  return steps.slice(1).every((next, i) => next <= 2.2 * (steps[i] as number) + slackSteps)
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
