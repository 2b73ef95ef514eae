import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

/** Which parameter an expression is for; it decides the grammar. */
export const expressionKinds = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const
export type ExpressionKind = (typeof expressionKinds)[number]

type Attributes = Readonly<Record<string, object>>

/** The item that the expressions meet. */
export const metItem: Attributes = {
  id: { S: 'k' },
  sk: { N: '1' },
  s: { S: 'hello' },
  n: { N: '42' },
  bin: { B: 'AAEC' },
  bool: { BOOL: true },
  nil: { NULL: true },
  ss: { SS: ['x', 'y'] },
  ns: { NS: ['1', '2', '3'] },
  bs: { BS: ['AA==', 'AQ=='] },
  l: { L: [{ S: 'zero' }, { N: '1' }, { L: [{ N: '2' }] }, { M: { a: { S: 'deep' } } }] },
  m: { M: { a: { N: '1' }, b: { M: { c: { L: [{ S: 'x' }] } } }, constructor: { S: 'x' } } },
}

const bareNames = [...Object.keys(metItem), 'gone', 'a', 'b', 'c', 'x_1', 'toString']
/** Reserved words, words of the grammars, and what is no name at all. */
const oddNames = [
  'name',
  'size',
  'data',
  'AND',
  'SET',
  'between',
  'contains',
  '_x',
  '1a',
  'é',
  'if',
]
const placeholderNames = [
  ...Object.keys(metItem),
  'gone',
  'name',
  'constructor',
  '__proto__',
  'a.b',
  ' ',
  '',
  'x'.repeat(300),
]
const values: readonly object[] = [
  ...Object.values(metItem),
  { S: '' },
  { S: 'hell' },
  { S: 'S' },
  { N: '0' },
  { N: '-1e-130' },
  { N: '9.9e125' },
  { B: '' },
  { L: [] },
  { M: {} },
  { SS: ['x'] },
  { NS: ['2'] },
]
/** Values that no request may hold. */
const brokenValues: readonly object[] = [
  { SS: [] },
  { NS: ['1', '1.0'] },
  { N: 'x' },
  { N: '1e999' },
  { NULL: false },
  {},
  { S: 'a', N: '1' },
]
const comparators = ['=', '<>', '<', '<=', '>', '>=']
const conditionFunctions = [
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
]
/** Pieces of all grammars, and of none. */
const strayTokens = [
  ...'( ) [ ] . , = <> < <= > >= + - * / AND OR NOT IN BETWEEN SET REMOVE ADD DELETE'.split(' '),
  ...':v #n : # 0 99999999999 size if_not_exists list_append contains'.split(' '),
  ...'" \' \\ \0 \n \t é 😀 \ud800 #é :1 -- /* ; != =='.split(' '),
]

/** What goes into a request: an expression and what its placeholders stand for. */
export interface WrittenExpression {
  readonly text: string
  readonly names: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, object>>
}

/**
 * Writes expressions by their grammars, about as often as not with something wrong in them: a token left
 * out, doubled or put in, a placeholder that is not defined or not used, a value of another type.
 */
export class ExpressionWriter {
  readonly #random: SeededRandom
  #names: Record<string, string> = {}
  #values: Record<string, object> = {}

  constructor(random: SeededRandom) {
    this.#random = random
  }

  write(kind: ExpressionKind): WrittenExpression {
    this.#names = {}
    this.#values = {}
    const random = this.#random
    const sound = this.#expression(kind)
    const text = random.chance(0.35) ? this.#damaged(sound) : sound
    if (random.chance(0.03)) this.#name()
    if (random.chance(0.03)) this.#value()
    const isUsed = ([placeholder]: readonly [string, unknown]): boolean =>
      text.includes(placeholder) ? !random.chance(0.01) : random.chance(0.02)
    return {
      text,
      names: Object.fromEntries(Object.entries(this.#names).filter(isUsed)),
      values: Object.fromEntries(Object.entries(this.#values).filter(isUsed)),
    }
  }

  #expression(kind: ExpressionKind): string {
    if (kind === 'ProjectionExpression') return this.#listOf(() => this.#path(), 5)
    if (kind === 'UpdateExpression') return this.#update()
    const isKeyCondition = kind === 'KeyConditionExpression' && this.#random.chance(0.8)
    return isKeyCondition ? this.#keyCondition() : this.#condition(this.#random.below(4))
  }

  #space(): string {
    return this.#random.weighted([
      [8, ' '],
      [1, '  '],
      [1, '\t\n'],
    ])
  }

