import { expect, test } from 'vitest'
import { calculated, canonicalNumber } from './decimals.ts'
import { itemSize, valueSize } from './sizes.ts'

/* What the model itself is held against: sizes and numbers that were measured on DynamoDB. */

test.each([
  ['3.14159', 5],
  ['123456', 4],
  ['1E125', 2],
  ['0.0000001', 2],
  ['0', 1],
  ['-1', 3],
])('%s takes %i bytes', (N, bytes) => {
  expect(valueSize({ N })).toBe(bytes)
})

test('an item takes the bytes of its names and values', () => {
  expect(itemSize({ 'shirt-color': { S: 'R' }, 'shirt-size': { S: 'M' } })).toBe(23)
  expect(itemSize({ l: { L: [{ S: 'ab' }, { M: { k: { BOOL: true } } }] } })).toBe(14)
})

test.each([
  ['0042.1200', '42.12'],
  ['1.5E2', '150'],
  ['-0', '0'],
  ['+5', '5'],
  ['1E125', `1${'0'.repeat(125)}`],
])('%s is stored as %s', (written, stored) => {
  expect(canonicalNumber(written)).toBe(stored)
})

test('arithmetic is exact, and refused where 38 digits are not enough', () => {
  expect(calculated('0.1', '+', '0.2')).toBe('0.3')
  expect(calculated('1', '-', '1.5')).toBe('-0.5')
  expect(() => calculated('1E38', '+', '0.1')).toThrow('Number overflow.')
  expect(() => calculated('1E-130', '-', '1.1E-130')).toThrow('Number underflow.')
})
