import { describe, expect, test, vi } from 'vitest'
import { StorageConflict, StorageFailure } from '../storage/engine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { soon } from '../testing/soon.ts'
import { BackgroundWork, retryDelayMs, type Job, type StepOutcome } from './backgroundWork.ts'
import { localLeases, type Lease, type Leases } from './leases.ts'
import { WorkFailures, type WorkEvent } from './workFailures.ts'

interface Setting {
  readonly work: BackgroundWork
  readonly clock: ManualClock
  readonly failures: WorkFailures
  readonly events: WorkEvent[]
  /** The names of the jobs whose steps were taken, in their order. */
  readonly steps: string[]
  /** A job whose steps give `outcomes` one after another, and then 'done'. */
  readonly job: (name: string, outcomes: readonly (StepOutcome | Error)[]) => Job
  /** Lets what waits go on until nothing does. */
  readonly rest: () => Promise<void>
}

function setUp(leases: Leases = localLeases): Setting {
  const clock = new ManualClock({ deferred: 'manual' })
  const events: WorkEvent[] = []
  const failures = new WorkFailures((event) => void events.push(event))
  const work = new BackgroundWork({ clock, leases, failures })
  const steps: string[] = []
  const job = (name: string, outcomes: readonly (StepOutcome | Error)[]): Job => {
    const left = [...outcomes]
    return {
      name,
      task: `the work of ${name}`,
      step() {
        steps.push(name)
        const outcome = left.shift() ?? 'done'
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
      },
    }
  }
  const rest = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) {
      clock.runDeferred()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { work, clock, failures, events, steps, job, rest }
}

const full = new StorageFailure('no space left on device')

