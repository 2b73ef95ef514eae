import { describe, expect, test } from 'vitest'
import { SeededRandom } from './seededRandom.ts'

const take = (random: SeededRandom, count: number): number[] =>
  Array.from({ length: count }, () => random.next())

describe('seeded random numbers', () => {
  test('are the same for a seed and stream, and others for another', () => {
    expect(take(new SeededRandom(7, 1), 5)).toEqual(take(new SeededRandom(7, 1), 5))
    const first = [
      [7, 1],
      [7, 2],
      [8, 1],
      [0, 0],
      [0, 1],
    ].map(([seed, stream]) => new SeededRandom(seed as number, stream).next())
    expect(new Set(first).size).toBe(5)
  })

  test('are spread evenly', () => {
    const random = new SeededRandom(3)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) {
      const drawn = random.below(10)
      counts[drawn] = (counts[drawn] as number) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
    expect(random.between(4, 4)).toBe(4)
  })

  test('pick different things, and by weight', () => {
    const random = new SeededRandom(1)
    for (let i = 0; i < 100; i++) {
      expect(new Set(random.pickSome([1, 2, 3, 4], 3)).size).toBe(3)
      expect(
        random.weighted([
          [0, 'never'],
          [1, 'always'],
        ]),
      ).toBe('always')
    }
    expect(random.pickSome([1, 2], 5)).toHaveLength(2)
  })
})
