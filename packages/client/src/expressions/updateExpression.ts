import { InvalidValueError } from '../errors/invalidValueError.ts'
import type { Attribute, ValueOf } from '../schema/attribute.ts'
import type { AttributesOf } from '../schema/entity.ts'
import type { Decimal } from '../values/decimal.ts'
import type { ExpressionParts, Place } from './expressionParts.ts'
import type { PathOf, PathValues } from './path.ts'

/** Values for some of the paths. */
type Some<Values> = { readonly [P in keyof Values]?: Values[P] | undefined }

/** Values for those of the paths that have a value of a kind. */
type SomeOf<Values, Kind> = {
  readonly [P in keyof Values as [Values[P]] extends [Kind] ? P : never]?: Values[P] | undefined
}

/** Only whole attributes: DynamoDB changes no sets in maps. */
type SomeSets<A> = {
  readonly [K in keyof A as ValueOf<A[K]> extends ReadonlySet<unknown> ? K : never]?:
    | ValueOf<A[K]>
    | undefined
}

type RequiredNames<A> = {
  [K in keyof A]: A[K] extends Attribute<unknown, true> ? never : K
}[keyof A]

/**
 * The changes of an update, by operation and path. A path may have one change. All of them see the
 * item as it was before.
 */
export interface Changes<E> {
  /** Gives paths new values. */
  readonly set?: Some<PathValues<E>>
  /** Gives a path a value if it has none. */
  readonly ifNotExists?: Some<PathValues<E>>
  /** Takes away what is at the paths; attributes that every item has cannot be taken away. */
  readonly remove?: readonly Exclude<PathOf<E>, RequiredNames<AttributesOf<E>>>[]
  /** Adds to a number, which is 0 if it is not there, or members to a set. */
  readonly add?: SomeOf<PathValues<E>, number | bigint | Decimal> & SomeSets<AttributesOf<E>>
  /** Takes members out of a set; a set without members is not there any more. */
  readonly delete?: SomeSets<AttributesOf<E>>
  /** Adds elements to the end of a list, which is empty if it is not there. */
  readonly append?: SomeOf<PathValues<E>, readonly unknown[]>
  /** Adds elements to the beginning of a list, which is empty if it is not there. */
  readonly prepend?: SomeOf<PathValues<E>, readonly unknown[]>
}

/** The changes of any entity, as the functions here see them. */
export type AnyChanges = {
  readonly [Name in keyof Changes<never>]?: Readonly<Record<string, unknown>> | readonly string[]
}

type Clause = 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
type Writer = (place: Place, value: () => string, parts: ExpressionParts) => string

interface Operation {
  readonly clause: Clause
  readonly write: Writer
}

const emptyList = { L: [] }
const zero = { N: '0' }

const orEmpty = (expression: string, parts: ExpressionParts): string =>
  `if_not_exists(${expression}, ${parts.value(emptyList)})`

/** ADD and DELETE know attributes only, no members of maps. */
const isNested = ({ expression }: Place): boolean => /[.[]/.test(expression)

/** A number within a map is added to by SET. */
const addToMember: Operation = {
  clause: 'SET',
  write: ({ expression }, value, parts) =>
    `${expression} = if_not_exists(${expression}, ${parts.value(zero)}) + ${value()}`,
}

const operations: Readonly<Record<keyof Changes<never>, Operation>> = {
  set: { clause: 'SET', write: ({ expression }, value) => `${expression} = ${value()}` },
  ifNotExists: {
    clause: 'SET',
    write: ({ expression }, value) => `${expression} = if_not_exists(${expression}, ${value()})`,
  },
  append: {
    clause: 'SET',
    write: ({ expression }, value, parts) =>
      `${expression} = list_append(${orEmpty(expression, parts)}, ${value()})`,
  },
  prepend: {
    clause: 'SET',
    write: ({ expression }, value, parts) =>
      `${expression} = list_append(${value()}, ${orEmpty(expression, parts)})`,
  },
  remove: { clause: 'REMOVE', write: ({ expression }) => expression },
  add: { clause: 'ADD', write: ({ expression }, value) => `${expression} ${value()}` },
  delete: { clause: 'DELETE', write: ({ expression }, value) => `${expression} ${value()}` },
}

/** The clauses of an update expression under way. */
export type Clauses = Map<Clause, string[]>

/**
 * The clauses of changes.
 * @throws InvalidValueError for a path that is not declared or has two changes, and for values
 *   of another kind
 */
export function clausesOf(changes: AnyChanges, parts: ExpressionParts): Clauses {
  const clauses: Clauses = new Map()
  const changed = new Set<string>()
  for (const [operation, members] of Object.entries(changes)) {
    const known = Object.hasOwn(operations, operation)
    if (!known) throw new InvalidValueError(`There is no change ${operation}.`)
    for (const [path, value] of entriesOf(members ?? {})) {
      const place = parts.place(path)
      if (changed.has(path)) throw new InvalidValueError(`${place.path} is changed twice.`)
      changed.add(path)
      const { clause, write } = operationAt(operation as keyof Changes<never>, place)
      const operand = (): string => parts.value(place.codec.encode(value, place.path))
      pushTo(clauses, clause, write(place, operand, parts))
    }
  }
  return clauses
}

function operationAt(operation: keyof Changes<never>, place: Place): Operation {
  return operation === 'add' && isNested(place) ? addToMember : operations[operation]
}

function entriesOf(
  members: Readonly<Record<string, unknown>> | readonly string[],
): readonly (readonly [string, unknown])[] {
  if (Array.isArray(members)) return (members as readonly string[]).map((path) => [path, undefined])
  return Object.entries(members).filter(([, value]) => value !== undefined)
}

/** Adds a part to a clause. */
export function pushTo(clauses: Clauses, clause: Clause, part: string): void {
  const parts = clauses.get(clause)
  if (parts === undefined) clauses.set(clause, [part])
  else parts.push(part)
}

/** The text of an update expression; `undefined` for one without changes. */
export function updateExpression(clauses: Clauses): string | undefined {
  if (clauses.size === 0) return undefined
  return [...clauses].map(([clause, parts]) => `${clause} ${parts.join(', ')}`).join(' ')
}