  #keyword(word: string): string {
    return this.#random.chance(0.2) ? word.toLowerCase() : word
  }

  #listOf(write: () => string, most: number): string {
    const items = Array.from({ length: this.#random.between(1, most) }, write)
    return items.join(this.#random.pick([',', ', ', ' , ']))
  }

  /** A name of a path's element: bare or by a placeholder. */
  #element(): string {
    const random = this.#random
    if (random.chance(0.3)) return this.#name()
    return random.chance(0.01) ? random.pick(oddNames) : random.pick(bareNames)
  }

  #name(): string {
    const placeholder = `#n${this.#random.below(4)}`
    const candidates = this.#random.chance(0.7) ? bareNames : placeholderNames
    this.#names[placeholder] ??= this.#random.pick(candidates)
    return placeholder
  }

  #value(candidates: readonly object[] = values): string {
    const placeholder = `:v${this.#random.below(6)}`
    const pool = this.#random.weighted([
      [95, candidates],
      [4, values],
      [1, brokenValues],
    ])
    this.#values[placeholder] ??= this.#random.pick(pool)
    return placeholder
  }

  #path(): string {
    const random = this.#random
    let path = this.#element()
    while (random.chance(0.25)) {
      path += random.chance(0.5)
        ? `.${this.#element()}`
        : `[${random.chance(0.02) ? '4294967296' : random.pick(['0', '1', '3', '007'])}]`
    }
    return path
  }

  #operand(): string {
    return this.#random.weighted([
      [5, () => this.#path()],
      [5, () => this.#value(Object.values(metItem))],
      [1, () => `size(${this.#path()})`],
      [0.3, () => `(${this.#operand()})`],
    ])()
  }

  #condition(depth: number): string {
    const space = this.#space()
    if (depth === 0) return this.#predicate()
    const inner = (): string => this.#condition(depth - 1)
    return this.#random.weighted([
      [3, () => `${inner()}${space}${this.#keyword('AND')}${space}${inner()}`],
      [3, () => `${inner()}${space}${this.#keyword('OR')}${space}${inner()}`],
      [2, () => `${this.#keyword('NOT')}${space}${inner()}`],
      [2, () => `(${inner()})`],
      [2, () => this.#predicate()],
    ])()
  }

  #predicate(): string {
    const space = this.#space()
    const operand = (): string => this.#operand()
    return this.#random.weighted([
      [4, () => `${operand()}${space}${this.#random.pick(comparators)}${space}${operand()}`],
      [3, () => this.#functionCall()],
      [1, () => `${operand()} ${this.#keyword('BETWEEN')} ${operand()} AND ${operand()}`],
      [1, () => `${operand()}${space}${this.#keyword('IN')}(${this.#listOf(operand, 4)})`],
    ])()
  }

  #functionCall(): string {
    const random = this.#random
    const name = random.chance(0.97) ? random.pick(conditionFunctions) : random.pick(oddNames)
    const takesTwo = /^(attribute_type|begins_with|contains)$/.test(name) !== random.chance(0.03)
    if (!takesTwo) return `${name}(${this.#path()})`
    const second =
      name === 'attribute_type' ? this.#value([{ S: 'S' }, { S: 'M' }]) : this.#operand()
    return `${name}(${this.#path()}, ${second})`
  }

  #keyCondition(): string {
    const partition = `id = ${this.#value([{ S: 'k' }])}`
    const sort = (): string =>
      this.#random.pick([
        () => `sk ${this.#random.pick(comparators)} ${this.#value([{ N: '1' }])}`,
        () => `sk BETWEEN ${this.#value([{ N: '0' }])} AND ${this.#value([{ N: '5' }])}`,
        () => `begins_with(sk, ${this.#value([{ N: '1' }])})`,
      ])()
    return this.#random.pick([
      () => partition,
      () => `${partition} AND ${sort()}`,
      () => `${sort()} AND ${partition}`,
      () => `(${partition}) AND (${sort()})`,
      () => this.#predicate(),
    ])()
  }

  #update(): string {
    const clauses: [string, () => string][] = [
      ['SET', () => `${this.#path()} = ${this.#setValue()}`],
      ['REMOVE', () => this.#path()],
      ['ADD', () => `${this.#path()} ${this.#value([{ N: '1' }, { SS: ['z'] }, { NS: ['9'] }])}`],
      ['DELETE', () => `${this.#path()} ${this.#value([{ SS: ['x'] }, { NS: ['1'] }])}`],
    ]
    return this.#random
      .pickSome(clauses, this.#random.between(1, 3))
      .map(([clause, action]) => `${this.#keyword(clause)} ${this.#listOf(action, 3)}`)
      .join(this.#space())
  }

  #setValue(): string {
    const operand = (): string =>
      this.#random.weighted([
        [4, () => this.#value()],
        [3, () => this.#path()],
        [1, () => `if_not_exists(${this.#path()}, ${this.#value()})`],
      ])()
    return this.#random.weighted([
      [5, operand],
      [2, () => `${operand()} ${this.#random.pick(['+', '-'])} ${operand()}`],
      [1, () => `list_append(${operand()}, ${operand()})`],
      [0.5, () => `(${operand()})`],
    ])()
  }

  /** The text with a few tokens or characters changed. */
  #damaged(text: string): string {
    const random = this.#random
    if (random.chance(0.15))
      return text.slice(random.below(text.length), random.below(text.length + 1))
    let tokens = text.split(/(\s+|[()[\].,]|<>|[<>]=?|=|[+-])/).filter((token) => token !== '')
    for (let i = random.below(3); i >= 0; i--) {
      const at = random.below(tokens.length + 1)
      tokens = random.pick([
        () => tokens.toSpliced(at, 1),
        () => tokens.toSpliced(at, 0, random.pick(strayTokens)),
        () => tokens.toSpliced(at, 1, random.pick(strayTokens)),
        () => tokens.toSpliced(at, 0, ...tokens.slice(at, at + 4)),
        () => [...tokens.slice(at), ...tokens.slice(0, at)],
      ])()
    }
    return tokens.join(random.chance(0.2) ? ' ' : '')
  }
}
