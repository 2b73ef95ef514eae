import { expect, test } from 'vitest'
import { StoreUnavailable } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { ensureStoreFormat } from './storeFormat.ts'
import { formatKey } from './storeKeys.ts'

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
