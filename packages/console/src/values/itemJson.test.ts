import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { itemFromDynamodbJson, itemToDynamodbJson, type Item } from './dynamodbJson.ts'
import { JsonFault, parseExactJson, writeExactJson } from './exactJson.ts'
import { operandFrom } from './operand.ts'
import { itemFromPlainJson, itemToPlainJson } from './plainJson.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const item: Item = {
  id: { S: '<img src=x onerror=alert(1)>' },
  n: { N: '12345678901234567890123456789012345678' },
  b: { B: bytes(0, 255, 1) },
  yes: { BOOL: true },
  none: { NULL: true },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2.50'] },
  bs: { BS: [bytes(1), bytes(2)] },
  l: { L: [{ S: 'x' }, { M: { deep: { NS: ['3'] } } }] },
  m: { M: { '': { N: '0' } } },
}

describe('an item as DynamoDB JSON', () => {
  test('comes back as it was, of all types', () => {
    const text = writeExactJson(itemToDynamodbJson(item))
    expect(itemFromDynamodbJson(parseExactJson(text))).toEqual(item)
    expect(JSON.parse(text)).toMatchObject({ b: { B: 'AP8B' }, n: item['n'] })
  })

  test.each([
    ['[]', 'An item is an object: { "name": { "S": "…" } }.'],
    ['{"a":"b"}', 'a: a value is an object with one type, such as { "S": "…" }.'],
    ['{"a":{"S":"b","N":"1"}}', 'a: a value is an object with one type, such as { "S": "…" }.'],
    ['{"a":{"N":1}}', 'a: N takes text in quotes.'],
    ['{"a":{"X":"b"}}', 'a: there is no type "X".'],
    ['{"a":{"NULL":false}}', 'a: NULL takes true.'],
    ['{"a":{"B":"*"}}', 'a: B takes base64.'],
    ['{"a":{"M":{"b":{"L":[{"SS":"x"}]}}}}', 'a.b[0]: SS takes a list.'],
  ])('%s: %s', (text, message) => {
    expect(() => itemFromDynamodbJson(parseExactJson(text))).toThrow(new JsonFault(message))
  })
})

describe('an item as plain JSON', () => {
  test('comes back as it was, where it was before', () => {
    const text = writeExactJson(itemToPlainJson(item))
    expect(itemFromPlainJson(parseExactJson(text), item)).toEqual(item)
    expect(text).toContain('"n": 12345678901234567890123456789012345678')
  })

  test('has the types of JSON where nothing was', () => {
    const read = itemFromPlainJson(parseExactJson('{"a":[1,"x",null],"b":"AP8B","c":{"d":true}}'))
    const expected: Record<string, AttributeValue> = {
      a: { L: [{ N: '1' }, { S: 'x' }, { NULL: true }] },
      b: { S: 'AP8B' },
      c: { M: { d: { BOOL: true } } },
    }
    expect(read).toEqual(expected)
  })

  test('makes a list of what no set can be', () => {
    const read = itemFromPlainJson(parseExactJson('{"ss":["a",1],"ns":[]}'), item)
    expect(read).toEqual({ ss: { L: [{ S: 'a' }, { N: '1' }] }, ns: { L: [] } })
  })
})

test.each<[string, string, AttributeValue]>([
  ['S', ' a ', { S: ' a ' }],
  ['N', ' 1.50 ', { N: '1.50' }],
  ['B', 'AP8B', { B: bytes(0, 255, 1) }],
  ['BOOL', 'true', { BOOL: true }],
  ['BOOL', 'no', { BOOL: false }],
  ['NULL', '', { NULL: true }],
  ['SS', 'a\nb\n', { SS: ['a', 'b'] }],
  ['NS', '1\n 2', { NS: ['1', '2'] }],
  ['BS', 'AQ==', { BS: [bytes(1)] }],
  ['L', '[{"S":"a"}]', { L: [{ S: 'a' }] }],
  ['M', '{"a":{"N":"1"}}', { M: { a: { N: '1' } } }],
])('%s typed in as %j', (type, text, value) => expect(operandFrom(type, text)).toEqual(value))
