import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, expect } from 'vitest'

/*
 * What something costs is counted, not timed: how often each block of code is run, by V8's coverage. What
 * native functions do by themselves (to search a text, to copy one) is not in it.
 */

/** What a measurement has that has nothing to do with a length, and paces in the background. */
const slackSteps = 2000

const serverSources = '/packages/server/src/'

/** Counts the steps of the server's code, and of that below `others`, in the tests of a file. */
export class CountedSteps {
  readonly #sources: readonly string[]
  readonly #session = new Session()

  private constructor(others: readonly string[]) {
    this.#sources = [serverSources, ...others]
  }

  /** REQUIRES: called where hooks of a file of tests are. */
  static inThisFile(...others: string[]): CountedSteps {
    const counted = new CountedSteps(others)
    beforeAll(async () => {
      counted.#session.connect()
      await counted.#session.post('Profiler.enable')
      await counted.#session.post('Profiler.startPreciseCoverage', {
        callCount: true,
        detailed: true,
      })
    })
    afterAll(async () => {
      await counted.#session.post('Profiler.stopPreciseCoverage')
      counted.#session.disconnect()
    })
    return counted
  }

  /** How many steps were taken since this was asked last. */
  async take(): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage')
    const blocks = result
      .filter(({ url }) => this.#sources.some((source) => url.includes(source)))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    return blocks.reduce((sum, { count }) => sum + count, 0)
  }
}

/** Whether twice the length costs twice as much, and not four times, wherever it is doubled. */
export function isLinear(steps: readonly number[]): boolean {
  return steps.slice(1).every((next, i) => next <= 2.2 * (steps[i] as number) + slackSteps)
}

/**
 * Of what shares of the lengths the steps are counted: what the process does in the background meanwhile
 * is counted too, but not at each try, and texts of other lengths are in no memory.
 */
const triedShares = [1, 0.97, 0.94]

/** Counts the steps of what is measured for each length, once the like of it was done before. */
export async function expectLinear(
  lengths: readonly number[],
  measure: (length: number) => Promise<number>,
): Promise<void> {
  await measure((lengths[0] as number) * 0.8)
  const tries: number[][] = []
  for (const share of triedShares) {
    const steps: number[] = []
    for (const length of lengths) steps.push(await measure(Math.round(length * share)))
    if (isLinear(steps)) return
    tries.push(steps)
  }
  expect(tries, 'steps are not in proportion to the lengths').toEqual([])
}
