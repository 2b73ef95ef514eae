import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bytes, StorageEngine } from '../../packages/server/src/storage/engine.ts'
import { wholeKeyBytes } from '../../packages/server/src/storage/postgres/storedKey.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

/** Keys about as long as a B-tree of PostgreSQL takes, many with one beginning. */
let cluster: TemporaryCluster
let store: TemporaryStore
let engine: StorageEngine
beforeAll(async () => {
  cluster = await TemporaryCluster.start()
  store = new TemporaryStore(cluster)
  engine = await store.open()
})
afterAll(async () => {
  await store.dispose()
  await cluster.dispose()
})

const beginnings = [0x00, 0x61, 0xff].map((byte) => Buffer.alloc(wholeKeyBytes, byte))
const anyEnd = fc
  .array(fc.constantFrom(0x00, 0x01, 0x61, 0xfe, 0xff), { maxLength: 3 })
  .chain((end) =>
    fc
      .constantFrom(0, 40, 500)
      .map((more) => Buffer.concat([Buffer.from(end), Buffer.alloc(more)])),
  )
const anyKey = fc
  .tuple(fc.constantFrom(...beginnings), fc.constantFrom(-1, 0), anyEnd)
  .map(([beginning, less, end]) =>
    Buffer.concat([beginning.subarray(0, wholeKeyBytes + less), end]),
  )
const anyBound = fc.oneof(anyKey, fc.constantFrom(Buffer.of(0), Buffer.alloc(3000, 0xff)))

async function keysOf(start: Bytes, end: Bytes, reverse: boolean): Promise<string[]> {
  const snapshot = engine.snapshot()
  const keys: string[] = []
  for await (const { key, value } of snapshot.range({ start, end, reverse })) {
    expect(value.length).toBe(key.length)
    keys.push(Buffer.from(key).toString('hex'))
  }
  snapshot.close()
  return keys
}

test('long keys are in the order of their bytes, with short ones, in both directions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyKey, {
        minLength: 1,
        maxLength: 120,
        selector: (key) => key.toString('hex'),
      }),
      fc.array(fc.tuple(anyBound, anyBound), { minLength: 1, maxLength: 4 }),
      async (keys, ranges) => {
        const values = keys.map((key) => ({ key, value: Buffer.alloc(key.length, 1) }))
        await engine.commit([], values)
        const sorted = keys.toSorted((a, b) => Buffer.compare(a, b))
        for (const [start, end] of ranges) {
          const inside = sorted.filter(
            (key) => Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0,
          )
          const expected = inside.map((key) => key.toString('hex'))
          expect(await keysOf(start, end, false)).toEqual(expected)
          expect(await keysOf(start, end, true)).toEqual(expected.toReversed())
        }
        expect((await engine.getMany(keys)).map((value) => value?.length)).toEqual(
          keys.map(({ length }) => length),
        )
        await engine.commit(
          [],
          keys.map((key) => ({ key, value: undefined })),
        )
      },
    ),
    { numRuns: 60 },
  )
})

test('a page ends with its bytes, and the range goes on behind it', async () => {
  const large = Array.from({ length: 40 }, (_, i) => ({
    key: Buffer.from(`large ${String(i).padStart(3, '0')}`),
    value: Buffer.alloc(300_000, i),
  }))
  await engine.commit([], large)
  const snapshot = engine.snapshot()
  const seen: string[] = []
  for await (const { key, value } of snapshot.range({
    start: Buffer.from('large'),
    end: Buffer.from('largf'),
    reverse: true,
  })) {
    expect(value.length).toBe(300_000)
    seen.push(String(key))
  }
  snapshot.close()
  expect(seen).toEqual(large.map(({ key }) => String(key)).toReversed())
})
