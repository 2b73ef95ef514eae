import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CborDouble, CborFault, CborTime, decodeCbor, encodeCbor } from './cbor.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const decoded = (text: string) => decodeCbor(hex(text))
const encoded = (value: unknown) => Buffer.from(encodeCbor(value)).toString('hex')

describe('decoding', () => {
  // RFC 8949, appendix A.
  test.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f93c00', 1],
    ['f93e00', 1.5],
    ['f97bff', 65_504],
    ['f90001', 5.960464477539063e-8],
    ['f9c400', -4],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', null],
    ['c11a514b67b0', 1_363_896_240],
    ['c1fb41d452d9ec200000', 1_363_896_240.5],
    ['44 01020304'.replace(' ', ''), Buffer.from([1, 2, 3, 4])],
    ['60', ''],
    ['62c3bc'.replace('62', '62'), 'ü'],
    ['63e6b0b4', '水'],
    ['80', []],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', {}],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['5f42010243030405ff', Buffer.from([1, 2, 3, 4, 5])],
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ])('%s', (text, value) => {
    expect(decoded(text)).toEqual(value)
  })

  test.each([
    ['nothing', ''],
    ['an end too early', '19'],
    ['a string too long', '7b00000000ffffffff61'],
    ['a list too long', '9b00000000ffffffff01'],
    ['bytes behind the value', '0000'],
    ['a length that is none', '1c'],
    ['a break without a beginning', 'ff'],
    ['a piece of another type', '7f4101ff'],
    ['a key that is no text', 'a10102'],
    ['a text that is not UTF-8', '61ff'],
    ['a simple value that is none', 'f8ff'],
    ['levels without end', '81'.repeat(100)],
    ['tags without end', 'c1'.repeat(100)],
  ])('refuses %s', (_case, text) => {
    expect(() => decoded(text)).toThrow(CborFault)
  })

  test('a key of any name is a key', () => {
    const members = decoded('a1695f5f70726f746f5f5f01') as object
    expect(Object.entries(members)).toEqual([['__proto__', 1]])
  })

  test('no bytes end otherwise than with a value or a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeCbor(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(CborFault)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encoding', () => {
  test.each<[unknown, string]>([
    [new CborTime(1_363_896_240), 'c11a514b67b0'],
    [new CborTime(0.5), 'c1fb3fe0000000000000'],
    [new CborDouble(4), 'fb4010000000000000'],
    [-0, 'fb8000000000000000'],
    [1.5, 'fb3ff8000000000000'],
    [2 ** 32, '1b0000000100000000'],
    [-25, '3818'],
    [{ a: undefined, b: 1 }, 'a1616201'],
  ])('%o', (value, text) => {
    expect(encoded(value)).toBe(text)
  })

  test('is undone by decoding', () => {
    const value = fc.jsonValue({ maxDepth: 5 })
    fc.assert(
      fc.property(value, (each) => {
        expect(decodeCbor(encodeCbor(each))).toEqual(each)
      }),
    )
  })
})
