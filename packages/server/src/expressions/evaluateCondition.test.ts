import { expect, test } from 'vitest'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import { compileCondition, evaluateCondition } from './evaluateCondition.ts'
import { createExpressionContext } from './expressionContext.ts'

const item: Item = JSON.parse(`{
  "pk": {"S": "k"}, "s": {"S": "hello"}, "smile": {"S": "\u{1F600}"}, "n": {"N": "10"},
  "bin": {"B": "AQID"}, "t": {"BOOL": true}, "nul": {"NULL": true},
  "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AQ=="]},
  "l": {"L": [{"S": "x"}, {"M": {"y": {"N": "5"}}}, {"SS": ["q", "p"]}]},
  "m": {"M": {"a.b": {"S": "dotted"}, "k": {"L": [{"N": "7"}]}}},
  "__proto__": {"S": "odd"}
}`)

const values: Record<string, AttributeValue> = {
  ':hello': { S: 'hello' },
  ':he': { S: 'he' },
  ':ell': { S: 'ell' },
  ':ten': { N: '1.00E1' },
  ':nine': { N: '9' },
  ':eleven': { N: '11' },
  ':five': { N: '5' },
  ':two': { N: '2' },
  ':three': { N: '3' },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':ba': { SS: ['b', 'a'] },
  ':pq': { SS: ['p', 'q'] },
  ':a': { S: 'a' },
  ':b1': { B: 'AQ==' },
  ':b2': { B: 'Ag==' },
  ':b23': { B: 'AgM=' },
  ':x': { S: 'x' },
  ':empty': { S: '' },
  ':S': { S: 'S' },
  ':N': { S: 'N' },
  ':M': { S: 'M' },
  ':BOOL': { S: 'BOOL' },
  ':map': { M: { y: { N: '5.0' } } },
  ':odd': { S: 'odd' },
}
const names = { '#dotted': 'a.b', '#proto': '__proto__', '#ctor': 'constructor', '#name': 'name' }

function evaluate(text: string, on: Item | undefined): boolean {
  const context = createExpressionContext(
    {
      ExpressionAttributeNames: structuredClone(names),
      ExpressionAttributeValues: structuredClone(values),
    },
    { reservedWords: 'refuse' },
  )
  return evaluateCondition(compileCondition('ConditionExpression', text, context), on)
}

test.each([
  // Equality is deep, by value and without order in sets.
  's = :hello',
  ':hello = s',
  'n = :ten',
  'ss = :ba',
  'l[2] = :pq',
  'l[1] = :map',
  't = :true and nul = :null',
  'n <> :nine',
  'n <> :hello',
  // A missing attribute differs from everything and has no order.
  'gone <> :hello',
  'gone <> gone2',
  'NOT gone = :hello',
  'NOT gone < :hello AND NOT gone >= :hello',
  'NOT gone IN (:hello)',
  'NOT gone BETWEEN :he AND :hello',
  'NOT n < :hello AND NOT n >= :hello',
  'NOT t < n',
  // Order.
  'n > :nine AND n < :eleven AND n <= :ten AND n >= :ten',
  's > :he AND NOT s > :hello',
  'bin > :b1 AND bin < :b2',
  'n BETWEEN :nine AND :eleven',
  ':ten BETWEEN :nine AND n',
  'NOT n BETWEEN :eleven AND :eleven',
  'n IN (:nine, :ten)',
  'NOT n IN (:nine)',
  ':ten IN (s, n)',
  // Paths.
  'l[1].y = :five',
  'm.#dotted <> :hello',
  'attribute_exists(m.k[0])',
  'attribute_not_exists(m.k[1])',
  'attribute_not_exists(m[0])',
  'attribute_not_exists(l.a)',
  'attribute_not_exists(s.chars)',
  '#proto = :odd',
  'attribute_not_exists(#ctor)',
  'attribute_not_exists(m.#ctor)',
  'attribute_not_exists(#name)',
  // Functions.
  'begins_with(s, :he)',
  'begins_with(s, :empty)',
  'NOT begins_with(s, :ell)',
  'begins_with(bin, :b1)',
  'NOT begins_with(bin, :b2)',
  'NOT begins_with(n, :he)',
  'NOT begins_with(bin, :he)',
  'NOT begins_with(gone, :he)',
  'begins_with(:hello, s)',
  'contains(s, :ell)',
  'contains(bin, :b23)',
  'NOT contains(bin, :he)',
  'contains(ss, :a)',
  'NOT contains(ss, :x)',
  'contains(ns, :two)',
  'NOT contains(ns, :five)',
  'contains(bs, :b1)',
  'NOT contains(bs, :b2)',
  'contains(l, :x)',
  'contains(l, :map)',
  'contains(l, :pq)',
  'NOT contains(l, :five)',
  'NOT contains(n, :ten)',
  'NOT contains(gone, :a)',
  'NOT contains(s, gone)',
  'contains(:ba, l[2]) OR contains(:hello, s)',
  'attribute_type(s, :S) AND attribute_type(n, :N) AND attribute_type(m, :M)',
  'attribute_type(t, :BOOL) AND NOT attribute_type(t, :S)',
  'NOT attribute_type(gone, :S)',
  'attribute_type(:S, :S) AND NOT attribute_type(:S, :N)',
  'size(s) = :five',
  'size(smile) = :two',
  'size(bin) = :three',
  'size(ss) = :two AND size(ns) = :two AND size(l) = :three AND size(m) = :two',
  'NOT size(l[1].y) <> :five AND NOT size(l[1].y) = :five',
  'NOT size(n) <> :five AND NOT size(gone) <> :five AND NOT :five <> size(t)',
  'NOT size(n) < :eleven AND NOT size(t) < :eleven AND NOT size(nul) < :eleven',
  'NOT size(gone) < :eleven',
  'size(:hello) = :five',
  'size(s) > size(ss)',
  // Precedence: NOT before AND before OR.
  's = :hello OR s = :he AND s = :he',
  'NOT s = :he AND s = :hello',
  'NOT (s = :hello AND s = :he)',
  'NOT s = :hello OR s = :hello',
  '(s = :hello OR s = :he) AND n = :ten',
  'not NoT s = :hello aNd n in (:ten) Or n between :ten and :ten',
])('true: %s', (text) => {
  expect(evaluate(text, item)).toBe(true)
  expect(evaluate(`NOT (${text})`, item)).toBe(false)
})

test('a missing item is one without attributes', () => {
  expect(evaluate('attribute_not_exists(pk)', undefined)).toBe(true)
  expect(evaluate('attribute_exists(pk)', undefined)).toBe(false)
  expect(evaluate('pk <> :a', undefined)).toBe(true)
  expect(evaluate('pk = :a OR pk < :a', undefined)).toBe(false)
})

test('a condition can be compiled again with other substitutions', () => {
  for (const [value, expected] of [
    ['hello', true],
    ['other', false],
  ] as const) {
    const context = createExpressionContext(
      { ExpressionAttributeValues: { ':v': { S: value } } },
      { reservedWords: 'refuse' },
    )
    const condition = compileCondition('ConditionExpression', 's = :v', context)
    expect(evaluateCondition(condition, item)).toBe(expected)
  }
})
