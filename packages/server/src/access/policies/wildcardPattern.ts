/** What a pattern is made of: text, `*` for any text, `?` for any one character. */
export type PatternPart = string | typeof anyText | typeof anyCharacter

export const anyText: unique symbol = Symbol('*')
export const anyCharacter: unique symbol = Symbol('?')

/** A text as its UTF-16 units; every string is one. */
export interface Units {
  readonly length: number
  charCodeAt(index: number): number
}

/** What stands between two `*`: units, and -1 for a `?`. */
type Piece = readonly number[]

const anyUnit = -1
const wordBits = 32

/**
 * A pattern with `*` and `?`, matched without backtracking. What stands before the first `*` and
 * behind the last one has one place; each piece between is looked for from where the one before it
 * has ended, and no later place is better than its first. So every unit of a text is read once,
 * with one step for each 32 units of the longest piece.
 */
export class WildcardPattern {
  readonly #first: Piece
  readonly #middle: readonly PieceSearch[]
  /** Undefined for a pattern without `*`, which is `#first` alone. */
  readonly #last: Piece | undefined
  readonly #leastLength: number

  constructor(parts: readonly PatternPart[]) {
    const pieces = piecesOf(parts)
    this.#first = pieces[0] as Piece
    this.#last = pieces.length > 1 ? pieces.at(-1) : undefined
    this.#middle = pieces
      .slice(1, -1)
      .filter(({ length }) => length > 0)
      .map((piece) => new PieceSearch(piece))
    this.#leastLength = pieces.reduce((sum, { length }) => sum + length, 0)
  }

  matches(text: Units): boolean {
    const { length } = text
    if (length < this.#leastLength) return false
    if (!isAt(text, 0, this.#first)) return false
    if (this.#last === undefined) return length === this.#leastLength
    const end = length - this.#last.length
    if (!isAt(text, end, this.#last)) return false
    let from = this.#first.length
    for (const search of this.#middle) {
      from = search.endIn(text, from, end)
      if (from < 0) return false
    }
    return true
  }
}

function piecesOf(parts: readonly PatternPart[]): Piece[] {
  let piece: number[] = []
  const pieces = [piece]
  for (const part of parts) {
    if (part === anyText) pieces.push((piece = []))
    else if (part === anyCharacter) piece.push(anyUnit)
    else for (let i = 0; i < part.length; i++) piece.push(part.charCodeAt(i))
  }
  return pieces
}

/** REQUIRES: the piece fits into the text there. */
function isAt(text: Units, start: number, piece: Piece): boolean {
  for (let i = 0; i < piece.length; i++) {
    const unit = piece[i] as number
    if (unit !== anyUnit && unit !== text.charCodeAt(start + i)) return false
  }
  return true
}

/**
 * Looks for a piece of one unit or more, all its places at once: a bit for each unit of the piece
 * says that the text has the piece up to there (Baeza-Yates and Gonnet, "A new approach to text
 * searching", 1992).
 */
class PieceSearch {
  readonly #length: number
  /** For each unit that the piece names, the places that it may stand at. */
  readonly #placesOf = new Map<number, Int32Array>()
  /** The places of `?`, where any other unit may stand. */
  readonly #placesOfOthers: Int32Array

  constructor(piece: Piece) {
    this.#length = piece.length
    const words = Math.ceil(piece.length / wordBits)
    this.#placesOfOthers = new Int32Array(words)
    for (const [i, unit] of piece.entries()) {
      if (unit === anyUnit) setBit(this.#placesOfOthers, i)
    }
    for (const [i, unit] of piece.entries()) {
      if (unit === anyUnit) continue
      const places = this.#placesOf.get(unit) ?? this.#placesOfOthers.slice()
      setBit(places, i)
      this.#placesOf.set(unit, places)
    }
  }

  /** Where the first occurrence between `from` and `end` ends; -1 when there is none. */
  endIn(text: Units, from: number, end: number): number {
    if (end - from < this.#length) return -1
    const found = new Int32Array(this.#placesOfOthers.length)
    const lastWord = found.length - 1
    const lastBit = 1 << ((this.#length - 1) % wordBits)
    for (let i = from; i < end; i++) {
      const places = this.#placesOf.get(text.charCodeAt(i)) ?? this.#placesOfOthers
      let carry = 1
      for (let word = 0; word <= lastWord; word++) {
        const before = found[word] as number
        found[word] = ((before << 1) | carry) & (places[word] as number)
        carry = before >>> (wordBits - 1)
      }
      if (((found[lastWord] as number) & lastBit) !== 0) return i + 1
    }
    return -1
  }
}

function setBit(words: Int32Array, bit: number): void {
  const word = Math.floor(bit / wordBits)
  words[word] = (words[word] as number) | (1 << (bit % wordBits))
}
