import { setUp } from './workload/beginning.ts'
import { Client } from './workload/client.ts'
import { checkRemains, concludeRun } from './workload/ending.ts'
import {
  enableTimeToLive,
  keepFading,
  keepIndex,
  keepStreams,
  keepTables,
} from './workload/keepers.ts'
import { Work } from './workload/work.ts'
import { drawProfile, type Profile } from './world/profile.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { World, type DiskFactory } from './world/world.ts'

const maxSteps = 100_000
const roundsOfKeepers = 6

export interface RunOptions {
  /** Write down every step. */
  readonly traced?: boolean
  readonly openDisk?: DiskFactory
  /** What a test wants to be otherwise than the seed has it. */
  readonly adjust?: Partial<Profile>
}

/** What one run came to. */
export interface RunReport {
  readonly seed: number
  readonly findings: readonly string[]
  readonly counts: ReadonlyMap<string, number>
  readonly steps: number
  /** A digest of all choices: equal for two runs that were the same. */
  readonly fingerprint: number
  /** Every step in a line, when that was asked for. */
  readonly trace: readonly string[]
}

/** One run of the simulated world. The same seed gives the same run, step by step. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunReport> {
  const random = new SeededRandom(seed)
  const profile = { ...drawProfile(random), ...options.adjust }
  const trace: string[] = options.traced === true ? [JSON.stringify(profile)] : []
  const world = new World({
    seed,
    random,
    profile,
    ...(options.openDisk !== undefined && { openDisk: options.openDisk }),
    ...(options.traced === true && { trace }),
  })
  const life = liveThrough(world)
  try {
    await world.scheduler.run(() => life.isOver || world.isLost, { maxSteps })
    if (!world.isLost) await checkRemains(world)
  } catch (error) {
    const waiting = world.network.unanswered()
    world.report([(error as Error).stack, ...waiting.map((each) => `${each} waits`)].join('\n'))
  }
  const { findings, counts, scheduler } = world
  return { seed, findings, counts, steps: scheduler.steps, fingerprint: random.next(), trace }
}

/** Starts everything that happens in a run; `isOver` when it has come to its end. */
function liveThrough(world: World): { readonly isOver: boolean } {
  const life = { isOver: false }
  live(world)
    .catch((error: Error) => world.report(error.stack ?? String(error)))
    .finally(() => {
      life.isOver = true
    })
  return life
}

async function live(world: World): Promise<void> {
  const { profile, host, chaos, scheduler } = world
  const keeper = new Client(world, 0)
  host.start()
  while (host.accepting === undefined) await keeper.pause(10)
  await setUp(world, keeper)
  const firstStep = scheduler.steps
  world.faults.isOn = true
  scheduler.afterStep = () => chaos.afterStep(scheduler.steps - firstStep)
  const works = Array.from({ length: profile.clients }, (_, i) =>
    new Work(world, new Client(world, i + 1)).run(profile.requestsEach),
  )
  const [tables, index] = [new Client(world, 101), new Client(world, 102)]
  if (profile.keepsTables) works.push(keepTables(world, tables, roundsOfKeepers))
  if (profile.streamShards !== undefined && profile.keepsStreams) {
    works.push(keepStreams(world, new Client(world, 103), roundsOfKeepers))
  }
  if (profile.keepsIndex) works.push(keepIndex(world, index, roundsOfKeepers))
  if (profile.enablesTimeToLive) {
    works.push(enableTimeToLive(world, new Client(world, 104)))
    works.push(keepFading(world, new Client(world, 105), 2 * roundsOfKeepers))
  }
  await Promise.all(works)
  chaos.stop()
  world.faults.isOn = false
  await concludeRun(world, keeper)
}
