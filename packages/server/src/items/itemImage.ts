import type { Bytes } from '../storage/engine.ts'
import { itemSize } from '../values/size.ts'
import type { Item } from '../values/attributeValue.ts'
import { EncodedItem } from '../values/encodedItem.ts'
import { decodeItem, encodeItem, storedItemJson, storedItemSize } from '../values/itemCodec.ts'
import type { SecondaryIndex } from '../schema/table.ts'

/** One item's entry in one index. */
export interface IndexEntry {
  readonly key: Buffer
  /** The projected item: what a query of the index gives. */
  readonly image: ItemImage
}

/** The entries of one item, one for each of `indexes`; undefined where it has none. */
export interface EntriesOfItem {
  readonly indexes: readonly SecondaryIndex[]
  readonly entries: readonly (IndexEntry | undefined)[]
}

/**
 * One state of one item: as stored bytes, as attributes, or both; each form is made from the other
 * when it is first asked for.
 */
export class ItemImage {
  readonly sizeBytes: number
  /** The item's entries in the indexes of its table, when they have been asked for. */
  indexEntries: EntriesOfItem | undefined = undefined
  #stored: Bytes | undefined
  #item: Item | undefined

  private constructor(sizeBytes: number, stored: Bytes | undefined, item: Item | undefined) {
    this.sizeBytes = sizeBytes
    this.#stored = stored
    this.#item = item
  }

  /** The image that the store holds, or undefined for an item that does not exist. */
  static ofStored(stored: Bytes | undefined): ItemImage | undefined {
    if (stored === undefined) return undefined
    return new ItemImage(storedItemSize(stored), stored, undefined)
  }

  /** The image of a checked item. Its size may be too small beyond `countedBytes`. */
  static ofItem(item: Item, countedBytes: number = Infinity): ItemImage {
    return new ItemImage(itemSize(item, countedBytes), undefined, item)
  }

  get stored(): Bytes {
    this.#stored ??= encodeItem(this.#item as Item, this.sizeBytes)
    return this.#stored
  }

  /** Must not be changed. */
  get item(): Item {
    this.#item ??= decodeItem(this.#stored as Bytes)
    return this.#item
  }

  /** The item as it goes into a response. */
  get encoded(): EncodedItem {
    return new EncodedItem(storedItemJson(this.stored))
  }
}
