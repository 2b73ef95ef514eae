import { invariant } from '../invariant.ts'

const quote = 0x22
const backslash = 0x5c
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Where one attribute is in the text of an item. */
export interface AttributeText {
  readonly name: string
  /** The first byte of its value, an object, and the one behind the last. */
  readonly start: number
  readonly end: number
}

/** From this length on, native search finds the end of a string sooner. */
const longString = 48

/**
 * Finds the attributes of an item in its DynamoDB-JSON, in its order, without reading their values;
 * a long text can be searched in steps.
 * REQUIRES: the text is what JSON.stringify makes of an item, so there is no white space in it.
 */
export class AttributeSearch {
  readonly json: Buffer
  readonly #found: AttributeText[] = []
  readonly #place: PlaceInText = { at: 1, depth: 0 }
  /** The attribute that the search is in, once its name is known. */
  #name: string | undefined
  #start = 0

  constructor(json: Buffer) {
    this.json = json
  }

  /** The attributes that were found. */
  get found(): readonly AttributeText[] {
    return this.#found
  }

  /** Goes on for about `stepBytes` bytes. Gives false when all attributes have been found. */
  goOn(stepBytes: number): boolean {
    const stop = this.#place.at + stepBytes
    while (this.#place.at < stop) {
      if (this.#name === undefined && !this.#readName()) return false
      if (skipValue(this.json, this.#place, stop)) this.#endAttribute()
    }
    return true
  }

  #readName(): boolean {
    const json = this.json
    const { at } = this.#place
    if (json[at] !== quote) return false
    const end = stringEnd(json, at)
    this.#name = JSON.parse(json.toString('utf8', at, end)) as string
    this.#start = end + 1
    this.#place.at = this.#start
    return true
  }

  #endAttribute(): void {
    this.#found.push({ name: this.#name as string, start: this.#start, end: this.#place.at })
    this.#name = undefined
    this.#place.at += 1
  }
}

/** A position in a text, and in how many objects and arrays of a value it is. */
interface PlaceInText {
  at: number
  depth: number
}

/** Goes to the end of a value, or beyond `stop`; gives whether it came to the end. */
function skipValue(json: Buffer, place: PlaceInText, stop: number): boolean {
  let { at, depth } = place
  do {
    const byte = json[at]
    if (byte === quote) {
      at = stringEnd(json, at)
      continue
    }
    invariant(byte !== undefined, 'the text of an item is complete')
    at += 1
    if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) depth -= 1
  } while (depth > 0 && at < stop)
  place.at = at
  place.depth = depth
  return depth === 0
}

/** The position behind the value, an object, that begins at `start`. */
export function valueEnd(json: Buffer, start: number): number {
  const place = { at: start, depth: 0 }
  skipValue(json, place, Infinity)
  return place.at
}

/** The position behind the string whose first quotation mark is at `start`. */
export function stringEnd(json: Buffer, start: number): number {
  const nearby = Math.min(start + longString, json.length)
  for (let at = start + 1; at < nearby; at++) {
    const byte = json[at]
    if (byte === quote) return at + 1
    if (byte === backslash) at += 1
  }
  return longStringEnd(json, start)
}

function longStringEnd(json: Buffer, start: number): number {
  let from = start + 1
  for (;;) {
    const at = json.indexOf(quote, from)
    invariant(at >= 0, 'a string in the text of an item has an end')
    let escapes = 0
    while (json[at - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return at + 1
    from = at + 1
  }
}
