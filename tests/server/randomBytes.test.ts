import { expect, test } from 'vitest'
import { systemRandom } from '../../packages/server/src/clock.ts'

test.each([0, 1, 6, 13_312, 1_000_000])(
  '%i random bytes are as many, and others each time',
  (length) => {
    const [one, other] = [systemRandom.bytes(length), systemRandom.bytes(length)]
    expect([one.length, other.length]).toEqual([length, length])
    if (length > 5) expect(Buffer.compare(one, other)).not.toBe(0)
  },
)

test('every bit of random bytes is set about as often as not', () => {
  const bytes = systemRandom.bytes(20_000)
  for (let bit = 0; bit < 8; bit++) {
    const set = bytes.reduce((sum, byte) => sum + ((byte >> bit) & 1), 0)
    expect(Math.abs(set - 10_000)).toBeLessThan(700)
  }
})
