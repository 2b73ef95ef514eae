import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import type { AttributeMap, AttributeValue } from './attributeValue.ts'
import { checkAttributeValue, checkItem, checkNesting } from './checkAttributeValue.ts'
import { item } from './testdata/arbitraryValues.ts'
import { transactedValueRules, usualValueRules } from './valueRules.ts'

/** `json` as an attribute value, checked. */
function checked(json: string): unknown {
  const value = JSON.parse(json) as AttributeValue
  checkAttributeValue(value)
  return value
}

/** The text of the ValidationException that `work` throws. */
function refusal(work: () => void): string | undefined {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    expect(error.kind.name).toBe('ValidationException')
    return error.message
  }
  return undefined
}

const invalid = 'One or more parameter values were invalid: '
const severalDatatypes =
  'Supplied AttributeValue has more than one datatypes set, ' +
  'must contain exactly one of the supported datatypes'
const noDatatype =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
const tooDeep =
  'Nesting Levels have exceeded supported limits: ' +
  'Attributes in the item have nested levels beyond supported limit'

describe('checkAttributeValue', () => {
  test.each([
    '{"S":""}',
    '{"S":"a"}',
    '{"N":"1"}',
    '{"B":""}',
    '{"BOOL":false}',
    '{"NULL":true}',
    '{"SS":["","a"]}',
    '{"NS":["1","2"]}',
    '{"BS":["","YQ=="]}',
    '{"L":[]}',
    '{"M":{}}',
    '{"L":[{"M":{"a":{"N":"1"}}}]}',
  ])('%s stays as it is', (json) => {
    expect(checked(json)).toEqual(JSON.parse(json))
  })

  test.each([
    ['{"N":"1.50"}', '{"N":"1.5"}'],
    ['{"NS":["1.0","+2","3E1"]}', '{"NS":["1","2","30"]}'],
    ['{"L":[{"N":"01"}]}', '{"L":[{"N":"1"}]}'],
    ['{"SS":["b","","a"]}', '{"SS":["","a","b"]}'],
    // By the bytes of UTF-8, not by the units of UTF-16.
    ['{"SS":["\u{1f600}","\uffff","\u00e9"]}', '{"SS":["\u00e9","\uffff","\u{1f600}"]}'],
    ['{"NS":["10","9","-1.50","-2"]}', '{"NS":["-2","-1.5","9","10"]}'],
    ['{"BS":["/w==","AQ==","AA==","AAA=",""]}', '{"BS":["","AA==","AAA=","AQ==","/w=="]}'],
    ['{"M":{"a":{"L":[{"NS":["3","20","1"]}]}}}', '{"M":{"a":{"L":[{"NS":["1","3","20"]}]}}}'],
    ['{"M":{"a":{"M":{"b":{"N":"-0"}}}}}', '{"M":{"a":{"M":{"b":{"N":"0"}}}}}'],
    ['{"M":{"__proto__":{"N":"01"}}}', '{"M":{"__proto__":{"N":"1"}}}'],
    ['{"S":"a","X":1}', '{"S":"a"}'],
    ['{"S":null,"N":"1"}', '{"N":"1"}'],
  ])('%s becomes %s', (json, canonical) => {
    expect(JSON.stringify(checked(json))).toBe(canonical)
  })

  test.each([
    ['{}', noDatatype],
    ['{"X":"a"}', noDatatype],
    ['{"S":null}', noDatatype],
    ['{"S":"a","N":"1"}', severalDatatypes],
    ['{"M":{},"L":[]}', severalDatatypes],
    ['{"S":"a","N":"abc"}', 'The parameter cannot be converted to a numeric value: abc'],
    ['{"NS":["1","x"],"S":"a"}', 'The parameter cannot be converted to a numeric value: x'],
    ['{"NULL":false}', `${invalid}Null attribute value types must have the value of true`],
    ['{"SS":[]}', `${invalid}An string set  may not be empty`],
    ['{"NS":[]}', `${invalid}An number set  may not be empty`],
    ['{"BS":[]}', `${invalid}Binary sets should not be empty`],
    ['{"SS":["a","a"]}', `${invalid}Input collection [a, a] contains duplicates.`],
    ['{"SS":["b","a","b"]}', `${invalid}Input collection [b, a, b] contains duplicates.`],
    [
      '{"BS":["Yg==","Yg=="]}',
      `${invalid}Input collection [Yg==, Yg==]of type BS contains duplicates.`,
    ],
    ['{"NS":["1","1.0"]}', 'Input collection contains duplicates'],
    ['{"NS":["0","-0"]}', 'Input collection contains duplicates'],
    ['{"N":""}', 'The parameter cannot be converted to a numeric value'],
    ['{"N":"abc"}', 'The parameter cannot be converted to a numeric value: abc'],
    ['{"NS":["1","b"]}', 'The parameter cannot be converted to a numeric value: b'],
  ])('%s is refused with: %s', (json, message) => {
    expect(refusal(() => checked(json))).toBe(message)
    expect(refusal(() => checked(`{"L":[{"S":"a"},${json}]}`))).toBe(message)
    expect(refusal(() => checked(`{"M":{"a":{"S":"a"},"__proto__":${json}}}`))).toBe(message)
  })

  test('finds duplicates in large sets', () => {
    const members = Array.from({ length: 5000 }, (_, index) => `${index}`)
    expect(refusal(() => checkAttributeValue({ NS: [...members] }))).toBe(undefined)
    expect(refusal(() => checkAttributeValue({ NS: [...members, '42.0'] }))).toBe(
      'Input collection contains duplicates',
    )
  })
})

