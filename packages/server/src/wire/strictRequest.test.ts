import { expect, test } from 'vitest'
import { checkStrictly } from './strictRequest.ts'

const members = {
  Name: { kind: 'string', isRequired: true },
  Count: { kind: 'i32', isRequired: true },
  List: { kind: 'sequence', isRequired: false },
  Map: { kind: 'map', isRequired: false },
} as const

const faultOf = (text: string): string => {
  try {
    checkStrictly(JSON.parse(text), text, members)
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'none'
}

test.each([
  ['{"Name":"a","Count":1}', 'none'],
  ['{"Name":"a","Count":-1,"List":null,"Map":{},"Other":[]}', 'none'],
  ['[]', 'none'],
  [
    '{"Name":null,"Count":1}',
    'SerializationException: invalid type: null, expected a string at line 1 column 12',
  ],
  [
    '{"Count": true ,"Name":"a"}',
    'SerializationException: invalid type: boolean `true`, expected i32 at line 1 column 14',
  ],
  [
    '{\n "Name": "a\\"b",\n "Count": "5"}',
    'SerializationException: invalid type: string "5", expected i32 at line 3 column 13',
  ],
  [
    '{"Map":{"Count":"x"},"Count":1.5,"Name":"a"}',
    'SerializationException: invalid type: floating point `1.5`, expected i32 at line 1 column 32',
  ],
  [
    '{"Count":3000000000,"Name":"a"}',
    'SerializationException: invalid value: integer `3000000000`, expected i32 at line 1 column 19',
  ],
  [
    '{"Name":"é","List":{},"Count":1}',
    'SerializationException: invalid type: map, expected a sequence at line 1 column 21',
  ],
  [
    '{"Name":["x"],"Count":1}',
    'SerializationException: invalid type: sequence, expected a string at line 1 column 9',
  ],
  [
    '{"Name":"a","Map":7,"Count":1}',
    'SerializationException: invalid type: integer `7`, expected a map at line 1 column 19',
  ],
  ['{"Count":1}', 'ValidationException: missing field `Name` at line 1 column 11'],
  ['{"Name":"a"}\n', 'ValidationException: missing field `Count` at line 1 column 12'],
])('%s', (text, fault) => {
  expect(faultOf(text)).toBe(fault)
})

test('a long text is gone through once', () => {
  const text = `{"Map":{"a":"${'x\\"'.repeat(300_000)}"},"Name":"a","Count":null}`
  expect(faultOf(text)).toBe(
    `SerializationException: invalid type: null, expected i32 at line 1 column ${text.length - 1}`,
  )
})
