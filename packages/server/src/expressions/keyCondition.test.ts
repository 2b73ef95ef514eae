import { expect, test } from 'vitest'
import type { AttributeValue } from '../values/attributeValue.ts'
import { createExpressionContext } from './expressionContext.ts'
import { bindKeyCondition } from './bindKeyCondition.ts'
import type { BoundKeyCondition, KeyConditionSchema } from './bindKeyCondition.ts'
import { compileKeyClauses, readKeyClauses } from './keyCondition.ts'
import { compileKeyConditions } from './legacyKeyConditions.ts'

const values: Record<string, AttributeValue> = {
  ':s': { S: 's' },
  ':t': { S: 't' },
  ':n': { N: '1.0' },
  ':ss': { SS: ['a'] },
  ':empty': { S: '' },
}

const simple: KeyConditionSchema = { partitionKeys: [{ name: 'pk', type: 'S' }], sortKeys: [] }
const composite: KeyConditionSchema = {
  partitionKeys: [{ name: 'pk', type: 'S' }],
  sortKeys: [{ name: 'sk', type: 'S' }],
}
const wide: KeyConditionSchema = {
  partitionKeys: [
    { name: 'pk', type: 'S' },
    { name: 'p2', type: 'N' },
  ],
  sortKeys: [
    { name: 's1', type: 'S' },
    { name: 's2', type: 'S' },
    { name: 's3', type: 'S' },
  ],
}

function bind(text: string, schema: KeyConditionSchema = composite): BoundKeyCondition {
  const context = createExpressionContext(
    {
      ExpressionAttributeValues: structuredClone(values),
      ExpressionAttributeNames: { '#k': 'pk' },
    },
    { reservedWords: 'refuse' },
  )
  return bindKeyCondition(compileKeyClauses(readKeyClauses(text, context)), schema)
}

const pk = [{ name: 'pk', value: { S: 's' } }]

test.each([
  ['sk = :t', '=', [{ S: 't' }]],
  ['sk < :t', '<', [{ S: 't' }]],
  [':t < sk', '>', [{ S: 't' }]],
  [':t <= sk', '>=', [{ S: 't' }]],
  [':t > sk', '<', [{ S: 't' }]],
  [':t >= sk', '<=', [{ S: 't' }]],
  [':t = sk', '=', [{ S: 't' }]],
  ['sk BETWEEN :s AND :t', 'BETWEEN', [{ S: 's' }, { S: 't' }]],
  ['begins_with(sk, :t)', 'begins_with', [{ S: 't' }]],
])('%s', (text, operator, operands) => {
  const expected = {
    partitionKey: pk,
    sortKeyPrefix: [],
    sortKey: { name: 'sk', operator, values: operands },
  }
  expect(bind(`pk = :s AND ${text}`)).toEqual(expected)
  expect(bind(`(${text}) AND (#k = :s)`)).toEqual(expected)
})

test('the sort key may be left out', () => {
  expect(bind('pk = :s')).toEqual({ partitionKey: pk, sortKeyPrefix: [] })
  expect(bind(':s = #k', simple)).toEqual({ partitionKey: pk, sortKeyPrefix: [] })
})

test('indexes with several key attributes', () => {
  expect(bind('s1 = :t AND p2 = :n AND s2 > :s AND pk = :s', wide)).toEqual({
    partitionKey: [...pk, { name: 'p2', value: { N: '1' } }],
    sortKeyPrefix: [{ name: 's1', value: { S: 't' } }],
    sortKey: { name: 's2', operator: '>', values: [{ S: 's' }] },
  })
  expect(() => bind('pk = :s AND s1 = :s', wide)).toThrow(
    'Query condition missed key schema element: p2',
  )
  expect(() => bind('pk = :s AND p2 = :n AND x = :s', wide)).toThrow(
    'Query condition missed key schema element: s1',
  )
})

test.each([
  ['s2 = :s', 's1', 's2'],
  ['s2 > :s', 's1', 's2'],
  ['s1 = :s AND s3 = :s', 's2', 's3'],
  ['s3 = :s AND s2 > :s AND s1 = :s', 's2', 's3'],
  ['s1 > :s AND s2 = :s', 's1', 's2'],
  ['s3 = :s', 's1, s2', 's3'],
])('a sort key is skipped: %s', (text, skipped, last) => {
  const message =
    `RANGE key attributes ${skipped} must have equality conditions specified in the query ` +
    `because a condition is present on key attribute ${last}`
  expect(() => bind(`pk = :s AND p2 = :n AND ${text}`, wide)).toThrow(
    expect.objectContaining({ name: 'ValidationException', message }),
  )
})

const prefix = 'Invalid KeyConditionExpression: '
const misplaced = `${prefix}Invalid condition in KeyConditionExpression: `
const operatorUsed = `${prefix}Invalid operator used in KeyConditionExpression: `
const conditions = `${prefix}KeyConditionExpressions `
const beginsWithNumber =
  `${prefix}Incorrect operand type for operator or function; ` +
  'operator or function: begins_with, operand type: N'
