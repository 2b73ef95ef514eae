import { expect, test } from 'vitest'
import { keysOf } from '../../testing/accessQuestions.ts'
import { compileText, textParts } from './policyText.ts'
import { anyCharacter, anyText } from './wildcardPattern.ts'

const all = { variables: true, wildcards: true }

test.each([
  ['', []],
  ['a*b?', ['a', anyText, 'b', anyCharacter]],
  ['${*}${?}${$}{', ['*?${']],
  ['a${aws:UserName}b', ['a', { key: 'aws:username', fallback: undefined }, 'b']],
  ["${aws:PrincipalTag/team, 'no}ne*'}", [{ key: 'aws:principaltag/team', fallback: 'no}ne*' }]],
  ["${ k , '' }", [{ key: 'k', fallback: '' }]],
  ["it's ${k} isn't", ["it's ", { key: 'k', fallback: undefined }, " isn't"]],
  ['$ {k} $k', ['$ {k} $k']],
])('%j is taken apart', (text, expected) => {
  expect(textParts(text, all)).toEqual(expected)
})

test.each(['${', 'a${k', '${}', '${ , }', '${k, none}', "${k, 'x}", "${k, 'x' y}"])(
  '%j has a variable that is none',
  (text) => {
    expect(textParts(text, all)).toBeUndefined()
  },
)

test('what has no meaning is text', () => {
  expect(textParts('a*${k}', { variables: false, wildcards: false })).toEqual(['a*${k}'])
  expect(textParts('a*${k}', { variables: true, wildcards: false })).toEqual([
    'a*',
    { key: 'k', fallback: undefined },
  ])
})

test('variables are filled with the keys of the request', () => {
  const parts = textParts("${a}-${b, 'none'}", all) ?? []
  const joined = compileText(parts, (filled) => (text) => filled.join('') === text)
  expect(joined('x-y', keysOf({ a: 'x', b: 'y' }))).toBe(true)
  expect(joined('x-none', keysOf({ a: 'x' }))).toBe(true)
  expect(joined('x-none', keysOf({ b: 'none' }))).toBeUndefined()
  // A key of several values is no variable.
  expect(joined('x-y', keysOf({ a: 'x', b: ['y'] }))).toBeUndefined()
})
