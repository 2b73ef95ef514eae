import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareValues } from './compare.ts'
import type { AttributeValue } from './attributeValue.ts'
import { canonicalNumber } from './number.ts'
import { isInSetOrder, sortMembers } from './setOrder.ts'
import type { SetType } from './setOrder.ts'
import { binaryText, numberText, stringText } from './testdata/arbitraryValues.ts'

const members: Readonly<Record<SetType, fc.Arbitrary<string>>> = {
  SS: stringText(),
  NS: numberText().map((text) => canonicalNumber(text)),
  BS: binaryText(),
}
const simple: Readonly<Record<SetType, fc.Arbitrary<string>>> = {
  SS: fc.string({ maxLength: 4 }),
  NS: fc.integer().map((number) => canonicalNumber((number / 8).toFixed(3))),
  BS: binaryText(),
}

const compare = (type: SetType, a: string, b: string): number => {
  const memberType = type.slice(0, 1)
  const valueOf = (text: string): AttributeValue => ({ [memberType]: text }) as never
  return compareValues(valueOf(a), valueOf(b)) as number
}

describe.each<SetType>(['SS', 'NS', 'BS'])('members of %s', (type) => {
  const sets = (member: fc.Arbitrary<string>, minLength: number): fc.Arbitrary<string[]> =>
    fc.uniqueArray(member, { minLength, maxLength: minLength + 40 })

  test.each([
    ['few', sets(members[type], 1)],
    ['many', sets(members[type], 64)],
    ['many simple', sets(simple[type], 64)],
  ])('are sorted by their values: %s', (_, set) => {
    fc.assert(
      fc.property(set, (drawn) => {
        const expected = drawn.toSorted((a, b) => compare(type, a, b))
        const sorted = [...drawn]
        sortMembers(type, sorted)
        expect(sorted).toEqual(expected)
        expect(isInSetOrder(type, sorted)).toBe(true)
        expect(isInSetOrder(type, [...sorted, sorted.at(-1) as string])).toBe(false)
        expect(isInSetOrder(type, sorted.toReversed())).toBe(sorted.length === 1)
      }),
      { numRuns: 200 },
    )
  })
})
