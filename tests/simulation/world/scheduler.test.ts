import { describe, expect, test } from 'vitest'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'

const limits = { maxSteps: 100 }
const alice = (): { name: string; alive: boolean } => ({ name: 'alice', alive: true })

function newScheduler(seed = 1, fairness = 0): Scheduler {
  return new Scheduler(new SeededRandom(seed), { fairness, stepMs: 0 })
}

describe('the scheduler', () => {
  test('runs steps in an order that the seed decides', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const scheduler = newScheduler(seed)
      let order = ''
      for (const name of 'abcdef') scheduler.schedule(alice(), name, () => void (order += name))
      await scheduler.run(() => order.length === 6, limits)
      return order
    }
    expect(await orderOf(1)).toBe(await orderOf(1))
    const orders = await Promise.all(Array.from({ length: 20 }, (_, seed) => orderOf(seed)))
    expect(new Set(orders).size).toBeGreaterThan(10)
  })

  test('lets all promises settle before the next step', async () => {
    const scheduler = newScheduler()
    const seen: string[] = []
    const owner = alice()
    scheduler.schedule(owner, 'first', () => {
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve()
        seen.push('settled')
      })()
      scheduler.schedule(owner, 'second', () => void seen.push('second'))
    })
    await scheduler.run(() => seen.length === 2, limits)
    expect(seen).toEqual(['settled', 'second'])
  })

  test('lets time go by at once when nothing else can run', async () => {
    const scheduler = newScheduler()
    const clock = scheduler.clockOf(alice())
    const fired: number[] = []
    const begin = clock.nowMs()
    clock.startTimer(5000, () => fired.push(clock.nowMs() - begin))
    clock.startTimer(1000, () => fired.push(clock.nowMs() - begin))
    clock.startTimer(2000, () => fired.push(0)).cancel()
    await scheduler.run(() => fired.length === 2, limits)
    expect(fired).toEqual([1000, 5000])
    scheduler.jump(7, true)
    expect([clock.nowMs() - begin, clock.monotonicMs()]).toEqual([5007, 5000])
  })

  test('runs nothing of a process that was killed', async () => {
    const scheduler = newScheduler()
    const [dead, living] = [alice(), alice()]
    const ran: string[] = []
    scheduler.schedule(dead, 'a step', () => void ran.push('dead'))
    scheduler.clockOf(dead).startTimer(10, () => ran.push('dead'))
    scheduler.schedule(living, 'a step', () => void ran.push('living'), 20)
    scheduler.kill(dead)
    await scheduler.run(() => ran.length > 0, limits)
    expect(ran).toEqual(['living'])
    expect(() => scheduler.schedule(dead, 'another', () => {})).toThrow('is dead')
  })

  test('says when nothing can happen any more, and when there is no end', async () => {
    const scheduler = newScheduler()
    await expect(scheduler.run(() => false, limits)).rejects.toThrow('stands still')
    const owner = alice()
    const again = (): void => void scheduler.schedule(owner, 'again', again)
    again()
    await expect(scheduler.run(() => false, limits)).rejects.toThrow('does not come to rest')
  })
})
