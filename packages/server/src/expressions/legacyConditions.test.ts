import { describe, expect, test } from 'vitest'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import { evaluateCondition } from './evaluateCondition.ts'
import {
  checkConditionalOperator,
  compileExpected,
  compileFilterConditions,
} from './legacyConditions.ts'
import type { ExpectedAttribute, LegacyOperator } from './legacyConditions.ts'

const item: Item = {
  s: { S: 'hello' },
  n: { N: '5' },
  ss: { SS: ['a', 'b'] },
  l: { L: [{ N: '1' }] },
}

const hello: AttributeValue = { S: 'hello' }
const five: AttributeValue = { N: '5.0' }
const six: AttributeValue = { N: '6' }

function filter(name: string, operator: LegacyOperator, ...values: AttributeValue[]): boolean {
  const condition = { ComparisonOperator: operator, AttributeValueList: structuredClone(values) }
  return evaluateCondition(compileFilterConditions({ [name]: condition }, undefined), item)
}

describe('operators', () => {
  test.each([
    ['n', 'EQ', [five], true],
    ['n', 'EQ', [{ S: '5' }], false],
    ['gone', 'EQ', [five], false],
    ['ss', 'EQ', [{ SS: ['b', 'a'] }], true],
    ['n', 'NE', [six], true],
    ['n', 'NE', [five], false],
    ['gone', 'NE', [five], true],
    ['n', 'LE', [five], true],
    ['n', 'LT', [five], false],
    ['n', 'LT', [six], true],
    ['n', 'GE', [six], false],
    ['n', 'GE', [five], true],
    ['n', 'GT', [{ N: '4' }], true],
    ['n', 'GT', [five], false],
    ['n', 'IN', [six, five], true],
    ['n', 'IN', [six], false],
    ['n', 'BETWEEN', [five, six], true],
    ['n', 'BETWEEN', [six, six], false],
    ['n', 'NOT_NULL', [], true],
    ['gone', 'NOT_NULL', [], false],
    ['gone', 'NULL', [], true],
    ['n', 'NULL', [], false],
    ['s', 'CONTAINS', [{ S: 'ell' }], true],
    ['ss', 'CONTAINS', [{ S: 'a' }], true],
    ['l', 'CONTAINS', [{ N: '1.0' }], true],
    ['s', 'CONTAINS', [{ S: 'x' }], false],
    ['s', 'NOT_CONTAINS', [{ S: 'x' }], true],
    ['ss', 'NOT_CONTAINS', [{ S: 'a' }], false],
    ['s', 'BEGINS_WITH', [{ S: 'he' }], true],
    ['s', 'BEGINS_WITH', [{ S: 'lo' }], false],
  ] as [string, LegacyOperator, AttributeValue[], boolean][])(
    '%s %s %j: %s',
    (name, operator, values, outcome) => {
      expect(filter(name, operator, ...values)).toBe(outcome)
    },
  )
})

function expected(conditions: Record<string, ExpectedAttribute>, operator?: 'AND' | 'OR'): boolean {
  return evaluateCondition(compileExpected(structuredClone(conditions), operator), item)
}

describe('Expected', () => {
  test('Value and Exists', () => {
    expect(expected({ s: { Value: hello } })).toBe(true)
    expect(expected({ s: { Value: hello, Exists: true } })).toBe(true)
    expect(expected({ s: { Value: six } })).toBe(false)
    expect(expected({ gone: { Exists: false } })).toBe(true)
    expect(expected({ s: { Exists: false } })).toBe(false)
    expect(expected({ n: { ComparisonOperator: 'LT', Value: six } })).toBe(true)
    expect(expected({ n: { ComparisonOperator: 'NULL' } })).toBe(false)
  })

  test('ConditionalOperator', () => {
    const conditions = { s: { Value: hello }, n: { Value: six } }
    expect(expected(conditions)).toBe(false)
    expect(expected(conditions, 'AND')).toBe(false)
    expect(expected(conditions, 'OR')).toBe(true)
    expect(expected({})).toBe(true)
  })
})

const invalid = 'One or more parameter values were invalid: '
test.each([
  [
    { ComparisonOperator: 'EQ', Exists: true, Value: hello },
    `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: a`,
  ],
  [
    { ComparisonOperator: 'EQ', Value: hello, AttributeValueList: [hello] },
    `${invalid}Value and AttributeValueList cannot be used together for Attribute: a`,
  ],
  [
    { AttributeValueList: [hello] },
    `${invalid}AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
  ],
  [
    { ComparisonOperator: 'EQ' },
    `${invalid}Value or AttributeValueList must be used with ComparisonOperator: EQ ` +
      'for Attribute: a',
  ],
  [{}, `${invalid}Value must be provided when Exists is null for Attribute: a`],
  [{ Exists: true }, `${invalid}Value must be provided when Exists is true for Attribute: a`],
  [
    { Exists: false, Value: hello },
    `${invalid}Value cannot be used when Exists is false for Attribute: a`,
  ],
  [
    { ComparisonOperator: 'EQ', AttributeValueList: [] },
    `${invalid}Invalid number of argument(s) for the EQ ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'NULL', Value: hello },
    `${invalid}Invalid number of argument(s) for the NULL ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'BETWEEN', Value: hello },
    `${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'IN', AttributeValueList: [] },
    `${invalid}Invalid number of argument(s) for the IN ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'BEGINS_WITH', Value: five },
    `${invalid}ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'LT', Value: { SS: ['a'] } },
    `${invalid}ComparisonOperator LT is not valid for SS AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'CONTAINS', Value: { M: {} } },
    `${invalid}ComparisonOperator CONTAINS is not valid for M AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'IN', AttributeValueList: [hello, five] },
    `${invalid}AttributeValues inside AttributeValueList must be of same type`,
  ],
  [
    { ComparisonOperator: 'BETWEEN', AttributeValueList: [six, five] },
    'The BETWEEN condition was provided a range where the lower bound is greater than ' +
      'the upper bound',
  ],
  [{ Value: { N: 'x' } }, 'The parameter cannot be converted to a numeric value: x'],
] as [ExpectedAttribute, string][])('%j', (condition, message) => {
  expect(() => expected({ a: condition })).toThrow(
    expect.objectContaining({ name: 'ValidationException', message }),
  )
})

test('ConditionalOperator needs two conditions', () => {
  expect(() => expected({ s: { Value: hello } }, 'AND')).toThrow(
    'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  )
  expect(() => checkConditionalOperator(undefined, 'OR')).toThrow(
    'ConditionalOperator cannot be used without Filter or Expected',
  )
})
