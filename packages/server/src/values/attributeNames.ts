import { newAttributeMap, type AttributeValue, type Item } from './attributeValue.ts'
import { stringEnd, valueEnd } from './attributeTexts.ts'

const quote = 0x22
const backslash = 0x5c
const [letterN, letterS] = [0x4e, 0x53]
/** What stands before and behind the text of a string or number: `{"S":"` and `"}`. */
const [bytesBefore, bytesBehind] = [6, 2]
/** Longer strings are left to the parser, which copies them faster than they are looked through. */
const longestSimpleString = 64

/**
 * Some names of attributes, and how they are found in the text of an item. Values of others are
 * stepped over, not read.
 */
export class AttributeNames {
  readonly names: readonly string[]
  /** The names as they stand in a text, with their quotation marks. */
  readonly #texts: readonly Buffer[]

  constructor(names: Iterable<string>) {
    this.names = [...new Set(names)]
    this.#texts = this.names.map((name) => Buffer.from(JSON.stringify(name), 'utf8'))
  }

  /**
   * Those of the attributes that an item has, in its order. REQUIRES: `json` is what JSON.stringify
   * makes of the item.
   */
  read(json: Buffer): Item {
    const item = newAttributeMap()
    let missing = this.names.length
    let at = 1
    while (missing > 0 && json[at] === quote) {
      const nameEnd = stringEnd(json, at)
      const index = this.#indexOf(json, at, nameEnd)
      const end = valueEnd(json, nameEnd + 1)
      if (index !== -1) {
        item[this.names[index] as string] = valueOf(json, nameEnd + 1, end)
        missing -= 1
      }
      at = end + 1
    }
    return item
  }

  #indexOf(json: Buffer, start: number, end: number): number {
    for (let index = 0; index < this.#texts.length; index++) {
      const text = this.#texts[index] as Buffer
      if (text.length === end - start && isAt(json, start, text)) return index
    }
    return -1
  }
}

/** The names that each of some things asks for, worked out once as long as it is there. */
export function rememberedNames<Asker extends object>(
  namesOf: (asker: Asker) => Iterable<string>,
): (asker: Asker) => AttributeNames {
  const known = new WeakMap<Asker, AttributeNames>()
  return (asker) => {
    let names = known.get(asker)
    if (names === undefined) {
      names = new AttributeNames(namesOf(asker))
      known.set(asker, names)
    }
    return names
  }
}

function isAt(json: Buffer, start: number, text: Buffer): boolean {
  for (let i = 1; i < text.length; i++) if (json[start + i] !== text[i]) return false
  return true
}

/** The value from `start` to `end`; the parser is asked where it is not plain what it is. */
function valueOf(json: Buffer, start: number, end: number): AttributeValue {
  const type = json[start + 2]
  const [first, last] = [start + bytesBefore, end - bytesBehind]
  if (json[start + 3] === quote && json[first - 1] === quote) {
    if (type === letterN) return { N: json.toString('latin1', first, last) }
    if (type === letterS && isSimple(json, first, last)) {
      return { S: json.toString('latin1', first, last) }
    }
  }
  return JSON.parse(json.toString('utf8', start, end)) as AttributeValue
}

/** Whether a string is of ASCII and has nothing escaped. */
function isSimple(json: Buffer, start: number, end: number): boolean {
  if (end - start > longestSimpleString) return false
  for (let at = start; at < end; at++) {
    const byte = json[at] as number
    if (byte === backslash || byte > 0x7e) return false
  }
  return true
}
