import { expect, test } from 'vitest'
import {
  describeEngine,
  type OpenedEngine,
} from '../../packages/server/src/storage/engineContract.ts'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { Scheduler } from '../simulation/world/scheduler.ts'
import { RemoteEngine } from './remoteEngine.ts'

/** A world with nothing but one connection in it, whose steps run by themselves. */
async function openRemote(): Promise<OpenedEngine & { readonly engine: RemoteEngine }> {
  const random = new SeededRandom(7)
  const scheduler = new Scheduler(random, { fairness: 0.5, stepMs: 0.05 })
  let isOver = false
  const owner = { name: 'server', alive: true }
  const running = scheduler.run(() => isOver, { maxSteps: Infinity, patient: true })
  return {
    engine: new RemoteEngine(new MemoryEngine(), {
      scheduler,
      random,
      owner,
      wayMs: 40,
      lateSnapshots: 0,
    }),
    dispose: async () => {
      isOver = true
      await running
    },
  }
}

describeEngine('of several servers', openRemote)

test('commits and reads that are under way together overtake each other', async () => {
  const { engine, dispose } = await openRemote()
  const key = Buffer.from('k')
  const ended: number[] = []
  const commits = Array.from({ length: 20 }, async (_, i) => {
    await engine.commit([], [{ key, value: Buffer.from(`${i}`) }])
    ended.push(i)
  })
  const last = Promise.all(commits).then(() => engine.get(key))
  const seen = await Promise.all(Array.from({ length: 20 }, async () => engine.get(key)))
  expect(ended).not.toEqual(ended.toSorted((a, b) => a - b))
  expect(new Set(seen.map(String)).size).toBeGreaterThan(1)
  expect(String(await last)).toMatch(/^\d+$/)
  await dispose()
})
