import { describe, expect, test } from 'vitest'
import { exampleUser, keysOf } from '../../testing/accessQuestions.ts'
import type { ConditionValue } from './accessQuestion.ts'
import { compileCondition } from './compileCondition.ts'
import { parseConditions } from './parseConditions.ts'
import type { Effect, PolicyVersion } from './policyDocument.ts'

type Keys = Readonly<Record<string, ConditionValue>>

function holds(
  operator: string,
  values: unknown,
  keys: Keys,
  {
    effect = 'Allow',
    version = '2012-10-17',
  }: { readonly effect?: Effect; readonly version?: PolicyVersion } = {},
): boolean {
  const conditions = parseConditions({ [operator]: { K: values } }, [], version)
  return conditions.every((each) => compileCondition(each, effect, version).holds(keysOf(keys)))
}

describe('operators compare one value', () => {
  test.each([
    ['StringEquals', 'abc', 'abc', true],
    ['StringEquals', 'abc', 'ABC', false],
    ['StringEquals', 'a*', 'abc', false],
    ['StringNotEquals', 'abc', 'abd', true],
    ['StringNotEquals', 'abc', 'abc', false],
    ['StringEqualsIgnoreCase', 'aBc', 'AbC', true],
    ['StringEqualsIgnoreCase', 'a*', 'abc', false],
    ['StringNotEqualsIgnoreCase', 'aBc', 'AbC', false],
    ['StringLike', 'a*c?', 'abbcd', true],
    ['StringLike', 'a${*}', 'ab', false],
    ['StringLike', 'a${*}', 'a*', true],
    ['StringLike', 'A*', 'abc', false],
    ['StringNotLike', 'a*', 'abc', false],
    ['StringNotLike', 'a*', 'bc', true],
    ['NumericEquals', '5.0', '5', true],
    ['NumericEquals', 5, '5', true],
    ['NumericNotEquals', '5', '6', true],
    ['NumericNotEquals', '5', 'none', false],
    ['NumericLessThan', '5', '4.9', true],
    ['NumericLessThan', '5', '5', false],
    ['NumericLessThanEquals', '5', '5', true],
    ['NumericGreaterThan', '5', '10', true],
    ['NumericGreaterThanEquals', '-.5', '-0.50', true],
    ['NumericEquals', '100', '1e2', false],
    ['NumericEquals', '5', 'none', false],
    ['DateEquals', '2026-01-02T00:00:00Z', '2026-01-02T01:00:00+01:00', true],
    ['DateNotEquals', '2026-01-02', '2026-01-03', true],
    ['DateLessThan', '2026-01-02T00:00:00Z', '2026-01-01T23:59:59.999Z', true],
    ['DateLessThan', '2026', '2025-12-31T23:59:59Z', true],
    ['DateLessThanEquals', '2026-01-02', '2026-01-02T00:00:00Z', true],
    ['DateGreaterThan', '1600000000', '2026-01-02T00:00:00Z', true],
    ['DateGreaterThan', '2020-01-01T00:00:00Z', '1600000000', true],
    ['DateGreaterThanEquals', '2026-01-02T12:00', '2026-01-02T12:00:00Z', true],
    ['DateGreaterThan', '2020-01-01', 'never', false],
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'TRUE', true],
    ['Bool', false, 'true', false],
    ['BinaryEquals', 'AQID', 'AQID', true],
    ['BinaryEquals', 'AQID', 'aqid', false],
    ['IpAddress', '10.0.0.0/8', '10.255.1.2', true],
    ['IpAddress', '10.0.0.0/8', '11.0.0.1', false],
    ['IpAddress', '10.1.2.3', '10.1.2.3', true],
    ['IpAddress', '0.0.0.0/0', '192.0.2.1', true],
    ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
    ['IpAddress', '2001:db8::/32', '2001:DB8:1::1', true],
    ['IpAddress', '2001:db8::/33', '2001:db8:8000::1', false],
    ['IpAddress', '::1', '0:0:0:0:0:0:0:1', true],
    ['NotIpAddress', '10.0.0.0/8', '11.0.0.1', true],
    ['NotIpAddress', '10.0.0.0/8', 'nowhere', false],
    ['IpAddress', '10.0.0.0/8', 'nowhere', false],
    ['ArnEquals', 'arn:aws:iam::*:user/*', exampleUser, true],
    ['ArnLike', 'arn:aws:iam::123456789012:user/ap?', exampleUser, true],
    ['ArnLike', 'arn:aws:iam::123456789012:role/*', exampleUser, false],
    ['ArnLike', '*', exampleUser, false],
    ['ArnNotEquals', 'arn:aws:iam::*:role/*', exampleUser, true],
    ['ArnNotLike', 'arn:aws:iam::*:user/*', exampleUser, false],
    ['ArnNotLike', 'arn:aws:iam::*:user/*', 'app', false],
    ['Null', 'true', 'x', false],
    ['Null', 'false', 'x', true],
    ['Null', true, '', false],
  ])('%s %j and %j', (operator, value, given, expected) => {
    expect(holds(operator, value, { K: given })).toBe(expected)
  })
})

