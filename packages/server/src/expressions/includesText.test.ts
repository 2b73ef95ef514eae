import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { includesText } from './includesText.ts'

/** Texts of two letters and long repeats, where a search may lose its place. */
const repetitive = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'aab'), fc.integer({ min: 1, max: 200 })), {
    maxLength: 8,
  })
  .map((runs) => runs.map(([text, count]) => text.repeat(count)).join(''))

describe('includesText', () => {
  test('finds what String.includes finds, in long parts too', () => {
    fc.assert(
      fc.property(repetitive, repetitive, (whole, part) => {
        expect(includesText(whole, part)).toBe(whole.includes(part))
      }),
      { numRuns: 500 },
    )
  })

  test('finds every piece of a text, and none that is changed in one place', () => {
    fc.assert(
      fc.property(repetitive, fc.nat(), fc.nat(), fc.nat(), (whole, from, length, at) => {
        const start = from % (whole.length + 1)
        const part = whole.slice(start, start + 251 + length)
        expect(includesText(whole, part)).toBe(true)
        if (part === '') return
        const changed = at % part.length
        const other = `${part.slice(0, changed)}c${part.slice(changed + 1)}`
        expect(includesText(whole, other)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['', '', true],
    ['a', '', true],
    ['', 'a', false],
    ['é😀', '😀', true],
    ['x'.repeat(600), 'x'.repeat(600), true],
    ['x'.repeat(600), 'x'.repeat(601), false],
    [`${'x'.repeat(600)}y`, `${'x'.repeat(500)}y`, true],
    [`y${'x'.repeat(600)}`, `${'x'.repeat(500)}y`, false],
  ])('case %#', (whole, part, expected) => {
    expect(includesText(whole, part)).toBe(expected)
  })
})
