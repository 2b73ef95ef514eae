import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { metItem } from './expressionWriter.ts'

const names = [...Object.keys(metItem), 'gone', 'a', '"quoted"', '"a""b"', 'toString']
/** Words of PartiQL, and what is no name at all. */
const oddNames = ['value', 'size', 'SELECT', 'missing', '"', '_x', '1a', 'é', '""', '"__proto__"']
const literals = [
  "'hello'",
  "'k'",
  "''",
  "'it''s'",
  ...'1 42 -7.3 .73e1 7.31e6 73100000e-1 0 true FALSE null [] {}'.split(' '),
  "['zero', 1, [2]]",
  "{'a': 1}",
  "<<'x', 'y'>>",
  '<<1, 2>>',
]
const oddLiterals = [
  ...'MISSING <<>> <<1,1>> 1e126 1e-131 1e99999999999 1.5e-2147483647 +1 -?'.split(' '),
  ...`1e ' [ {a:1} ${'9'.repeat(39)} ${'['.repeat(40)}`.split(' '),
  "<<1, 'a'>>",
  "{'': 1}",
  "{'a': 1e126}",
]
const parameters: readonly object[] = [
  ...Object.values(metItem),
  { S: '' },
  { N: '0' },
  { L: [] },
  { SS: ['x'] },
]
const oddParameters: readonly object[] = [
  { SS: [] },
  { NS: ['1', '1.0'] },
  { N: 'x' },
  { N: '' },
  { N: '1e2147483647' },
  { NULL: false },
  {},
]
const comparators = ['=', '<>', '<', '<=', '>', '>=', '!=']
const types = ['MISSING', 'NULL', 'STRING', 'INT4', 'double precision', 'BAG', 'STRUCT', 'FOO']
/** Pieces of the grammar, and of none. */
const strayTokens = [
  ...'( ) [ ] { } << >> . , : ; ? = <> * + - / || AND OR NOT IN IS BETWEEN LIKE'.split(' '),
  ...'SELECT INSERT UPDATE DELETE FROM INTO VALUE SET REMOVE WHERE ORDER BY LIMIT RETURNING'.split(
    ' ',
  ),
  ...'EXISTS AS ALL OLD NEW set_add list_append -- /* */ # \\ \0 é 😀 \ud800 "" \'\' 1e9999'.split(
    ' ',
  ),
]

/** One statement with its parameters. */
export interface WrittenStatement {
  readonly Statement: string
  readonly Parameters?: readonly object[]
}

/** Characters of no statement, or of few. */
const strayCharacters = [
  '\0',
  '\ud800',
  '\udc00',
  '\u00a0',
  '\ufeff',
  '😀',
  '"',
  "'",
  '\n',
  '9',
  '[',
]

/** How a statement came about: by the grammar, or by it and changed afterwards. */
export type StatementOrigin = 'grammar' | 'mutation'

/**
 * Writes statements by their grammar, about as often as not with something wrong in them: a value that is
 * none, a parameter too many, and in those that are changed a token or a character left out, doubled, moved
 * or put in.
 */
export class StatementWriter {
  readonly #random: SeededRandom
  #parameters: object[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  write(): readonly [statement: WrittenStatement, origin: StatementOrigin] {
    this.#parameters = []
    const random = this.#random
    const sound = this.#statement()
    const origin = random.chance(0.35) ? 'mutation' : 'grammar'
    const text = origin === 'mutation' ? this.#mutated(sound) : sound
    if (random.chance(0.03)) this.#parameters.push(random.pick(parameters))
    const Parameters = structuredClone(this.#parameters)
    const statement = Parameters.length > 0 ? { Statement: text, Parameters } : { Statement: text }
    return [statement, origin]
  }