describe('jobs', () => {
  test('are settled when they wait for their time, not while they pace themselves', async () => {
    const { work, job, clock, steps, rest } = setUp()
    await work.settled()
    work.start(job('paced', ['more', { paceMs: 10 }, { restMs: 10 }]))
    let isSettled = false
    void work.settled().then(() => (isSettled = true))
    await rest()
    expect([isSettled, steps.length]).toEqual([false, 2])
    clock.advance(10)
    await rest()
    expect([isSettled, steps.length]).toEqual([true, 3])
    await work.settled()
    clock.advance(10)
    isSettled = false
    const closing = work.settled().then(() => (isSettled = true))
    expect(isSettled).toBe(false)
    await Promise.all([rest(), work.close(), closing])
    expect(isSettled).toBe(true)
  })

  test('take turns, so that a small one does not wait for a large one', async () => {
    const { work, job, steps, rest } = setUp()
    work.start(
      job(
        'huge',
        Array.from({ length: 8 }, () => 'more'),
      ),
    )
    work.start(job('small', ['more']))
    await rest()
    expect(steps.slice(0, 4)).toEqual(['huge', 'small', 'huge', 'small'])
    expect(steps).toHaveLength(11)
  })

  test('let what waits go first, before every step', async () => {
    const { work, clock, job, steps } = setUp()
    work.start(job('a', ['more', 'more']))
    for (let count = 0; count < 3; count++) {
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
      expect(steps).toHaveLength(count)
      clock.runDeferred()
      await soon(() => expect(steps).toHaveLength(count + 1))
    }
  })

  test('start when their time has come, and again after a wait', async () => {
    const { work, clock, job, steps, rest } = setUp()
    work.start(job('a', [{ waitMs: 30 }]), 100)
    clock.advance(99)
    await rest()
    expect(steps).toEqual([])
    clock.advance(1)
    await rest()
    expect(steps).toEqual(['a'])
    clock.advance(30)
    await rest()
    expect(steps).toEqual(['a', 'a'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('of one name are one; starting it again has it look once more', async () => {
    const { work, clock, steps, rest } = setUp()
    let begin = (): void => undefined
    const held = new Promise<void>((resolve) => (begin = resolve))
    const slow: Job = {
      name: 'a',
      task: 'a',
      async step() {
        steps.push('a')
        await held
        return 'done'
      },
    }
    work.start(slow)
    work.start(slow)
    await rest()
    expect(steps).toEqual(['a'])
    work.start(slow)
    begin()
    await rest()
    expect(steps).toEqual(['a', 'a'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('closing waits for the step under way and takes no other', async () => {
    const { work, clock, job, steps } = setUp()
    let end = (): void => undefined
    const held = new Promise<void>((resolve) => (end = resolve))
    work.start({ name: 'a', task: 'a', step: () => held.then(() => 'more') })
    work.start(job('b', []))
    work.start(job('later', []), 1000)
    clock.runDeferred()
    await new Promise((resolve) => setImmediate(resolve))
    let isClosed = false
    const closed = work.close().then(() => (isClosed = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isClosed).toBe(false)
    end()
    await soon(() => {
      clock.runDeferred()
      expect(isClosed).toBe(true)
    })
    await closed
    expect(steps).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('a step that fails', () => {
  test('is told at once, tried again after a while that grows, and told when it succeeds', async () => {
    const { work, clock, job, events, failures, steps, rest } = setUp()
    work.start(job('a', [full, full, full]))
    await rest()
    const told = { job: 'the work of a', error: 'no space left on device' }
    expect(events).toEqual([{ kind: 'failed', ...told, attempt: 1, nextTryMs: 1000 }])
    expect(failures.count).toBe(1)
    for (const waitMs of [1000, 2000]) {
      clock.advance(waitMs - 1)
      await rest()
      const before = steps.length
      clock.advance(1)
      await rest()
      expect(steps.length).toBe(before + 1)
    }
    expect(events.slice(1)).toEqual([
      { kind: 'failed', ...told, attempt: 2, nextTryMs: 2000 },
      { kind: 'failed', ...told, attempt: 3, nextTryMs: 4000 },
    ])
    clock.advance(4000)
    await rest()
    expect(events[3]).toEqual({ kind: 'recovered', job: 'the work of a', attempts: 3 })
    expect(failures.count).toBe(0)
  })

  test('is waited for half a minute at most', () => {
    expect([1, 2, 5, 6, 7, 1000].map(retryDelayMs)).toEqual([
      1000, 2000, 16_000, 30_000, 30_000, 30_000,
    ])
  })

  test('does not hold up the others, nor is it taken up before its time', async () => {
    const { work, job, steps, rest } = setUp()
    const failing = job('a', [full])
    work.start(failing)
    work.start(job('b', ['more']))
    await rest()
    work.start(failing)
    await rest()
    expect(steps).toEqual(['a', 'b', 'b'])
  })

  test('for a change of somebody else is taken again at once, and told when that lasts', async () => {
    const { work, job, events, steps, rest } = setUp()
    const conflict = new StorageConflict('a key has changed')
    work.start(job('a', [conflict, conflict]))
    work.start(
      job(
        'b',
        Array.from({ length: 7 }, () => conflict),
      ),
    )
    await rest()
    expect(steps.filter((name) => name === 'a')).toHaveLength(3)
    expect(events).toEqual([
      {
        kind: 'failed',
        job: 'the work of b',
        error: 'a key has changed',
        attempt: 1,
        nextTryMs: 1000,
      },
    ])
  })

  test('is told in one line without a stack, whatever was thrown', async () => {
    const { work, events, rest } = setUp()
    const thrown: unknown[] = [new TypeError('first\nsecond'), new Error(''), 'x'.repeat(1000)]
    thrown.forEach((error, i) => {
      const step = async (): Promise<StepOutcome> => {
        throw error
      }
      work.start({ name: String(i), task: String(i), step })
    })
    await rest()
    expect(events.map((event) => event.kind === 'failed' && event.error)).toEqual([
      'first',
      'an error without a message',
      'x'.repeat(300),
    ])
  })

  test('goes on when who is told of it throws', async () => {
    const clock = new ManualClock()
    const failures = new WorkFailures(() => {
      throw new Error('the listener is broken')
    })
    const work = new BackgroundWork({ clock, leases: localLeases, failures })
    const step = vi.fn<Job['step']>().mockRejectedValueOnce(full).mockResolvedValue('done')
    work.start({ name: 'a', task: 'a', step })
    await soon(() => expect(clock.pendingTimers).toBe(1))
    clock.advance(1000)
    await soon(() => expect(failures.count).toBe(0))
    expect(step).toHaveBeenCalledTimes(2)
  })
})

/** Leases that a test gives and takes. */
class TestLeases implements Leases {
  readonly others = new Set<string>()
  readonly held = new Map<string, { isHeld: boolean }>()
  isBroken = false

  acquire(name: string): Promise<Lease | undefined> {
    if (this.isBroken) return Promise.reject(new StorageFailure('unreachable'))
    if (this.others.has(name)) return Promise.resolve(undefined)
    const lease = {
      isHeld: true,
      fence: [{ key: Buffer.from(name), version: 'mine' }],
      release: () => {
        this.held.delete(name)
        return Promise.resolve()
      },
    }
    this.held.set(name, lease)
    return Promise.resolve(lease)
  }
}

describe('a lease', () => {
  test('is had by every step, and given back at the end', async () => {
    const leases = new TestLeases()
    const { work, rest } = setUp(leases)
    const fences: unknown[] = []
    let isOver = false
    work.start({
      name: 'a',
      task: 'a',
      step(lease) {
        fences.push(lease.fence)
        const outcome = isOver ? 'done' : 'more'
        isOver = true
        return Promise.resolve(outcome)
      },
    })
    await rest()
    const fence = [{ key: Buffer.from('a'), version: 'mine' }]
    expect(fences).toEqual([fence, fence])
    expect(leases.held.size).toBe(0)
  })

  test('that another server has is asked for again; the job waits and nothing is told', async () => {
    const leases = new TestLeases()
    leases.others.add('a')
    const { work, clock, job, steps, events, rest } = setUp(leases)
    work.start(job('a', []))
    work.start(job('b', []))
    await rest()
    expect(steps).toEqual(['b'])
    leases.others.clear()
    clock.advance(5000)
    await rest()
    expect(steps).toEqual(['b', 'a'])
    expect(events).toEqual([])
  })

  test('that is lost stops the job until it is had again', async () => {
    const leases = new TestLeases()
    const { work, clock, steps, rest } = setUp(leases)
    work.start({
      name: 'a',
      task: 'a',
      step() {
        steps.push('a')
        if (steps.length > 2) return Promise.resolve('done')
        ;(leases.held.get('a') as { isHeld: boolean }).isHeld = false
        leases.others.add('a')
        return Promise.resolve('more')
      },
    })
    await rest()
    expect(steps).toEqual(['a'])
    leases.others.clear()
    clock.advance(5000)
    await rest()
    expect(steps).toEqual(['a', 'a'])
  })

  test('is given back after a failure, and one that cannot be had is a failure', async () => {
    const leases = new TestLeases()
    const { work, clock, job, events, rest } = setUp(leases)
    work.start(job('a', [full]))
    await rest()
    expect(leases.held.size).toBe(0)
    leases.isBroken = true
    clock.advance(1000)
    await rest()
    expect(events.map((event) => event.kind === 'failed' && event.error)).toEqual([
      'no space left on device',
      'unreachable',
    ])
  })
})
