import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { maxIdentitiesEntries } from '../../limits.ts'
import { checkBounds, maxDepth } from './documentBounds.ts'
import { IdentitiesFault } from './identitiesFault.ts'

/** What is wrong with a document, and the offset of it; undefined for nothing. */
function faultOf(text: string): string | undefined {
  try {
    checkBounds(text, (offset) => ({ line: 1, column: offset + 1 }))
    return undefined
  } catch (error) {
    if (error instanceof IdentitiesFault) return error.message
    throw error
  }
}

const tooDeep = 'The file is nested too deeply.'

/** Lists and objects, each in another. */
const nested = (depth: number): fc.Arbitrary<unknown> => {
  const level = fc.constantFrom('list', 'object', 'both')
  return fc.array(level, { minLength: depth, maxLength: depth }).map((levels) =>
    levels.reduceRight<unknown>((inner, kind) => {
      if (kind === 'list') return [inner, 'x']
      return kind === 'object' ? { a: inner, long: 'text: of\nseveral lines' } : { b: [1, inner] }
    }, 'end'),
  )
}
const style = fc.record({
  indent: fc.integer({ min: 1, max: 9 }),
  indentSeq: fc.boolean(),
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
})

test('what is nested no deeper than documents may be is let through, in any style', () => {
  fc.assert(
    fc.property(nested(maxDepth / 2), style, (value, options) => {
      expect(faultOf(stringify(value, options))).toBeUndefined()
      expect(faultOf(JSON.stringify(value, null, options.indent))).toBeUndefined()
    }),
  )
})

test('what is nested four times as deep is not', () => {
  fc.assert(
    fc.property(nested(4 * maxDepth), style, (value, options) => {
      expect(faultOf(stringify(value, options))).toMatch(/^.*too deeply/)
      expect(faultOf(JSON.stringify(value))).toMatch(/^.*too deeply/)
    }),
  )
})

describe('what only looks deep is not', () => {
  test.each([
    ['brackets in texts', `a: "${'['.repeat(1000)}"`],
    ['brackets in comments', `# ${'['.repeat(1000)}\na: b`],
    ['brackets that end', '[[], {}, '.repeat(1) + '[], '.repeat(1000) + ']'],
    ['lines of a text', `a: |\n${' x: - ? [\n'.repeat(1000)}`],
    ['items', '- a: b\n'.repeat(1000)],
    ['members at changing columns', 'a:\n  b: c\nd:\n    e: f\n'.repeat(1000)],
    ['brackets that do not begin', ']'.repeat(1000)],
    ['colons in texts', 'a: b:c:d:e\n'.repeat(1000)],
  ])('%s', (_, text) => {
    expect(faultOf(text)).toBeUndefined()
  })
})

test('a document has a place for its fault', () => {
  const place = { line: 7, column: 4 * maxDepth, message: tooDeep }
  expect(() => checkBounds('- '.repeat(100), (column) => ({ line: 7, column }))).toThrow(
    expect.objectContaining(place) as Error,
  )
})

test('a document of too many entries is not built', () => {
  expect(faultOf(`[${','.repeat(4 * maxIdentitiesEntries)}`)).toMatch(/too many entries/)
})
