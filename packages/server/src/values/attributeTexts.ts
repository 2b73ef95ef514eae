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
  #at = 1
  /** The attribute that the search is in, once its name is known. */
  #name: string | undefined
  #start = 0
  #depth = 0

  constructor(json: Buffer) {
    this.json = json
  }

  /** The attributes that were found. */
  get found(): readonly AttributeText[] {
    return this.#found
  }

  /** Goes on for about `stepBytes` bytes. Gives false when all attributes have been found. */
  goOn(stepBytes: number): boolean {
    const stop = this.#at + stepBytes
    while (this.#at < stop) {
      if (this.#name === undefined && !this.#readName()) return false
      if (this.#skipValue(stop)) this.#endAttribute()
    }
    return true
  }

  #readName(): boolean {
    const json = this.json
    if (json[this.#at] !== quote) return false
    const end = stringEnd(json, this.#at)
    this.#name = JSON.parse(json.toString('utf8', this.#at, end)) as string
    this.#start = end + 1
    this.#at = this.#start
    return true
  }

  /** Goes to the end of the value, or beyond `stop`; gives whether it came to the end. */
  #skipValue(stop: number): boolean {
    const json = this.json
    let [at, depth] = [this.#at, this.#depth]
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
    this.#at = at
    this.#depth = depth
    return depth === 0
  }

  #endAttribute(): void {
    this.#found.push({ name: this.#name as string, start: this.#start, end: this.#at })
    this.#name = undefined
    this.#at += 1
  }
}

/** The position behind the value, an object or an array, that begins at `start`. */
export function valueEnd(json: Buffer, start: number): number {
  let at = start
  let depth = 0
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
  } while (depth > 0)
  return at
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
