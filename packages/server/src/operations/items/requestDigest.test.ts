import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderedJson, requestToken } from './requestDigest.ts'

/** The same value with the members of its objects in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, reversed(member)] as const)
  return Object.fromEntries(members.reverse())
}

test('ordered JSON is JSON of the value, the same in whatever order members come', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = orderedJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(orderedJson(reversed(value))).toBe(text)
    }),
  )
})

test('members are in the order of their names, absent ones left out', () => {
  const value = { b: [1, { d: 'x"y', c: null }], a: undefined, 'a b': 'x\n', '': true }
  expect(orderedJson(value)).toBe('{"":true,"a b":"x\\n","b":[1,{"c":null,"d":"x\\"y"}]}')
})

test('texts are as JSON.stringify has them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(orderedJson(text)).toBe(JSON.stringify(text))
    }),
  )
  for (const text of ['', 'a', '\n', 'a\n', '\ud800', 'ä', '\u2028', '\u007f', '\\', '"']) {
    expect(orderedJson(text)).toBe(JSON.stringify(text))
  }
})

test('a token has the digests that stores have of it', () => {
  expect(requestToken('TransactWriteItems', undefined, () => [])).toBeUndefined()
  const token = requestToken('TransactWriteItems', 'token', () => ({ b: 1, a: ['x'] }))
  expect(Buffer.from(token?.digest ?? []).toString('hex')).toBe(
    'c7b2f416d20990451883e4b95f738a5e727f3ebd078f4ab804346fabf695c0df',
  )
  expect(token?.requestDigest).toBe('m/zhgGFOiq/+ilIITnvj7jtMLnQMrieTVQF3+VPxHAQ=')
})
