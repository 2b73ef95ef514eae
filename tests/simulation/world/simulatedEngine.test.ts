import { describe, expect, test } from 'vitest'
import { StorageFailure, type StorageEngine } from '../../../packages/server/src/storage/engine.ts'
import {
  describeEngine,
  type OpenedEngine,
} from '../../../packages/server/src/storage/engineContract.ts'
import { EngineDisk, type Disk } from './disk.ts'
import { JournalDisk } from './journalDisk.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import { faultlessEngine, SimulatedEngine, type EngineProfile } from './simulatedEngine.ts'
import type { FilesProfile } from './simulatedDirectory.ts'
import { SimulatedStore } from './simulatedStore.ts'

/** A world with nothing but a disk in it, whose steps run by themselves. */
async function openDisk(disk: Disk, profile: EngineProfile): Promise<OpenedEngine> {
  const random = new SeededRandom(7)
  const scheduler = new Scheduler(random, { fairness: 0.2, stepMs: 1 })
  let isOver = false
  const open = (name: string): Promise<StorageEngine> =>
    disk.open({ scheduler, random, profile, owner: { name, alive: true } }).engine
  const running = scheduler.run(() => isOver, { maxSteps: Infinity, patient: true })
  return {
    engine: await open('the first'),
    reopen: () => open('the second'),
    dispose: async () => {
      isOver = true
      await running
    },
  }
}

const slow = { ...faultlessEngine, syncReads: false, readMs: 2, stageMs: 3 }
const files = (): FilesProfile => ({ stepMs: 2, failureRate: 0 })

describeEngine('simulated, reads at once', () => openDisk(new EngineDisk(), faultlessEngine))
describeEngine('simulated, reads later', () => openDisk(new EngineDisk(), slow))
describeEngine('simulated, with a journal', () =>
  openDisk(new JournalDisk({ files, maxJournalBytes: 2000 }), faultlessEngine),
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
    const { engine, dispose } = await openDisk(new EngineDisk(), profile)
    await expect(engine.commit([], [write])).rejects.toBeInstanceOf(StorageFailure)
    expect(await engine.get(write.key)).toBeUndefined()
    await dispose()
  })
})
