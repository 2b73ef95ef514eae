import { expect, test } from 'vitest'
import { typedText } from './typedText.ts'

test('each type has its name, and numbers all their digits', () => {
  const large = '12345678901234567890123456789012345678'
  expect(
    [
      { S: '' },
      { N: large },
      { B: Uint8Array.of(1, 2) },
      { BOOL: false },
      { NULL: true },
      { SS: ['a', 'b'] },
      { NS: [large] },
      { BS: [Uint8Array.of(1)] },
    ].map((value) => Object.values(typedText(value as never))),
  ).toEqual([
    ['S', ''],
    ['N', large],
    ['B', '"AQI="'],
    ['BOOL', 'false'],
    ['NULL', 'null'],
    ['SS', '["a","b"]'],
    ['NS', `[${large}]`],
    ['BS', '["AQ=="]'],
  ])
})

test('documents tell the types within them', () => {
  expect(typedText({ M: { a: { L: [{ N: '1' }] } } })).toEqual({
    type: 'M',
    text: '{"a":{"L":[{"N":"1"}]}}',
  })
  expect(typedText({ L: [{ SS: ['x'] }] })).toEqual({ type: 'L', text: '[{"SS":["x"]}]' })
})
