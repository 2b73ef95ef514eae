import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../packages/server/src/clock.ts'
import { runSeed } from './run.ts'
import { withoutAmbient } from './world/ambient.ts'

const later = setImmediate
const seeds = Array.from({ length: 10 }, (_, i) => 1000 + i)

describe('a seed', () => {
  test('gives the same run twice, step by step', async () => {
    const first = []
    for (const seed of seeds) first.push(await runSeed(seed, { traced: true }))
    // In another order, so that nothing can come from the run before.
    for (const report of first.toReversed()) {
      expect(await runSeed(report.seed, { traced: true })).toEqual(report)
      expect(report.trace.length).toBeGreaterThan(100)
    }
    expect(new Set(first.map(({ fingerprint }) => fingerprint)).size).toBe(seeds.length)
  })

  test('gives the same run whether it is written down or not', async () => {
    for (const seed of seeds) {
      const { trace: _, ...plain } = await runSeed(seed)
      const { trace: __, ...traced } = await runSeed(seed, { traced: true })
      expect(plain).toEqual(traced)
    }
  })
})

describe('time and randomness', () => {
  test('come to a run from its seed alone', async () => {
    await withoutAmbient(async () => {
      for (const seed of seeds) expect((await runSeed(seed)).findings).toEqual([])
    })
  })

  test.each<[string, () => unknown]>([
    ['setTimeout', () => setTimeout(() => {}, 0)],
    ['setImmediate', () => setImmediate(() => {})],
    ['Date.now', () => Date.now()],
    ['Math.random', () => Math.random()],
    ['performance.now', () => performance.now()],
    ['randomUUID', () => randomUUID()],
    ['systemClock', () => systemClock.nowMs()],
    ['systemRandom', () => systemRandom.uuid()],
  ])('would be noticed: %s', async (_, use) => {
    await expect(withoutAmbient(async () => use())).rejects.toThrow('in a simulated world')
    expect(use()).toBeDefined()
  })

  test('a rejection that nobody handles is noticed', async () => {
    const work = async (): Promise<void> => {
      void Promise.reject(new Error('nobody waits for this'))
      await new Promise((resolve) => later(resolve))
    }
    await expect(withoutAmbient(work)).rejects.toThrow('a rejection was not handled')
  })
})
