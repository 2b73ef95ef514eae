import { expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { createRequestIds } from './requestIds.ts'

it('makes ids of 52 letters and digits that do not repeat', () => {
  const next = createRequestIds(systemRandom)
  const ids = Array.from({ length: 2000 }, next)
  expect(new Set(ids).size).toBe(2000)
  for (const id of ids) expect(id).toMatch(/^[A-Z0-9]{52}$/)
})

it('depends on the given random bytes only', () => {
  const next = createRequestIds({
    ...systemRandom,
    bytes: (length) => Uint8Array.from({ length }, (_, index) => index),
  })
  expect(next()).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUV0123456789ABCDEFGHIJ')
})
