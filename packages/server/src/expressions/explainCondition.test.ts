import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import type { BoundCondition } from './boundExpression.ts'
import { compileCondition, evaluateCondition } from './evaluateCondition.ts'
import { createExpressionContext } from './expressionContext.ts'
import { decisiveParts, explainCondition, type ExplainedCondition } from './explainCondition.ts'

const item: Item = {
  id: { S: '1' },
  price: { N: '5' },
  tags: { SS: ['a', 'b'] },
  inner: { M: { list: { L: [{ S: 'x' }] }, 'odd name': { BOOL: true } } },
}
const values = {
  ':ten': { N: '10' },
  ':five': { N: '5' },
  ':x': { S: 'x' },
  ':n': { S: 'N' },
}

function compiled(text: string): BoundCondition {
  const used = Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(text))
  const names = { '#odd': 'odd name' }
  const context = createExpressionContext(
    {
      ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
      ...(text.includes('#odd') && { ExpressionAttributeNames: names }),
    },
    { reservedWords: 'allow' },
  )
  return compileCondition('ConditionExpression', text, context)
}

const explain = (text: string, on: Item | undefined = item): ExplainedCondition =>
  explainCondition(compiled(text), on)
const decisive = (text: string): string[] => decisiveParts(explain(text)).map((part) => part.text)

describe('an explanation', () => {
  test('has the value of each operand', () => {
    expect(explain('price >= :ten')).toEqual({
      kind: 'comparison',
      text: 'price >= {"N":"10"}',
      result: false,
      decisive: true,
      operands: [
        { text: 'price', value: { N: '5' } },
        { text: '{"N":"10"}', value: { N: '10' } },
      ],
    })
  })

  test('of what is missing has none', () => {
    expect(explain('size(price) > :five').operands?.[0]).toEqual({ text: 'size(price)' })
    const none = explainCondition(compiled('price > :five'), undefined)
    expect(none.operands?.[0]).toEqual({ text: 'price' })
  })

  test.each([
    ['price BETWEEN :five AND :ten', 'price BETWEEN {"N":"5"} AND {"N":"10"}'],
    ['price IN (:ten, :five)', 'price IN ({"N":"10"}, {"N":"5"})'],
    ['inner.#odd = :x', 'inner."odd name" = {"S":"x"}'],
    ['inner.list[0] <> :x', 'inner.list[0] <> {"S":"x"}'],
    ['attribute_exists(a.b)', 'attribute_exists(a.b)'],
    ['attribute_type(price, :n)', 'attribute_type(price, {"S":"N"})'],
    ['begins_with(id, :x)', 'begins_with(id, {"S":"x"})'],
    ['contains(tags, :x)', 'contains(tags, {"S":"x"})'],
    [
      'NOT (attribute_exists(a) AND attribute_exists(b)) OR size(tags) > :five',
      'NOT (attribute_exists(a) AND attribute_exists(b)) OR size(tags) > {"N":"5"}',
    ],
  ])('says what was understood: %s', (text, expected) => {
    expect(explain(text).text).toBe(expected)
  })

  test.each([
    [
      'price = :five AND price > :ten AND attribute_exists(a)',
      ['price > {"N":"10"}', 'attribute_exists(a)'],
    ],
    ['price > :ten OR attribute_exists(a)', ['price > {"N":"10"}', 'attribute_exists(a)']],
    ['price = :five OR attribute_exists(a)', ['price = {"N":"5"}']],
    ['NOT (price = :five OR attribute_exists(a))', ['price = {"N":"5"}']],
    ['NOT (price > :ten) AND attribute_exists(a)', ['attribute_exists(a)']],
  ])('tells which part decided: %s', (text, expected) => {
    expect(decisive(text)).toEqual(expected)
  })
})

const leaf = fc.constantFrom(
  'price > :ten',
  'price = :five',
  'attribute_exists(a)',
  'contains(tags, :x)',
  'size(price) < :ten',
)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} AND ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} OR ${b})`),
    tie('condition').map((a) => `(NOT ${a})`),
  ),
}))

test('is the outcome, and what decided it alone would have led to it', () => {
  fc.assert(
    fc.property(condition, (text) => {
      const bound = compiled(text)
      const whole = explainCondition(bound, item)
      expect(whole.result).toBe(evaluateCondition(bound, item))
      expect(decisiveParts(whole).length).toBeGreaterThan(0)
      expect(resultBy(whole)).toBe(whole.result)
    }),
  )
})

/** The result when each part that is not decisive is the opposite of what it was. */
function resultBy({ kind, result, decisive: isDecisive, parts }: ExplainedCondition): boolean {
  if (!isDecisive) return !result
  if (parts === undefined) return result
  const results = parts.map(resultBy)
  if (kind === 'not') return !results.every(Boolean)
  return kind === 'and' ? results.every(Boolean) : results.some(Boolean)
}

test('texts are bounded, and values are whole', () => {
  const long = { S: 'x'.repeat(5000) }
  const operand = { kind: 'path', path: ['a'] } as const
  const constant = { kind: 'constant', value: long, type: 'S' } as const
  const leafOf = { kind: 'comparison', comparator: '=', left: operand, right: constant } as const
  const explanation = explainCondition(
    { kind: 'and', conditions: Array.from({ length: 30 }, () => leafOf) },
    item,
  )
  expect(explanation.text).toHaveLength(2003)
  expect(explanation.parts?.[0]?.text).toMatch(/^a = \{"S":"x{194}\.\.\.$/)
  expect(explanation.parts?.[0]?.operands?.[1]?.value).toEqual(long)
})

test('knows all values', () => {
  const value: AttributeValue = { L: [{ NULL: true }, { M: {} }] }
  const bound = compiled('attribute_exists(price)')
  expect(explainCondition(bound, { price: value }).operands).toEqual([{ text: 'price', value }])
})
