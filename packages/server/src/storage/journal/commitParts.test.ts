import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StorageWrite } from '../engine.ts'
import { bytesOf, partsOf, type CommitPart } from './commitParts.ts'

const filled = (length: number): Buffer => Buffer.alloc(length, 'v')
const write = (key: string, value: StorageWrite['value']): StorageWrite => ({
  key: Buffer.from(key),
  value,
})

async function* oneByOne(writes: readonly StorageWrite[]): AsyncGenerator<StorageWrite, void> {
  yield* writes
}

async function collected(parts: AsyncIterable<CommitPart>): Promise<CommitPart[]> {
  const found: CommitPart[] = []
  for await (const part of parts) found.push(part)
  return found
}

test('a part ends with the write that fills it, and a shared value fills it once', async () => {
  const shared = filled(90)
  const writes = [
    write('a', filled(60)),
    write('b', filled(60)),
    write('c', shared),
    write('d', undefined),
    write('e', shared),
    write('f', filled(1)),
  ]
  const parts = await collected(partsOf(writes, 100))
  const keys = parts.map(({ part }) => part.map(({ key }) => Buffer.from(key).toString()).join(''))
  expect(keys).toEqual(['ab', 'cdef'])
  expect(parts.map(({ isLast }) => isLast)).toEqual([false, true])
})

test('nothing has no part', async () => {
  expect(await collected(partsOf([], 100))).toEqual([])
  expect(await collected(partsOf(oneByOne([]), 100))).toEqual([])
})

test('parts are the writes, in their order, and the last one says so', async () => {
  const anyWrite = fc.record({
    key: fc.uint8Array({ minLength: 1, maxLength: 9 }),
    value: fc.option(fc.uint8Array({ maxLength: 60 }), { nil: undefined }),
  })
  const anyWrites = fc.array(anyWrite, { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(anyWrites, fc.integer({ min: 1, max: 200 }), async (writes, maxBytes) => {
      const parts = await collected(partsOf(oneByOne(writes), maxBytes))
      expect(parts.flatMap(({ part }) => part)).toEqual(writes)
      expect(parts.map(({ isLast }) => isLast)).toEqual(parts.map((_, i) => i === parts.length - 1))
      for (const { part } of parts) {
        expect(part.length).toBeGreaterThan(0)
        expect(bytesOf(part.slice(0, -1))).toBeLessThan(maxBytes)
      }
    }),
  )
})
