import { asBuffer, type Entry, type Snapshot } from '../storage/engine.ts'
import { decodeCounter } from '../commits/counters.ts'
import { hasItemCollections, sizeInCollection } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey, rowRange } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import type { KnownNumbers } from './knownNumbers.ts'
import type { StoreFindings } from './storeFindings.ts'

/** Bytes of a noted size: a counter of one value. */
const noteBytes = 8

/** Compares the sizes of item collections with their rows, which come in order of collections. */
export class CollectionCheck {
  readonly #snapshot: Snapshot
  readonly #findings: StoreFindings
  #current: { readonly key: Buffer; sizeBytes: number } | undefined

  constructor(snapshot: Snapshot, findings: StoreFindings) {
    this.#snapshot = snapshot
    this.#findings = findings
  }

  async add(table: Table, rowKey: Buffer, image: ItemImage): Promise<void> {
    if (!hasItemCollections(table)) return
    const key = itemCollectionKey(rowKey)
    if (this.#current === undefined || !this.#current.key.equals(key)) {
      await this.end()
      this.#current = { key, sizeBytes: 0 }
    }
    this.#current.sizeBytes += sizeInCollection(table, image, rowKey)
  }

  /** The collection that was added to last is complete. */
  async end(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (current === undefined) return
    const stored = await this.#snapshot.get(current.key)
    if (stored !== undefined && stored.length !== noteBytes) return
    const noted = stored === undefined ? 0 : decodeCounter(stored)[0]
    if (noted === current.sizeBytes) return
    const detail = `The item collection has ${current.sizeBytes} bytes and is noted with ${noted}`
    this.#findings.add('itemCollection', current.key, detail)
  }
}

/** Checks that a noted size is one number and that its collection has an item. */
export async function checkCollectionNote(
  { key, value }: Entry,
  snapshot: Snapshot,
  { numbers, findings }: { readonly numbers: KnownNumbers; readonly findings: StoreFindings },
): Promise<void> {
  const noteKey = asBuffer(key)
  if (noteKey.length < 11 || noteKey.length !== 11 + noteKey.readUInt16BE(9)) {
    findings.add('unknownKey', key, 'The key is not that of an item collection')
    return
  }
  const owner = numbers.ownerOf(noteKey, 'An item collection')
  if (owner === undefined || owner.kind === 'leaving') return
  if (owner.kind !== 'table' || !hasItemCollections(owner.checked.table)) {
    findings.add('itemCollection', key, 'The size of an item collection without a local index')
  } else if (value.length !== noteBytes) {
    findings.add('itemCollection', key, 'The size of the item collection cannot be read')
  } else if (!(await hasRows(snapshot, noteKey))) {
    findings.add('itemCollection', key, 'The item collection has no items')
  }
}

/** Whether any row is in the collection whose size is kept at `noteKey`. */
async function hasRows(snapshot: Snapshot, noteKey: Buffer): Promise<boolean> {
  const { end } = rowRange(noteKey.readUInt32BE(1))
  const start = Buffer.from(noteKey)
  start[0] = end[0] as number
  for await (const { key } of snapshot.range({ start, end })) {
    return asBuffer(key).subarray(0, start.length).equals(start)
  }
  return false
}
