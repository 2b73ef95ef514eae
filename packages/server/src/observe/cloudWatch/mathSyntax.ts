/** An expression of metric math, as far as it is built. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'query'; readonly id: string }
  | { readonly kind: 'list'; readonly elements: readonly MathNode[] }
  | { readonly kind: 'negated'; readonly operand: MathNode }
  | {
      readonly kind: 'operation'
      readonly operator: '+' | '-' | '*' | '/'
      readonly left: MathNode
      readonly right: MathNode
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly MathNode[] }

/** Why a text is no expression, as a sentence. */
export class MathFault extends Error {}

/** Most levels of an expression, so that none takes all of the stack. */
const maxLevels = 50

const tokenForm = /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|([-+*/(),[\]]))/y

type Token =
  | { readonly kind: 'number' | 'name' | 'sign'; readonly text: string }
  | { readonly kind: 'end'; readonly text: '' }

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const end = text.trimEnd().length
  while (at < end) {
    tokenForm.lastIndex = at
    const found = tokenForm.exec(text)
    if (found === null) {
      throw new MathFault(`'${text.slice(at).trim().charAt(0)}' is not understood.`)
    }
    const [, number, name, sign] = found
    if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else tokens.push({ kind: 'sign', text: sign as string })
    at = tokenForm.lastIndex
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

/** The expression of a text. Throws MathFault. */
export function parseMath(text: string): MathNode {
  const parser = new MathParser(tokensOf(text))
  return parser.whole()
}

class MathParser {
  readonly #tokens: readonly Token[]
  #at = 0
  #levels = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): MathNode {
    const node = this.#sum()
    if (this.#next.kind !== 'end') throw new MathFault(`'${this.#next.text}' is not expected.`)
    return node
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token
  }

  #takeSign(...signs: string[]): string | undefined {
    const { kind, text } = this.#next
    if (kind !== 'sign' || !signs.includes(text)) return undefined
    this.#at += 1
    return text
  }

  #require(sign: string): void {
    if (this.#takeSign(sign) === undefined) throw new MathFault(`'${sign}' is missing.`)
  }

  /** sum = product { ("+" | "-") product } */
  #sum(): MathNode {
    let left = this.#product()
    for (;;) {
      const operator = this.#takeSign('+', '-') as '+' | '-' | undefined
      if (operator === undefined) return left
      left = { kind: 'operation', operator, left, right: this.#product() }
    }
  }

  /** product = operand { ("*" | "/") operand } */
  #product(): MathNode {
    let left = this.#operand()
    for (;;) {
      const operator = this.#takeSign('*', '/') as '*' | '/' | undefined
      if (operator === undefined) return left
      left = { kind: 'operation', operator, left, right: this.#operand() }
    }
  }

  /** operand = "-" operand | number | id | name "(" list ")" | "(" sum ")" | "[" list "]" */
  #operand(): MathNode {
    this.#levels += 1
    if (this.#levels > maxLevels) throw new MathFault('it is nested too deep.')
    try {
      if (this.#takeSign('-') !== undefined) return { kind: 'negated', operand: this.#operand() }
      if (this.#takeSign('[') !== undefined) return { kind: 'list', elements: this.#list(']') }
      if (this.#takeSign('(') !== undefined) {
        const inner = this.#sum()
        this.#require(')')
        return inner
      }
      return this.#numberOrName()
    } finally {
      this.#levels -= 1
    }
  }

  #numberOrName(): MathNode {
    const { kind, text } = this.#next
    if (kind === 'end') throw new MathFault('it ends too early.')
    if (kind === 'sign') throw new MathFault(`'${text}' is not expected.`)
    this.#at += 1
    if (kind === 'number') return { kind, value: Number(text) }
    if (this.#takeSign('(') !== undefined) {
      return { kind: 'call', name: text.toUpperCase(), args: this.#list(')') }
    }
    return { kind: 'query', id: text }
  }

  #list(end: string): MathNode[] {
    const elements: MathNode[] = []
    if (this.#takeSign(end) !== undefined) return elements
    do elements.push(this.#sum())
    while (this.#takeSign(',') !== undefined)
    this.#require(end)
    return elements
  }
}
