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
 * searching", 1992). Of the places of each unit it keeps the words alone that have any, in a list,
 * so that the lists of all units have no more entries than the piece has units.
 */
class PieceSearch {
  readonly #length: number
  /** The places of `?`, where any unit may stand. */
  readonly #placesOfAny: Int32Array
  /** For each unit that the piece names, the first entry of its list. */
  readonly #firstOf = new Map<number, number>()
  readonly #words: Int32Array
  readonly #bits: Int32Array
  /** The entry behind each, {@link noEntry} behind the last. */
  readonly #next: Int32Array

  constructor(piece: Piece) {
    const { length } = piece
    this.#length = length
    this.#placesOfAny = new Int32Array(Math.ceil(length / wordBits))
    this.#words = new Int32Array(length)
    this.#bits = new Int32Array(length)
    this.#next = new Int32Array(length).fill(noEntry)
    const lastOf = new Map<number, number>()
    for (const [i, unit] of piece.entries()) {
      const word = Math.floor(i / wordBits)
      const bit = 1 << (i % wordBits)
      if (unit === anyUnit) setBits(this.#placesOfAny, word, bit)
      else this.#addPlace(unit, { entry: i, word, bit }, lastOf)
    }
  }

  #addPlace(
    unit: number,
    { entry, word, bit }: { readonly entry: number; readonly word: number; readonly bit: number },
    lastOf: Map<number, number>,
  ): void {
    const last = lastOf.get(unit)
    if (last !== undefined && this.#words[last] === word) {
      setBits(this.#bits, last, bit)
      return
    }
    this.#words[entry] = word
    this.#bits[entry] = bit
    if (last === undefined) this.#firstOf.set(unit, entry)
    else this.#next[last] = entry
    lastOf.set(unit, entry)
  }

  /** Where the first occurrence between `from` and `end` ends; -1 when there is none. */
  endIn(text: Units, from: number, end: number): number {
    if (end - from < this.#length) return -1
    const found = new Int32Array(this.#placesOfAny.length)
    const lastWord = found.length - 1
    const lastBit = 1 << ((this.#length - 1) % wordBits)
    for (let i = from; i < end; i++) {
      this.#step(found, this.#firstOf.get(text.charCodeAt(i)) ?? noEntry)
      if (((found[lastWord] as number) & lastBit) !== 0) return i + 1
    }
    return -1
  }

  /** Takes the next unit of the text into account, whose list begins with `entry`. */
  #step(found: Int32Array, entry: number): void {
    let carry = 1
    for (let word = 0; word < found.length; word++) {
      const before = found[word] as number
      let places = this.#placesOfAny[word] as number
      if (entry !== noEntry && this.#words[entry] === word) {
        places |= this.#bits[entry] as number
        entry = this.#next[entry] as number
      }
      found[word] = ((before << 1) | carry) & places
      carry = before >>> (wordBits - 1)
    }
  }
}

const noEntry = -1

function setBits(words: Int32Array, word: number, bits: number): void {
  words[word] = (words[word] as number) | bits
}
