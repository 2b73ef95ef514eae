import { bytesOf, contentOf, typeOf, type Item, type Type, type Value } from './attributes.ts'
import { equal, isAmong, membersOf, order } from './comparisons.ts'
import { valueAt, type Path } from './documentPaths.ts'
import { unreachable } from './unreachable.ts'

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

/** What a condition compares: a constant, an attribute, or the size of an attribute. */
export type Operand =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'size'; readonly path: Path }

/** A condition or filter; `expressionText.ts` prints it for the server. */
export type Condition =
  | {
      readonly kind: 'compare'
      readonly comparator: Comparator
      readonly left: Operand
      readonly right: Operand
    }
  | {
      readonly kind: 'between'
      readonly operand: Operand
      readonly lower: Operand
      readonly upper: Operand
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'attribute_exists' | 'attribute_not_exists'; readonly path: Path }
  | { readonly kind: 'attribute_type'; readonly operand: Operand; readonly type: Type }
  | {
      readonly kind: 'begins_with' | 'contains'
      readonly operand: Operand
      readonly part: Operand
    }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }

/** Whether `condition` holds on an item; a missing item is one without attributes. */
export function holds(condition: Condition, item: Item): boolean {
  const read = (operand: Operand): Value | undefined => valueOf(operand, item)
  switch (condition.kind) {
    case 'compare': {
      const { left, comparator, right } = condition
      if ([left, right].some((each) => each.kind === 'size' && read(each) === undefined))
        return false
      return compare(read(left), comparator, read(right))
    }
    case 'between':
      return (
        compare(read(condition.operand), '>=', read(condition.lower)) &&
        compare(read(condition.operand), '<=', read(condition.upper))
      )
    case 'in':
      return condition.list.some((each) => compare(read(condition.operand), '=', read(each)))
    case 'attribute_exists':
      return valueAt(item, condition.path) !== undefined
    case 'attribute_not_exists':
      return valueAt(item, condition.path) === undefined
    case 'attribute_type': {
      const value = read(condition.operand)
      return value !== undefined && typeOf(value) === condition.type
    }
    case 'begins_with':
      return beginsWith(read(condition.operand), read(condition.part))
    case 'contains':
      return contains(read(condition.operand), read(condition.part))
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item)
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item)
    case 'not':
      return !holds(condition.condition, item)
    default:
      return unreachable(condition)
  }
}

/** The attributes that a condition looks at. */
export function pathsOf(condition: Condition): Path[] {
  switch (condition.kind) {
    case 'compare':
      return pathsOfOperands([condition.left, condition.right])
    case 'between':
      return pathsOfOperands([condition.operand, condition.lower, condition.upper])
    case 'in':
      return pathsOfOperands([condition.operand, ...condition.list])
    case 'attribute_exists':
    case 'attribute_not_exists':
      return [condition.path]
    case 'attribute_type':
      return pathsOfOperands([condition.operand])
    case 'begins_with':
    case 'contains':
      return pathsOfOperands([condition.operand, condition.part])
    case 'and':
    case 'or':
      return [...pathsOf(condition.left), ...pathsOf(condition.right)]
    case 'not':
      return pathsOf(condition.condition)
    default:
      return unreachable(condition)
  }
}

function pathsOfOperands(operands: readonly Operand[]): Path[] {
  return operands.flatMap((operand) => (operand.kind === 'value' ? [] : [operand.path]))
}

function valueOf(operand: Operand, item: Item): Value | undefined {
  if (operand.kind === 'value') return operand.value
  const value = valueAt(item, operand.path)
  return operand.kind === 'path' || value === undefined ? value : sizeOf(value)
}

/**
 * UTF-16 units of a string, bytes of a binary, how many are in a set, list or map. Where there is
 * no size no comparison with it holds, not even `<>`.
 */
function sizeOf(value: Value): Value | undefined {
  if ('S' in value) return { N: String(value.S.length) }
  if ('B' in value) return { N: String(bytesOf(value.B).length) }
  if ('M' in value) return { N: String(Object.keys(value.M).length) }
  const members = 'L' in value ? value.L : membersOf(value)
  return members === undefined ? undefined : { N: String(members.length) }
}

/**
 * What is missing differs from everything, equals nothing and has no order, and so has what is of
 * another type.
 */
function compare(
  left: Value | undefined,
  comparator: Comparator,
  right: Value | undefined,
): boolean {
  const areEqual = left !== undefined && right !== undefined && equal(left, right)
  if (comparator === '=') return areEqual
  if (comparator === '<>') return !areEqual
  const rank = left === undefined || right === undefined ? undefined : order(left, right)
  if (rank === undefined) return false
  if (rank === 0) return comparator === '<=' || comparator === '>='
  return comparator.startsWith(rank < 0 ? '<' : '>')
}

/** A string in a string, or a binary in a binary. */
export function beginsWith(whole: Value | undefined, part: Value | undefined): boolean {
  const bytes = bytesOfBoth(whole, part)
  return bytes !== undefined && bytes.whole.subarray(0, bytes.part.length).equals(bytes.part)
}

/** A piece of a string or binary, a member of a set, or an element of a list. */
function contains(whole: Value | undefined, part: Value | undefined): boolean {
  if (whole === undefined || part === undefined) return false
  const bytes = bytesOfBoth(whole, part)
  if (bytes !== undefined) return bytes.whole.includes(bytes.part)
  return isAmong(part, 'L' in whole ? whole.L : (membersOf(whole) ?? []))
}

function bytesOfBoth(
  whole: Value | undefined,
  part: Value | undefined,
): { whole: Buffer; part: Buffer } | undefined {
  if (whole === undefined || part === undefined || typeOf(whole) !== typeOf(part)) return undefined
  if (!('S' in whole) && !('B' in whole)) return undefined
  const encoding = 'S' in whole ? 'utf8' : 'base64'
  const bytes = (value: Value): Buffer => Buffer.from(contentOf(value) as string, encoding)
  return { whole: bytes(whole), part: bytes(part) }
}