test.each([
  ['StringEquals', false],
  ['StringNotEquals', true],
  ['StringLike', false],
  ['StringNotLike', true],
  ['StringEqualsIfExists', true],
  ['StringNotEqualsIfExists', true],
  ['StringLikeIfExists', true],
  ['ForAllValues:StringEquals', true],
  ['ForAllValues:StringNotEquals', true],
  ['ForAnyValue:StringEquals', false],
  ['ForAnyValue:StringNotEquals', false],
  ['ForAnyValue:StringEqualsIfExists', false],
  ['ForAllValues:StringLikeIfExists', true],
])('%s for a key that the request does not have', (operator, expected) => {
  expect(holds(operator, 'x', {})).toBe(expected)
})

test('Null tells whether the key is there', () => {
  expect(holds('Null', 'true', {})).toBe(true)
  expect(holds('Null', 'false', {})).toBe(false)
  expect(holds('Null', ['true', 'false'], {})).toBe(true)
  expect(holds('Null', ['true', 'false'], { K: ['a', 'b'] })).toBe(true)
  expect(holds('Null', 'false', { K: ['a', 'b'] })).toBe(true)
})

test.each([
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', ['a', 'b'], 'c', false],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['a', 'b'], 'c', true],
  ['StringEquals', [], 'c', false],
  ['StringNotEquals', [], 'c', true],
])('several values of a policy: %s %j and %j', (operator, values, given, expected) => {
  expect(holds(operator, values, { K: given })).toBe(expected)
})

test.each([
  ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], [], true],
  ['ForAllValues:StringEquals', [], ['a'], false],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'a'], false],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
  ['ForAnyValue:StringEquals', ['a'], [], false],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
  ['ForAllValues:StringLike', ['user-*'], ['user-1', 'user-2'], true],
  ['ForAllValues:NumericLessThan', '5', ['1', '2'], true],
  ['ForAllValues:StringEquals', ['a'], 'a', true],
])('several values of a request: %s %j and %j', (operator, values, given, expected) => {
  expect(holds(operator, values, { K: given })).toBe(expected)
})

test('without an operator for sets several values are against the caller', () => {
  const keys = { K: ['a', 'b'] }
  expect(holds('StringEquals', ['a', 'b'], keys)).toBe(false)
  expect(holds('StringNotEquals', 'c', keys)).toBe(false)
  expect(holds('StringEquals', 'a', keys, { effect: 'Deny' })).toBe(true)
  expect(holds('StringEquals', 'c', keys, { effect: 'Deny' })).toBe(false)
  expect(holds('StringNotEquals', 'a', keys, { effect: 'Deny' })).toBe(true)
  expect(holds('StringEquals', 'a', { K: ['a'] })).toBe(true)
})