const notDefined = `${prefix}An expression attribute`
const undefinedValue = `${notDefined} value used in expression is not defined; attribute value:`
const undefinedName = `${notDefined} name used in the document path is not defined; attribute name:`
test.each([
  ['', `${prefix}The expression can not be empty;`],
  ['pk x', `${prefix}Syntax error; token: "x", near: "pk x"`],
  ['pk = :s OR sk = :s', `${operatorUsed}OR`],
  ['pk = :s AND (sk = :s OR sk = :t)', `${operatorUsed}OR`],
  ['NOT pk = :s', `${operatorUsed}NOT`],
  ['pk <> :s', `${operatorUsed}<>`],
  ['pk IN (:s)', `${operatorUsed}IN`],
  ['attribute_exists(pk)', `${operatorUsed}attribute_exists`],
  ['contains(pk, :s)', `${operatorUsed}contains`],
  ['pk = :s AND pk = :t', `${conditions}must only contain one condition per key`],
  ['pk = :s AND #k = :t', `${conditions}must only contain one condition per key`],
  ['size(pk) = :n', `${conditions}cannot contain nested operations`],
  ['pk.a = :s', `${conditions}cannot have conditions on nested attributes`],
  ['pk[0] = :s', `${conditions}cannot have conditions on nested attributes`],
  ['pk = sk', `${misplaced}Multiple attribute names used in one condition`],
  ['pk BETWEEN sk AND :s', `${misplaced}Multiple attribute names used in one condition`],
  [':s = :t', `${misplaced}No key attribute specified`],
  [
    ':s BETWEEN pk AND :t',
    `${misplaced}BETWEEN operator must have the key attribute as its first operand`,
  ],
  [
    'begins_with(:s, pk)',
    `${misplaced}begins_with operator must have the key attribute as its first operand`,
  ],
  [
    'pk < :ss',
    `${prefix}Incorrect operand type for operator or function; ` +
      'operator or function: <, operand type: SS',
  ],
  // Clauses are gone through in their order, and what no key condition can ask comes after.
  ['begins_with(sk, :n) AND pk = :missing', beginsWithNumber],
  ['pk = :s AND begins_with(sk, :n) AND sk = :missing', beginsWithNumber],
  ['pk = :missing AND begins_with(sk, :n)', `${undefinedValue} :missing`],
  ['pk = :s AND (sk = :missing AND begins_with(sk, :n))', `${undefinedValue} :missing`],
  ['pk = :s OR begins_with(sk, :n)', beginsWithNumber],
  ['pk = :missing AND #missing = :s', `${undefinedValue} :missing`],
  ['#missing = :missing', `${undefinedName} #missing`],
  ['pk = :s AND pk = :t AND sk = :missing', `${undefinedValue} :missing`],
  ['sk = :s', 'Query condition missed key schema element: pk'],
  ['sk = :s AND x = :s', 'Query condition missed key schema element: pk'],
  ['pk = :s AND x = :s', 'Query condition missed key schema element: sk'],
  ['pk > :s', 'Query key condition not supported'],
  ['begins_with(pk, :s)', 'Query key condition not supported'],
  ['pk = :s AND sk = :s AND x = :s', 'Conditions can be of length 1 or 2 only'],
  [
    'pk = :n',
    'One or more parameter values were invalid: ' +
      'Condition parameter type does not match schema type',
  ],
  [
    'pk = :s AND sk BETWEEN :n AND :n',
    'One or more parameter values were invalid: ' +
      'Condition parameter type does not match schema type',
  ],
  [
    'pk = :empty',
    'One or more parameter values are not valid. ' +
      'The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
  ],
])('refused: %s', (text, message) => {
  expect(() => bind(text)).toThrow(
    expect.objectContaining({ name: 'ValidationException', message }),
  )
})

test('a table without a sort key has one condition', () => {
  expect(() => bind('pk = :s AND x = :s', simple)).toThrow('Query key condition not supported')
})

test('KeyConditions compile to the same', () => {
  const compiled = compileKeyConditions({
    pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 's' }] },
    sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 't' }] },
  })
  expect(bindKeyCondition(compiled, composite)).toEqual(bind('pk = :s AND begins_with(sk, :t)'))
  const unequal = compileKeyConditions({
    pk: { ComparisonOperator: 'NE', AttributeValueList: [{ S: 's' }] },
  })
  expect(() => bindKeyCondition(unequal, composite)).toThrow(
    'Attempted conditional constraint is not an indexable operation',
  )
  expect(() => compileKeyConditions({ pk: { ComparisonOperator: 'EQ' } })).toThrow(
    'One or more parameter values were invalid: ' +
      'Invalid number of argument(s) for the EQ ComparisonOperator',
  )
})
