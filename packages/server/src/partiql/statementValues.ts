import {
  duplicateBagMembers,
  emptyBag,
  literalNumberFault,
  unsupportedDataType,
} from '../errors/statementErrors.ts'
import { isValidationException } from '../errors/apiError.ts'
import { unreachable } from '../invariant.ts'
import {
  newAttributeMap,
  type AttributeMap,
  type AttributeValue,
} from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'
import { canonicalNumber } from '../values/number.ts'
import { isValue, nodeName, type NumberSyntax, type Syntax } from './syntax.ts'
import { positionOf, type Span } from './token.ts'

/** A value of a statement before its parameters are known; `constant` is canonical. */
export type ValueTemplate =
  | { readonly kind: 'constant'; readonly value: AttributeValue }
  | { readonly kind: 'parameter'; readonly position: number }
  | { readonly kind: 'list'; readonly members: readonly ValueTemplate[] }
  | { readonly kind: 'map'; readonly members: readonly (readonly [string, ValueTemplate])[] }
  | { readonly kind: 'bag'; readonly members: readonly ValueTemplate[]; readonly place: BagPlace }

/** What an error says of a bag. */
interface BagPlace {
  readonly path: string
  readonly at: () => string
}

/** The first fault of a statement's own values, which waits for the parameters before it. */
export interface LiteralFault {
  readonly error: unknown
  readonly parametersBefore: number
}

/** What the path of a fault inside of a value begins with. */
const root = 'root'

/** Collects the values of a statement; each has a placeholder, as in expressions. */
export class StatementValues {
  readonly #text: string
  readonly templates: ValueTemplate[] = []
  #fault: (LiteralFault & Span) | undefined = undefined
  #isRefused = false

  constructor(text: string) {
    this.#text = text
  }

  get fault(): LiteralFault | undefined {
    return this.#fault
  }

  /** Whether what stands where a value must was refused. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /** The placeholder of the value that `syntax` is. Throws for what is no value. */
  add(syntax: Syntax): string {
    const template = this.#templateOrRefused(syntax)
    if (template.kind === 'constant') this.#checkConstant(template.value, syntax)
    return this.#placeholderOf(template)
  }

