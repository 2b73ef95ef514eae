import {
  nestedSearchAttribute,
  searchComparatorInvalid,
  searchOperandInvalid,
  searchOperatorInvalid,
} from '../errors/searchErrors.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import type { BoundCondition, BoundOperand } from './boundExpression.ts'
import { bindParsedCondition } from './compileCondition.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { readParsedKeyClauses } from './parsedExpression.ts'

/** An attribute that must be equal to a value. */
export interface SearchEquality {
  readonly name: string
  readonly value: AttributeValue
  /** Whether the condition is on something inside the attribute, which no search can ask. */
  readonly isNested: boolean
}

const kind = 'SearchConditionExpression'

/**
 * condition := equality { AND equality }
 * equality := path "=" value | value "=" path
 *
 * Parentheses may stand where they stand in conditions. Gives the equalities in the order of the
 * text. Throws ValidationException with the texts that conditions have, and those of searches for
 * what conditions may ask and searches may not (digest of vector search, 5.3).
 */
export function readSearchCondition(text: string, context: ExpressionContext): SearchEquality[] {
  const parsed = readParsedKeyClauses(kind, text, context.reservedWords)
  return parsed.root.map((clause) => equalityOf(bindParsedCondition(kind, clause, context)))
}

function equalityOf(condition: BoundCondition): SearchEquality {
  switch (condition.kind) {
    case 'comparison':
      if (condition.comparator !== '=') throw searchComparatorInvalid()
      return equalityOfOperands(condition.left, condition.right)
    case 'and':
    case 'or':
    case 'not':
    case 'in':
    case 'between':
      throw searchOperatorInvalid(condition.kind.toUpperCase())
    case 'begins_with':
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'contains':
      throw searchOperatorInvalid(condition.kind)
    default:
      return unreachable(condition)
  }
}

function equalityOfOperands(left: BoundOperand, right: BoundOperand): SearchEquality {
  if (left.kind === 'size' || right.kind === 'size') throw searchOperatorInvalid('size')
  const [path, constant] = left.kind === 'path' ? [left, right] : [right, left]
  if (path.kind !== 'path' || constant.kind !== 'constant') throw searchOperandInvalid()
  return {
    name: path.path[0] as string,
    value: constant.value,
    isNested: path.path.length > 1,
  }
}

/** Throws for the first of the equalities that is about something inside an attribute. */
export function checkNotNested(equalities: readonly SearchEquality[]): void {
  if (equalities.some(({ isNested }) => isNested)) throw nestedSearchAttribute()
}
