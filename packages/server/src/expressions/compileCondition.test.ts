import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../values/attributeValue.ts'
import { compileCondition } from './evaluateCondition.ts'
import { createExpressionContext } from './expressionContext.ts'

function errorOf(
  text: string,
  values?: Record<string, AttributeValue>,
  names?: Record<string, string>,
): string {
  try {
    const context = createExpressionContext(
      { ExpressionAttributeValues: values, ExpressionAttributeNames: names },
      { reservedWords: 'refuse' },
    )
    compileCondition('ConditionExpression', text, context)
  } catch (error) {
    expect((error as Error).name).toBe('ValidationException')
    return (error as Error).message.replace('Invalid ConditionExpression: ', '')
  }
  return 'none'
}

function chain(length: number): string {
  return Array.from({ length }, () => 'a').join(' = :v AND ') + ' = :v'
}

const typeNames = 'valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}'
const operandType = 'Incorrect operand type for operator or function; operator or function:'
const operandCount = 'Incorrect number of operands for operator or function; operator or function:'
const misused = 'The function is not allowed to be used this way in an expression; function:'
const distinct =
  'The first operand must be distinct from the remaining operands for this operator or function; ' +
  'operator:'
const pathRequired = 'Operator or function requires a document path; operator or function:'

describe('syntax', () => {
  test.each([
    ['', 'The expression can not be empty;'],
    [' \t\n', 'The expression can not be empty;'],
    ['a x b', 'Syntax error; token: "x", near: "a x b"'],
    ['a  =', 'Syntax error; token: "<EOF>", near: "="'],
    ['a', 'Syntax error; token: "<EOF>", near: "a"'],
    [':v', 'Syntax error; token: "<EOF>", near: ":v"'],
    ['= a', 'Syntax error; token: "=", near: "= a"'],
    ['a = 5', 'Syntax error; token: "5", near: "= 5"'],
    ["a = 'x'", 'Syntax error; token: "\'", near: "= \'x"'],
    ['_a = :v', 'Syntax error; token: "_a", near: "_a ="'],
    ['1a = :v', 'Syntax error; token: "1a", near: "1a ="'],
    ['a-b = :v', 'Syntax error; token: "-", near: "a-b"'],
    ['a = b = c', 'Syntax error; token: "=", near: "b = c"'],
    ['a == :v', 'Syntax error; token: "=", near: "== :v"'],
    ['a[-1] = :v', 'Syntax error; token: "-", near: "[-1"'],
    ['a[:v] = :v', 'Syntax error; token: ":v", near: "[:v]"'],
    ['a[b] = :v', 'Syntax error; token: "b", near: "[b]"'],
    ['a[0 = :v', 'Syntax error; token: "=", near: "0 = :v"'],
    ['a. = :v', 'Syntax error; token: "=", near: ". = :v"'],
    ['# = :v', 'Syntax error; token: "#", near: "# ="'],
    [': = a', 'Syntax error; token: ":", near: ": ="'],
    [':v.a = :v', 'Syntax error; token: ".", near: ":v.a"'],
    ['#f(a)', 'Syntax error; token: "(", near: "#f(a"'],
    ['(a = :v', 'Syntax error; token: "<EOF>", near: ":v"'],
    ['a = :v)', 'Syntax error; token: ")", near: ":v)"'],
    ['()', 'Syntax error; token: ")", near: "()"'],
    ['(a)', 'Syntax error; token: "<EOF>", near: ")"'],
    ['(NOT a)', 'Syntax error; token: ")", near: "a)"'],
    ['(NOT a) = :v', 'Syntax error; token: ")", near: "a) ="'],
    ['a AND b = :v', 'Syntax error; token: "AND", near: "a AND b"'],
    ['a = :v AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['a = :v b = :w', 'Syntax error; token: "b", near: ":v b ="'],
    ['(a = :v) = :w', 'Syntax error; token: "=", near: ") = :w"'],
    ['a = (b = c)', 'Syntax error; token: "=", near: "b = c"'],
    ['a IN :v', 'Syntax error; token: ":v", near: "IN :v"'],
    ['a IN ()', 'Syntax error; token: ")", near: "()"'],
    ['a IN (:v,)', 'Syntax error; token: ")", near: ",)"'],
    ['a BETWEEN :v', 'Syntax error; token: "<EOF>", near: ":v"'],
    ['a BETWEEN :v OR :w', 'Syntax error; token: "OR", near: ":v OR :w"'],
    ['size()', 'Syntax error; token: ")", near: "()"'],
    ['size(a,) = :v', 'Syntax error; token: ")", near: ",) ="'],
    ['contains(a = :v, b)', 'Syntax error; token: "=", near: "a = :v"'],
    ['and = :v', 'Syntax error; token: "and", near: "and ="'],
    ['and(a)', 'Syntax error; token: "and", near: "and("'],
    ['a + :v = :w', 'Syntax error; token: "+", near: "a + :v"'],
    ['a = \u{1F600}', 'Syntax error; token: "\u{1F600}", near: "= \u{1F600}"'],
  ])('%s', (text, message) => {
    expect(errorOf(text, { ':v': { S: 'x' } })).toBe(message)
  })

  test('the text is measured in bytes, before it is read', () => {
    expect(errorOf('='.repeat(4096))).toContain('Syntax error')
    expect(errorOf('='.repeat(4097))).toBe(
      'Expression size has exceeded the maximum allowed size; expression size: 4097',
    )
    expect(errorOf('é'.repeat(2049))).toContain('expression size: 4098')
  })

  test('deep nesting is refused and does not exhaust the stack', () => {
    expect(errorOf('('.repeat(4000))).toBe('Syntax error; token: "<EOF>", near: "("')
    expect(errorOf(`${'('.repeat(2000)}a = b${')'.repeat(2000)}`)).toBe(
      'The expression has redundant parentheses;',
    )
    expect(errorOf('f('.repeat(2000))).toBe('Syntax error; token: "<EOF>", near: "("')
    expect(errorOf(`${'f('.repeat(1300)}a${')'.repeat(1300)}`)).toBe(
      'Invalid function name; function: f',
    )
    expect(errorOf(`${'size('.repeat(600)}a${')'.repeat(600)} = b`)).toBe(
      `${operandType} size, operand type: N`,
    )
    expect(errorOf(`${'NOT '.repeat(1000)}a = b`)).toBe(
      'The expression contains too many operators; operator count: 1001',
    )
    expect(errorOf(`${'NOT '.repeat(299)}a = b`)).toBe('none')
    expect(errorOf(`${'NOT('.repeat(299)}a = b${')'.repeat(299)}`)).toBe('none')
  })
})

describe('rules of the text alone', () => {
  test.each([
    ['((a = b))', 'The expression has redundant parentheses;'],
    ['((a)) = b', 'The expression has redundant parentheses;'],
    ['a = ((b))', 'The expression has redundant parentheses;'],
    ['size(((a))) = b', 'The expression has redundant parentheses;'],
    ['NOT ((a = b))', 'The expression has redundant parentheses;'],
    ['a = b AND ((c = d) OR e = f)', 'none'],
    ['(a) = (b)', 'none'],
    ['((a) = b)', 'none'],
    ['a IN ((b), (c))', 'none'],
    ['foo(a)', 'Invalid function name; function: foo'],
    ['SIZE(a) = b', 'Invalid function name; function: SIZE'],
    ['Contains(a, b)', 'Invalid function name; function: Contains'],
    [
      'if_not_exists(a, b) = c',
      'The function is not allowed in a condition expression; function: if_not_exists',
    ],
    ['size(a)', `${misused} size`],
    ['a = attribute_exists(b)', `${misused} attribute_exists`],
    ['size(contains(a, b)) = c', `${misused} contains`],
    ['NOT size(a)', `${misused} size`],
    ['Name = a', 'Attribute name is a reserved keyword; reserved keyword: Name'],
    ['a.b.status = c', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['size = a', 'Attribute name is a reserved keyword; reserved keyword: size'],
    ['a[2147483648] = b', 'List index is not within the allowable range; index: [2147483648]'],
    ['a[2147483647] = b', 'none'],
    [
      `a${'.b'.repeat(32)} = b`,
      'The document path has too many nesting levels; nesting levels: 33',
    ],
    [`a${'.b'.repeat(31)} = b`, 'none'],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message)
  })

  test('at most 300 operators', () => {
    const values = { ':v': { S: 'x' } }
    expect(errorOf(chain(150), values)).toBe('none')
    expect(errorOf(`NOT ${chain(150)}`, values)).toBe('none')
    expect(errorOf(`${chain(150)} AND a BETWEEN :v AND :v`, values)).toBe(
      'The expression contains too many operators; operator count: 301',
    )
    expect(errorOf(`${chain(150)} OR a IN (:v)`, values)).toBe(
      'The expression contains too many operators; operator count: 301',
    )
  })
})

describe('rules that need substitutions', () => {
  const values: Record<string, AttributeValue> = {
    ':s': { S: 's' },
    ':n': { N: '1' },
    ':two': { N: '2' },
    ':b': { B: 'AQ==' },
    ':t': { BOOL: true },
    ':nul': { NULL: true },
    ':ss': { SS: ['a'] },
    ':l': { L: [] },
    ':m': { M: {} },
  }
  const names = { '#a': 'a', '#name': 'name' }
  test.each([
    [
      '#x = :s',
      'An expression attribute name used in the document path is not defined; attribute name: #x',
    ],
    [
      'a = :x',
      'An expression attribute value used in expression is not defined; attribute value: :x',
    ],
    ['#name = :s', 'none'],
    ['attribute_exists(a, b)', `${operandCount} attribute_exists, number of operands: 2`],
    ['attribute_type(a)', `${operandCount} attribute_type, number of operands: 1`],
    ['begins_with(a)', `${operandCount} begins_with, number of operands: 1`],
    ['contains(a, b, c)', `${operandCount} contains, number of operands: 3`],
    ['size(a, b) = :n', `${operandCount} size, number of operands: 2`],
    [`a IN (${Array(101).fill(':s').join(',')})`, `${operandCount} IN, number of operands: 101`],
    [`a IN (${Array(100).fill(':s').join(',')})`, 'none'],
    ['attribute_exists(:s)', `${pathRequired} attribute_exists`],
    ['attribute_not_exists(size(a))', `${pathRequired} attribute_not_exists`],
    ['attribute_type(size(a), :s)', `${pathRequired} attribute_type`],
    ['attribute_type(:s, :s)', `Invalid attribute type name found; type: s, ${typeNames}`],
    ['a < :t', `${operandType} <, operand type: BOOL`],
    ['a <= :nul', `${operandType} <=, operand type: NULL`],
    [':ss > a', `${operandType} >, operand type: SS`],
    ['a >= :m', `${operandType} >=, operand type: M`],
    ['a = :m AND a <> :l', 'none'],
    ['a BETWEEN :t AND :t', `${operandType} BETWEEN, operand type: BOOL`],
    [':l BETWEEN :n AND :n', `${operandType} BETWEEN, operand type: L`],
    ['begins_with(a, :n)', `${operandType} begins_with, operand type: N`],
    ['begins_with(:n, a)', `${operandType} begins_with, operand type: N`],
    ['begins_with(size(a), :s)', `${operandType} begins_with, operand type: N`],
    ['begins_with(a, :b)', 'none'],
    ['contains(:n, a)', `${operandType} contains, operand type: N`],
    ['contains(:m, a)', `${operandType} contains, operand type: M`],
    ['contains(:l, a) AND contains(:ss, :s)', 'none'],
    ['contains(a, :m)', 'none'],
    ['size(:n) = a', `${operandType} size, operand type: N`],
    ['a IN (size(:t))', `${operandType} size, operand type: BOOL`],
    ['size(:s) = a', 'none'],
    ['attribute_type(a, :n)', `${operandType} attribute_type, operand type: N`],
    [
      'attribute_type(a, b)',
      `${operandType} attribute_type, operand type: {NS,SS,L,BS,N,M,B,NULL,BOOL,S}`,
    ],
    ['attribute_type(a, :s)', `Invalid attribute type name found; type: s, ${typeNames}`],
    ['a = a', `${distinct} =, first operand: [a]`],
    ['a.b[0] <> #a.b[0]', `${distinct} <>, first operand: [a, b, [0]]`],
    ['contains(a, #a)', `${distinct} contains, first operand: [a]`],
    ['begins_with(a, a)', `${distinct} begins_with, first operand: [a]`],
    ['a BETWEEN :n AND a', `${distinct} BETWEEN, first operand: [a]`],
    ['a IN (:n, a)', `${distinct} IN, first operand: [a]`],
    ['a.b = a', 'none'],
    [
      'a BETWEEN :n AND :s',
      'The BETWEEN operator requires same data type for lower and upper bounds; ' +
        'lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:s}',
    ],
    [
      'a BETWEEN :two AND :n',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
        'lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    ],
    ['a BETWEEN :n AND :n', 'none'],
    ['a BETWEEN size(b) AND :n', 'none'],
  ])('%s', (text, message) => {
    expect(errorOf(text, values, names)).toBe(message)
  })
})

describe('when several rules are broken', () => {
  // Each text breaks its rule and all that come after it.
  const wrong = 'contains(a, a) AND begins_with(a, :n)'
  test.each([
    [`((a = b)) AND foo(a) AND`, 'Syntax error; token: "<EOF>", near: "AND"'],
    [`((a = b)) AND foo(a)`, 'The expression has redundant parentheses;'],
    [`size(a) AND foo(a)`, 'Invalid function name; function: foo'],
    [`status = :x AND size(a)`, `${misused} size`],
    [
      `${wrong} AND a = :x AND #x = b AND status = a`,
      'Attribute name is a reserved keyword; reserved keyword: status',
    ],
    [
      `${wrong} AND a = :x AND #x = b`,
      'An expression attribute name used in the document path is not defined; attribute name: #x',
    ],
    [
      `${wrong} AND a = :x`,
      'An expression attribute value used in expression is not defined; attribute value: :x',
    ],
    [wrong, `${operandType} begins_with, operand type: N`],
  ])('%s', (text, message) => {
    expect(errorOf(text, { ':n': { N: '1' } })).toBe(message)
  })
})

test('the parameter is named, also when the text was seen under another', () => {
  const context = createExpressionContext({}, { reservedWords: 'refuse' })
  expect(() => compileCondition('ConditionExpression', 'a = :seen', context)).toThrow(
    'Invalid ConditionExpression: An expression attribute value used in expression is not defined',
  )
  expect(() => compileCondition('FilterExpression', 'a = :seen', context)).toThrow(
    'Invalid FilterExpression: An expression attribute value used in expression is not defined',
  )
})

test('reserved words can be allowed, and what is allowed here is not allowed elsewhere', () => {
  const allow = createExpressionContext({}, { reservedWords: 'allow' })
  const refuse = createExpressionContext({}, { reservedWords: 'refuse' })
  expect(() => compileCondition('FilterExpression', 'attribute_exists(name)', allow)).not.toThrow()
  expect(() => compileCondition('FilterExpression', 'attribute_exists(name)', refuse)).toThrow(
    'Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: name',
  )
})
