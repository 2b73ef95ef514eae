import { CST, Lexer } from 'yaml'
import { maxIdentitiesEntries } from '../../limits.ts'
import { IdentitiesFault, type Position } from './identitiesFault.ts'

/** Deeper than any document of ours has to be. */
export const maxDepth = 32
export const nestedTooDeeply = 'The file is nested too deeply.'
export const tooManyEntries = 'The file has too many entries.'

/** What is nested takes a column or two, with what stands between them. */
const maxOpen = 2 * maxDepth
/** A member has a name, its colon, its value and a comma. */
const maxMarks = 4 * maxIdentitiesEntries

/**
 * Looks at a document without building anything of it. The library that does then calls itself for
 * each level, and takes a kilobyte for each entry: what it cannot bear would end the process, not
 * the reading. Throws IdentitiesFault for what is far beyond what a document may have.
 */
export function checkBounds(text: string, positionAt: (offset: number) => Position): void {
  const walk = new BoundsWalk()
  for (const lexeme of new Lexer().lex(text)) {
    const problem = walk.take(lexeme)
    if (problem !== undefined) throw new IdentitiesFault(problem, positionAt(walk.offset))
  }
}

class BoundsWalk {
  /** Of the lexeme that was taken last. */
  offset = 0
  #next = 0
  #lineStart = 0
  #isScalarNext = false
  #isLineBegun = false
  #marks = 0
  /** Brackets and braces that are open. */
  #flows = 0
  /** The columns at which blocks that are open began, each in a deeper one than the last. */
  readonly #columns: number[] = []
  /** How many levels each of them may have: one, and one for each further colon of its line. */
  readonly #levels: number[] = []
  #open = 0

  /** What is wrong with the document up to the end of this lexeme; undefined for nothing. */
  take(lexeme: string): string | undefined {
    if (this.#isScalarNext) {
      this.#isScalarNext = false
      return this.#mark(lexeme, null)
    }
    const kind = CST.tokenType(lexeme)
    if (kind === 'scalar') {
      this.#isScalarNext = true
      return undefined
    }
    if (kind === 'doc-mode' || kind === 'flow-error-end') return undefined
    if (kind === 'newline' || kind === 'space' || kind === 'comment') {
      this.#advance(lexeme)
      return undefined
    }
    return this.#mark(lexeme, kind)
  }

  #advance(lexeme: string): void {
    this.offset = this.#next
    this.#next += lexeme.length
    const newline = lexeme.lastIndexOf('\n')
    if (newline < 0) return
    this.#lineStart = this.offset + newline + 1
    this.#isLineBegun = false
  }

  #mark(lexeme: string, kind: CST.TokenType | null): string | undefined {
    this.#marks += 1
    if (this.#flows === 0) this.#openBlocks(kind)
    if (kind === 'flow-map-start' || kind === 'flow-seq-start') this.#flows += 1
    else if (kind === 'flow-map-end' || kind === 'flow-seq-end') {
      this.#flows = Math.max(0, this.#flows - 1)
    }
    this.#advance(lexeme)
    if (this.#marks > maxMarks) return tooManyEntries
    return this.#open + this.#flows > maxOpen ? nestedTooDeeply : undefined
  }

  #openBlocks(kind: CST.TokenType | null): void {
    const opens = kind === 'seq-item-ind' || kind === 'explicit-key-ind'
    if (!this.#isLineBegun || opens) this.#openAt(this.#next - this.#lineStart)
    this.#isLineBegun = true
    if (kind !== 'map-value-ind') return
    const last = this.#levels.length - 1
    this.#levels[last] = (this.#levels[last] as number) + 1
    this.#open += 1
  }

  #openAt(column: number): void {
    while (this.#columns.length > 0 && (this.#columns.at(-1) as number) >= column) {
      this.#columns.pop()
      this.#open -= this.#levels.pop() as number
    }
    this.#columns.push(column)
    this.#levels.push(1)
    this.#open += 1
  }
}
