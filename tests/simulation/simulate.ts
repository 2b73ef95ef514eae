import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { measureProcessor } from '../../packages/server/src/testing/processorTime.ts'
import { Coverage } from './coverage.ts'
import { runSeed, type RunReport } from './run.ts'
import { withoutAmbient } from './world/ambient.ts'

/*
 * Runs of the simulated world, one for each seed. DYNATOM_SEEDS says how many; DYNATOM_SEED is the
 * first seed, a fresh one when absent. A run with one seed prints all of its steps. Each half of the
 * seeds is a suite of its own, so that two processors can share the work.
 */

const defaultSeeds = 2500
/** From so many runs on, everything that can happen has to have happened. */
const fullRun = 700
/** Of so many runs one is made twice, to see that it is the same. */
const repeatedEvery = 50
const maxFailures = 5
const shownSteps = 60

const allSeeds = Number(process.env['DYNATOM_SEEDS'] ?? defaultSeeds)
const firstOfAll = Number(process.env['DYNATOM_SEED'] ?? randomInt(2 ** 40))

/** Declares the test that runs the first or the second half of the seeds; the first has an odd one. */
export function testHalf(half: 'first' | 'second'): void {
  const ofFirst = Math.ceil(allSeeds / 2)
  const [firstSeed, seeds] =
    half === 'first' ? [firstOfAll, ofFirst] : [firstOfAll + ofFirst, allSeeds - ofFirst]
  test(`${seeds} simulated worlds from seed ${firstSeed}`, () => simulate(firstSeed, seeds))
}

async function simulate(firstSeed: number, seeds: number): Promise<void> {
  const coverage = new Coverage()
  const failures: string[] = []
  const beganMs = performance.now()
  const usedMs = measureProcessor()
  let steps = 0
  await withoutAmbient(async () => {
    for (let i = 0; i < seeds && failures.length < maxFailures; i++) {
      const report = await runSeed(firstSeed + i, { traced: allSeeds === 1 })
      coverage.add(report.counts)
      steps += report.steps
      if (report.findings.length > 0) failures.push(await describeFailure(report))
      else if (i % repeatedEvery === 0) await repeat(report)
      if (allSeeds === 1) console.log(report.trace.join('\n'))
    }
  })
  const ms = performance.now() - beganMs
  if (seeds > 0) console.log(coverage.toString())
  console.log(
    `${seeds} seeds from ${firstSeed}: ${steps} steps in ${(ms / 1000).toFixed(1)} s, ` +
      `${(usedMs() / 1000).toFixed(1)} s of CPU`,
  )
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
  if (seeds >= fullRun) expect(coverage.missing()).toEqual([])
}

/** The same seed has to give the same run. */
async function repeat(report: RunReport): Promise<void> {
  expect(await runSeed(report.seed)).toEqual({ ...report, trace: [] })
}

/** What was found, the last steps before, and how to see all of them. */
async function describeFailure({ seed, findings }: RunReport): Promise<string> {
  const { trace } = await runSeed(seed, { traced: true })
  const first = trace.findIndex((line) => line.includes('FINDING'))
  const end = first < 0 ? trace.length : first
  const last = trace.slice(Math.max(0, end - shownSteps), end)
  return [
    `seed ${seed}: ${findings.length} findings`,
    ...findings.slice(0, 10),
    '',
    `the last ${last.length} steps before:`,
    ...last,
    '',
    'This run alone, with all of its steps:',
    `  npm run test:simulation -- --seed ${seed} --seeds 1`,
  ].join('\n')
}
