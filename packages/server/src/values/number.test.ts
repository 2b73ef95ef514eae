import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { measureProcessor } from '../testing/processorTime.ts'
import { addNumbers, canonicalNumber, compareNumbers, subtractNumbers } from './number.ts'
import { decimalText, numberText, scaled } from './testdata/arbitraryValues.ts'

const overflow =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const tooManyDigits = 'Attempting to store more than 38 significant digits in a Number'
const notNumeric = 'The parameter cannot be converted to a numeric value'
const nines = '9'.repeat(38)

/** The text of the ValidationException that `work` throws in that layer, or what it returns. */
function outcome(work: () => string, layer: 'older' | 'newer' = 'older'): string {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    expect(error.kind.name).toBe('ValidationException')
    return layer === 'older' ? error.message : String(error.newer?.text)
  }
}

describe('canonicalNumber', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['+0', '0'],
    ['0.000', '0'],
    ['-0.0e5', '0'],
    ['5', '5'],
    ['+5', '5'],
    ['-5', '-5'],
    ['007', '7'],
    ['0042.1200', '42.12'],
    ['1.5E2', '150'],
    ['1.5e-2', '0.015'],
    ['1.5e+2', '150'],
    ['100', '100'],
    ['100.0', '100'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['10e-1', '1'],
    ['0.10', '0.1'],
    ['123.456', '123.456'],
    ['12345e-3', '12.345'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
    ['-1E-130', `-0.${'0'.repeat(129)}1`],
    [`9.${'9'.repeat(37)}E+125`, nines + '0'.repeat(88)],
    [`-9.${'9'.repeat(37)}E+125`, `-${nines}${'0'.repeat(88)}`],
    [nines, nines],
    [`${nines}000`, `${nines}000`],
    [`0.${nines}`, `0.${nines}`],
    [`1.${'0'.repeat(100)}`, '1'],
    [`0.${'0'.repeat(200)}1e201`, '1'],
    ['1e00000000000000000000002', '100'],
    ['0e125', '0'],
    ['0.0e126', '0'],
    ['0e-130', '0'],
    [`0.${'0'.repeat(130)}`, '0'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical)
  })

  test('an empty text is not echoed', () => {
    expect(outcome(() => canonicalNumber(''))).toBe(notNumeric)
  })

  test.each([
    'abc',
    ' 1',
    '1 ',
    '1e',
    '1e+',
    'e5',
    '.',
    '-',
    '+',
    '-.',
    '--1',
    '+-1',
    '1.2.3',
    '1e5.5',
    '1e5e5',
    '0x10',
    '1_000',
    '1,5',
    'NaN',
    'Infinity',
    '-Infinity',
    '1f',
    '1e9223372036854775808',
    '1e-9223372036854775809',
    '0e9223372036854775808',
    '1e99999999999999999999',
    '1e-99999999999999999999',
    '٣',
    '1\n',
  ])('%j is no number', (text) => {
    for (const layer of ['older', 'newer'] as const) {
      expect(outcome(() => canonicalNumber(text), layer)).toBe(`${notNumeric}: ${text}`)
    }
  })

  test.each([
    ['1e126', overflow],
    ['-1e126', overflow],
    ['0e126', overflow],
    ['00e126', overflow],
    ['0.0e127', overflow],
    ['10e125', overflow],
    ['0.1e127', overflow],
    [`1${'0'.repeat(126)}`, overflow],
    ['1e2147483647', overflow],
    ['1e9223372036854775807', overflow],
    ['0e9223372036854775807', overflow],
    [`${'1'.repeat(39)}e90`, overflow],
    ['1e-131', underflow],
    ['-1e-131', underflow],
    ['0.1e-130', underflow],
    ['1e-9223372036854775808', underflow],
    ['0e-131', underflow],
    [`0.${'0'.repeat(131)}`, underflow],
    [`0.${'0'.repeat(130)}1`, underflow],
    [`${nines}1`, tooManyDigits],
    [`1.${'0'.repeat(37)}1`, tooManyDigits],
    [`0.${nines}1`, tooManyDigits],
    [`-${nines}.5`, tooManyDigits],
  ])('%s is refused by the newer layer with: %s', (text, message) => {
    expect(outcome(() => canonicalNumber(text), 'newer')).toBe(message)
  })

  test.each([
    ['1e126', overflow],
    ['1e2147483646', overflow],
    ['1e2147483647', underflow],
    ['-1e2147483647', underflow],
    ['12e2147483646', underflow],
    ['0.1e2147483647', overflow],
    ['0e2147483647', underflow],
    ['1e2147483648', underflow],
    ['1e2147483649', `${notNumeric}: 1e2147483649`],
    ['0.1e2147483649', underflow],
    ['1e-2147483647', underflow],
    ['1e-2147483648', `${notNumeric}: 1e-2147483648`],
    ['1e9223372036854775808', `${notNumeric}: 1e9223372036854775808`],
    ['0e126', overflow],
    ['1e-131', underflow],
    [`${nines}1`, tooManyDigits],
  ])('%s is refused by the older layer with: %s', (text, message) => {
    expect(outcome(() => canonicalNumber(text))).toBe(message)
  })

  test('zeros before an exponent count for nothing', () => {
    expect(canonicalNumber('1.5e00000000000000000000003')).toBe('1500')
    expect(canonicalNumber('0e00000000000000000000125')).toBe('0')
  })

  test('edges by exponent: 0.1e126 and 10e-131 are within', () => {
    expect(canonicalNumber('0.1e126')).toBe(`1${'0'.repeat(125)}`)
    expect(canonicalNumber('10e-131')).toBe(`0.${'0'.repeat(129)}1`)
  })

  test('a text of a million digits is decided in linear time', () => {
    const million = 1_000_000
    const zeros = '0'.repeat(million)
    const usedMs = measureProcessor()
    expect(outcome(() => canonicalNumber('1'.repeat(million)))).toBe(overflow)
    expect(outcome(() => canonicalNumber(`0.${zeros}1`))).toBe(underflow)
    expect(outcome(() => canonicalNumber(`1.${zeros}1`))).toBe(tooManyDigits)
    expect(outcome(() => canonicalNumber(`1e${zeros}1`))).toBe('10')
    expect(outcome(() => canonicalNumber(`${zeros}7.${zeros}`))).toBe('7')
    expect(outcome(() => canonicalNumber(`1${zeros}x`))).toBe(`${notNumeric}: 1${zeros}x`)
    // A quadratic algorithm would take minutes.
    expect(usedMs()).toBeLessThan(2000)
  })

  test('keeps the value, is idempotent and gives equal values equal texts', () => {
    fc.assert(
      fc.property(decimalText(), ({ text, digits, exponent }) => {
        const canonical = canonicalNumber(text)
        expect(canonical).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
        expect(canonical).not.toBe('-0')
        expect(canonicalNumber(canonical)).toBe(canonical)
        expect(scaled(canonical)).toBe(digits * 10n ** BigInt(exponent + 200))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('compareNumbers', () => {
  test('orders as the exact values do', () => {
    fc.assert(
      fc.property(numberText(), numberText(), (a, b) => {
        const [x, y] = [scaled(a), scaled(b)]
        expect(Math.sign(compareNumbers(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0)
      }),
      { numRuns: 2000 },
    )
  })

  test('a sorted list', () => {
    const sorted = [
      '-1000',
      '-12.5',
      '-12',
      '-1.5',
      '-0.05',
      '0',
      '0.005',
      '0.05',
      '1',
      '1.5',
      '10',
    ]
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) {
        expect(Math.sign(compareNumbers(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j))
      }
    }
  })
})

describe('addNumbers and subtractNumbers', () => {
  test.each([
    ['1', '2', '3'],
    ['0.1', '0.2', '0.3'],
    ['-5', '5', '0'],
    ['0', '0', '0'],
    ['999999999999999', '999999999999999', '1999999999999998'],
    ['-999999999999999', '-999999999999999', '-1999999999999998'],
    ['9007199254740993', '1', '9007199254740994'],
    ['0.5', '0.5', '1'],
    ['99.5', '0.5', '100'],
    ['1', `0.${'0'.repeat(36)}1`, `1.${'0'.repeat(36)}1`],
    [nines, '1', `1${'0'.repeat(38)}`],
  ])('%s + %s = %s', (a, b, sum) => {
    expect(addNumbers(a, b)).toBe(sum)
    expect(addNumbers(b, a)).toBe(sum)
    expect(subtractNumbers(sum, b)).toBe(a)
  })

  test.each([
    ['1', `0.${'0'.repeat(37)}1`],
    [`${nines}0`, '1'],
    [canonicalNumber('1e125'), '1'],
    [canonicalNumber('1e125'), canonicalNumber('1e-130')],
    [canonicalNumber('9e125'), canonicalNumber('1e125')],
  ])('%s + %s overflows', (a, b) => {
    expect(outcome(() => addNumbers(a, b))).toBe(overflow)
    expect(outcome(() => subtractNumbers(`-${a}`, b))).toBe(overflow)
  })

  test('a difference may be too small', () => {
    const difference = () => subtractNumbers(canonicalNumber('1.5e-130'), canonicalNumber('1e-130'))
    expect(outcome(difference)).toBe(underflow)
  })

  test('are exact or refuse', () => {
    fc.assert(
      fc.property(numberText(), numberText(), fc.boolean(), (a, b, subtract) => {
        const exact = subtract ? scaled(a) - scaled(b) : scaled(a) + scaled(b)
        const result = outcome(() => (subtract ? subtractNumbers(a, b) : addNumbers(a, b)))
        expect(result).toBe(expectedOutcome(exact))
      }),
      { numRuns: 2000 },
    )
  })
})

/** What arithmetic gives for the exact result `exact`, which counts units of 1E-200. */
function expectedOutcome(exact: bigint): string {
  if (exact === 0n) return '0'
  const magnitude = exact < 0n ? -exact : exact
  if (magnitude >= 10n ** 326n) return overflow
  if (magnitude < 10n ** 70n) return underflow
  if (magnitude.toString().replace(/0+$/, '').length > 38) return overflow
  const padded = magnitude.toString().padStart(201, '0')
  const fraction = padded.slice(-200).replace(/0+$/, '')
  const plain = padded.slice(0, -200) + (fraction === '' ? '' : `.${fraction}`)
  return exact < 0n ? `-${plain}` : plain
}
