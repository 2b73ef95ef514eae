import { expect, test } from 'vitest'
import { SoleCaller } from './soleCaller.ts'

test('requests in a row are those of one connection', () => {
  const caller = new SoleCaller()
  const [one, other] = [{}, {}]
  expect(caller.requests).toBe(0)
  caller.asked(one)
  caller.asked(one)
  expect(caller.requests).toBe(2)
  caller.asked(other)
  expect(caller.requests).toBe(1)
  caller.asked(one)
  expect(caller.requests).toBe(1)
  caller.askedInProcess()
  expect(caller.requests).toBe(0)
  caller.asked(one)
  expect(caller.requests).toBe(1)
})
