import type { CounterDelta } from '../commits/committer.ts'
import { expiryEntry } from '../items/expiryEntries.ts'
import { entriesOf, valueOfEntry, type IndexEntry } from '../items/indexEntries.ts'
import { sizeInCollection } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { isSameVector } from '../items/vectorEntries.ts'
import type { ExpiryOrder, SecondaryIndex, Table } from '../schema/table.ts'
import type { Bytes, StorageWrite } from '../storage/engine.ts'

/** An item by where it is. */
export interface ItemPlace {
  readonly table: Table
  readonly rowKey: Buffer
}

/** An item before and after a write; undefined where there is none. */
export interface Images {
  readonly before: ItemImage | undefined
  readonly after: ItemImage | undefined
}

/** How an image's stored form is had: kept with the image, or made for one use. */
export type StoredForm = (image: ItemImage) => Bytes

export const keptForm: StoredForm = (image) => image.stored

/**
 * The stored form for one use after the other; entries that follow one another share theirs. That
 * of the image which is asked for first may be at hand.
 */
export function passingForm(first?: {
  readonly image: ItemImage
  readonly stored: Bytes
}): StoredForm {
  let last = first?.image
  let stored = first?.stored as Bytes
  return (image) => {
    if (image !== last) {
      stored = image.encode()
      last = image
    }
    return stored
  }
}

const noDeltas: readonly CounterDelta[] = []

/** What a change of an item writes: its row, and the entries of it that are not as they were. */
export function writesOf(
  place: ItemPlace,
  images: Images,
  storedOf: StoredForm,
): Iterable<StorageWrite> {
  const { table, rowKey } = place
  if (table.expiryOrder !== undefined || table.indexes.length > 0) {
    return writesWithEntries(place, images, storedOf)
  }
  return [{ key: rowKey, value: images.after && storedOf(images.after) }]
}

function* writesWithEntries(
  { table, rowKey }: ItemPlace,
  { before, after }: Images,
  storedOf: StoredForm,
): Generator<StorageWrite, void> {
  yield { key: rowKey, value: after && storedOf(after) }
  if (table.expiryOrder !== undefined) {
    yield* expiryWrites(table.expiryOrder, rowKey, { before, after })
  }
  if (table.indexes.length === 0) return
  const entriesBefore = entriesOf(table, before, rowKey)
  const entriesAfter = entriesOf(table, after, rowKey)
  const puts: IndexEntry[] = []
  for (let i = 0; i < table.indexes.length; i++) {
    const [old, entry] = [entriesBefore[i], entriesAfter[i]]
    const stays = old !== undefined && entry !== undefined && old.key.equals(entry.key)
    if (old !== undefined && !stays) yield { key: old.key, value: undefined }
    // An entry that stays as it is is not written again.
    if (entry !== undefined && !isSameEntry(old, entry)) puts.push(entry)
  }
  for (const entry of sharedOnesTogether(puts)) {
    yield { key: entry.key, value: valueOfEntry(entry, storedOf(entry.image)) }
  }
}

/** What it writes in the order of expiry, when the item expires at another time than before. */
function* expiryWrites(
  order: ExpiryOrder,
  rowKey: Buffer,
  { before, after }: Images,
): Generator<StorageWrite, void> {
  const old = expiryEntry(order, before, rowKey)
  const entry = expiryEntry(order, after, rowKey)
  if (old !== undefined && entry?.key.equals(old.key) === true) return
  if (old !== undefined) yield { key: old.key, value: undefined }
  if (entry !== undefined) yield entry
}

/** Entries with one image stand one behind the other, so that the store can keep it once. */
function sharedOnesTogether(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  if (entries.length < 3) return entries
  const byImage = new Map<ItemImage, IndexEntry[]>()
  for (const entry of entries) {
    const others = byImage.get(entry.image)
    if (others === undefined) byImage.set(entry.image, [entry])
    else others.push(entry)
  }
  return [...byImage.values()].flat()
}

/** How the counters of the table and of its indexes change; only those that do. */
export function counterDeltas(place: ItemPlace, images: Images): Iterable<CounterDelta> {
  const { table } = place
  if (table.indexes.length > 0) return deltasWithIndexes(place, images)
  const differences = countAndSize(images.before, images.after)
  return differences === undefined
    ? noDeltas
    : [{ kind: 'delta', counter: table.counter, differences }]
}

function* deltasWithIndexes(
  { table, rowKey }: ItemPlace,
  { before, after }: Images,
): Generator<CounterDelta, void> {
  const differences = countAndSize(before, after)
  if (differences !== undefined) yield { kind: 'delta', counter: table.counter, differences }
  const entriesBefore = entriesOf(table, before, rowKey)
  const entriesAfter = entriesOf(table, after, rowKey)
  for (const [i, index] of table.indexes.entries()) {
    const delta = entryDelta(index, rowKey, entriesBefore[i], entriesAfter[i])
    if (delta !== undefined) yield delta
  }
}

function entryDelta(
  { counter, backfill }: SecondaryIndex,
  rowKey: Buffer,
  before: IndexEntry | undefined,
  after: IndexEntry | undefined,
): CounterDelta | undefined {
  const differences = countAndSize(before, after)
  if (backfill === undefined) {
    return differences && { kind: 'delta', counter, differences }
  }
  if (isSameEntry(before, after)) return undefined
  const replaced = before && { key: before.key, counts: [1, before.sizeBytes] }
  const applies = (): boolean => rowKey.compare(backfill.position) <= 0
  const filling = { applies, replaced }
  return { kind: 'delta', counter, differences: differences ?? [0, 0], filling }
}

/** Whether the entry stays as it is; if it has not been filled in yet it is left to that. */
function isSameEntry(before: IndexEntry | undefined, after: IndexEntry | undefined): boolean {
  if (before === undefined || after === undefined) return before === after
  return (
    before.key.equals(after.key) &&
    isSameVector(before.vector, after.vector) &&
    before.image.isSameAs(after.image)
  )
}

/** By how many bytes the item's collection grows. REQUIRES: the table has item collections. */
export function growthOfCollection(
  { table, rowKey }: ItemPlace,
  { before, after }: Images,
): number {
  return sizeInCollection(table, after, rowKey) - sizeInCollection(table, before, rowKey)
}

/** The bytes of a changed item and of its entries, those that share an image once. */
export function producedBytes({ table, rowKey }: ItemPlace, after: ItemImage | undefined): number {
  if (after === undefined) return 0
  if (table.indexes.length === 0) return after.sizeBytes
  const images = new Set<ItemImage>([after])
  let sum = 0
  for (const entry of entriesOf(table, after, rowKey)) {
    if (entry === undefined) continue
    images.add(entry.image)
    sum += entry.vector?.byteLength ?? 0
  }
  for (const { sizeBytes } of images) sum += sizeBytes
  return sum
}

interface Sized {
  readonly sizeBytes: number
}

/** The difference in count and size; undefined when there is none. */
function countAndSize(
  before: Sized | undefined,
  after: Sized | undefined,
): readonly number[] | undefined {
  const count = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
  const sizeBytes = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0)
  return count === 0 && sizeBytes === 0 ? undefined : [count, sizeBytes]
}
