import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isReservedWord } from './reservedWords.ts'

const listed = readFileSync(new URL('../../model/reserved-words.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((word) => word !== '')

test('every listed word is reserved, in any case', () => {
  expect(listed).toHaveLength(573)
  expect(listed.filter((word) => !isReservedWord(word))).toEqual([])
  expect(listed.filter((word) => !isReservedWord(word.toLowerCase()))).toEqual([])
})

test('no other word is', () => {
  for (const word of ['', ' ', 'pk', 'remove', 'nombre', 'ABORTABSOLUTE', 'toString']) {
    expect(isReservedWord(word)).toBe(false)
  }
})
