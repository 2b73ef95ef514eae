import { describe, expect, test } from 'vitest'
import { faultOf } from './checkSchema.ts'
import { anyObject, choice, flag, listOf, named, objectOf, text, whole } from './schema.ts'

const schema = objectOf(
  {
    operation: text('an operation'),
    next: whole(1, 10, 'how many'),
    when: choice(['before', 'after'], 'when'),
    isOn: flag('whether'),
    key: { ...anyObject('a key'), minProperties: 1 },
    list: { ...listOf(whole(0, 3, 'one')), minItems: 1, maxItems: 2 },
    inner: named('Inner'),
    share: { type: 'number', minimum: 0, maximum: 1 },
  },
  ['operation'],
)
const schemas = { Inner: objectOf({ a: { ...text('a'), maxLength: 3 } }) }
const fault = (value: unknown): string | undefined => faultOf(value, schema, 'The rule', schemas)

describe('a value', () => {
  test('that is as its schema says', () => {
    expect(fault({ operation: 'PutItem' })).toBeUndefined()
    expect(fault({ operation: 'PutItem', next: undefined, share: 0.5 })).toBeUndefined()
    const full = { next: 10, when: 'after', isOn: false, key: { a: { S: 'b' } }, list: [0, 3] }
    expect(fault({ operation: 'x', ...full, inner: { a: 'abc' } })).toBeUndefined()
  })

  test.each<[unknown, string]>([
    [undefined, 'The rule is an object.'],
    [null, 'The rule is an object.'],
    [[], 'The rule is an object.'],
    [{}, 'The rule needs "operation".'],
    [{ operation: '' }, 'The rule.operation is empty.'],
    [{ operation: 1 }, 'The rule.operation is text.'],
    [{ operation: 'x', nxt: 1 }, 'The rule has no "nxt". Did you mean "next"?'],
    [{ operation: 'x', toString: 1 }, 'The rule has no "toString".'],
    [{ operation: 'x', next: 1.5 }, 'The rule.next is a whole number.'],
    [{ operation: 'x', next: '1' }, 'The rule.next is a whole number.'],
    [{ operation: 'x', next: 11 }, 'The rule.next is a whole number from 1 to 10.'],
    [{ operation: 'x', share: Number.NaN }, 'The rule.share is a number from 0 to 1.'],
    [{ operation: 'x', when: 'now' }, 'The rule.when is one of before, after.'],
    [{ operation: 'x', isOn: 1 }, 'The rule.isOn is true or false.'],
    [{ operation: 'x', key: {} }, 'The rule.key is empty.'],
    [{ operation: 'x', list: {} }, 'The rule.list is a list.'],
    [{ operation: 'x', list: [] }, 'The rule.list has at least 1.'],
    [{ operation: 'x', list: [1, 1, 1] }, 'The rule.list has at most 2.'],
    [{ operation: 'x', list: [1, 4] }, 'The rule.list[1] is a whole number from 0 to 3.'],
    [{ operation: 'x', inner: { a: 'abcd' } }, 'The rule.inner.a has at most 3 characters.'],
  ])('%j is refused', (value, expected) => {
    expect(fault(value)).toBe(expected)
  })
})
