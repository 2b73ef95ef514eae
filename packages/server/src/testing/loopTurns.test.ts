import { expect, test } from 'vitest'
import { LoopTurns } from '../clock.ts'
import { maxTurnMs } from '../limits.ts'
import { ManualClock } from './manualClock.ts'

test('a turn ends when it has lasted long enough, and the next begins when it comes', async () => {
  const clock = new ManualClock({ deferred: 'manual' })
  const turns = new LoopTurns(clock)
  clock.advance(maxTurnMs)
  expect(turns.next()).toBeUndefined()
  clock.advance(1)
  let hasCome = false
  const next = turns.next()?.then(() => (hasCome = true))
  clock.advance(1000)
  await Promise.resolve()
  expect(hasCome).toBe(false)
  clock.runDeferred()
  await next
  expect(hasCome).toBe(true)
  expect(turns.next()).toBeUndefined()
})
