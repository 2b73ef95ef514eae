import { sameBytes, type Bytes, type Version, type Versioned } from '../storage/engine.ts'
import { equalValues } from '../values/compare.ts'
import { attributeSize, itemSize } from '../values/size.ts'
import { newAttributeMap, type AttributeValue, type Item } from '../values/attributeValue.ts'
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
  /** The version that the store had it with; undefined for an image that was made here. */
  readonly version: Version | undefined
  /** The item's entries in the indexes of its table, when they have been asked for. */
  indexEntries: EntriesOfItem | undefined = undefined
  #stored: Bytes | undefined
  #item: Item | undefined
  #attributeSizes: Map<string, number> | undefined = undefined

  private constructor(
    sizeBytes: number,
    stored: Bytes | undefined,
    item: Item | undefined,
    version: Version | undefined,
  ) {
    this.sizeBytes = sizeBytes
    this.version = version
    this.#stored = stored
    this.#item = item
  }

  /** The image that the store holds, or undefined for an item that does not exist. */
  static ofStored(stored: Bytes | undefined): ItemImage | undefined {
    if (stored === undefined) return undefined
    return new ItemImage(storedItemSize(stored), stored, undefined, undefined)
  }

  /** As {@link ofStored}, for a write that relies on the image. */
  static ofVersioned(read: Versioned | undefined): ItemImage | undefined {
    if (read === undefined) return undefined
    return new ItemImage(storedItemSize(read.value), read.value, undefined, read.version)
  }

  /** The image of a checked item. Its size may be too small beyond `countedBytes`. */
  static ofItem(item: Item, countedBytes: number = Infinity): ItemImage {
    return new ItemImage(itemSize(item, countedBytes), undefined, item, undefined)
  }

  /** The image of some attributes of this one. */
  withOnly(names: ReadonlySet<string>): ItemImage {
    const { item } = this
    const part = newAttributeMap()
    let sizeBytes = 0
    let isWhole = true
    for (const name of Object.keys(item)) {
      if (names.has(name)) {
        part[name] = item[name] as AttributeValue
        sizeBytes += this.#sizeOf(name)
      } else isWhole = false
    }
    return isWhole ? this : new ItemImage(sizeBytes, undefined, part, undefined)
  }

  /** Whether the stored forms are the same bytes; attributes that both share are not looked at. */
  isSameAs(other: ItemImage): boolean {
    if (this === other) return true
    if (this.sizeBytes !== other.sizeBytes) return false
    const { item } = this
    const names = Object.keys(item)
    const otherNames = Object.keys(other.item)
    if (names.length !== otherNames.length) return false
    return names.every((name, i) => {
      const [value, otherValue] = [item[name], other.item[name]]
      if (name !== otherNames[i]) return false
      return value === otherValue || JSON.stringify(value) === JSON.stringify(otherValue)
    })
  }

  /**
   * Whether both are equal by value, whatever the order of members is. Neither is parsed where
   * their texts tell already.
   */
  isEqualTo(other: ItemImage): boolean {
    if (this === other) return true
    if (this.sizeBytes !== other.sizeBytes) return false
    const [stored, otherStored] = [this.stored, other.stored]
    if (sameBytes(stored, otherStored)) return true
    if (!mayBeEqual(stored, otherStored)) return false
    return equalValues({ M: this.item }, { M: other.item })
  }

  /** Counted once for each attribute, however many indexes have it. */
  #sizeOf(name: string): number {
    this.#attributeSizes ??= new Map()
    let sizeBytes = this.#attributeSizes.get(name)
    if (sizeBytes === undefined) {
      sizeBytes = attributeSize(name, this.item[name] as AttributeValue)
      this.#attributeSizes.set(name, sizeBytes)
    }
    return sizeBytes
  }

  get stored(): Bytes {
    this.#stored ??= this.encode()
    return this.#stored
  }

  /** The stored form, which is made anew and not kept unless the image has it already. */
  encode(): Bytes {
    return this.#stored ?? encodeItem(this.#item as Item, this.sizeBytes)
  }

  /** Bytes that the image takes in memory as far as it is known: its text and its attributes. */
  get heldBytes(): number {
    const textBytes = this.#stored?.length ?? 0
    return textBytes + (this.#item === undefined ? 0 : Math.max(textBytes, this.sizeBytes))
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

/**
 * Whether two stored forms can be of equal items: those have the same bytes, if in another order.
 */
function mayBeEqual(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  let differenceOfSquares = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number
    const y = b[i] as number
    difference += x - y
    differenceOfSquares += x * x - y * y
  }
  return difference === 0 && differenceOfSquares === 0
}
