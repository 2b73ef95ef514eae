import type { PolicyPath } from './policyFault.ts'

/**
 * Line and column, both from 1, of what is at `path` in a JSON text: of a member its value, of what
 * is not there the object or list that would have it. REQUIRES: JSON.parse takes the text.
 */
export function jsonPosition(
  text: string,
  path: PolicyPath,
): { readonly line: number; readonly column: number } {
  const offset = new JsonWalk(text).offsetOf(path)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}

/** Walks through a JSON text from value to value. INVARIANT: no text is walked through twice. */
class JsonWalk {
  readonly #text: string
  #offset = 0

  constructor(text: string) {
    this.#text = text
  }

  offsetOf(path: PolicyPath): number {
    this.#skipBlanks()
    let found = this.#offset
    for (const step of path) {
      const isThere = typeof step === 'number' ? this.#toItem(step) : this.#toMember(step)
      if (!isThere) return found
      found = this.#offset
    }
    return found
  }

  /** Goes to the value of a member. Of members of the same name the last one counts. */
  #toMember(name: string): boolean {
    let last: number | undefined
    this.#eachIn('{', () => {
      const start = this.#offset
      this.#skipString()
      const isIt = JSON.parse(this.#text.slice(start, this.#offset)) === name
      this.#skipBlanks()
      this.#offset += 1
      this.#skipBlanks()
      if (isIt) last = this.#offset
      this.#skipValue()
      return false
    })
    if (last === undefined) return false
    this.#offset = last
    return true
  }

  #toItem(index: number): boolean {
    let i = -1
    return this.#eachIn('[', () => {
      i += 1
      if (i === index) return true
      this.#skipValue()
      return false
    })
  }

  /**
   * Visits what an object or a list has until `visit` is content; each visit leaves the walk behind
   * what it visited. False when the value is another, or nothing was what was looked for.
   */
  #eachIn(opening: string, visit: () => boolean): boolean {
    if (this.#text[this.#offset] !== opening) return false
    this.#offset += 1
    this.#skipBlanks()
    while (this.#offset < this.#text.length && !this.#isAt('}]')) {
      if (visit()) return true
      this.#skipBlanks()
      if (this.#isAt(',')) this.#offset += 1
      this.#skipBlanks()
    }
    return false
  }

  #isAt(characters: string): boolean {
    return characters.includes(this.#text[this.#offset] ?? ' ')
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#offset] ?? '')) this.#offset += 1
  }

  #skipString(): void {
    this.#offset += 1
    while (this.#offset < this.#text.length && this.#text[this.#offset] !== '"') {
      this.#offset += this.#text[this.#offset] === '\\' ? 2 : 1
    }
    this.#offset += 1
  }

  #skipValue(): void {
    let depth = 0
    do {
      if (this.#isAt('"')) {
        this.#skipString()
        continue
      }
      if (this.#isAt('{[')) depth += 1
      else if (this.#isAt('}]')) depth -= 1
      this.#offset += 1
    } while (this.#offset < this.#text.length && (depth > 0 || !this.#isAt(',}] \t\r\n')))
  }
}
