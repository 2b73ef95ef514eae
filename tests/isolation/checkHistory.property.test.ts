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

  test('with deletions is not reported when a serial order explains it', () => {
    let reported = 0
    fc.assert(
      fc.property(arbitraryCorrupted({ maxOperations: 6, deletes: true }), (operations) => {
        const text = found(operations)
        if (text === '') return
        reported += 1
        expect(hasLegalOrder(operations), text).toBe(false)
      }),
      { numRuns: 2500 },
    )
    expect(reported).toBeGreaterThan(60)
  })
})
