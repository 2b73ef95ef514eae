import { InvalidValueError } from '../errors/invalidValueError.ts'
import { numberCodec } from '../values/scalarCodecs.ts'
import type { Decimal } from '../values/decimal.ts'
import type { ExpressionParts, Place } from './expressionParts.ts'
import type { PathValues } from './path.ts'

/** DynamoDB's names of the types that values are stored as. */
export type StoredType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS'

type Ordered = string | number | bigint | Decimal | Uint8Array
type Numeric = number | bigint | Decimal

/** Comparisons of values that have an order. */
export interface Comparison<V> {
  readonly lt?: V
  readonly le?: V
  readonly gt?: V
  readonly ge?: V
  /** From the first to the second, both included. */
  readonly between?: readonly [V, V]
}

/** What `contains` looks for: a part of a string, a member of a set, an element of a list. */
type ContainedIn<V> = V extends string
  ? string
  : V extends ReadonlySet<infer Member>
    ? Member
    : V extends readonly (infer Element)[]
      ? Element
      : never

interface AnyTest<V> {
  readonly eq?: V
  readonly ne?: V
  readonly in?: readonly V[]
  readonly exists?: boolean
  readonly type?: StoredType
  /** That the test behind it is not met. */
  readonly not?: Test<V>
}

type OrderedTest<V> = [V] extends [Ordered] ? Comparison<V> : unknown
type BeginningTest<V> = [V] extends [string | Uint8Array] ? { readonly beginsWith?: V } : unknown
type ContainingTest<V> = [ContainedIn<V>] extends [never]
  ? unknown
  : { readonly contains?: ContainedIn<V> }
type SizeTest<V> = [V] extends [Numeric | boolean | null]
  ? unknown
  : { readonly size?: number | Comparison<number> }

/** Tests of one value; all that are given have to be met. */
export type Test<V> = AnyTest<V> &
  OrderedTest<V> &
  BeginningTest<V> &
  ContainingTest<V> &
  SizeTest<V>

/**
 * Values that can stand for a test, of being equal to them. Maps and lists look like tests
 * themselves.
 */
type Plain = string | number | bigint | boolean | null | Uint8Array | Decimal | ReadonlySet<unknown>

/** A test of each path that is named; all have to be met. */
export type AllOf<E> = {
  readonly [P in keyof PathValues<E>]?:
    | Test<PathValues<E>[P]>
    | Extract<PathValues<E>[P], Plain>
    | undefined
}

/**
 * What has to be true of an item. `{ status: 'open', balance: { ge: 5 } }` wants both; in an array
 * of such objects one of them is enough.
 */
export type Condition<E> = AllOf<E> | readonly AllOf<E>[]

type Tests = Readonly<Record<string, unknown>>

const comparators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const
const comparisons: ReadonlySet<string> = new Set([...Object.keys(comparators), 'between'])

/**
 * The expression of a condition.
 * @throws InvalidValueError for a path that is not declared, a test that does not exist, or one
 *   without anything to test
 */
export function conditionExpression(condition: Condition<never>, parts: ExpressionParts): string {
  const alternatives = (Array.isArray(condition) ? condition : [condition]) as readonly Tests[]
  const expressions = alternatives.map((each) => allOf(each, parts))
  if (expressions.length === 0) throw new InvalidValueError('A condition has no alternatives.')
  return expressions.length === 1
    ? (expressions[0] as string)
    : expressions.map((each) => `(${each})`).join(' OR ')
}

function allOf(tests: Tests, parts: ExpressionParts): string {
  const expressions = Object.entries(tests)
    .filter(([, test]) => test !== undefined)
    .map(([path, test]) => testAt(parts.place(path), test, parts))
  if (expressions.length === 0) throw new InvalidValueError('A condition tests nothing.')
  return expressions.join(' AND ')
}

function isTest(value: unknown): value is Tests {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}

function testAt(place: Place, test: unknown, parts: ExpressionParts): string {
  if (!isTest(test)) return `${place.expression} = ${operand(place, test, parts)}`
  const expressions = Object.entries(test)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => single(place, name, value, parts))
  if (expressions.length === 0) throw new InvalidValueError(`${place.path} is tested for nothing.`)
  return expressions.join(' AND ')
}

const operand = ({ codec, path }: Place, value: unknown, parts: ExpressionParts): string =>
  parts.value(codec.encode(value, path))

function single(place: Place, name: string, value: unknown, parts: ExpressionParts): string {
  const { expression } = place
  if (comparisons.has(name)) return comparison(place, name, value, parts)
  switch (name) {
    case 'in':
      return oneOf(place, value as readonly unknown[], parts)
    case 'exists':
      return `${value === true ? 'attribute_exists' : 'attribute_not_exists'}(${expression})`
    case 'type':
      return `attribute_type(${expression}, ${parts.value({ S: value as string })})`
    case 'beginsWith':
      return `begins_with(${expression}, ${operand(place, value, parts)})`
    case 'contains':
      return `contains(${expression}, ${contained(place, value, parts)})`
    case 'size':
      return sizeTest(place, value, parts)
    case 'not':
      return `NOT (${testAt(place, value, parts)})`
    default:
      throw new InvalidValueError(`${place.path} has a test ${name}, which does not exist.`)
  }
}

function comparison(place: Place, name: string, value: unknown, parts: ExpressionParts): string {
  const { expression } = place
  if (name !== 'between') {
    const comparator = comparators[name as keyof typeof comparators]
    return `${expression} ${comparator} ${operand(place, value, parts)}`
  }
  const [from, to] = value as readonly [unknown, unknown]
  return `${expression} BETWEEN ${operand(place, from, parts)} AND ${operand(place, to, parts)}`
}

function oneOf(place: Place, values: readonly unknown[], parts: ExpressionParts): string {
  if (values.length === 0) throw new InvalidValueError(`${place.path} is to be one of no values.`)
  const operands = values.map((each) => operand(place, each, parts))
  return `${place.expression} IN (${operands.join(', ')})`
}

/**
 * A part of a string is a string; a member of a set is stored as the only one of a set would be.
 */
function contained(place: Place, value: unknown, parts: ExpressionParts): string {
  const { codec, path } = place
  if (codec.isList === true) {
    const element = codec.part?.('0') as Place['codec']
    return parts.value(element.encode(value, path))
  }
  if (typeof value === 'string') return parts.value({ S: value })
  const { NS, BS } = codec.encode(new Set([value]), path)
  const [number] = NS ?? []
  const [bytes] = BS ?? []
  return parts.value(number === undefined ? { B: bytes as Uint8Array } : { N: number })
}

function sizeTest({ expression, path }: Place, test: unknown, parts: ExpressionParts): string {
  const size = {
    expression: `size(${expression})`,
    codec: numberCodec,
    path: `the size of ${path}`,
  }
  return testAt(size, test, parts)
}
