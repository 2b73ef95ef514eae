/*
 * The freedoms that PartiQL leaves: which of several ways of writing is taken is decided by a
 * number, so that a statement is always written alike. 0 is the plainest way.
 */

/** What stands between two words until the whole text is there. */
export const gap = '\u0000'

const gaps = [' ', ' ', ' ', ' ', ' ', ' ', '  ', '\n', '\t', ' /* so */ ', ' -- on\n', '\r\n ']

export class StatementStyle {
  readonly #isPlain: boolean
  #state: number

  constructor(style: number) {
    this.#isPlain = style === 0
    this.#state = style
  }

  /** True in about one of `oneIn` cases. */
  chance(oneIn: number): boolean {
    return !this.#isPlain && this.#next() % oneIn === 0
  }

  pick<T>(ways: readonly [T, ...T[]]): T {
    return this.#isPlain ? ways[0] : (ways[this.#next() % ways.length] as T)
  }

  /** The same in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list]
    const result: T[] = []
    while (rest.length > 0) {
      const at = this.#isPlain ? 0 : this.#next() % rest.length
      result.push(...rest.splice(at, 1))
    }
    return result
  }

  /** Words whose case means nothing. */
  word(text: string): string {
    const words = text.replaceAll(' ', gap)
    return this.pick([words, words.toLowerCase(), words, mixed(words)])
  }

  /** A finished text with something between its words. */
  spaced(text: string): string {
    return text.split(gap).reduce((before, behind) => before + this.pick(gaps as [string]) + behind)
  }

  /** A linear congruential generator; its upper bits are good enough. */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return this.#state >>> 8
  }
}

const mixed = (text: string): string =>
  text
    .split('')
    .map((letter, i) => (i % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase()))
    .join('')
