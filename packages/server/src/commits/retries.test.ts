import { expect, test } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { SpacedRetries } from './retries.ts'

/** How long the pause after so many attempts lasts, to a millisecond. */
async function pauseMs(attempts: number, seed: number): Promise<number> {
  const clock = new ManualClock()
  let isOver = false
  const retries = new SpacedRetries(9, clock, new SeededRandom(seed))
  const pause = retries.pause(attempts).then(() => (isOver = true))
  const hasEnded = (): boolean => isOver
  for (let ms = 0; ; ms++) {
    await Promise.resolve()
    if (hasEnded()) return ms
    expect(ms).toBeLessThan(100)
    clock.advance(1)
    await Promise.race([pause, Promise.resolve()])
  }
}

test('pauses are of random length, grow, and have an end', async () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i)
  const longest = async (attempts: number): Promise<number> =>
    Math.max(...(await Promise.all(seeds.map((seed) => pauseMs(attempts, seed)))))
  expect(await longest(1)).toBeLessThanOrEqual(3)
  const [third, sixth, last] = await Promise.all([longest(3), longest(6), longest(1000)])
  expect(sixth).toBeGreaterThan(third as number)
  expect(last).toBeLessThanOrEqual(65)
  const lengths = await Promise.all(seeds.map((seed) => pauseMs(6, seed)))
  expect(new Set(lengths).size).toBeGreaterThan(5)
})
