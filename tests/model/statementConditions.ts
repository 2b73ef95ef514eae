import type { Item, Type, Value } from './attributes.ts'
import type { Condition, Operand } from './conditions.ts'
import type { Path } from './documentPaths.ts'
import { gap, type StatementStyle } from './statementStyle.ts'
import { unreachable } from './unreachable.ts'

/** Longer texts and numbers are parameters: a statement has at most 8,192 characters. */
const maxLiteralLength = 100

/** What `IS` calls a type. Sets have one name for all three. */
const typeNames: Readonly<Partial<Record<Type, readonly [string, ...string[]]>>> = {
  S: ['STRING', 'CHARACTER VARYING', 'VARCHAR'],
  N: ['INT4', 'INT8', 'DOUBLE PRECISION'],
  B: ['BLOB'],
  BOOL: ['BOOL', 'BOOLEAN'],
  NULL: ['NULL'],
  L: ['LIST'],
  M: ['STRUCT'],
}

/** Prints what statements have in common with expressions: names, values and conditions. */
export class ConditionPrinter {
  /** What the question marks stand for, in the order of the text. */
  readonly parameters: Value[] = []
  readonly style: StatementStyle

  constructor(style: StatementStyle) {
    this.style = style
  }

  name(name: string): string {
    return this.style.chance(2) ? `"${name}"` : name
  }

  path(path: Path): string {
    const steps = path.map((step) => {
      return typeof step === 'number' ? `[${step}]` : `.${this.name(step)}`
    })
    return steps.join('').slice(1)
  }

  paths(paths: readonly Path[]): string {
    return paths.map((path) => this.path(path)).join(`,${gap}`)
  }

  /** A literal or a parameter; parts of it may be parameters too. */
  value(value: Value): string {
    if (this.style.chance(2)) return this.#parameter(value)
    if ('S' in value && value.S.length <= maxLiteralLength) return quoted(value.S)
    if ('N' in value && isLiteral(value.N)) return value.N
    if ('BOOL' in value) return this.style.word(String(value.BOOL))
    if ('NULL' in value) return this.style.word('null')
    if ('SS' in value) return this.#bag(value.SS.map(quoted))
    if ('NS' in value && value.NS.every(isLiteral)) return this.#bag(value.NS)
    if ('L' in value) return `[${value.L.map((each) => this.value(each)).join(`,${gap}`)}]`
    return 'M' in value ? this.map(value.M) : this.#parameter(value)
  }

  /** A map, or the item of an INSERT. */
  map(map: Item): string {
    const members = this.style.shuffled(Object.entries(map)).map(([name, member]) => {
      return `${quoted(name)}:${gap}${this.value(member)}`
    })
    return `{${members.join(`,${gap}`)}}`
  }

  #bag(members: readonly string[]): string {
    return `<<${members.join(`,${gap}`)}>>`
  }

  #parameter(value: Value): string {
    this.parameters.push(value)
    return '?'
  }

  /** Conditions that must all hold, in any order unless `inOrder`. */
  all(conditions: readonly (() => string)[], inOrder = false): string {
    const parts = inOrder ? conditions : this.style.shuffled(conditions)
    return parts.map((print) => print()).join(this.#between('AND'))
  }

  comparison(name: string, comparator: string, value: Value): string {
    const [left, right] = [() => this.path([name]), () => this.value(value)]
    return [left(), comparator, right()].join(gap)
  }

  among(operand: string, members: readonly (() => string)[]): string {
    const list = members.map((print) => print()).join(`,${gap}`)
    const [open, close] = this.style.pick([
      ['[', ']'],
      ['(', ')'],
    ])
    return `${operand}${this.#between('IN')}${open}${list}${close}`
  }

  between(operand: string, lower: () => string, upper: () => string): string {
    return `${operand}${this.#between('BETWEEN')}${lower()}${this.#between('AND')}${upper()}`
  }

  call(name: string, ...operands: string[]): string {
    return `${this.style.word(name)}(${operands.join(`,${gap}`)})`
  }

  #between(word: string): string {
    return gap + this.style.word(word) + gap
  }

  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'compare': {
        const { left, comparator, right } = condition
        return [this.#operand(left), comparator, this.#operand(right)].join(gap)
      }
      case 'between': {
        const { operand, lower, upper } = condition
        const bounds = [() => this.#operand(lower), () => this.#operand(upper)] as const
        return this.between(this.#operand(operand), ...bounds)
      }
      case 'in': {
        const members = condition.list.map((each) => () => this.#operand(each))
        return this.among(this.#operand(condition.operand), members)
      }
      case 'attribute_exists':
      case 'attribute_not_exists':
        return this.#existence(condition.kind, this.path(condition.path))
      case 'attribute_type':
        return this.#ofType(condition.operand, condition.type)
      case 'begins_with':
      case 'contains': {
        const whole = this.#operand(condition.operand)
        return this.call(condition.kind, whole, this.#operand(condition.part))
      }
      case 'and':
      case 'or': {
        const left = this.nested(condition.left)
        return left + this.#between(condition.kind.toUpperCase()) + this.nested(condition.right)
      }
      case 'not':
        return `${this.style.word('NOT')}${gap}${this.nested(condition.condition)}`
      default:
        return unreachable(condition)
    }
  }

  /** In parentheses where it has parts of its own, and now and then where it has none. */
  nested(condition: Condition): string {
    const isCompound = ['and', 'or', 'not'].includes(condition.kind)
    const text = this.condition(condition)
    return isCompound || this.style.chance(8) ? `(${text})` : text
  }

  #existence(kind: 'attribute_exists' | 'attribute_not_exists', path: string): string {
    if (this.style.chance(2)) return this.call(kind, path)
    const words = kind === 'attribute_exists' ? 'IS NOT MISSING' : 'IS MISSING'
    return `${path}${gap}${this.style.word(words)}`
  }

  #ofType(operand: Operand, type: Type): string {
    const text = this.#operand(operand)
    const names = typeNames[type]
    if (names === undefined || operand.kind !== 'path' || this.style.chance(3)) {
      return this.call('attribute_type', text, this.value({ S: type }))
    }
    return `${text}${gap}${this.style.word(`IS ${this.style.pick(names)}`)}`
  }

  #operand(operand: Operand): string {
    if (operand.kind === 'value') return this.value(operand.value)
    const path = this.path(operand.path)
    return operand.kind === 'size' ? this.call('size', path) : path
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Whether a number can stand in a statement as it is. */
const isLiteral = (text: string): boolean =>
  /^-?[\d.]/.test(text) && text.length <= maxLiteralLength
