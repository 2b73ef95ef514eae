import { expect, test } from 'vitest'
import { shownValue } from './shownValue.ts'

const ring: Record<string, unknown> = { name: 'ring' }
ring['self'] = ring

test.each([
  ['a text\nas it is', 'a text\nas it is'],
  [1.5, '1.5'],
  [12345678901234567890n, '12345678901234567890n'],
  [undefined, 'undefined'],
  [null, 'null'],
  [
    { BookID: { S: 'a"b' }, none: undefined, 'odd name': true },
    '{ BookID: { S: "a\\"b" }, "odd name": true }',
  ],
  [[], '[]'],
  [[1, 'two', { three: [3] }], '[1, "two", { three: [3] }]'],
  [new Set(['a']), 'Set ["a"]'],
  [new Map([['a', 1]]), 'Map { a: 1 }'],
  [new Uint8Array(3), 'bytes 3'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new TypeError('no'), 'TypeError: no'],
  [ring, '{ name: "ring", self: … }'],
  [Symbol('s'), 'Symbol(s)'],
])('%s', (value, text) => expect(shownValue(value)).toBe(text))

test('what is long stands in lines', () => {
  const items = ['first', 'second', 'third'].map((name) => ({ name, text: name.repeat(4) }))
  expect(shownValue({ items })).toBe(`{
  items: [
    { name: "first", text: "firstfirstfirstfirst" },
    { name: "second", text: "secondsecondsecondsecond" },
    { name: "third", text: "thirdthirdthirdthird" },
  ],
}`)
})