describe('variables', () => {
  const keys = { K: 'app', 'aws:username': 'app', star: 'a*', many: ['app'] }

  test.each([
    ['StringEquals', '${aws:username}', true],
    ['StringEquals', '${AWS:UserName}', true],
    ['StringLike', '${aws:username}*', true],
    ['StringLike', '${star}', false],
    ['StringEqualsIgnoreCase', "A${absent, 'P'}P", true],
    ['StringEquals', "${absent, 'app'}", true],
    ['StringEquals', '${absent}', false],
    ['StringNotEquals', '${absent}', false],
    ['StringNotEquals', ['${absent}', 'other'], false],
    ['StringEquals', ['${absent}', 'app'], true],
    ['StringEquals', '${many}', false],
  ])('%s %j', (operator, value, expected) => {
    expect(holds(operator, value, keys)).toBe(expected)
  })

  test('the version of 2008 knows none', () => {
    const older = { version: '2008-10-17' } as const
    expect(holds('StringEquals', '${aws:username}', keys, older)).toBe(false)
    expect(holds('StringEquals', '${aws:username}', { K: '${aws:username}' }, older)).toBe(true)
    expect(holds('StringEquals', '${', { K: '${' }, older)).toBe(true)
  })

  test('in ARNs', () => {
    const given = { K: exampleUser, 'aws:username': 'app' }
    expect(holds('ArnLike', 'arn:aws:iam::*:user/${aws:username}', given)).toBe(true)
    expect(holds('ArnLike', 'arn:aws:iam::*:user/${absent}', given)).toBe(false)
    expect(holds('ArnNotLike', 'arn:aws:iam::*:user/${absent}', given)).toBe(false)
    expect(holds('ArnNotLike', 'arn:aws:iam::*:role/${absent}', given)).toBe(false)
  })
})

test('all keys and all operators have to hold', () => {
  const both = parseConditions(
    { StringEquals: { a: 'x', b: 'y' }, Bool: { c: 'true' } },
    [],
    '2012-10-17',
  )
  const all = (keys: Keys): boolean =>
    both.every((each) => compileCondition(each, 'Allow', '2012-10-17').holds(keysOf(keys)))
  expect(all({ a: 'x', b: 'y', c: 'true' })).toBe(true)
  expect(all({ a: 'x', b: 'z', c: 'true' })).toBe(false)
  expect(all({ a: 'x', b: 'y', c: 'false' })).toBe(false)
})

describe('a request has so much work, and whoever asks for more is refused', () => {
  const patterns = Array.from({ length: 10 }, (_, i) => `*${i}*`)
  const names = Array.from({ length: 100 }, () => 'x'.repeat(92))
  /** 10 patterns of 3 units, each held to 100 names of 92 units, a little being added for each. */
  const units = 100 * (92 + 8) * (10 + 30 / 32)
  const told = (effect: Effect, leftUnits: number): [holds: boolean, leftUnits: number] => {
    const parsed = parseConditions(
      { 'ForAllValues:StringNotLike': { K: patterns } },
      [],
      '2012-10-17',
    )
    const work = { leftUnits }
    const keys = { ...keysOf({ K: names }), work }
    return [
      parsed.every((each) => compileCondition(each, effect, '2012-10-17').holds(keys)),
      work.leftUnits,
    ]
  }

  test('what is within is done, and counted', () => {
    expect(told('Allow', units)).toEqual([true, 0])
    expect(told('Deny', units + 5)).toEqual([true, 5])
  })

  test('what is beyond allows nothing, and denies', () => {
    expect(told('Allow', units - 1)).toEqual([false, units - 1])
    expect(told('Deny', units - 1)).toEqual([true, units - 1])
  })

  test('texts that are compared as a whole cost the same however long they are', () => {
    const condition = { 'ForAllValues:StringEquals': { K: ['a'.repeat(32)] } }
    const work = { leftUnits: 1000 }
    const [parsed] = parseConditions(condition, [], '2012-10-17')
    if (parsed === undefined) throw new Error('one condition')
    const keys = { ...keysOf({ K: ['x'.repeat(10_000)] }), work }
    expect(compileCondition(parsed, 'Allow', '2012-10-17').holds(keys)).toBe(false)
    expect(work.leftUnits).toBe(1000 - 8 * 2)
  })

  test('patterns with variables are made for each value', () => {
    const condition = { 'ForAllValues:StringLike': { K: [`*${'x'.repeat(68)}\${K2}*`] } }
    const work = { leftUnits: 10_000 }
    const [parsed] = parseConditions(condition, [], '2012-10-17')
    if (parsed === undefined) throw new Error('one condition')
    const keys = { ...keysOf({ K: ['', 'yy'], K2: 'a' }), work }
    expect(compileCondition(parsed, 'Allow', '2012-10-17').holds(keys)).toBe(false)
    const length = 75
    const perUnit = 1 + length / 32
    expect(work.leftUnits).toBe(10_000 - 2 * 8 * (perUnit + length) - 2 * perUnit)
  })
})