  #templateOrRefused(syntax: Syntax): ValueTemplate {
    try {
      return this.#templateOf(syntax, root)
    } catch (error) {
      this.#isRefused = true
      throw error
    }
  }

  /** The placeholder of the item that an INSERT gives; each attribute is a value by itself. */
  addItem(syntax: Syntax): string {
    if (syntax.kind !== 'struct') return this.add(syntax)
    const members = syntax.members.map(([name, value]) => {
      const template = this.#templateOf(value, root)
      if (template.kind === 'constant') this.#checkConstant(template.value, value)
      return [name, template] as const
    })
    return this.#placeholderOf(mapOf(members))
  }

  /** The placeholder of a value that stands in no text. */
  addConstant(value: AttributeValue): string {
    return this.#placeholderOf({ kind: 'constant', value })
  }

  #placeholderOf(template: ValueTemplate): string {
    this.templates.push(template)
    return placeholderAt(this.templates.length - 1)
  }

  #templateOf(syntax: Syntax, path: string): ValueTemplate {
    if (!isValue(syntax)) {
      const what = syntax.kind === 'call' ? syntax.name : nodeName(syntax)
      throw unsupportedDataType(what, path, positionOf(this.#text, syntax.at))
    }
    switch (syntax.kind) {
      case 'string':
        return { kind: 'constant', value: { S: syntax.value } }
      case 'boolean':
        return { kind: 'constant', value: { BOOL: syntax.value } }
      case 'null':
        return { kind: 'constant', value: { NULL: true } }
      case 'number':
        return { kind: 'constant', value: { N: this.#numberOf(syntax, path) } }
      case 'parameter':
        return { kind: 'parameter', position: syntax.position }
      case 'list':
      case 'bag': {
        const members = syntax.members.map((each, i) => this.#templateOf(each, `${path}[${i}]`))
        if (syntax.kind === 'list') return listOf(members)
        return bagOf(members, { path, at: () => positionOf(this.#text, syntax.at) })
      }
      case 'struct':
        return mapOf(
          syntax.members.map(
            ([name, value]) => [name, this.#templateOf(value, `${path}.${name}`)] as const,
          ),
        )
      default:
        return unreachable(syntax)
    }
  }

  #numberOf({ text, parametersBefore, at }: NumberSyntax, path: string): string {
    try {
      return canonicalNumber(text)
    } catch (error) {
      this.#note(literalNumberFault(text, error, path), parametersBefore, at)
      return '0'
    }
  }

  /** Its nesting, and the names inside of it. */
  #checkConstant(value: AttributeValue, syntax: Syntax): void {
    try {
      checkAttributeValue(value)
    } catch (error) {
      if (!isValidationException(error)) throw error
      const before = 'parametersBefore' in syntax ? syntax.parametersBefore : 0
      this.#note(error, before, syntax.at)
    }
  }

  #note(error: unknown, parametersBefore: number, { start, end }: Span): void {
    if (this.#fault !== undefined && this.#fault.start <= start) return
    this.#fault = { error, parametersBefore, start, end }
  }
}

/** How the value at `position` is called where an expression has it. */
export function placeholderAt(position: number): string {
  return `:${position}`
}

const constantsOf = (members: readonly ValueTemplate[]): AttributeValue[] | undefined => {
  const values: AttributeValue[] = []
  for (const member of members) {
    if (member.kind !== 'constant') return undefined
    values.push(member.value)
  }
  return values
}

function listOf(members: readonly ValueTemplate[]): ValueTemplate {
  const L = constantsOf(members)
  return L === undefined ? { kind: 'list', members } : { kind: 'constant', value: { L } }
}

function mapOf(members: readonly (readonly [string, ValueTemplate])[]): ValueTemplate {
  if (members.some(([, { kind }]) => kind !== 'constant')) return { kind: 'map', members }
  return { kind: 'constant', value: valueOf({ kind: 'map', members }, []) }
}

function bagOf(members: readonly ValueTemplate[], place: BagPlace): ValueTemplate {
  if (members.length === 0) throw emptyBag()
  const values = constantsOf(members)
  if (values === undefined) return { kind: 'bag', members, place }
  return { kind: 'constant', value: setOf(values, place) }
}

const setTypes = { S: 'SS', N: 'NS', B: 'BS' } as const

/** The set of `values`. Throws when they are not of one type that sets have, or not distinct. */
function setOf(values: readonly AttributeValue[], { path, at }: BagPlace): AttributeValue {
  for (const type of ['S', 'N', 'B'] as const) {
    const members = values.flatMap((value) => (type in value ? [Object.values(value)[0]] : []))
    if (members.length !== values.length) continue
    const texts = members as string[]
    if (new Set(texts).size !== texts.length) throw duplicateBagMembers(texts)
    const set = { [setTypes[type]]: texts } as unknown as AttributeValue
    checkAttributeValue(set)
    return set
  }
  throw unsupportedDataType('Bag', path, at())
}

/** The value of `template` with its parameters. Throws for bags that are no sets. */
export function valueOf(
  template: ValueTemplate,
  parameters: readonly AttributeValue[],
): AttributeValue {
  switch (template.kind) {
    case 'constant':
      return template.value
    case 'parameter':
      return parameters[template.position] as AttributeValue
    case 'list':
      return { L: template.members.map((member) => valueOf(member, parameters)) }
    case 'map': {
      const map: AttributeMap = newAttributeMap()
      for (const [name, member] of template.members) map[name] = valueOf(member, parameters)
      return { M: map }
    }
    case 'bag': {
      const values = template.members.map((member) => valueOf(member, parameters))
      return setOf(values, template.place)
    }
    default:
      return unreachable(template)
  }
}
