import { describe, expect, test } from 'vitest'
import { exampleTable, keysOf } from '../../testing/accessQuestions.ts'
import { Arn, compileArnPattern, compileResourcePattern } from './arnPattern.ts'
import { textParts } from './policyText.ts'

const partsOf = (pattern: string) => textParts(pattern, { variables: true, wildcards: true }) ?? []
const keys = keysOf({ 'aws:username': 'Orders', colons: 'a:b', star: 'Or*' })

test('an ARN has six parts, and the last may have colons', () => {
  expect(new Arn(exampleTable).parts).toEqual([
    'arn',
    'aws',
    'dynamodb',
    'us-east-1',
    '123456789012',
    'table/Orders',
  ])
  expect(new Arn('a:b:c:d:e:f:g').parts?.at(-1)).toBe('f:g')
  expect(new Arn('a:b:c:d:e').parts).toBeNull()
})

describe('Resource', () => {
  test.each([
    ['*', true],
    ['**', true],
    [exampleTable, true],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/orders', false],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/*', true],
    ['arn:aws:dynamodb:*:*:table/Or?ers', true],
    ['arn:aws:dynamodb:us-?ast-1:123456789012:table/Orders', true],
    ['arn:aws:dynamodb:*:*:table/Orders/index/*', false],
    ['arn:aws:dynamodb:us-*2:table/Orders', false],
    ['arn:aws:*:*:*:*', true],
    // Missing parts stand for any.
    ['arn:aws:dynamodb', true],
    ['arn:aws:s3', false],
    ['arn:aws:dynamodb:us-east-1', true],
    ['arn:aws:dynamodb:*', true],
    ['arn:*', true],
    ['arn:aws:dynamodb:*:table/Orders', true],
    ['arn:aws:dynamodb:*:table/Books', false],
    ['arn:aws:dynamodb:*:*:table/${aws:username}', true],
    ['arn:aws:dynamodb:*:*:table/${star}', false],
    ["arn:aws:dynamodb:*:*:table/${absent, 'Orders'}", true],
    ['arn:aws:dynamodb:*:*:table/${absent}', undefined],
    ['arn:aws:s3:*:*:table/${absent}', false],
  ])('%j', (pattern, expected) => {
    expect(compileResourcePattern(partsOf(pattern))(new Arn(exampleTable), keys)).toBe(expected)
  })

  test('the resource * is matched by * alone', () => {
    const matches = (pattern: string) =>
      compileResourcePattern(partsOf(pattern))(new Arn('*'), keys)
    expect(matches('*')).toBe(true)
    for (const pattern of ['arn:*', 'arn:aws:dynamodb:*:*:*', exampleTable, 'arn:*:*:*:*:*']) {
      expect(matches(pattern), pattern).toBe(false)
    }
  })

  test('colons of the last part are part of it', () => {
    const stream = `${exampleTable}/stream/2026-01-02T03:04:05.678`
    const matches = (pattern: string) =>
      compileResourcePattern(partsOf(pattern))(new Arn(stream), keys)
    expect(matches(stream)).toBe(true)
    expect(matches('arn:aws:dynamodb:*:*:table/Orders/stream/2026-*:04:05.*')).toBe(true)
    expect(matches('arn:aws:dynamodb:*:*:table/Orders/stream/2026-01-02T03')).toBe(false)
    expect(matches('arn:aws:dynamodb:*:*:table/Orders/stream/2026-01-02T03:05:*')).toBe(false)
  })

  test('a colon in a value begins no part', () => {
    const matches = (pattern: string, text: string) =>
      compileResourcePattern(partsOf(pattern))(new Arn(text), keys)
    expect(matches('arn:aws:x:r:1:${colons}', 'arn:aws:x:r:1:a:b')).toBe(true)
    expect(matches('arn:aws:x:${colons}:1:r', 'arn:aws:x:a:b:1')).toBe(false)
    expect(matches('arn:aws:x:${colons}:1:r', 'arn:aws:x:a:b:1:r')).toBe(false)
  })
})

test.each([
  ['arn:aws:dynamodb:*:*:table/Or*', true],
  ['arn:aws:dynamodb:*:*:table/B*', false],
  ['arn:aws:dynamodb:*', undefined],
  ['*', undefined],
])('an operator for ARNs and %j', (pattern, expected) => {
  expect(compileArnPattern(partsOf(pattern))(new Arn(exampleTable), keys)).toBe(expected)
  expect(compileArnPattern(partsOf(pattern))(new Arn('Orders'), keys)).toBeUndefined()
})
