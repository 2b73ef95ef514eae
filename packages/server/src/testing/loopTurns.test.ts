import { expect, test } from 'vitest'
import { LoopTurns } from '../clock.ts'
import { leastPassMs, maxIdlePassesMs, maxTurnMs } from '../limits.ts'
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

/** Ends a turn that was as long as is given, and tells how many passes of the loop it gives way. */
async function passesAfterTurn(turnMs: number, passesMs: readonly number[]): Promise<number> {
  const clock = new ManualClock({ deferred: 'manual' })
  const turns = new LoopTurns(clock)
  clock.advance(turnMs)
  let isOver = false
  void turns.next()?.then(() => (isOver = true))
  for (let passes = 0; ; passes++) {
    await new Promise(setImmediate)
    if (isOver || passes === passesMs.length) return isOver ? passes : Infinity
    clock.advance(passesMs[passes] as number)
    clock.runDeferred()
  }
}

const busyMs = 10 * leastPassMs
const turnMs = 2 * maxTurnMs

test('it gives way for as long as the turn was while others have something to do', async () => {
  const needed = Math.ceil(turnMs / busyMs)
  const passes = Array.from({ length: needed }, () => busyMs)
  expect(await passesAfterTurn(turnMs, passes)).toBe(needed)
  expect(await passesAfterTurn(turnMs, [turnMs])).toBe(1)
})

test('it goes on at once where nobody has, and soon when nobody has any more', async () => {
  expect(await passesAfterTurn(turnMs, [0])).toBe(1)
  const idleMs = maxIdlePassesMs / 10
  const idle = Array.from({ length: 11 }, () => idleMs)
  expect(
    await passesAfterTurn(turnMs, [busyMs, ...idle.slice(0, 3), busyMs, ...idle]),
  ).toBeLessThan(16)
})

test('one that has waited for long does not make up for it', async () => {
  expect(await passesAfterTurn(1000, [4 * maxTurnMs])).toBe(1)
})
