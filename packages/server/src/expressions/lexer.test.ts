import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenize } from './lexer.ts'

test.each([
  ['', ['end:']],
  ['a_1 #n :v_2 12', ['word:a_1', 'name:#n', 'value::v_2', 'number:12', 'end:']],
  ['<=<><', ['symbol:<=', 'symbol:<>', 'symbol:<', 'end:']],
  ['>=>', ['symbol:>=', 'symbol:>', 'end:']],
  ['a[0].b', ['word:a', 'symbol:[', 'number:0', 'symbol:]', 'symbol:.', 'word:b', 'end:']],
  ['1a _a', ['invalid:1a', 'invalid:_a', 'end:']],
  ['# : é', ['invalid:#', 'invalid::', 'invalid:é', 'end:']],
  ['##', ['invalid:#', 'invalid:#', 'end:']],
  ['\t\r\n\v\f', ['end:']],
])('%j', (text, expected) => {
  expect(tokenize(text).map(({ kind, text: piece }) => `${kind}:${piece}`)).toEqual(expected)
})

test('tokens cover all of any text but its blanks, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      let rest = ''
      let position = 0
      for (const token of tokenize(text)) {
        rest += text.slice(position, token.start)
        expect(text.slice(token.start, token.end)).toBe(token.text)
        position = token.end
      }
      expect(rest).toMatch(/^[ \t-\r]*$/)
      expect(position).toBe(text.length)
    }),
  )
})
