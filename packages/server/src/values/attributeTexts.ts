import { invariant } from '../invariant.ts'

const quote = 0x22
const backslash = 0x5c
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Where one attribute is in the text of an item. */
export interface AttributeText {
  readonly name: string
  /** The first and the last byte plus one of its value, an object. */
  readonly start: number
  readonly end: number
}

/** What native search begins to be worth for. */
const longString = 48

/**
 * Finds the attributes of an item in its DynamoDB-JSON, in its order, without reading their values.
 * REQUIRES: the text is what JSON.stringify makes of an item, so there is no white space in it.
 */
export function* attributeTexts(json: Buffer): Generator<AttributeText, void> {
  let at = 1
  while (json[at] === quote) {
    const nameEnd = stringEnd(json, at)
    const name = JSON.parse(json.toString('utf8', at, nameEnd)) as string
    const start = nameEnd + 1
    const end = valueEnd(json, start)
    yield { name, start, end }
    at = end + 1
  }
}

/** The position behind the object that begins at `start`. */
function valueEnd(json: Buffer, start: number): number {
  let depth = 0
  let at = start
  for (;;) {
    const byte = json[at]
    if (byte === quote) {
      at = stringEnd(json, at)
      continue
    }
    at += 1
    if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1
      if (depth === 0) return at
    }
    invariant(at < json.length, 'the text of an item is complete')
  }
}

/** The position behind the string whose first quotation mark is at `start`. */
function stringEnd(json: Buffer, start: number): number {
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
