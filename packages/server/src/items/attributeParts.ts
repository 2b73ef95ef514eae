import type { AttributeSearch } from '../values/attributeTexts.ts'
import {
  attributeOf,
  newAttributeMap,
  type AttributeValue,
  type Item,
} from '../values/attributeValue.ts'
import { itemSize } from '../values/size.ts'
import { AttributePart } from './attributePart.ts'

type Parts = ReadonlyMap<string, AttributePart>

/**
 * A large item as its attributes, in the order of its text. What nobody looks at stays text: an
 * update of one attribute copies the others. Immutable.
 */
export class AttributeParts {
  readonly #parts: Parts
  /** As DynamoDB counts it. May be too small when it was not counted to the end. */
  readonly sizeBytes: number

  private constructor(parts: Parts, sizeBytes: number) {
    this.#parts = parts
    this.sizeBytes = sizeBytes
  }

  /** The attributes of an item of that size, which a search of its text has found. */
  static ofText({ json, found }: AttributeSearch, sizeBytes: number): AttributeParts {
    const parts = new Map<string, AttributePart>()
    for (const { name, start, end } of found) {
      parts.set(name, AttributePart.ofText(name, json.subarray(start, end)))
    }
    return new AttributeParts(parts, sizeBytes)
  }

  [Symbol.iterator](): Iterator<AttributePart> {
    return this.#parts.values()
  }

  get names(): Iterable<string> {
    return this.#parts.keys()
  }

  valueOf(name: string): AttributeValue | undefined {
    return this.#parts.get(name)?.value
  }

  /** Those of the attributes that the item has. */
  item(names: Iterable<string> = this.#parts.keys()): Item {
    const item = newAttributeMap()
    for (const name of names) {
      const part = this.#parts.get(name)
      if (part !== undefined) item[name] = part.value
    }
    return item
  }

  /** Only some attributes; this itself when it has no others. */
  only(names: ReadonlySet<string>): AttributeParts {
    const chosen = new Map<string, AttributePart>()
    for (const [name, part] of this.#parts) if (names.has(name)) chosen.set(name, part)
    if (chosen.size === this.#parts.size) return this
    this.#count()
    let sizeBytes = 0
    for (const part of chosen.values()) sizeBytes += part.sizeBytes
    return new AttributeParts(chosen, sizeBytes)
  }

  /**
   * With what `after` has in place of `before`, which is some of the attributes. New ones go to the
   * end. Undefined when a new one has another place in the text of an item. Sizes of what is new
   * are not counted beyond `countedBytes`.
   */
  changed(before: Item, after: Item, countedBytes: number): AttributeParts | undefined {
    const parts = new Map(this.#parts)
    let sizeBytes = this.sizeBytes
    const added = newAttributeMap()
    for (const name of Object.keys(before)) {
      const value = attributeOf(after, name)
      if (value === before[name]) continue
      sizeBytes -= (this.#parts.get(name) as AttributePart).sizeBytes
      if (value === undefined) parts.delete(name)
    }
    for (const name of Object.keys(after)) {
      const value = after[name] as AttributeValue
      const isNew = !this.#parts.has(name)
      if (isNew && isArrayIndex(name)) return undefined
      if (!isNew && value === before[name]) continue
      added[name] = value
      parts.set(name, AttributePart.ofValue(name, value))
    }
    return new AttributeParts(parts, sizeBytes + itemSize(added, countedBytes))
  }

  /** Whether the texts of both are the same; of shared attributes nothing is looked at. */
  isSameAs(other: AttributeParts): boolean {
    if (this.#parts.size !== other.#parts.size) return false
    const others = other.#parts.values()
    for (const part of this.#parts.values()) {
      if (!part.isSameAs(others.next().value as AttributePart)) return false
    }
    return true
  }

  /** Whether both have equal attributes, in any order. */
  equals(other: AttributeParts): boolean {
    if (this.#parts.size !== other.#parts.size) return false
    for (const [name, part] of this.#parts) {
      const otherPart = other.#parts.get(name)
      if (otherPart === undefined || !part.equals(otherPart)) return false
    }
    return true
  }

  /** What the attributes that were looked at take in memory, beside their texts. */
  get heldBytes(): number {
    let sum = 0
    for (const part of this.#parts.values()) sum += part.heldBytes
    return sum
  }

  /** Counts the attributes; the longest has what the others leave of the item's size. */
  #count(): void {
    let longest: AttributePart | undefined
    for (const part of this.#parts.values()) {
      if (part.isCounted) continue
      if (longest === undefined || part.text.length > longest.text.length) longest = part
    }
    if (longest === undefined) return
    let restBytes = this.sizeBytes
    for (const part of this.#parts.values()) if (part !== longest) restBytes -= part.sizeBytes
    longest.sizeBytes = restBytes
  }
}

/** Whether objects list a member of this name before others, wherever it was added. */
function isArrayIndex(name: string): boolean {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(name) && Number(name) < 2 ** 32 - 1
}