  #statement(): string {
    const random = this.#random
    switch (random.below(6)) {
      case 0:
        return `INSERT INTO ${this.#table()} VALUE ${this.#item()}`
      case 1:
        return `UPDATE ${this.#table()} ${this.#clauses()} WHERE ${this.#keyed()}${this.#returning()}`
      case 2:
        return `DELETE FROM ${this.#table()} WHERE ${this.#keyed()}${this.#returning()}`
      case 3:
        return `FROM ${this.#table()} WHERE ${this.#keyed()} ${this.#clauses()}${this.#returning()}`
      case 4:
        return random.chance(0.3) ? `EXISTS(${this.#select()})` : this.#select()
      default:
        return this.#select()
    }
  }

  #select(): string {
    const random = this.#random
    const columns = random.chance(0.5) ? '*' : this.#listOf(() => this.#path(), 3)
    const where = random.chance(0.8) ? ` WHERE ${this.#where()}` : ''
    const order = random.chance(0.1)
      ? ` ORDER BY ${this.#name()} ${random.pick(['ASC', 'DESC', ''])}`
      : ''
    return `${random.pick(['SELECT', 'select'])} ${columns} FROM ${this.#table()}${where}${order}`
  }

  #where(): string {
    return this.#random.chance(0.6) ? this.#keyed() : this.#condition(this.#random.below(4))
  }

  #keyed(): string {
    const random = this.#random
    const key = random.pick([
      "id = 'k' AND sk = 1",
      "sk = 1 AND id = 'k'",
      "id = 'k'",
      "id IN ['k', 'l']",
    ])
    return random.chance(0.6) ? key : `${key} AND ${this.#condition(random.below(3))}`
  }

  #condition(depth: number): string {
    const random = this.#random
    if (depth > 0) {
      const inner = (): string => this.#condition(depth - 1)
      const form = random.below(4)
      if (form === 0) return `NOT ${inner()}`
      if (form === 1) return `(${inner()})`
      return `${inner()} ${random.pick(['AND', 'OR', 'and'])} ${inner()}`
    }
    switch (random.below(7)) {
      case 0:
        return `${this.#operand()} BETWEEN ${this.#operand()} AND ${this.#operand()}`
      case 1: {
        const list = this.#listOf(() => this.#operand(), 4)
        return `${this.#path()} IN ${random.chance(0.5) ? `(${list})` : `[${list}]`}`
      }
      case 2:
        return `${this.#path()} IS ${random.pick(['', 'NOT '])}${random.pick(types)}`
      case 3:
        return `${random.pick(['attribute_exists', 'ATTRIBUTE_NOT_EXISTS'])}(${this.#path()})`
      case 4: {
        const name = random.pick(['begins_with', 'contains', 'attribute_type'])
        return `${name}(${this.#path()}, ${this.#operand()})`
      }
      default:
        return `${this.#operand()} ${random.pick(comparators)} ${this.#operand()}`
    }
  }

  #operand(): string {
    const random = this.#random
    if (random.chance(0.1)) return `size(${this.#path()})`
    return random.chance(0.5) ? this.#path() : this.#value()
  }

  #clauses(): string {
    const clauses = Array.from({ length: this.#random.between(1, 3) }, () => this.#clause())
    return clauses.join(this.#random.pick([' ', '\n', ' /* and */ ']))
  }

  #clause(): string {
    const random = this.#random
    const path = this.#path()
    if (random.chance(0.25)) return `REMOVE ${path}`
    switch (random.below(5)) {
      case 0:
        return `SET ${path} = ${this.#operand()} ${random.pick(['+', '-'])} ${this.#value()}`
      case 1:
        return `SET ${path} = list_append(${this.#path()}, ${this.#value()})`
      case 2: {
        const set = random.pick(["<<'x'>>", '<<9>>', '?', "'x'"])
        if (set === '?') this.#parameters.push(random.pick(parameters))
        return `SET ${path} = ${random.pick(['set_add', 'SET_DELETE'])}(${path}, ${set})`
      }
      default:
        return `SET ${path} = ${this.#value()}`
    }
  }

  #item(): string {
    const key = this.#random.pick(["'id': 'k', 'sk': 1", "'id': 'new', 'sk': 2", "'id': 'k'"])
    const rest = Array.from(
      { length: this.#random.below(3) },
      (_, i) => `, 'x${i}': ${this.#value()}`,
    )
    return `{${key}${rest.join('')}}`
  }

  #value(): string {
    const random = this.#random
    if (random.chance(0.3)) {
      this.#parameters.push(random.pick(random.chance(0.05) ? oddParameters : parameters))
      return '?'
    }
    if (random.chance(0.05)) return random.pick(oddLiterals)
    if (random.chance(0.1)) return `[${this.#value()}, {'x': ${this.#value()}}]`
    return random.pick(literals)
  }

  #path(): string {
    const random = this.#random
    let path = this.#name()
    while (random.chance(0.25))
      path += random.chance(0.5) ? `.${this.#name()}` : `[${random.below(3)}]`
    return path
  }

  #name(): string {
    return this.#random.pick(this.#random.chance(0.03) ? oddNames : names)
  }

  #table(): string {
    const random = this.#random
    if (random.chance(0.05)) return random.pick(['Absent', '"Met"."Met"', 'Met.x.y', '""', 'Met m'])
    return random.pick(['Met', '"Met"', 'Met.byS', 'Met'])
  }

  #returning(): string {
    const random = this.#random
    if (!random.chance(0.3)) return ''
    return ` RETURNING ${random.pick(['ALL', 'MODIFIED'])} ${random.pick(['OLD', 'NEW'])} *`
  }

  #listOf(write: () => string, most: number): string {
    return Array.from({ length: this.#random.between(1, most) }, write).join(', ')
  }

  #mutated(text: string): string {
    const random = this.#random
    return (random.chance(0.3) ? this.#misspelt(text) : this.#damaged(text)) || '?'
  }

  /** A character left out, doubled, or put in. */
  #misspelt(text: string): string {
    const random = this.#random
    let changed = text
    for (let left = random.between(1, 3); left > 0; left--) {
      const at = random.below(changed.length + 1)
      const rest = changed.slice(at + random.below(2))
      const put = random.pick([changed.charAt(at), '', random.pick(strayCharacters)])
      changed = changed.slice(0, at) + put + rest
    }
    return changed
  }

  /** A token left out, doubled, moved, put in, or the text cut off. */
  #damaged(text: string): string {
    const random = this.#random
    const tokens = text.split(/(\s+|\b)/)
    for (let left = random.between(1, 3); left > 0; left--) {
      const at = random.below(tokens.length)
      switch (random.below(5)) {
        case 0:
          tokens.splice(at, 1)
          break
        case 1:
          tokens.splice(at, 0, tokens[at] ?? '')
          break
        case 2:
          tokens.splice(at, 0, random.pick(strayTokens))
          break
        case 3:
          tokens.splice(at, 0, ...tokens.splice(random.below(tokens.length), 1))
          break
        default:
          tokens.length = random.chance(0.2) ? at : tokens.length
      }
    }
    return tokens.join('')
  }
}
