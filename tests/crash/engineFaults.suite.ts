import { expect, test } from 'vitest'
import type { EngineCall } from '../../packages/server/src/testing/faultyEngine.ts'
import { composeDatabase } from '../../packages/server/src/cli/createDatabase.ts'
import { defaultServerLimits } from '../../packages/server/src/http/serverLimits.ts'
import { StorageFailure } from '../../packages/server/src/storage/engine.ts'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../../packages/server/src/testing/faultyEngine.ts'
import { FaultStory, firstEntries, type Told } from './faultStory.ts'
import { Faults } from './faults.ts'

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** In a short run every second call fails, by the seed those of odd or those of even numbers. */
const step = Number(process.env['DYNATOM_CYCLES'] ?? 100) < 100 ? 2 : 1

const nothing: Told = {
  refused: 0,
  givenBack: 0,
  failedStarts: 0,
  toldFailures: 0,
  needless: 0,
  problems: [],
}

/** Most calls fail alone, some together with those that follow. */
const burst = 6

interface Failure {
  readonly failed: readonly EngineCall[]
  readonly told: Told
}

test('a failure of the engine at any call fails the requests that met it, and nothing else', async () => {
  const again = step === 1 ? '' : ' --cycles 24'
  console.log(`engine faults: npm run test:crash --${again} --seed ${seed} -- engineFaults`)
  const entries = await firstEntries()
  const failures: Failure[] = []
  const problems: string[] = []
  // Stories of different kinds have different lengths.
  let unharmed = 0
  for (let first = 1 + (seed % step); unharmed < 4; first += step) {
    const kind = Math.floor((first + seed) / step)
    const answers = kind % 2 === 0 ? 'at once' : 'later'
    const middle = kind % 4 < 2 ? 'reopen' : 'rest'
    const faults = new Faults(first, kind % 5 === 0 ? burst : 1)
    const told = await new FaultStory(faults, { answers, middle })
      .tell(entries)
      .catch((error: unknown): Told => ({ ...nothing, problems: [String((error as Error).stack)] }))
    unharmed = faults.failed.length === 0 ? unharmed + 1 : 0
    if (unharmed === 0) failures.push({ failed: faults.failed, told })
    for (const problem of told.problems) {
      problems.push(`call ${first} (${faults.failed.join()}; ${answers}, ${middle}): ${problem}`)
    }
    if (problems.length > 20) break
  }
  printFigures(failures)
  expect(problems.join('\n')).toBe('')
  expect(failures.length).toBeGreaterThan(300 / step)
  const silent = failures.filter((failure) => isQuiet(failure) && failure.told.toldFailures === 0)
  expect(silent.filter(({ failed }) => !isHealed(failed))).toEqual([])
  for (const call of ['get', 'snapshot', 'getMany', 'next', 'read', 'commit']) {
    expect(failures.filter(({ failed }) => failed[0] === call).length, call).toBeGreaterThan(0)
  }
})

/**
 * Whether nobody has to be told: the closing tells of itself, and a group of commits that fails once,
 * or the common step of a batch of writes, is tried again one by one, and succeeds.
 */
function isHealed(failed: readonly EngineCall[]): boolean {
  if (failed.every((call) => call === 'close')) return true
  return failed.length === 1 && ['get', 'read', 'commit'].includes(failed[0] as EngineCall)
}

/** Whether neither a request nor a start met the failure, nor what a request did not need after all. */
function isQuiet({ told }: Failure): boolean {
  return told.refused + told.givenBack + told.failedStarts + told.needless === 0
}

test('a failure of the closing is told by the closing', async () => {
  const engine = new FaultyEngine({
    store: new MemoryEngine(),
    answers: 'at once',
    commitsLater: true,
    meet(call) {
      if (call === 'close') throw new StorageFailure('close failed: input/output error')
    },
  })
  const database = await composeDatabase(engine, {}, defaultServerLimits)
  await expect(database.close()).rejects.toThrow('close failed: input/output error')
  await expect(database.close()).rejects.toThrow(StorageFailure)
})

function printFigures(failures: readonly Failure[]): void {
  const counts = new Map<string, number>()
  for (const { failed } of failures) {
    const call = failed[0] ?? 'none'
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  console.log(`  ${failures.length} failures: ${JSON.stringify(Object.fromEntries(counts))}`)
  const has = (name: 'refused' | 'givenBack' | 'failedStarts'): number =>
    failures.filter(({ told }) => told[name] > 0).length
  const quiet = failures.filter(isQuiet)
  console.log(
    `  met by requests: ${has('refused')} InternalServerError, ${has('givenBack')} in batches`,
  )
  console.log(
    `  met by a start: ${has('failedStarts')}, by work in the background: ${quiet.length}`,
  )
}
