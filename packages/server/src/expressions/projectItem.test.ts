import { expect, test } from 'vitest'
import type { Item } from '../values/attributeValue.ts'
import { createExpressionContext } from './expressionContext.ts'
import { compileProjection, projectItem } from './projectItem.ts'

const item: Item = JSON.parse(`{
  "pk": {"S": "k"},
  "l": {"L": [{"N": "0"}, {"M": {"a": {"N": "1"}, "b": {"N": "2"}, "c": {"N": "3"}}}, {"N": "2"}]},
  "m": {"M": {"a": {"S": "x"}, "b": {"M": {"c": {"S": "y"}}}, "dotted.name": {"S": "z"}}},
  "__proto__": {"S": "odd"}
}`)

function project(text: string, names?: Record<string, string>): unknown {
  const context = createExpressionContext(
    { ExpressionAttributeNames: names },
    { reservedWords: 'refuse' },
  )
  return JSON.parse(JSON.stringify(projectItem(compileProjection(text, context), item)))
}

test.each([
  ['pk', { pk: { S: 'k' } }],
  ['gone', {}],
  ['m.gone', {}],
  ['m[0]', {}],
  ['l.a', {}],
  ['pk.a', {}],
  ['l[7]', {}],
  ['m.b.gone, pk', { pk: { S: 'k' } }],
  ['m.b.c, m.a', { m: { M: { b: { M: { c: { S: 'y' } } }, a: { S: 'x' } } } }],
  ['l[2], l[0]', { l: { L: [{ N: '0' }, { N: '2' }] } }],
  ['l[1].c, l[1].a', { l: { L: [{ M: { c: { N: '3' }, a: { N: '1' } } }] } }],
  ['l[9], l[1].b, l[2]', { l: { L: [{ M: { b: { N: '2' } } }, { N: '2' }] } }],
])('%s', (text, expected) => {
  expect(project(text)).toEqual(expected)
})

test('placeholders stand for one name each', () => {
  expect(project('m.#d', { '#d': 'dotted.name' })).toEqual({
    m: { M: { 'dotted.name': { S: 'z' } } },
  })
  expect(project('#m.#m', { '#m': 'm' })).toEqual({})
  expect(JSON.stringify(project('#p', { '#p': '__proto__' }))).toBe('{"__proto__":{"S":"odd"}}')
  expect(project('#c', { '#c': 'constructor' })).toEqual({})
})

const overlap =
  'Two document paths overlap with each other; must remove or rewrite one of these paths; '
const conflict =
  'Two document paths conflict with each other; must remove or rewrite one of these paths; '
test.each([
  ['', 'The expression can not be empty;'],
  ['a,', 'Syntax error; token: "<EOF>", near: ","'],
  ['a b', 'Syntax error; token: "b", near: "a b"'],
  [':v', 'Syntax error; token: ":v", near: ":v"'],
  ['size(a)', 'Syntax error; token: "(", near: "size(a"'],
  ['(a)', 'Syntax error; token: "(", near: "(a"'],
  ['a[]', 'Syntax error; token: "]", near: "[]"'],
  ['a.name', 'Attribute name is a reserved keyword; reserved keyword: name'],
  [
    'a, #x',
    'An expression attribute name used in the document path is not defined; attribute name: #x',
  ],
  ['a.b[0], a', `${overlap}path one: [a, b, [0]], path two: [a]`],
  ['a, b, #a', `${overlap}path one: [a], path two: [a]`],
  ['a[0], a.b', `${conflict}path one: [a, [0]], path two: [a, b]`],
  ['a[0], a.b, c, c', `${overlap}path one: [c], path two: [c]`],
  ['name, #x', 'Attribute name is a reserved keyword; reserved keyword: name'],
  [`a${'[0]'.repeat(32)}`, 'The document path has too many nesting levels; nesting levels: 33'],
  ['a[99999999999]', 'List index is not within the allowable range; index: [99999999999]'],
])('refused: %s', (text, message) => {
  expect(() => project(text, { '#a': 'a' })).toThrow(
    expect.objectContaining({
      name: 'ValidationException',
      message: `Invalid ProjectionExpression: ${message}`,
    }),
  )
})
