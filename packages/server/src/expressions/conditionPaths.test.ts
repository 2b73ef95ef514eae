import { expect, test } from 'vitest'
import { checkFilterAvoidsKeys, checkPathsOutsideKeys, pathsOfCondition } from './conditionPaths.ts'
import { compileCondition } from './evaluateCondition.ts'
import type { CompiledCondition } from './evaluateCondition.ts'
import { createExpressionContext } from './expressionContext.ts'

function compile(text: string): CompiledCondition {
  const context = createExpressionContext(
    { ExpressionAttributeValues: { ':v': { S: 'v' } } },
    { reservedWords: 'refuse' },
  )
  return compileCondition('FilterExpression', text, context)
}

test('all paths, in order', () => {
  const text =
    'attribute_exists(a) AND (b.c = :v OR NOT :v < d[1]) AND e BETWEEN f AND g AND h IN (i, :v) ' +
    'AND begins_with(j, :v) AND contains(:v, k) AND size(l) > size(m) AND attribute_not_exists(n)'
  expect(pathsOfCondition(compile(text))).toEqual([
    ['a'],
    ['b', 'c'],
    ['d', 1],
    ...'efghijklmn'.split('').map((name) => [name]),
  ])
})

test('filters of queries stay away from keys', () => {
  const filter = compile('a = :v AND pk.x = :v')
  expect(() => checkFilterAvoidsKeys(filter, ['pk', 'sk'])).toThrow(
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: pk',
  )
  expect(() => checkFilterAvoidsKeys(filter, ['sk'])).not.toThrow()
})

test('paths do not go on inside keys', () => {
  const text =
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
  expect(() => checkPathsOutsideKeys([['a'], ['pk', 'x']], ['pk'], 'Key')).toThrow(`${text}Key: pk`)
  expect(() => checkPathsOutsideKeys([['pk', 0]], ['pk'], 'IndexKey')).toThrow(
    `${text}IndexKey: pk`,
  )
  expect(() => checkPathsOutsideKeys([['pk'], ['a', 'pk']], ['pk'], 'Key')).not.toThrow()
})
