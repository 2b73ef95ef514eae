import { describe, expect, test } from 'vitest'
import { LoopTurns, systemClock } from '../../clock.ts'
import { maxTurnMs } from '../../limits.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { MovableClock } from './movableClock.ts'

interface Setting {
  readonly machine: ManualClock
  readonly clock: MovableClock
  /** What timers have fired, with the time of the clock when they did. */
  readonly fired: [string, number][]
  readonly note: (name: string) => () => void
}

function setUp(): Setting {
  const machine = new ManualClock({ nowMs: 1000 })
  machine.advance(500)
  const clock = new MovableClock(machine, machine)
  const fired: [string, number][] = []
  return { machine, clock, fired, note: (name) => () => void fired.push([name, clock.nowMs()]) }
}

const readings = ({ clock }: Setting): number[] => [clock.nowMs(), clock.monotonicMs()]

describe('MovableClock', () => {
  test('goes as the one beneath does', () => {
    const setting = setUp()
    expect(readings(setting)).toEqual([1500, 500])
    setting.clock.startTimer(20, setting.note('a'))
    setting.machine.advance(30)
    expect(readings(setting)).toEqual([1530, 530])
    expect(setting.fired).toEqual([['a', 1520]])
    expect(setting.clock.pendingTimers).toBe(0)
  })

  test('was exactly so long ago where it stood before it was advanced', () => {
    const { machine, clock } = setUp()
    for (let i = 0; i < 1000; i++) {
      machine.advance(0.000_789_012_3 * i)
      clock.freeze()
      const thenMs = clock.monotonicMs()
      expect(thenMs).toBeGreaterThanOrEqual(machine.monotonicMs())
      clock.advance(1000)
      expect(clock.monotonicMs() - 1000).toBe(thenMs)
      clock.unfreeze()
    }
  })

  test('fires what falls due when it is advanced, and the rest when its time comes', () => {
    const setting = setUp()
    const { clock, machine, fired, note } = setting
    clock.startTimer(1000, note('later'))
    clock.startTimer(10, () => {
      note('first')()
      clock.startTimer(20, note('started on the way'))
      clock.startTimer(100, note('too late'))
    })
    clock.startTimer(50, note('cancelled')).cancel()
    clock.advance(60)
    expect(fired).toEqual([
      ['first', 1510],
      ['started on the way', 1530],
    ])
    expect(readings(setting)).toEqual([1560, 560])
    machine.advance(49)
    expect(fired).toHaveLength(2)
    machine.advance(1)
    expect(fired.slice(2)).toEqual([['too late', 1610]])
    expect([clock.isFrozen, clock.pendingTimers]).toEqual([false, 1])
  })

  test('stands still while it is frozen, and goes on from there', () => {
    const setting = setUp()
    const { clock, machine, fired, note } = setting
    clock.startTimer(20, note('before'))
    clock.freeze()
    clock.freeze()
    clock.startTimer(30, note('meanwhile'))
    machine.advance(10_000)
    expect(readings(setting)).toEqual([1500, 500])
    expect([fired, clock.isFrozen]).toEqual([[], true])
    clock.advance(25)
    expect(fired).toEqual([['before', 1520]])
    expect(readings(setting)).toEqual([1525, 525])
    machine.advance(10_000)
    clock.unfreeze()
    clock.unfreeze()
    expect(readings(setting)).toEqual([1525, 525])
    machine.advance(4)
    expect(fired).toHaveLength(1)
    machine.advance(1)
    expect(fired.slice(1)).toEqual([['meanwhile', 1530]])
    machine.advance(70)
    expect(readings(setting)).toEqual([1600, 600])
  })

  test('keeps whole milliseconds, whatever falls due between them', () => {
    const machine = new ManualClock({ nowMs: 1_796_019_740_906 })
    machine.advance(0.123)
    const clock = new MovableClock({
      ...systemClock,
      nowMs: () => 1_796_019_740_906,
      monotonicMs: () => machine.monotonicMs() / 3,
    })
    clock.freeze()
    const seen: number[] = []
    for (let i = 1; i <= 50; i++) clock.startTimer(i * 1.7, () => seen.push(clock.nowMs()))
    clock.advance(100)
    expect(clock.nowMs()).toBe(1_796_019_741_006)
    expect(seen).toHaveLength(50)
    expect(seen.filter((nowMs) => !Number.isInteger(nowMs))).toEqual([])
  })

  test('goes on when what a timer does fails', () => {
    const setting = setUp()
    const fault = new Error('a fault')
    setting.clock.startTimer(5, () => {
      throw fault
    })
    expect(() => setting.clock.advance(10)).toThrow(fault)
    setting.machine.advance(7)
    expect(readings(setting)).toEqual([1512, 512])
  })

  test('runs deferred work as the one beneath does', async () => {
    const clock = new MovableClock(systemClock)
    const done: string[] = []
    await new Promise<void>((resolve) => {
      clock.defer(() => {
        done.push('deferred')
        resolve()
      })
      clock.deferFirst?.(() => done.push('first'))
    })
    expect(done).toEqual(['first', 'deferred'])
    expect(new MovableClock(new ManualClock()).deferFirst).toBeUndefined()
  })

  test('leaves turns at the event loop to the machine', () => {
    const { clock, machine } = setUp()
    clock.freeze()
    const turns = new LoopTurns(clock)
    expect(turns.next()).toBeUndefined()
    clock.advance(10 * maxTurnMs)
    expect(turns.next()).toBeUndefined()
    machine.advance(2 * maxTurnMs)
    expect(turns.next()).toBeInstanceOf(Promise)
  })
})
