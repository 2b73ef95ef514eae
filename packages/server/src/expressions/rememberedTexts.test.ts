import { expect, test } from 'vitest'
import { createRememberedTexts } from './rememberedTexts.ts'

test('forgets the oldest of more than 1,000 texts', () => {
  const texts = createRememberedTexts<number>()
  for (let index = 0; index <= 1000; index++) texts.remember(`text ${index}`, index)
  expect(texts.recall('text 0')).toBeUndefined()
  expect(texts.recall('text 1')).toBe(1)
  expect(texts.recall('text 1000')).toBe(1000)
})

test('forgets the oldest of more than 512 Ki code units', () => {
  const texts = createRememberedTexts<number>()
  for (let index = 0; index <= 128; index++) texts.remember(String(index).padEnd(4096), index)
  expect(texts.recall('0'.padEnd(4096))).toBeUndefined()
  expect(texts.recall('1'.padEnd(4096))).toBe(1)
})
