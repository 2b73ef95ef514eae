import { expect, test } from 'vitest'
import { StoreUnavailable, type Entry } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { ensureStoreFormat, otherFormat } from './storeFormat.ts'
import { accountKey, formatKey } from './storeKeys.ts'

async function storeWithMark(mark: string): Promise<MemoryEngine> {
  const engine = new MemoryEngine()
  await engine.commit([], [{ key: formatKey, value: Buffer.from(mark) }])
  return engine
}

test('a new store is marked, and its mark is accepted', async () => {
  const engine = new MemoryEngine()
  await ensureStoreFormat(engine)
  expect(Buffer.from(engine.get(formatKey) as Uint8Array).toString()).toBe('{"format":3}')
  await ensureStoreFormat(engine)
})

test('a store keeps the account that it was made with', async () => {
  const engine = new MemoryEngine()
  expect(await ensureStoreFormat(engine, '111122223333')).toBe('111122223333')
  expect(await ensureStoreFormat(engine, '444455556666')).toBe('111122223333')
  expect(await ensureStoreFormat(engine)).toBe('111122223333')
})

test('a store from before accounts were kept has that of its time, and is left as it is', async () => {
  const engine = await storeWithMark('{"format":3}')
  expect(await ensureStoreFormat(engine, '111122223333')).toBe('000000000000')
  expect(engine.get(accountKey)).toBeUndefined()
})

test.each([1, 2, 9])('a store of format %i is refused and left as it is', async (format) => {
  const engine = await storeWithMark(`{"format":${format}}`)
  await expect(ensureStoreFormat(engine)).rejects.toThrow(
    new StoreUnavailable(
      `The store was written in format ${format}, which this version of Dynatom does not know; ` +
        'open it with the version that wrote it.',
    ),
  )
  expect(Buffer.from(engine.get(formatKey) as Uint8Array).toString()).toBe(`{"format":${format}}`)
})

test.each(['', 'nonsense', '{}', '"format"'])('the mark %j is refused', async (mark) => {
  await expect(ensureStoreFormat(await storeWithMark(mark))).rejects.toThrow(StoreUnavailable)
})

test('an entry that marks another format is described', () => {
  const entry = (mark: string): Entry => ({ key: formatKey, value: Buffer.from(mark) })
  expect(otherFormat(entry('{"format":2}'))).toBe(
    'The store was written in format 2, which this version of Dynatom does not know; ' +
      'open it with the version that wrote it.',
  )
  for (const mark of ['{"format":3}', '{"format":"2"}', '{"format":2', '', 'null']) {
    expect(otherFormat(entry(mark))).toBeUndefined()
  }
  expect(otherFormat({ ...entry('{"format":2}'), key: Buffer.from([2]) })).toBeUndefined()
})
