import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCharacter, anyText, WildcardPattern, type PatternPart } from './wildcardPattern.ts'

/** `*` and `?` of a text as what they stand for. */
function partsOf(pattern: string): PatternPart[] {
  return Array.from(pattern, (character) =>
    character === '*' ? anyText : character === '?' ? anyCharacter : character,
  )
}

const matches = (pattern: string, text: string): boolean =>
  new WildcardPattern(partsOf(pattern)).matches(text)

/** By the definition, in exponential time. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern.startsWith('*')) {
    for (let i = 0; i <= text.length; i++) {
      if (matchesByDefinition(rest, text.slice(i))) return true
    }
    return false
  }
  if (text === '' || (pattern[0] !== '?' && pattern[0] !== text[0])) return false
  return matchesByDefinition(rest, text.slice(1))
}

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['?', '', false],
  ['a*', 'a', true],
  ['*a', 'ba', true],
  ['*a', 'ab', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['table/*', 'table/Orders/index/ByDate', true],
  ['table/Order?', 'table/Orders', true],
  ['table/Order?', 'table/Order', false],
  ['*/index/*', 'table/Orders/index/ByDate', true],
  ['*aab*', 'aaab', true],
  ['*a?b*c', 'aabxaybc', true],
  ['.*', 'a', false],
  ['(a+)+$', 'aaaa', false],
])('%j and %j', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected)
})

test('a pattern matches as the definition says', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 9 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, text, (each, of) => {
      expect(matches(each, of)).toBe(matchesByDefinition(each, of))
    }),
    { numRuns: 5000 },
  )
})

test('pieces of more than one word of bits are found', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '?'), minLength: 28, maxLength: 100 })
  const around = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })
  fc.assert(
    fc.property(piece, around, around, (each, before, after) => {
      const text = before + each.replaceAll('?', 'c') + after
      expect(matches(`*${each}*`, text)).toBe(true)
      expect(matches(`*${each}x*`, text)).toBe(false)
      expect(matches(`*${each.replaceAll('?', 'd')}*`, text)).toBe(!each.includes('?'))
    }),
  )
})

/** A text that counts how often it is looked at. */
function countedText(text: string) {
  const counted = {
    reads: 0,
    length: text.length,
    charCodeAt(index: number): number {
      counted.reads += 1
      return text.charCodeAt(index)
    },
  }
  return counted
}

describe('a hostile pattern costs no more than a look at each character', () => {
  test.each([
    ['stars', '*'.repeat(2000), 'a'.repeat(4000)],
    ['letters between stars', '*a'.repeat(2000), `${'a'.repeat(4000)}b`],
    ['any letters between stars', '*?'.repeat(2000), 'a'.repeat(4000)],
    ['a long piece that nearly occurs', `*${'a'.repeat(1000)}b*`, 'a'.repeat(4000)],
    ['long pieces that nearly occur', `*${'a'.repeat(500)}b`.repeat(4), 'a'.repeat(4000)],
    ['gaps in a long piece', `*${'a?'.repeat(500)}b*c`, `${'a'.repeat(4000)}c`],
    ['a way back at every star', `${'a*'.repeat(1000)}b`, 'a'.repeat(4000)],
  ])('%s', (_, pattern, text) => {
    const counted = countedText(text)
    new WildcardPattern(partsOf(pattern)).matches(counted)
    expect(counted.reads).toBeLessThanOrEqual(text.length)
  })
})

test('a pattern of many different characters takes memory in proportion to its length', () => {
  const text = String.fromCharCode(...Array.from({ length: 4000 }, (_, i) => 0x4e00 + i))
  const pattern = partsOf(`*${text}*`)
  const usedBytes = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = usedBytes()
  const kept = Array.from({ length: 50 }, () => new WildcardPattern(pattern))
  const grown = usedBytes() - before
  expect(kept.every((each) => each.matches(`a${text}b`))).toBe(true)
  expect(grown / kept.length).toBeLessThan(200 * text.length)
})
