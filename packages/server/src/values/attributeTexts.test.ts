import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantViolation } from '../invariant.ts'
import { AttributeSearch } from './attributeTexts.ts'
import { item } from './testdata/arbitraryValues.ts'

function partsOf(json: Buffer, stepBytes = Infinity): [string, string][] {
  const search = new AttributeSearch(json)
  while (search.goOn(stepBytes));
  return search.found.map(({ name, start, end }) => [name, json.toString('utf8', start, end)])
}

describe('the texts of the attributes of an item', () => {
  test('are those of its members, in their order', () => {
    fc.assert(
      fc.property(item(), (original) => {
        const json = Buffer.from(JSON.stringify(original), 'utf8')
        const parts = partsOf(json)
        const expected = Object.keys(original).map((name) => [name, JSON.stringify(original[name])])
        expect(parts).toEqual(expected)
        for (const step of [1, 2, 10]) expect(partsOf(json, step)).toEqual(expected)
      }),
    )
  })

  test.each([0, 1, 2, 3, 4, 5])('end where strings do, behind %i backslashes', (count) => {
    for (const length of [0, 46, 47, 48, 49, 50, 500]) {
      const value = { S: `${'x'.repeat(length)}${'\\'.repeat(count)}"}${'\\'.repeat(count)}` }
      const json = Buffer.from(JSON.stringify({ 'a"\\': value, b: { N: '1' } }), 'utf8')
      expect(partsOf(json)).toEqual([
        ['a"\\', JSON.stringify(value)],
        ['b', '{"N":"1"}'],
      ])
    }
  })

  test.each(['{"a":{"S":"b"', '{"a":{"S":"b', `{"a":{"S":"${'b'.repeat(100)}`])(
    'of a text that is cut off are refused: %s',
    (text) => {
      expect(() => partsOf(Buffer.from(text))).toThrow(InvariantViolation)
    },
  )
})