/** A value of `levels` levels, the deepest of which is `innermost`. */
function nested(levels: number, innermost: AttributeValue, wrapper: 'L' | 'M'): AttributeValue {
  let value = innermost
  for (let level = 1; level < levels; level++) {
    value = wrapper === 'L' ? { L: [{ S: 'a' }, value] } : { M: { a: { S: 'a' }, b: value } }
  }
  return value
}

describe('checkNesting', () => {
  test('is there before what else is wrong with a value', () => {
    const deep = nested(33, { NS: [] }, 'L')
    expect(refusal(() => checkAttributeValue(deep))).toBe(tooDeep)
    expect(refusal(() => checkAttributeValue(deep, transactedValueRules))).toBe(
      `${invalid}An number set  may not be empty`,
    )
    expect(refusal(() => checkAttributeValue({ L: [deep] }, transactedValueRules))).toBe(tooDeep)
    const both = { S: 'a', M: { b: nested(32, { N: '1' }, 'M') } } as unknown as AttributeValue
    expect(refusal(() => checkAttributeValue(both))).toBe(tooDeep)
  })

  test.each<['L' | 'M', AttributeValue]>([
    ['L', { N: '1' }],
    ['M', { N: '1' }],
    ['L', { M: {} }],
    ['M', { L: [] }],
    ['M', { SS: ['a'] }],
  ])('allows 32 levels of %s round %j and no more', (wrapper, innermost) => {
    expect(refusal(() => checkNesting(nested(32, innermost, wrapper), usualValueRules))).toBe(
      undefined,
    )
    expect(refusal(() => checkNesting(nested(33, innermost, wrapper), usualValueRules))).toBe(
      tooDeep,
    )
  })
})

describe('checkItem', () => {
  test('checks the names, then the nesting, then every value', () => {
    const deep = nested(33, { N: '1' }, 'L')
    expect(refusal(() => checkItem({ a: { S: 'a' }, b: { NS: [] } }))).toBe(
      `${invalid}An number set  may not be empty`,
    )
    expect(refusal(() => checkItem({ a: { S: 'a' }, b: deep }))).toBe(tooDeep)
    expect(refusal(() => checkItem({ b: {} as AttributeValue, a: deep }))).toBe(tooDeep)
    const unnamed = { M: { '': { S: 'a' } } }
    expect(refusal(() => checkItem({ a: unnamed, b: deep }))).toBe(tooDeep)
    expect(refusal(() => checkItem({ a: deep, '': { S: 'a' } }))).toBe(
      `${invalid}Empty attribute name`,
    )
    expect(refusal(() => checkItem({ '': { S: 'a' } }, transactedValueRules))).toBe(
      'Empty attribute name',
    )
    expect(refusal(() => checkItem({ a: unnamed }, transactedValueRules))).toBe(
      `${invalid}Empty attribute name`,
    )
    // What an item may have is the same in a transaction.
    expect(refusal(() => checkItem({ a: deep }, transactedValueRules))).toBe(tooDeep)
  })

  test('canonicalises in place', () => {
    const parsed = JSON.parse('{"a":{"N":"1.0"},"__proto__":{"NS":["02"]}}') as AttributeMap
    checkItem(parsed)
    expect(JSON.stringify(parsed)).toBe('{"a":{"N":"1"},"__proto__":{"NS":["2"]}}')
  })

  test('leaves checked items alone', () => {
    fc.assert(
      fc.property(item(), (checkedItem) => {
        checkItem(checkedItem)
        const json = JSON.stringify(checkedItem)
        checkItem(checkedItem)
        expect(JSON.stringify(checkedItem)).toBe(json)
      }),
    )
  })
})
