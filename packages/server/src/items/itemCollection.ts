import { maxItemSizeBytes } from '../limits.ts'
import { entriesOf } from './indexEntries.ts'
import type { ItemImage } from './itemImage.ts'
import { hashOfRow, itemCollectionKey } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'

/**
 * Whether the items of one partition key form a collection of limited size (guide: item
 * collections).
 */
export function hasItemCollections(table: Table): boolean {
  return table.indexes[0]?.kind === 'local'
}

/** How many of its entries an item's limit counts beside the item. */
export function localIndexCount({ indexes }: Table): number {
  return indexes.filter(({ kind }) => kind === 'local').length
}

/** A name for the collection of the item in the row at `rowKey`: the same for all its items. */
export function itemCollectionOf(rowKey: Buffer): string {
  return itemCollectionKey(rowKey).toString('latin1')
}

/** The hash of the partition key of a row, or of an entry of an index, by its key. */
export function partitionHashOf(key: Buffer): number {
  return hashOfRow(key)
}

/** The bytes that an item takes of its collection: its own and those of its local index entries. */
export function sizeInCollection(
  table: Table,
  image: ItemImage | undefined,
  rowKey: Buffer,
): number {
  if (image === undefined) return 0
  let sizeBytes = image.sizeBytes
  entriesOf(table, image, rowKey).forEach((entry, i) => {
    if (table.indexes[i]?.kind === 'local') sizeBytes += entry?.image.sizeBytes ?? 0
  })
  return sizeBytes
}

/**
 * Whether an item is not too large: with its entries in local indexes, if the table has any, it
 * must fit the limit (guide: item collections).
 */
export function fitsItemLimit(table: Table, image: ItemImage, rowKey: Buffer): boolean {
  if (image.sizeBytes > maxItemSizeBytes) return false
  return !hasItemCollections(table) || sizeInCollection(table, image, rowKey) <= maxItemSizeBytes
}
