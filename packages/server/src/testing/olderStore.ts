import { formatKey, itemsRange } from '../layout/storeKeys.ts'
import { asBuffer, type Entry, type StorageEngine, type StorageWrite } from '../storage/engine.ts'

const writesPerCommit = 500

/**
 * Makes a store what a version before format 4 would have left: its mark is that of format 3, and
 * the members of all sets stand in the reverse of their order, in items and index entries alike.
 * REQUIRES: nobody else has the store.
 */
export async function makeStoreOlder(engine: StorageEngine): Promise<void> {
  const writes: StorageWrite[] = [{ key: formatKey, value: Buffer.from('{"format":3}') }]
  for (const { key, value } of await itemsIn(engine)) {
    writes.push({ key, value: withReversedSets(value) })
  }
  for (let from = 0; from < writes.length; from += writesPerCommit) {
    await engine.commit([], writes.slice(from, from + writesPerCommit))
  }
}

/** All items and index entries, as they are stored. */
export async function itemsIn(engine: StorageEngine): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  const snapshot = engine.snapshot()
  for await (const entry of snapshot.range(itemsRange)) entries.push(entry)
  snapshot.close()
  return entries
}

/** A stored item with the members of its sets in the reverse of how they stand. */
export function withReversedSets(stored: Uint8Array): Buffer {
  const bytes = asBuffer(stored)
  const json = JSON.stringify(reversed(JSON.parse(bytes.toString('utf8', 5))))
  return Buffer.concat([bytes.subarray(0, 5), Buffer.from(json)])
}

/** Lists of attribute values stay: their elements are objects, the members of sets are texts. */
function reversed(json: unknown): unknown {
  if (Array.isArray(json)) {
    return typeof json[0] === 'string' ? json.toReversed() : json.map(reversed)
  }
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, reversed(value)]))
}
