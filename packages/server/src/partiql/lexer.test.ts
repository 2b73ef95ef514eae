import { describe, expect, it } from 'vitest'
import { tokenize } from './lexer.ts'
import { positionOf } from './token.ts'

const shown = (text: string): string[] =>
  tokenize(text).map(({ kind, value }) => (kind === 'end' ? kind : `${kind} ${value}`))

describe('tokenize', () => {
  it.each([
    ['Select a_1', ['keyword select', 'name a_1']],
    ['"a ""b""" \'it\'\'s\'', ['quoted a "b"', "string it's"]],
    ["''''", ["string '"]],
    [
      '1 .73e1 7.31e6 73100000e-1 0.5',
      ['1', '.73e1', '7.31e6', '73100000e-1', '0.5'].map((each) => `number ${each}`),
    ],
    ['a-1', ['name a', 'symbol -', 'number 1']],
    ['<<1>>', ['symbol <<', 'number 1', 'symbol >>']],
    ['a<>b!=c<=d', ['name a', 'symbol <>', 'name b', 'symbol <>', 'name c', 'symbol <=', 'name d']],
    ['a--b\n?/* c\n -- */;', ['name a', 'parameter ?', 'symbol ;']],
    ['-- to the end', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(shown(text)).toEqual([...expected, 'end'])
  })

  it.each(["'a", '"a', '/* a', '#', '1e', '1.2.3', '1a', 'é', '\0', '@a', '`a`'])(
    'refuses %j',
    (text) => {
      expect(() => tokenize(text)).toThrow("Statement wasn't well formed, can't be processed: ")
    },
  )
})

describe('positionOf', () => {
  it('counts lines and columns from 1, and the characters of the source', () => {
    const text = 'a\n  "b""c"\r\nd'
    const positions = tokenize(text).map((token) => positionOf(text, token))
    expect(positions).toEqual(['1:1:1', '2:3:6', '3:1:1', '3:2:0'])
  })
})
