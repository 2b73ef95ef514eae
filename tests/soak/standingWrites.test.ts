import { expect, it } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { ExpectedStore } from '../crash/expectedStore.ts'
import { StandingWrites } from './standingWrites.ts'

it.each([25, 26, 31, 100])('fills %i keys with batches of which none is empty', (keyCount) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new SeededRandom(seed)
    const writes = new StandingWrites(new ExpectedStore(), random, keyCount)
    const sizes = [...writes.filling()].map(({ changes }) => changes.length)
    expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).fill(25))
    expect(sizes.at(-1)).toSatisfy((size: number) => size >= 1 && size <= 25)
  }
})
