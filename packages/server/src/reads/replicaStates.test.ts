import { beforeEach, expect, test } from 'vitest'
import { catalogVersionKey } from '../layout/storeKeys.ts'
import type { Bytes, OlderReads } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { ReplicaStates } from './replicaStates.ts'

const [known, next, key] = ['known', 'next', 'k'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
]
const range = { start: Buffer.from('a'), end: Buffer.from('z') }

let older: MemoryEngine
let newest: MemoryEngine
let states: ReplicaStates

const readsOf = (engine: MemoryEngine): OlderReads => ({
  getMany: (keys) => Promise.resolve(engine.getMany(keys)),
  snapshot: () => engine.snapshot(),
})

beforeEach(async () => {
  older = new MemoryEngine()
  newest = new MemoryEngine()
  await older.commit([], [{ key, value: Buffer.from('old') }])
  await newest.commit([], [{ key, value: Buffer.from('new') }])
  const isKnown = (stamp: Bytes | undefined): boolean => String(stamp) === 'known'
  states = new ReplicaStates({ older: readsOf(older), newest: readsOf(newest), isKnown })
})

/** What each kind of read finds under the key. */
async function found(): Promise<string[]> {
  const snapshot = states.snapshotPast()
  const entries: string[] = []
  for await (const entry of snapshot.range(range)) entries.push(String(entry.value))
  const one = await snapshot.get(key)
  const [many] = await snapshot.getMany([key])
  snapshot.close()
  return [await states.getPast(key), one, many].map(String).concat(entries)
}

test('a copy that has the tables that are known is read', async () => {
  await older.commit([], [{ key: catalogVersionKey, value: known }])
  expect(await found()).toEqual(['old', 'old', 'old', 'old'])
})

test('a copy with other tables is not', async () => {
  expect(await found()).toEqual(['new', 'new', 'new', 'new'])
  await older.commit([], [{ key: catalogVersionKey, value: next }])
  expect(await found()).toEqual(['new', 'new', 'new', 'new'])
})

test('what cannot be read of the copy is the failure of the read', async () => {
  const broken: OlderReads = {
    getMany: () => Promise.reject(new Error('gone')),
    snapshot: () => older.snapshot(),
  }
  states = new ReplicaStates({ older: broken, newest: readsOf(newest), isKnown: () => true })
  await expect(states.getPast(key)).rejects.toThrow('gone')
})
