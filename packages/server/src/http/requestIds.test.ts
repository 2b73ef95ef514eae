import { expect, it } from 'vitest'
import { systemRandom } from '../clock.ts'
import { createRequestIds } from './requestIds.ts'

it('makes ids of 52 letters and digits that do not repeat', () => {
  const next = createRequestIds(systemRandom)
  const ids = Array.from({ length: 2000 }, next)
  expect(new Set(ids).size).toBe(2000)
  for (const id of ids) expect(id).toMatch(/^[A-Z0-9]{52}$/)
})

it('depends on the given random bytes only, and on all of them', () => {
  const first = (seed: Uint8Array): string[] => {
    const next = createRequestIds({ ...systemRandom, bytes: () => seed })
    return [next(), next()]
  }
  const seed = Uint8Array.from({ length: 16 }, (_, index) => index + 2)
  expect(first(seed)).toEqual(first(Uint8Array.from(seed)))
  const others = Array.from(seed, (_, at) =>
    first(seed.map((byte, i) => byte ^ (i === at ? 2 : 0))),
  )
  expect(new Set([first(seed), ...others].flat()).size).toBe(34)
})

it('uses each character about as often in each place', () => {
  const next = createRequestIds({ ...systemRandom, bytes: () => new Uint8Array(16).fill(7) })
  const counts = Array.from({ length: 52 }, () => new Map<string, number>())
  for (let i = 0; i < 6400; i++) {
    for (const [at, character] of next().split('').entries()) {
      counts[at]?.set(character, (counts[at]?.get(character) ?? 0) + 1)
    }
  }
  for (const count of counts) {
    expect(count.size).toBe(32)
    // 200 are expected; seven standard deviations are 97.
    for (const times of count.values()) expect(Math.abs(times - 200)).toBeLessThan(97)
  }
})
