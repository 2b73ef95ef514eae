import type { LoopTurns } from '../clock.ts'
import { asBuffer, sameBytes, type Bytes, type Version, type Versioned } from '../storage/engine.ts'
import { attributeSize, itemSize } from '../values/size.ts'
import {
  attributeOf,
  copyAttributeMap,
  newAttributeMap,
  type AttributeValue,
  type Item,
} from '../values/attributeValue.ts'
import { commonEnds } from '../values/commonEnds.ts'
import { equalValues } from '../values/compare.ts'
import type { AttributeNames } from '../values/attributeNames.ts'
import { EncodedItem } from '../values/encodedItem.ts'
import {
  decodeItem,
  encodeItem,
  joinItem,
  joinItemInTurns,
  storedItemJson,
  storedItemSize,
} from '../values/itemCodec.ts'
import type { SecondaryIndex } from '../schema/table.ts'
import { AttributeSearch } from '../values/attributeTexts.ts'
import { AttributeParts } from './attributeParts.ts'

/** One item's entry in one index. */
export interface IndexEntry {
  readonly key: Buffer
  /** The projected item: what a query of the index gives. */
  readonly image: ItemImage
  /** Bytes that the entry counts for. */
  readonly sizeBytes: number
  /** Of an entry in a vector index alone, which keeps it beside the image and not in it. */
  readonly vector?: Float32Array
}

/** The entries of one item, one for each of `indexes`; undefined where it has none. */
export interface EntriesOfItem {
  readonly indexes: readonly SecondaryIndex[]
  readonly entries: readonly (IndexEntry | undefined)[]
}

/** Texts of at least this length are taken apart instead of being parsed whole. */
const largeTextBytes = 16 * 1024
/** Of a text that nothing has been compiled for yet, so much is searched in two milliseconds. */
const searchStepBytes = 64 * 1024

interface Forms {
  readonly stored?: Bytes | undefined
  readonly item?: Item | undefined
  readonly parts?: AttributeParts | undefined
  readonly version?: Version
}

/**
 * One state of one item: as stored bytes, as attributes, or both; each form is made from the other
 * when it is first asked for. Of a large item only those attributes are read that somebody asks for
 * by name, and images of it share what they have in common.
 */
export class ItemImage {
  readonly sizeBytes: number
  /** The version that the store had it with; undefined for an image that was made here. */
  readonly version: Version | undefined
  /** The item's entries in the indexes of its table, when they have been asked for. */
  indexEntries: EntriesOfItem | undefined = undefined
  #stored: Bytes | undefined
  #item: Item | undefined
  #parts: AttributeParts | undefined
  #attributeSizes: Map<string, number> | undefined = undefined

  /** At least one of the forms must be there. */
  private constructor(sizeBytes: number, { stored, item, parts, version }: Forms) {
    this.sizeBytes = sizeBytes
    this.version = version
    this.#stored = stored
    this.#item = item
    this.#parts = parts
  }

  /** The image that the store holds, or undefined for an item that does not exist. */
  static ofStored(stored: Bytes | undefined): ItemImage | undefined {
    if (stored === undefined) return undefined
    return new ItemImage(storedItemSize(stored), { stored })
  }

  /** As {@link ofStored}, for a write that relies on the image. */
  static ofVersioned(read: Versioned | undefined): ItemImage | undefined {
    if (read === undefined) return undefined
    const { value: stored, version } = read
    return new ItemImage(storedItemSize(stored), { stored, version })
  }

  /** The same image, as the store will have it: for a write that relies on it before it has. */
  withVersion(version: Version): ItemImage {
    const image = new ItemImage(this.sizeBytes, {
      stored: this.#stored,
      item: this.#item,
      parts: this.#parts,
      version,
    })
    image.indexEntries = this.indexEntries
    return image
  }

  /** The image of a checked item. Its size may be too small beyond `countedBytes`. */
  static ofItem(item: Item, countedBytes: number = Infinity): ItemImage {
    return new ItemImage(itemSize(item, countedBytes), { item })
  }

  /** The image of some attributes of this one. */
  withOnly(names: ReadonlySet<string>): ItemImage {
    const whole = this.#largeParts
    if (whole !== undefined) {
      const parts = whole.only(names)
      return parts === whole ? this : new ItemImage(parts.sizeBytes, { parts })
    }
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
    return isWhole ? this : new ItemImage(sizeBytes, { item: part })
  }

  /** The image of all attributes of this one but one. */
  without(name: string): ItemImage {
    if (this.attribute(name) === undefined) return this
    const names = this.#largeParts?.names ?? Object.keys(this.item)
    return this.withOnly(new Set([...names].filter((each) => each !== name)))
  }

