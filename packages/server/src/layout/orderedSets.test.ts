import { beforeEach, describe, expect, test } from 'vitest'
import { StorageConflict, type StorageEngine } from '../storage/engine.ts'
import { describeEngine } from '../storage/engineContract.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { encodeItem } from '../values/itemCodec.ts'
import { OrderedSets } from './orderedSets.ts'

describeEngine('with older sets', async () => {
  const engine = new OrderedSets(new MemoryEngine())
  return { engine, dispose: () => engine.close() }
})

const [row, entry, record] = [0x10, 0x11, 0x02].map((space) => Buffer.from([space, 1, 2]))
const keys = [row, entry, record] as Buffer[]
const older = encodeItem({ s: { SS: ['b', 'a'] } }, 4)
const today = encodeItem({ s: { SS: ['a', 'b'] } }, 4)

let store: MemoryEngine
beforeEach(async () => {
  store = new MemoryEngine()
  await store.commit(
    [],
    keys.map((key) => ({ key, value: older })),
  )
})

/** The values under the three keys, by every way to read them; the same by all. */
async function valuesOf(engine: StorageEngine): Promise<readonly string[]> {
  const snapshot = engine.snapshot()
  const ranged: Uint8Array[] = []
  const range = { start: Buffer.from([0]), end: Buffer.from([0xff]), reverse: true }
  for await (const { value } of snapshot.range(range)) ranged.push(value)
  const ways = [
    await Promise.all(keys.map(async (key) => engine.get(key))),
    await engine.getMany(keys),
    (await engine.read(keys)).map((found) => found?.value),
    await Promise.all(keys.map(async (key) => snapshot.get(key))),
    await snapshot.getMany(keys),
    [ranged[1], ranged[0], ranged[2]],
  ].map((values) => values.map((value) => Buffer.from(value as Uint8Array).toString('latin1')))
  for (const values of ways) expect(values).toEqual(ways[0])
  return ways[0] as string[]
}

const texts = (...values: Buffer[]): string[] => values.map((value) => value.toString('latin1'))

describe.each(['at once', 'later'] as const)('a store that answers %s', (answers) => {
  test('shows items and index entries in order, and all else as it is', async () => {
    const engine = new OrderedSets(new FaultyEngine({ store, answers }))
    expect(engine.capabilities.syncReads).toBe(answers === 'at once')
    expect(engine.get(row as Buffer) instanceof Promise).toBe(answers === 'later')
    expect(await valuesOf(engine)).toEqual(texts(today, today, older))
  })

  test('shows everything as it is when all is in order', async () => {
    const engine = new OrderedSets(new FaultyEngine({ store, answers }))
    const before = engine.snapshot()
    engine.end()
    expect(await valuesOf(engine)).toEqual(texts(older, older, older))
    expect(Buffer.from((await before.get(row as Buffer)) as Uint8Array)).toEqual(today)
  })

  test('tells the versions that the store has', async () => {
    const engine = new OrderedSets(new FaultyEngine({ store, answers }))
    const [read] = await engine.read([row as Buffer])
    expect(read?.version).toBe(store.versionOf(older))
    const got = (await engine.get(row as Buffer)) as Uint8Array
    expect(engine.versionOf(got)).toBe(store.versionOf(older))
    expect(engine.versionOf(today)).toBe(store.versionOf(today))
    const key = row as Buffer
    const write = [{ key, value: today }]
    await engine.commit([{ key, version: engine.versionOf(got) }], write)
    await expect(engine.commit([{ key, version: engine.versionOf(got) }], write)).rejects.toThrow(
      StorageConflict,
    )
  })
})

test('the length of a value is known where the store knows it', () => {
  expect(new OrderedSets(store).lengthOf?.(row as Buffer)).toBe(older.length)
  const distant: StorageEngine = new FaultyEngine({ store })
  Object.assign(distant, { lengthOf: undefined })
  expect(new OrderedSets(distant).lengthOf).toBeUndefined()
})
