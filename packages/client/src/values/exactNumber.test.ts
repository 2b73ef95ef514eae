import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decimal, InvalidValueError } from '../index.ts'
import { canonicalNumber } from './decimal.ts'
import { exactInteger, exactNumber, nativeNumber, numberText } from './exactNumber.ts'

/** Decimal texts of all forms within DynamoDB's limits. */
const arbitraryText = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    digits: fc.string({
      unit: fc.constantFrom(...'0123456789'.split('')),
      minLength: 1,
      maxLength: 38,
      size: 'max',
    }),
    point: fc.nat(38),
    exponent: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  })
  .map(({ sign, digits, point, exponent }) => {
    const at = Math.min(point, digits.length)
    const whole = `${sign}${digits.slice(0, at)}`
    const fraction = at < digits.length ? `.${digits.slice(at)}` : ''
    return `${whole}${fraction}${exponent === undefined ? '' : `e${exponent}`}`
  })

describe('a stored number', () => {
  test('is read as a value that is exactly it, and written as the same number', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(arbitraryText, (text) => {
        const value = nativeNumber(text)
        seen.add(value instanceof Decimal ? 'Decimal' : typeof value)
        expect(canonicalNumber(numberText(value))).toBe(canonicalNumber(text))
      }),
      { numRuns: 3000 },
    )
    expect([...seen].sort()).toEqual(['Decimal', 'bigint', 'number'])
  })

  test.each([
    ['0', 0],
    ['-0', 0],
    ['007.50', 7.5],
    ['1e3', 1000],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', undefined],
    ['9007199254740993', undefined],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.300000000000000040', 0.30000000000000004],
    ['0.1234567890123456789', undefined],
    ['1e-130', 1e-130],
    ['1e22', undefined],
  ])('%s is the number %s', (text, expected) => expect(exactNumber(text)).toBe(expected))

  test.each([
    ['9007199254740993', 9007199254740993n],
    ['-12345678901234567890123456789012345678', -12345678901234567890123456789012345678n],
    ['1.5e1', 15n],
    ['1e40', 10n ** 40n],
    ['1.50', undefined],
    ['1e-2', undefined],
  ])('%s is the bigint %s', (text, expected) => expect(exactInteger(text)).toBe(expected))
})

describe('a number to be stored', () => {
  test('that is a number is read as the same number', () => {
    const arbitrary = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
    )
    fc.assert(
      fc.property(arbitrary, (value) => {
        let text: string
        try {
          text = numberText(value)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidValueError)
          const isWide = Number.isInteger(value) && !Number.isSafeInteger(value)
          expect(isWide || Math.abs(value) < 1e-130).toBe(true)
          return
        }
        expect(exactNumber(text)).toBe(value === 0 ? 0 : value)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [Number.NaN, 'NaN is not a number to be stored.'],
    [Infinity, 'Infinity is not a number to be stored.'],
    [
      2 ** 53,
      '9007199254740992 is beyond the integers that a number holds exactly; give it as a bigint.',
    ],
    [1e-131, '1e-131 is beyond the magnitudes that DynamoDB keeps.'],
    [10n ** 126n, `1${'0'.repeat(126)} is beyond the magnitudes that DynamoDB keeps.`],
    [BigInt('1'.repeat(39)), `${'1'.repeat(39)} has 39 significant digits; DynamoDB keeps 38.`],
  ])('is not %s', (value, message) => {
    expect(() => numberText(value)).toThrow(InvalidValueError)
    expect(() => numberText(value)).toThrow(message)
  })
})

describe('a Decimal', () => {
  test.each([
    ['1.10', '1.1'],
    ['+.5', '0.5'],
    ['5.', '5'],
    ['-0.000', '0'],
    ['1E3', '1000'],
    ['0.0000001234', '0.0000001234'],
    ['0.00000001', '1e-8'],
    ['123e40', '1.23e42'],
    ['9e125', '9e125'],
    ['1e-130', '1e-130'],
  ])('of %s is %s', (text, canonical) => {
    const value = new Decimal(text)
    expect([value.text, value.toString(), JSON.stringify({ value })]).toEqual([
      canonical,
      canonical,
      JSON.stringify({ value: canonical }),
    ])
    expect(value.equals(new Decimal(canonical))).toBe(true)
  })

  test.each(['', '.', 'e5', '1 ', '0x1', '1_000', 'NaN', '1e'])('is not %j', (text) => {
    expect(() => new Decimal(text)).toThrow(`"${text}" is not a number.`)
  })
})