  /**
   * The image that has `after` in place of `before`, which are some of the attributes of this one
   * as {@link attributesOf} gives them. Its size may be too small beyond `countedBytes`.
   */
  withChanged(before: Item, after: Item, countedBytes: number): ItemImage {
    if (before === this.#item) return ItemImage.ofItem(after, countedBytes)
    const parts = this.#largeParts?.changed(before, after, countedBytes)
    if (parts !== undefined) return new ItemImage(parts.sizeBytes, { parts })
    const item = copyAttributeMap(this.item)
    for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) delete item[name]
    for (const name of Object.keys(after)) item[name] = after[name] as AttributeValue
    return ItemImage.ofItem(item, countedBytes)
  }

  /** Whether the stored forms are the same bytes; attributes that both share are not looked at. */
  isSameAs(other: ItemImage): boolean {
    if (this === other) return true
    if (this.sizeBytes !== other.sizeBytes) return false
    const [parts, otherParts] = [this.#largeParts, other.#largeParts]
    if (parts !== undefined && otherParts !== undefined) return parts.isSameAs(otherParts)
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
   * Whether both have equal attributes: in any order, sets without order. Neither is parsed where
   * their texts say already that they are not.
   */
  equals(other: ItemImage): boolean {
    if (this === other) return true
    if (this.sizeBytes !== other.sizeBytes) return false
    const [parts, otherParts] = [this.#largeParts, other.#largeParts]
    if (parts !== undefined && otherParts !== undefined) return parts.equals(otherParts)
    const isParsed = this.#item !== undefined && other.#item !== undefined
    if (!isParsed) {
      const [stored, otherStored] = [this.stored, other.stored]
      if (sameBytes(stored, otherStored)) return true
      if (!mayBeEqual(stored, otherStored)) return false
    }
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
    if (this.#stored !== undefined) return this.#stored
    if (this.#parts !== undefined) return joinItem(this.#parts, this.sizeBytes)
    return encodeItem(this.#item as Item, this.sizeBytes)
  }

  /** As {@link encode}; of a large image others may go first meanwhile. */
  async encodeInTurns(turns: LoopTurns): Promise<Bytes> {
    if (this.#stored !== undefined || this.#parts === undefined) return this.encode()
    return joinItemInTurns(this.#parts, this.sizeBytes, turns)
  }

  /** Bytes that the image takes in memory as far as it is known: its text and its attributes. */
  get heldBytes(): number {
    const textBytes = this.#stored?.length ?? 0
    if (this.#item === undefined) return textBytes + (this.#parts?.heldBytes ?? 0)
    return textBytes + Math.max(textBytes, this.sizeBytes)
  }

  /** All attributes. Must not be changed. */
  get item(): Item {
    this.#item ??= this.#parts?.item() ?? decodeItem(this.#stored as Bytes)
    return this.#item
  }

  /**
   * At least those of the attributes that the item has, for a reader who knows what he reads; all
   * of them when they are at hand. Must not be changed.
   */
  attributesOf(names: () => Iterable<string>): Item {
    return this.#largeParts?.item(names()) ?? this.item
  }

  /** As {@link attributesOf}, for a reader of many items. */
  someOf(names: AttributeNames): Item {
    if (this.#item !== undefined) return this.#item
    const parts = this.#largeParts
    if (parts !== undefined) return parts.item(names.names)
    return names.read(asBuffer(storedItemJson(this.#stored as Bytes)))
  }

  /** One attribute. Must not be changed. */
  attribute(name: string): AttributeValue | undefined {
    const parts = this.#largeParts
    return parts === undefined ? attributeOf(this.item, name) : parts.valueOf(name)
  }

  /** Finds the attributes of a large text, which takes a while; others may go first meanwhile. */
  async prepare(turns: LoopTurns): Promise<void> {
    if (!this.isUnprepared) return
    const search = this.#search()
    while (search.goOn(searchStepBytes)) {
      const turn = turns.next()
      if (turn !== undefined) await turn
    }
    this.#parts ??= AttributeParts.ofText(search, this.sizeBytes)
  }

  /** REQUIRES: the image has its stored form. */
  #search(): AttributeSearch {
    return new AttributeSearch(asBuffer(storedItemJson(this.#stored as Bytes)))
  }

  /** Whether it has a large text in which nobody has looked for attributes. */
  get isUnprepared(): boolean {
    if (this.#item !== undefined || this.#parts !== undefined) return false
    return (this.#stored as Bytes).length >= largeTextBytes
  }

  /** The attributes of a large image of which not all have been read. */
  get #largeParts(): AttributeParts | undefined {
    if (!this.isUnprepared) return this.#parts
    const search = this.#search()
    search.goOn(Infinity)
    this.#parts = AttributeParts.ofText(search, this.sizeBytes)
    return this.#parts
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
  const { start, end } = commonEnds(asBuffer(a), asBuffer(b))
  let difference = 0
  let differenceOfSquares = 0
  for (let i = start; i < a.length - end; i++) {
    const x = a[i] as number
    const y = b[i] as number
    difference += x - y
    differenceOfSquares += x * x - y * y
  }
  return difference === 0 && differenceOfSquares === 0
}
