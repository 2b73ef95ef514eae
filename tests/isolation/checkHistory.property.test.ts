import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryCorrupted, legalHistories } from './checker/arbitraryHistories.ts'
import { hasLegalOrder } from './checker/legalOrder.ts'
import { checkHistory, printFindings } from './checkHistory.ts'
import type { Operation } from './history.ts'

const found = (operations: readonly Operation[]): string => {
  return printFindings(checkHistory({ seed: 0, operations }))
}

describe('a history of a serial execution', () => {
  test.each([false, true])('is never reported (deletions: %s)', (deletes) => {
    fc.assert(
      fc.property(legalHistories({ maxOperations: 40, deletes }), (operations) => {
        expect(found(operations)).toBe('')
      }),
      { numRuns: 500 },
    )
  })
})

describe('a small history, perhaps corrupted', () => {
  test('is reported exactly when no serial order explains it', () => {
    const seen = { legal: 0, illegal: 0 }
    fc.assert(
      fc.property(arbitraryCorrupted({ maxOperations: 6, deletes: false }), (operations) => {
        const isLegal = hasLegalOrder(operations)
        seen[isLegal ? 'legal' : 'illegal'] += 1
        expect(found(operations) === '').toBe(isLegal)
      }),
      { numRuns: 2500 },
    )
    expect(seen.legal).toBeGreaterThan(250)
    expect(seen.illegal).toBeGreaterThan(250)
  })

  // A read that finds an item absent does not tell which of several deletions it saw.
  test('with deletions is reported only when, and nearly always when, none explains it', () => {
    const seen = { reported: 0, missed: 0 }
    fc.assert(
      fc.property(arbitraryCorrupted({ maxOperations: 6, deletes: true }), (operations) => {
        const text = found(operations)
        const isLegal = hasLegalOrder(operations)
        if (text !== '') {
          seen.reported += 1
          expect(isLegal, text).toBe(false)
        } else if (!isLegal) seen.missed += 1
      }),
      { numRuns: 2500 },
    )
    expect(seen.reported).toBeGreaterThan(60)
    expect(seen.missed).toBeLessThan(seen.reported / 10)
  })
})
