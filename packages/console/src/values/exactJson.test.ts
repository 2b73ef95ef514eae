import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExactNumber, JsonFault, parseExactJson, writeExactJson } from './exactJson.ts'

describe('JSON with exact numbers', () => {
  test('is that of JavaScript but for numbers', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', '  '), (text, indent) => {
        const written = writeExactJson(parseExactJson(text), indent)
        expect(JSON.parse(written)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('keeps every digit', () => {
    const digits = '-12345678901234567890123456789012345678.0'
    expect(parseExactJson(` ${digits} `)).toEqual(new ExactNumber(digits))
    expect(writeExactJson(parseExactJson(`[${digits},1e5]`), '')).toBe(`[${digits},1e5]`)
  })

  test('keeps the order of members, and a member __proto__', () => {
    const text = '{"b":1,"__proto__":{"x":2},"a":3}'
    expect(writeExactJson(parseExactJson(text), '')).toBe(text)
    expect(Object.getPrototypeOf(parseExactJson(text))).toBe(Object.prototype)
  })

  test.each([
    ['', 'Expected a value at line 1, column 1.'],
    ['{"a":1,\n "a":2}', 'Expected another name than "a", which stands twice at line 2, column 2.'],
    ['{a:1}', 'Expected a name in double quotes at line 1, column 2.'],
    ['[1 2]', 'Expected "," or "]" at line 1, column 4.'],
    ['{"a" 1}', 'Expected ":" at line 1, column 6.'],
    ['"a', 'Expected the end of a text at line 1, column 1.'],
    [
      '"\u0001"',
      'Expected text without control characters and unknown escapes at line 1, column 1.',
    ],
    ['01', 'Expected nothing more at line 1, column 2.'],
    ['[1,]', 'Expected a value at line 1, column 4.'],
    ['['.repeat(200), 'Expected fewer levels at line 1, column 102.'],
  ])('%j: %s', (text, message) => {
    expect(() => parseExactJson(text)).toThrow(new JsonFault(message))
  })
})
