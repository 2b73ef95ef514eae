import { InvalidKeyError } from '../errors/invalidKeyError.ts'
import { TableDefinitionError } from '../errors/tableDefinitionError.ts'

/**
 * A placeholder of a template; with a width it is a whole number that is written with so many
 * digits.
 */
export interface Placeholder {
  readonly name: string
  readonly width: number | undefined
}

export type FieldValues = Readonly<Record<string, string | number | undefined>>

const placeholderPattern = /^([^{}:]+)(?::([1-9]|1[0-5]))?$/

/**
 * The form of a key: fixed texts with placeholders between them, as in `GROUP#{group}`. A
 * placeholder with a width, `{seq:8}`, is a whole number, written with that many digits so that
 * keys are in its order.
 *
 * INVARIANT: a text that `compose` gives, `match` takes apart into the same values.
 */
export class KeyTemplate {
  readonly text: string
  readonly placeholders: readonly Placeholder[]
  /** The fixed texts: before the first placeholder, between them, and after the last one. */
  readonly literals: readonly string[]

  /** @throws TableDefinitionError for a template that could not be taken apart again */
  constructor(text: string) {
    this.text = text
    const pieces = text.split(/\{([^{}]*)\}/)
    this.literals = pieces.filter((_, i) => i % 2 === 0)
    this.placeholders = pieces.filter((_, i) => i % 2 === 1).map((piece) => this.#parse(piece))
    this.#check()
  }

  #parse(piece: string): Placeholder {
    const match = placeholderPattern.exec(piece)
    if (match === null) {
      throw new TableDefinitionError(
        `{${piece}} in the key template ${this.text} is neither {name} nor {name:digits}.`,
      )
    }
    const [, name, width] = match
    return { name: name as string, width: width === undefined ? undefined : Number(width) }
  }

  #check(): void {
    const { text, literals, placeholders } = this
    const refuse = (why: string): never => {
      throw new TableDefinitionError(`The key template ${text} ${why}.`)
    }
    if (text === '') refuse('is empty')
    if (literals.some((literal) => /[{}]/.test(literal)))
      refuse('has a brace without its other half')
    const names = placeholders.map(({ name }) => name)
    if (new Set(names).size < names.length) refuse('has a placeholder twice')
    placeholders.forEach(({ name, width }, i) => {
      const isFollowed = literals[i + 1] !== '' || i === placeholders.length - 1
      if (!isFollowed && width === undefined) refuse(`has nothing that ends {${name}}`)
    })
  }

  /** The fixed text that all keys of this form begin with. */
  get prefix(): string {
    return this.literals[0] as string
  }

  /**
   * How many characters are fixed: of two forms that a text has, the one with more of them is
   * meant.
   */
  get fixedLength(): number {
    return this.literals.reduce((sum, literal) => sum + literal.length, 0)
  }

  /**
   * The form without the names of its placeholders: forms that are the same cannot be told apart.
   */
  get shape(): string {
    return this.literals.join('{}')
  }

  /**
   * The key with these values.
   * @throws InvalidKeyError when one is missing or empty, or has what ends it in the template
   */
  compose(values: FieldValues): string {
    const { literals, placeholders } = this
    let text = this.prefix
    for (let i = 0; i < placeholders.length; i++) {
      text += this.#written(i, values, false) + literals[i + 1]
    }
    return text
  }

  /**
   * The beginning of the keys that have these values, which are those of the first placeholders.
   * The last one may be the beginning of a value.
   * @throws InvalidKeyError when a value is given for a placeholder behind one that has none
   */
  composeBeginning(values: FieldValues): string {
    const { literals, placeholders } = this
    const given = placeholders.filter(({ name }) => values[name] !== undefined).length
    let text = this.prefix
    for (let i = 0; i < given; i++) {
      const isLast = i === given - 1
      text += this.#written(i, values, isLast) + (isLast ? '' : literals[i + 1])
    }
    return text
  }

  #written(i: number, values: FieldValues, isBeginning: boolean): string {
    const { name, width } = this.placeholders[i] as Placeholder
    const value = values[name]
    const refuse = (why: string): never => {
      throw new InvalidKeyError(`{${name}} of the key ${this.text} ${why}.`)
    }
    if (value === undefined) return refuse('has no value')
    if (width !== undefined)
      return digitsOf(value, width) ?? refuse(`is no number of ${width} digits`)
    if (typeof value !== 'string') return refuse('is to be a string')
    if (value === '' && !isBeginning) return refuse('is empty')
    const end = this.literals[i + 1] as string
    if (end !== '' && !isBeginning && `${value}${end}`.indexOf(end) < value.length) {
      return refuse(`has "${end}" in its value "${value}", which ends it`)
    }
    return value
  }

  /** The values in a key; `undefined` when it is not of this form. */
  match(key: string): Record<string, string | number> | undefined {
    const { literals, placeholders } = this
    if (!key.startsWith(this.prefix)) return undefined
    const values: Record<string, string | number> = {}
    let from = this.prefix.length
    for (let i = 0; i < placeholders.length; i++) {
      const { name, width } = placeholders[i] as Placeholder
      const end = literals[i + 1] as string
      const to = this.#endOf(key, from, i)
      const piece = key.slice(from, to)
      if (to < from || piece === '') return undefined
      if (width !== undefined && !/^\d+$/.test(piece)) return undefined
      values[name] = width === undefined ? piece : Number(piece)
      from = to + end.length
    }
    return from === key.length ? values : undefined
  }

  /**
   * Where the value of a placeholder ends that begins at `from`; -1 when the key is not of this
   * form.
   */
  #endOf(key: string, from: number, i: number): number {
    const width = this.placeholders[i]?.width
    const end = this.literals[i + 1] as string
    if (width !== undefined) {
      const to = from + width
      return to <= key.length && key.startsWith(end, to) ? to : -1
    }
    return end === '' ? key.length : key.indexOf(end, from)
  }
}

function digitsOf(value: string | number, width: number): string | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return undefined
  const digits = `${value}`
  return digits.length > width ? undefined : digits.padStart(width, '0')
}
