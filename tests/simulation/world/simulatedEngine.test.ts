import { describe, expect, test } from 'vitest'
import { StorageFailure } from '../../../packages/server/src/storage/engine.ts'
import {
  describeEngine,
  type OpenedEngine,
} from '../../../packages/server/src/storage/engineContract.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from './seededRandom.ts'
import { faultlessEngine, SimulatedEngine, type EngineProfile } from './simulatedEngine.ts'
import { SimulatedStore } from './simulatedStore.ts'

/** A world with nothing but an engine in it, whose steps run by themselves. */
function openEngine(profile: EngineProfile): OpenedEngine {
  const random = new SeededRandom(7)
  const scheduler = new Scheduler(random, { fairness: 0.2, stepMs: 1 })
  const store = new SimulatedStore()
  let isOver = false
  const open = (name: string): SimulatedEngine =>
    new SimulatedEngine(store, { scheduler, random, profile, owner: { name, alive: true } })
  const running = scheduler.run(() => isOver, { maxSteps: Infinity, patient: true })
  return {
    engine: open('the first'),
    reopen: async () => open('the second'),
    dispose: async () => {
      isOver = true
      await running
    },
  }
}

describeEngine('simulated, reads at once', async () => openEngine(faultlessEngine))
describeEngine('simulated, reads later', async () =>
  openEngine({ ...faultlessEngine, syncReads: false, readMs: 2, stageMs: 3 }),
)

describe('a simulated engine', () => {
  const write = { key: Buffer.from('a'), value: Buffer.from('1') }

  /** Lets a commit go on until it has reached `stage`, and kills the process then. */
  async function dieAt(stage: string, seed: number): Promise<{ kept: boolean; fate: string }> {
    const random = new SeededRandom(seed)
    const scheduler = new Scheduler(random, { fairness: 1, stepMs: 1 })
    const store = new SimulatedStore()
    const owner = { name: 'server', alive: true }
    let reached = ''
    const engine = new SimulatedEngine(store, {
      scheduler,
      random,
      profile: faultlessEngine,
      owner,
      onStage: (each) => {
        reached = each
      },
    })
    void engine.commit([], [write])
    await scheduler.run(() => reached === stage, { maxSteps: 100 })
    scheduler.kill(owner)
    const fate = engine.crash()
    expect(() => engine.get(write.key)).toThrow('is dead')
    expect(() => engine.commit([], [write])).toThrow('is dead')
    return { kept: store.load().get(write.key) !== undefined, fate }
  }

  const seeds = Array.from({ length: 20 }, (_, i) => i)

  test('loses at a crash what is not durable, or keeps it', async () => {
    const outcomes = await Promise.all(seeds.map((seed) => dieAt('handed over', seed)))
    expect(new Set(outcomes.map(({ kept }) => kept))).toEqual(new Set([false, true]))
    for (const { kept, fate } of outcomes) expect(fate).toBe(kept ? 'kept' : 'lost')
  })

  test.each(['durable', 'visible', 'acknowledged'])('keeps what was %s', async (stage) => {
    for (const seed of seeds) expect((await dieAt(stage, seed)).kept).toBe(true)
  })

  test('applies nothing of a commit that fails', async () => {
    const profile = { ...faultlessEngine, commitFailureRate: 1 }
    const { engine, dispose } = openEngine(profile)
    await expect(engine.commit([], [write])).rejects.toBeInstanceOf(StorageFailure)
    expect(await engine.get(write.key)).toBeUndefined()
    await dispose()
  })
})
