import { expect, test } from 'vitest'
import type { AttributeValue } from '../values/attributeValue.ts'
import { compileUpdate } from './applyUpdate.ts'
import { createExpressionContext } from './expressionContext.ts'

const values: Record<string, AttributeValue> = {
  ':s': { S: 's' },
  ':n': { N: '1' },
  ':b': { B: 'AQ==' },
  ':t': { BOOL: true },
  ':nul': { NULL: true },
  ':ss': { SS: ['a'] },
  ':ns': { NS: ['1'] },
  ':l': { L: [] },
  ':m': { M: {} },
}
const names = { '#a': 'a', '#dotted': 'a.b' }

function errorOf(text: string): string {
  try {
    const context = createExpressionContext(
      { ExpressionAttributeValues: values, ExpressionAttributeNames: names },
      { reservedWords: 'refuse' },
    )
    compileUpdate(text, context)
  } catch (error) {
    expect((error as Error).name).toBe('ValidationException')
    return (error as Error).message.replace('Invalid UpdateExpression: ', '')
  }
  return 'none'
}

function overlap(one: string, two: string): string {
  return (
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
    `path one: ${one}, path two: ${two}`
  )
}

function conflict(one: string, two: string): string {
  return (
    'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
    `path one: ${one}, path two: ${two}`
  )
}

const operandType = 'Incorrect operand type for operator or function; operator'
const operandCount = 'Incorrect number of operands for operator or function; operator or function:'
const misused = 'The function is not allowed to be used this way in an expression; function:'

test.each([
  ['', 'The expression can not be empty;'],
  ['a = :n', 'Syntax error; token: "a", near: "a ="'],
  ['SET', 'Syntax error; token: "<EOF>", near: "SET"'],
  ['SET a', 'Syntax error; token: "<EOF>", near: "a"'],
  ['SET a = :n,', 'Syntax error; token: "<EOF>", near: ","'],
  ['SET a = :n b = :n', 'Syntax error; token: "b", near: ":n b ="'],
  ['SET a = :n AND b = :n', 'Syntax error; token: "AND", near: ":n AND b"'],
  ['SET a = :n + :n + :n', 'Syntax error; token: "+", near: ":n + :n"'],
  ['SET a = (b + c) + d', 'Syntax error; token: "+", near: ") + d"'],
  ['SET a = b + (c + d)', 'Syntax error; token: "+", near: "c + d"'],
  ['SET a = list_append(b + c, d)', 'Syntax error; token: "+", near: "b + c"'],
  ['SET a = (b + c', 'Syntax error; token: "<EOF>", near: "c"'],
  ['SET a = b)', 'Syntax error; token: ")", near: "b)"'],
  ['SET a < :n', 'Syntax error; token: "<", near: "a < :n"'],
  ['SET :n = a', 'Syntax error; token: ":n", near: "SET :n ="'],
  ['SET a = 5', 'Syntax error; token: "5", near: "= 5"'],
  ['SET remove = :n', 'Syntax error; token: "remove", near: "SET remove ="'],
  ['REMOVE a = :n', 'Syntax error; token: "=", near: "a = :n"'],
  ['REMOVE :n', 'Syntax error; token: ":n", near: "REMOVE :n"'],
  ['ADD a b', 'Syntax error; token: "b", near: "a b"'],
  ['ADD a = :n', 'Syntax error; token: "=", near: "a = :n"'],
  ['DELETE a', 'Syntax error; token: "<EOF>", near: "a"'],
  ['SET a = ((b))', 'The expression has redundant parentheses;'],
  ['SET a = ((b + c))', 'The expression has redundant parentheses;'],
  ['SET a = if_not_exists(b, ((c)))', 'The expression has redundant parentheses;'],
  ['SET a = (b - :n)', 'none'],
  ['SET a = (b) + (c)', 'none'],
  ['SET a = ((b) + c)', 'none'],
  ['SET status = :n', 'Attribute name is a reserved keyword; reserved keyword: status'],
  ['SET a.Name = :n', 'Attribute name is a reserved keyword; reserved keyword: Name'],
  ['SET a = foo(b)', 'Invalid function name; function: foo'],
  ['SET a = IF_NOT_EXISTS(b, c)', 'Invalid function name; function: IF_NOT_EXISTS'],
  ['SET a = size(b)', 'The function is not allowed in an update expression; function: size'],
  [
    'SET a = :n REMOVE b set c = :n',
    'The "SET" section can only be used once in an update expression;',
  ],
  ['REMOVE a REMOVE b', 'The "REMOVE" section can only be used once in an update expression;'],
  ['ADD a :n ADD b :n', 'The "ADD" section can only be used once in an update expression;'],
  [
    'DELETE a :ss DELETE b :ss',
    'The "DELETE" section can only be used once in an update expression;',
  ],
  ['delete a :ss add b :n remove c set d = :n', 'none'],
  [
    'SET #x = :n',
    'An expression attribute name used in the document path is not defined; attribute name: #x',
  ],
  [
    'SET a = :x',
    'An expression attribute value used in expression is not defined; attribute value: :x',
  ],
  ['SET a = :n, a = :n', overlap('[a]', '[a]')],
  ['SET a.b[0] = :n REMOVE a', overlap('[a, b, [0]]', '[a]')],
  ['SET a = :n REMOVE #a.c', overlap('[a]', '[a, c]')],
  ['REMOVE a.b, c, a.b', overlap('[a, b]', '[a, b]')],
  ['SET #dotted = :n, a.b = :n', 'none'],
  ['SET a[0] = :n, a.b = :n', conflict('[a, [0]]', '[a, b]')],
  ['SET x.a.b = :n ADD x.a[1] :n', conflict('[x, a, b]', '[x, a, [1]]')],
  ['SET a[0] = :n, a.b = :n, c = :n, c = :n', overlap('[c]', '[c]')],
  ['REMOVE a[0], a[1].b, a[1].c', 'none'],
  ['SET a = a + :n, b = a', 'none'],
  ['SET a = if_not_exists(b)', `${operandCount} if_not_exists, number of operands: 1`],
  ['SET a = list_append(b, c, d)', `${operandCount} list_append, number of operands: 3`],
  [
    'SET a = if_not_exists(:n, b)',
    'Operator or function requires a document path; operator or function: if_not_exists',
  ],
  ['SET a = b + :s', `${operandType} or function: +, operand type: S`],
  ['SET a = :ss - b', `${operandType} or function: -, operand type: SS`],
  ['SET a = b + if_not_exists(c, :s)', `${operandType} or function: +, operand type: S`],
  ['SET a = list_append(b, :s)', `${operandType} or function: list_append, operand type: S`],
  [
    'SET a = list_append(if_not_exists(b, :m), c)',
    `${operandType} or function: list_append, operand type: M`,
  ],
  ['ADD a :s', `${operandType}: ADD, operand type: STRING`],
  ['ADD a :b', `${operandType}: ADD, operand type: BINARY`],
  ['ADD a :t', `${operandType}: ADD, operand type: BOOLEAN`],
  ['ADD a :nul', `${operandType}: ADD, operand type: NULL`],
  ['ADD a :l', `${operandType}: ADD, operand type: LIST`],
  ['ADD a :m', `${operandType}: ADD, operand type: MAP`],
  ['DELETE a :n', `${operandType}: DELETE, operand type: NUMBER`],
  ['ADD a :n, b.c[2] :ss DELETE d :ns', 'none'],
  ['SET a = list_append(if_not_exists(a, :l), :l)', 'none'],
  ['SET a = if_not_exists(a, if_not_exists(b, :n)) + :n', 'none'],
  ['SET a = if_not_exists(a, list_append(b, c))', `${misused} list_append`],
  ['SET a = list_append(list_append(b, c), d)', `${misused} list_append`],
  ['SET a = b + list_append(c, d)', `${misused} list_append`],
])('%s', (text, message) => {
  expect(errorOf(text)).toBe(message)
})

