import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeMap, AttributeValue } from './attributeValue.ts'
import { canonicalNumber } from './number.ts'
import { attributeValueSize, itemSize } from './size.ts'
import { attributeValue, binaryText, item, numberText } from './testdata/arbitraryValues.ts'

describe('attributeValueSize', () => {
  test.each<[string, number]>([
    ['0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['123456', 4],
    ['-123456', 5],
    ['100', 2],
    ['1010', 3],
    ['1E125', 2],
    ['-1E125', 3],
    ['3.14159', 5],
    ['-3.14159', 6],
    ['0.0000001', 2],
    ['-0.0000001', 3],
    ['0.00000012', 2],
    ['0.000000123', 3],
    ['1.5', 3],
    ['100.5', 4],
    ['1.005', 4],
    ['10.05', 3],
    ['9'.repeat(38), 20],
    [`9.${'9'.repeat(37)}`, 21],
  ])('number %s takes %i bytes', (text, bytes) => {
    expect(attributeValueSize({ N: canonicalNumber(text) })).toBe(bytes)
  })

  test.each<[AttributeValue, number]>([
    [{ S: '' }, 0],
    [{ S: 'abc' }, 3],
    [{ S: 'é€😀' }, 9],
    [{ B: '' }, 0],
    [{ B: 'YQ==' }, 1],
    [{ B: 'YWI=' }, 2],
    [{ B: 'YWJj' }, 3],
    [{ BOOL: false }, 1],
    [{ NULL: true }, 1],
    [{ SS: ['a', 'é'] }, 3],
    [{ NS: ['1', '-12.5'] }, 6],
    [{ BS: ['YQ==', 'YWJj'] }, 4],
    [{ L: [] }, 3],
    [{ L: [{ S: 'abc' }, { NULL: true }] }, 9],
    [{ M: {} }, 3],
    [{ M: { key: { S: 'abc' } } }, 10],
    [{ L: [{ L: [] }] }, 7],
  ])('%j takes %i bytes', (value, bytes) => {
    expect(attributeValueSize(value)).toBe(bytes)
  })

  test('a binary takes the bytes that it decodes to', () => {
    fc.assert(
      fc.property(binaryText(), (B) => {
        expect(attributeValueSize({ B })).toBe(Buffer.from(B, 'base64').length)
      }),
    )
  })

  test('a number takes a byte, one per pair of significant digits and one for its sign', () => {
    fc.assert(
      fc.property(numberText(), (N) => {
        const [integer = '', fraction = ''] = N.replace('-', '').split('.')
        const integerDigits = fraction
          ? integer.replace(/^0+/, '')
          : integer.replace(/^0+|0+$/g, '')
        const fractionDigits = integerDigits ? fraction : fraction.replace(/^0+/, '')
        const pairs = Math.ceil(integerDigits.length / 2) + Math.ceil(fractionDigits.length / 2)
        expect(attributeValueSize({ N })).toBe(1 + pairs + (N.startsWith('-') ? 1 : 0))
      }),
      { numRuns: 500 },
    )
  })

  test('is additive over lists and maps', () => {
    fc.assert(
      fc.property(fc.array(attributeValue(), { maxLength: 4 }), item(), (elements, map) => {
        const sizes = elements.map((element) => 1 + attributeValueSize(element))
        expect(attributeValueSize({ L: elements })).toBe(sizes.reduce((a, b) => a + b, 3))
        const count = Object.keys(map).length
        expect(attributeValueSize({ M: map })).toBe(3 + count + itemSize(map))
      }),
    )
  })
})

describe('itemSize', () => {
  test('counts all up to a limit, and enough to be beyond it', () => {
    fc.assert(
      fc.property(fc.array(attributeValue(), { maxLength: 5 }), fc.nat(200), (values, limit) => {
        const map = {
          l: { L: values },
          m: { M: Object.fromEntries(values.map((value, i) => [`k${i}`, value])) },
        }
        const whole = itemSize(map)
        const counted = itemSize(map, limit)
        if (whole <= limit) expect(counted).toBe(whole)
        else expect(counted).toBeGreaterThan(limit)
      }),
    )
  })

  test('counts names and values', () => {
    expect(itemSize({ 'shirt-color': { S: 'R' }, 'shirt-size': { S: 'M' } })).toBe(23)
    expect(itemSize({})).toBe(0)
    expect(itemSize({ é: { BOOL: true } })).toBe(3)
  })

  test('counts an attribute named __proto__', () => {
    const parsed = JSON.parse('{"__proto__":{"S":"abc"},"constructor":{"N":"1"}}') as AttributeMap
    expect(itemSize(parsed)).toBe(9 + 3 + 11 + 2)
  })

  test('is the sum over the attributes', () => {
    fc.assert(
      fc.property(item(), (map) => {
        let bytes = 0
        for (const [name, value] of Object.entries(map)) {
          bytes += Buffer.from(name).length + attributeValueSize(value)
        }
        expect(itemSize(map)).toBe(bytes)
      }),
    )
  })
})
