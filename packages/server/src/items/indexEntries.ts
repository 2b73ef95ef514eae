import { maxPartitionKeyBytes, maxSortKeyBytes } from '../limits.ts'
import type { Bytes } from '../storage/engine.ts'
import { typeOf, type AttributeValue } from '../values/attributeValue.ts'
import {
  encodePartitionKey,
  encodeSortKey,
  encodeTerminated,
  hashPartitionKey,
} from '../values/keyEncoding.ts'
import { ItemImage, type IndexEntry } from './itemImage.ts'
import { baseOfRow, indexEntryKey } from '../layout/storeKeys.ts'
import {
  isVectorIndex,
  type KeyAttribute,
  type SecondaryIndex,
  type Table,
} from '../schema/table.ts'
import { storedVectorEntry, vectorEntry } from './vectorEntries.ts'

export type { IndexEntry } from './itemImage.ts'

/** Gives the attribute of an item that has this name. */
export type AttributeReader = (name: string) => AttributeValue | undefined

const noEntries: readonly (IndexEntry | undefined)[] = []

/**
 * The entries of an item in the indexes of its table, in their order. They are worked out once for
 * each image: limits, the commit and consumed capacity all ask for them.
 */
export function entriesOf(
  { indexes }: Table,
  image: ItemImage | undefined,
  rowKey: Buffer,
): readonly (IndexEntry | undefined)[] {
  if (image === undefined || indexes.length === 0) return noEntries
  if (image.indexEntries?.indexes !== indexes) {
    const projections = new Projections(image)
    const entries = indexes.map((index) => entryWith(projections, index, rowKey))
    image.indexEntries = { indexes, entries }
  }
  return image.indexEntries.entries
}

/** An item as its indexes have it; those with the same attributes share one image. */
class Projections {
  readonly image: ItemImage
  readonly read: AttributeReader
  readonly #images = new Map<ReadonlySet<string>, ItemImage>()

  constructor(image: ItemImage) {
    this.image = image
    this.read = (name) => image.attribute(name)
  }

  of({ projectedAttributes: names }: SecondaryIndex): ItemImage {
    if (names === 'all') return this.image
    let projected = this.#images.get(names)
    if (projected === undefined) {
      projected = this.image.withOnly(names)
      this.#images.set(names, projected)
    }
    return projected
  }
}

/**
 * The entry of an item in `index`, or undefined when the item is not in it: a key attribute is
 * missing, or has a type or length that the index cannot hold, which only items older than the
 * index can have.
 */
export function indexEntry(
  index: SecondaryIndex,
  image: ItemImage,
  rowKey: Buffer,
): IndexEntry | undefined {
  return entryWith(new Projections(image), index, rowKey)
}

function entryWith(
  projections: Projections,
  index: SecondaryIndex,
  rowKey: Buffer,
): IndexEntry | undefined {
  if (isVectorIndex(index)) {
    return vectorEntry(index, projections.image, projections.of(index), rowKey)
  }
  const { read } = projections
  const partition = keyBytes(index.partitionKeys, read, encodePartitionKey)
  const sort = keyBytes(index.sortKeys, read, encodeSortKey)
  if (partition === undefined || totalLength(partition) > maxPartitionKeyBytes) return undefined
  if (sort === undefined || totalLength(sort) > maxSortKeyBytes) return undefined
  const partitionKey = indexPartitionKey(partition)
  const rest = sort.map(encodeTerminated)
  rest.push(baseOfRow(rowKey))
  const key = indexEntryKey(index.number, hashPartitionKey(partitionKey), partitionKey, rest)
  const image = projections.of(index)
  return { key, image, sizeBytes: image.sizeBytes }
}

/** What the store has under the key of an entry; `stored` is the stored form of its image. */
export function valueOfEntry({ vector }: IndexEntry, stored: Bytes): Bytes {
  return vector === undefined ? stored : storedVectorEntry(vector, stored)
}

/**
 * Which part of an item's key in `index` has attributes that are too long together, if any. Each
 * of them by itself has been checked; so this concerns indexes with several of a kind.
 */
export function overlongPart(
  index: SecondaryIndex,
  read: AttributeReader,
): 'HASH' | 'RANGE' | undefined {
  const { partitionKeys, sortKeys } = index
  if (partitionKeys.length < 2 && sortKeys.length < 2) return undefined
  const partition = keyBytes(partitionKeys, read, encodePartitionKey)
  const sort = keyBytes(sortKeys, read, encodeSortKey)
  if (partition === undefined || sort === undefined) return undefined
  if (totalLength(partition) > maxPartitionKeyBytes) return 'HASH'
  return totalLength(sort) > maxSortKeyBytes ? 'RANGE' : undefined
}

/**
 * The bytes of an index's partition key from those of its attributes: one raw, several terminated.
 */
export function indexPartitionKey(parts: readonly Bytes[]): Bytes {
  return parts.length === 1 ? (parts[0] as Bytes) : Buffer.concat(parts.map(encodeTerminated))
}

function keyBytes(
  attributes: readonly KeyAttribute[],
  read: AttributeReader,
  encode: typeof encodeSortKey,
): Bytes[] | undefined {
  const parts: Bytes[] = []
  for (const { name, type } of attributes) {
    const value = read(name)
    if (value === undefined || typeOf(value) !== type) return undefined
    const bytes = encode(type, value)
    if (bytes.length === 0) return undefined
    parts.push(bytes)
  }
  return parts
}

function totalLength(parts: readonly Bytes[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
