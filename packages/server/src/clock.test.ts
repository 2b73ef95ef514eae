import { expect, test } from 'vitest'
import { systemRandom } from './clock.ts'

test('a UUID is one of version 4 and variant 10, and no two are the same', () => {
  const made = Array.from({ length: 200 }, () => systemRandom.uuid())
  for (const uuid of made) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  expect(new Set(made).size).toBe(made.length)
  // Every digit that is free takes every value: the bits that are set are those alone.
  const digitsAt = (at: number): number => new Set(made.map((uuid) => uuid[at])).size
  expect([0, 15, 20, 35].map(digitsAt)).toEqual([16, 16, 16, 16])
})
