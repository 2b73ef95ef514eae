import { beforeEach, describe, expect, test } from 'vitest'
import { SoleCaller } from '../soleCaller.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { KeenWait } from './keenWait.ts'

/** So many waits of one kind tell what they come to. */
const sample = 32 + 256

/** Passes of the event loop in the waits since this was set to 0. */
let looks = 0
let caller: SoleCaller
let clock: ManualClock
let keenWait: KeenWait

class CountingClock extends ManualClock {
  override defer(work: () => void): void {
    looks += 1
    super.defer(work)
  }
}

beforeEach(() => {
  looks = 0
  caller = new SoleCaller()
  clock = new CountingClock({ deferred: 'manual' })
  keenWait = new KeenWait(clock, caller, 2)
})

/** A request after each wait of `waitMs`, or of `keenMs` where the loop looks for it. */
function ask(times: number, waitMs: number, keenMs = waitMs, connection: object = caller): void {
  for (let i = 0; i < times; i++) {
    const before = looks
    keenWait.answered()
    const isKeen = looks > before
    const length = isKeen ? keenMs : waitMs
    clock.advance(length / 2)
    clock.runDeferred()
    clock.advance(length / 2)
    caller.asked(connection)
    keenWait.asked()
    clock.runDeferred()
  }
}

describe('the loop looks for the next request', () => {
  test('of a sole caller who asks at once, where it comes sooner then', () => {
    ask(128 + sample, 0.1, 0.05)
    expect(looks).toBe(0)
    ask(100, 0.1, 0.05)
    expect(looks).toBe(200)
  })

  test('for a millisecond at most', () => {
    ask(128 + sample, 0.1, 0.05)
    keenWait.answered()
    clock.advance(0.9)
    clock.runDeferred()
    expect(looks).toBe(2)
    clock.advance(0.2)
    clock.runDeferred()
    clock.runDeferred()
    expect(looks).toBe(2)
    // A request that comes later is waited for in the same way again.
    caller.asked(caller)
    keenWait.asked()
    keenWait.answered()
    expect(looks).toBe(3)
  })

  test('and not every now and then, to see whether it still comes sooner', () => {
    ask(128 + sample, 0.1, 0.05)
    ask(sample + 8192, 0.1, 0.05)
    const before = looks
    ask(sample, 0.1, 0.05)
    expect(looks).toBe(before)
    ask(1, 0.1, 0.05)
    expect(looks).toBe(before + 2)
  })
})

describe('the loop does not look for the next request', () => {
  test('where it comes no sooner then, but for a try after long', () => {
    ask(128 + sample, 0.1, 0.095)
    ask(sample, 0.1, 0.095)
    const tried = looks
    expect(tried).toBe(2 * sample)
    ask(sample + 4096, 0.1, 0.095)
    expect(looks).toBe(tried)
    ask(1, 0.1, 0.095)
    expect(looks).toBe(tried + 2)
  })

  test('where a few come much later, as others want the processor', () => {
    ask(128 + sample, 0.1, 0.05)
    for (let i = 0; i < sample; i += 32) {
      ask(31, 0.1, 0.05)
      ask(1, 0.1, 2)
    }
    const tried = looks
    ask(sample + 4096, 0.1, 0.05)
    expect(looks).toBe(tried)
  })

  test('with one processor', () => {
    keenWait = new KeenWait(clock, caller, 1)
    ask(1000, 0.1, 0.05)
    expect(looks).toBe(0)
  })

  test('of a caller who takes his time', () => {
    ask(2000, 0.6, 0.1)
    expect(looks).toBe(0)
  })

  test('of several callers, or of the first 128 of another one', () => {
    const [one, other] = [{}, {}]
    for (let i = 0; i < 500; i++) ask(1, 0.1, 0.05, i % 2 === 0 ? one : other)
    expect(looks).toBe(0)
    ask(128 + sample + 10, 0.1, 0.05, one)
    const before = looks
    expect(before).toBeGreaterThan(0)
    ask(1, 0.1, 0.05, other)
    const after = looks
    ask(127 + sample, 0.1, 0.05, other)
    expect(looks).toBe(after)
    ask(1, 0.1, 0.05, other)
    expect(looks).toBeGreaterThan(after)
  })
})
