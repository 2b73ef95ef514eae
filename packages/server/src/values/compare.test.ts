import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue } from './attributeValue.ts'
import { compareValues, equalValues } from './compare.ts'
import { attributeValue, binaryText, stringText } from './testdata/arbitraryValues.ts'

const oneOfEachType: AttributeValue[] = [
  { S: '1' },
  { N: '1' },
  { B: 'YQ==' },
  { BOOL: true },
  { NULL: true },
  { SS: ['1'] },
  { NS: ['1'] },
  { BS: ['YQ=='] },
  { L: [{ S: '1' }] },
  { M: { a: { S: '1' } } },
]

describe('equalValues', () => {
  test('values of different types differ, values of one type and content are equal', () => {
    for (const a of oneOfEachType) {
      for (const b of oneOfEachType) {
        expect(equalValues(a, structuredClone(b)), JSON.stringify([a, b])).toBe(a === b)
      }
    }
  })

  test.each<[AttributeValue, AttributeValue]>([
    [{ SS: ['a', 'b'] }, { SS: ['b', 'a'] }],
    [{ NS: ['1', '2', '3'] }, { NS: ['3', '1', '2'] }],
    [{ M: { a: { N: '1' }, b: { N: '2' } } }, { M: { b: { N: '2' }, a: { N: '1' } } }],
    [{ L: [{ SS: ['a', 'b'] }] }, { L: [{ SS: ['b', 'a'] }] }],
    [{ L: [] }, { L: [] }],
    [{ M: {} }, { M: {} }],
  ])('%j equals %j', (a, b) => {
    expect(equalValues(a, b)).toBe(true)
  })

  test.each<[AttributeValue, AttributeValue]>([
    [{ S: 'a' }, { S: 'A' }],
    [{ N: '1' }, { N: '-1' }],
    [{ B: 'YQ==' }, { B: 'Yg==' }],
    [{ BOOL: true }, { BOOL: false }],
    [{ SS: ['a', 'b'] }, { SS: ['a', 'c'] }],
    [{ SS: ['a', 'b'] }, { SS: ['a'] }],
    [{ SS: ['a'] }, { SS: ['a', 'b'] }],
    [{ L: [{ N: '1' }, { N: '2' }] }, { L: [{ N: '2' }, { N: '1' }] }],
    [{ L: [{ N: '1' }] }, { L: [{ N: '1' }, { N: '2' }] }],
    [{ M: { a: { N: '1' } } }, { M: { a: { N: '2' } } }],
    [{ M: { a: { N: '1' } } }, { M: { b: { N: '1' } } }],
    [{ M: { a: { N: '1' } } }, { M: { a: { N: '1' }, b: { N: '1' } } }],
    [{ M: { constructor: { N: '1' } } }, { M: { a: { N: '1' } } }],
    [{ M: { a: { L: [{ M: { b: { N: '1' } } }] } } }, { M: { a: { L: [{ M: {} }] } } }],
  ])('%j differs from %j', (a, b) => {
    expect(equalValues(a, b)).toBe(false)
    expect(equalValues(b, a)).toBe(false)
  })

  test('an attribute named __proto__ is compared', () => {
    const parse = (text: string) => JSON.parse(text) as AttributeValue
    const one = parse('{"M":{"__proto__":{"N":"1"}}}')
    expect(equalValues(one, parse('{"M":{"__proto__":{"N":"1"}}}'))).toBe(true)
    expect(equalValues(one, parse('{"M":{"__proto__":{"N":"2"}}}'))).toBe(false)
    expect(equalValues(one, parse('{"M":{"a":{"N":"1"}}}'))).toBe(false)
  })

  test('large sets', () => {
    const members = Array.from({ length: 1000 }, (_, index) => `member ${index}`)
    expect(equalValues({ SS: members }, { SS: members.toReversed() })).toBe(true)
    expect(equalValues({ SS: members }, { SS: ['other', ...members.slice(1)] })).toBe(false)
  })

  test('a copy with its sets reversed and its names in another order is equal', () => {
    fc.assert(fc.property(attributeValue(), (value) => equalValues(value, rearranged(value))))
  })
})

function rearranged(value: AttributeValue): AttributeValue {
  if ('SS' in value) return { SS: value.SS.toReversed() }
  if ('NS' in value) return { NS: value.NS.toReversed() }
  if ('BS' in value) return { BS: value.BS.toReversed() }
  if ('L' in value) return { L: value.L.map(rearranged) }
  if (!('M' in value)) return structuredClone(value)
  const entries = Object.entries(value.M).reverse()
  return { M: Object.fromEntries(entries.map(([name, inner]) => [name, rearranged(inner)])) }
}

describe('compareValues', () => {
  test('is undefined between types and within unordered types', () => {
    for (const a of oneOfEachType) {
      for (const b of oneOfEachType) {
        const ordered = a === b && ['S', 'N', 'B'].includes(Object.keys(a).join())
        expect(compareValues(a, b), JSON.stringify([a, b])).toBe(ordered ? 0 : undefined)
      }
    }
  })

  test.each<[AttributeValue, AttributeValue]>([
    [{ S: '' }, { S: 'a' }],
    [{ S: 'a' }, { S: 'ab' }],
    [{ S: 'Z' }, { S: 'a' }],
    [{ S: 'z' }, { S: 'é' }],
    [{ S: '\uffff' }, { S: '\u{10000}' }],
    [{ S: '\ue000' }, { S: '\u{1f600}' }],
    [{ S: '\ud7ff' }, { S: '\ue000' }],
    [{ S: '\u{10000}' }, { S: '\u{10001}' }],
    [{ N: '9' }, { N: '10' }],
    [{ N: '-10' }, { N: '-9' }],
    [{ B: '' }, { B: 'AA==' }],
    [{ B: 'AA==' }, { B: 'AAA=' }],
    [{ B: 'fw==' }, { B: 'gA==' }],
    [{ B: 'Zg==' }, { B: '+A==' }],
    [{ B: '+A==' }, { B: '/A==' }],
    [{ B: 'YWJj' }, { B: 'YWJjAA==' }],
  ])('%j is below %j', (a, b) => {
    expect(compareValues(a, b)).toBeLessThan(0)
    expect(compareValues(b, a)).toBeGreaterThan(0)
  })

  test('strings order as their UTF-8 bytes', () => {
    fc.assert(
      fc.property(stringText(), stringText(), (a, b) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b))
        expect(Math.sign(compareValues({ S: a }, { S: b }) as number)).toBe(order)
      }),
      { numRuns: 2000 },
    )
  })

  test('binaries order as their bytes', () => {
    fc.assert(
      fc.property(binaryText(), binaryText(), (a, b) => {
        const order = Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'))
        expect(Math.sign(compareValues({ B: a }, { B: b }) as number)).toBe(order)
      }),
      { numRuns: 2000 },
    )
  })
})
