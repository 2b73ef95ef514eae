import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commonEnds } from './commonEnds.ts'

/** Few letters and many repetitions, so that much is in common, within blocks and beyond them. */
const text = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom(1, 2, 3, 300, 700)), {
    maxLength: 5,
  })
  .map((parts) => Buffer.from(parts.map(([letters, count]) => letters.repeat(count)).join('')))

/** What it means, one byte at a time. */
function expectedEnds(a: Buffer, b: Buffer): { start: number; end: number } {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  const [restOfA, restOfB] = [a.subarray(start).toReversed(), b.subarray(start).toReversed()]
  let end = 0
  while (end < restOfA.length && end < restOfB.length && restOfA[end] === restOfB[end]) end += 1
  return { start, end }
}

test('the ends that two texts have in common', () => {
  expect(commonEnds(Buffer.from('abcd'), Buffer.from('abxcd'))).toEqual({ start: 2, end: 2 })
  expect(commonEnds(Buffer.from('aaa'), Buffer.from('aaaa'))).toEqual({ start: 3, end: 0 })
  expect(commonEnds(Buffer.from(''), Buffer.from('a'))).toEqual({ start: 0, end: 0 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(commonEnds(a, b)).toEqual(expectedEnds(a, b))
    }),
    { numRuns: 1000 },
  )
})
