import { expect, test } from 'vitest'
import { RetrySchedule } from './retryAfter.ts'

const refuse = (schedule: RetrySchedule, times: number): number => {
  let last = 0
  for (let i = 0; i < times; i++) last = schedule.refuse()
  return last
}

test('who is refused later comes back later, up to a bound', () => {
  const schedule = new RetrySchedule()
  expect(refuse(schedule, 1)).toBe(25)
  expect(refuse(schedule, 999)).toBe(225)
  expect(refuse(schedule, 100_000)).toBe(2000)
})

test('every place that becomes free brings one forward, and rest brings all', () => {
  const schedule = new RetrySchedule()
  refuse(schedule, 1000)
  for (let i = 0; i < 500; i++) schedule.relieve()
  expect(schedule.refuse()).toBe(125)
  schedule.clear()
  expect(schedule.refuse()).toBe(25)
  for (let i = 0; i < 10; i++) schedule.relieve()
  expect(schedule.refuse()).toBe(25)
})