// Each text breaks its rule and all that come after it.
const operand = 'SET e = list_append(list_append(b, c), :s)'
test.each([
  [
    `${operand}, status = foo(a) SET b = #x`,
    'Attribute name is a reserved keyword; reserved keyword: status',
  ],
  [`${operand}, s = foo(a) SET b = #x`, 'Invalid function name; function: foo'],
  [
    `${operand} SET b = #x, c = :x`,
    'The "SET" section can only be used once in an update expression;',
  ],
  [
    `${operand}, b = :x, c = #x, d = d, d = d`,
    'An expression attribute name used in the document path is not defined; attribute name: #x',
  ],
  [
    `${operand}, b = :x, d = d, d = d`,
    'An expression attribute value used in expression is not defined; attribute value: :x',
  ],
  [`${operand}, f.a = a, f[0] = a, d = d, d = d`, overlap('[d]', '[d]')],
  [`${operand}, f.a = a, f[0] = a`, conflict('[f, a]', '[f, [0]]')],
  [operand, `${operandType} or function: list_append, operand type: S`],
])('precedence: %s', (text, message) => {
  expect(errorOf(text)).toBe(message)
})

test('at most 300 operators, and no deep recursion', () => {
  const sums = (count: number): string =>
    `SET ${Array.from({ length: count }, (_, index) => `a[${index}]=b+c`).join()}`
  expect(errorOf(sums(300))).toBe('none')
  expect(errorOf(sums(301))).toBe('The expression contains too many operators; operator count: 301')
  expect(errorOf(`SET a = ${'('.repeat(4000)}`)).toBe('Syntax error; token: "<EOF>", near: "("')
  const nested = `${'if_not_exists(a,'.repeat(200)}b${')'.repeat(200)}`
  expect(errorOf(`SET c = ${nested}`)).toBe('none')
})

test('an update tells what it touches', () => {
  const context = createExpressionContext(
    { ExpressionAttributeValues: values, ExpressionAttributeNames: names },
    { reservedWords: 'refuse' },
  )
  const update = compileUpdate('SET #a.x = :n REMOVE b[1], c ADD d :n', context)
  expect(update.attributeNames).toEqual(['a', 'b', 'c', 'd'])
  expect(update.actions.map(({ clause }) => clause)).toEqual(['SET', 'REMOVE', 'REMOVE', 'ADD'])
  expect(update.removesOnly).toBe(false)
  expect(compileUpdate('REMOVE a DELETE b :ss', context).removesOnly).toBe(true)
})
