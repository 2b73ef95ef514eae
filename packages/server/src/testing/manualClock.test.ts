import { describe, expect, test } from 'vitest'
import { ManualClock } from './manualClock.ts'

describe('ManualClock', () => {
  test('stands still until it is advanced', () => {
    const clock = new ManualClock({ nowMs: 1000 })
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1000, 0])
    clock.advance(250)
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1250, 250])
  })

  test('fires timers in the order of their times, each at its own time', () => {
    const clock = new ManualClock({ nowMs: 0 })
    const fired: [string, number][] = []
    const note = (name: string) => () => void fired.push([name, clock.nowMs()])
    clock.startTimer(20, note('late'))
    clock.startTimer(10, () => {
      note('early')()
      clock.startTimer(5, note('started on the way'))
    })
    clock.startTimer(12, note('cancelled')).cancel()
    clock.startTimer(31, note('not due'))
    clock.advance(30)
    expect(fired).toEqual([
      ['early', 10],
      ['started on the way', 15],
      ['late', 20],
    ])
    expect(clock.nowMs()).toBe(30)
    expect(clock.pendingTimers).toBe(1)
  })

  test('keeps deferred work until it is told to run it', () => {
    const clock = new ManualClock({ deferred: 'manual' })
    const done: string[] = []
    clock.defer(() => {
      done.push('first')
      clock.defer(() => done.push('second'))
    })
    expect(done).toEqual([])
    clock.runDeferred()
    expect(done).toEqual(['first'])
    clock.runDeferred()
    expect(done).toEqual(['first', 'second'])
  })

  test('runs deferred work by itself otherwise', async () => {
    const clock = new ManualClock()
    await new Promise<void>((resolve) => clock.defer(resolve))
  })
})
