import { expect, test } from 'vitest'
import type { AttributeValue } from '../values/attributeValue.ts'
import { compileCondition } from './evaluateCondition.ts'
import { checkAllUsed, createExpressionContext } from './expressionContext.ts'
import type { ExpressionContext, ExpressionRequest } from './expressionContext.ts'
import { compileProjection } from './projectItem.ts'

function create(request: ExpressionRequest): ExpressionContext {
  return createExpressionContext(request, { reservedWords: 'refuse' })
}

const attributeNames = 'ExpressionAttributeNames'
const attributeValues = 'ExpressionAttributeValues'

test.each([
  [{}, 'must not be empty'],
  [{ x: 'a' }, 'contains invalid key: Syntax error; key: "x"'],
  [{ '#': 'a' }, 'contains invalid key: Syntax error; key: "#"'],
  [{ '': 'a' }, 'contains invalid key: Syntax error; key: ""'],
  [{ ':a': 'a' }, 'contains invalid key: Syntax error; key: ":a"'],
  [{ '#a-b': 'a' }, 'contains invalid key: Syntax error; key: "#a-b"'],
  [{ '#a\n': 'a' }, 'contains invalid key: Syntax error; key: "#a\n"'],
  [{ '#a': '' }, 'contains invalid value: Empty attribute name for key #a'],
])('names %j', (names, message) => {
  expect(() => create({ ExpressionAttributeNames: names as Record<string, string> })).toThrow(
    expect.objectContaining({
      name: 'ValidationException',
      message: `${attributeNames} ${message}`,
    }),
  )
})

test.each([
  [{}, 'must not be empty'],
  [{ x: { S: 'a' } }, 'contains invalid key: Syntax error; key: "x"'],
  [{ '#x': { S: 'a' } }, 'contains invalid key: Syntax error; key: "#x"'],
  [
    { ':k': {} },
    'contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the ' +
      'supported datatypes for key :k',
  ],
  [
    { ':k': { N: 'abc' } },
    'contains invalid value: The parameter cannot be converted to a numeric value: abc for key :k',
  ],
  [
    { ':ok': { S: '' }, ':k': { SS: [] } },
    'contains invalid value: One or more parameter values were invalid: ' +
      'An string set  may not be empty for key :k',
  ],
])('values %j', (values, message) => {
  expect(() =>
    create({ ExpressionAttributeValues: values as unknown as Record<string, AttributeValue> }),
  ).toThrow(
    expect.objectContaining({
      name: 'ValidationException',
      message: `${attributeValues} ${message}`,
    }),
  )
})

test('placeholders have at most 255 bytes', () => {
  const longest = `#${'a'.repeat(254)}`
  expect(() => create({ ExpressionAttributeNames: { [longest]: 'x' } })).not.toThrow()
  expect(() => create({ ExpressionAttributeNames: { [`${longest}a`]: 'x' } })).toThrow(
    'ExpressionAttributeNames contains invalid key: The key has exceeded',
  )
})

test('values are brought into canonical form', () => {
  const context = create({ ExpressionAttributeValues: { ':n': { L: [{ N: '01.50' }] } } })
  expect(context.values).toEqual({ ':n': { L: [{ N: '1.5' }] } })
})

test('all substitutions must be used by one expression or another', () => {
  const context = create({
    ExpressionAttributeNames: { '#a': 'a', '#b': 'b', '#c': 'c' },
    ExpressionAttributeValues: { ':v': { S: 'v' }, ':w': { S: 'w' } },
  })
  const unused = (placeholders: string): string =>
    `Value provided in ${placeholders.startsWith('#') ? attributeNames : attributeValues} ` +
    `unused in expressions: keys: {${placeholders}}`
  expect(() => checkAllUsed(context)).toThrow(unused('#a, #b, #c'))
  compileCondition('FilterExpression', '#a = :v OR #a.#b < :v', context)
  expect(() => checkAllUsed(context)).toThrow(unused('#c'))
  compileProjection('#a, #c', context)
  expect(() => checkAllUsed(context)).toThrow(unused(':w'))
  compileCondition('FilterExpression', 'a IN (:w)', context)
  expect(() => checkAllUsed(context)).not.toThrow()
  expect(() => checkAllUsed(create({}))).not.toThrow()
})

test('a placeholder named like a member of every object is not defined by it', () => {
  const context = create({ ExpressionAttributeValues: { ':v': { S: 'v' } } })
  expect(() => compileCondition('FilterExpression', 'a = :constructor', context)).toThrow(
    'attribute value: :constructor',
  )
})
