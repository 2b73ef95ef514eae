import {
  keyNotFirstOperand,
  nestedKeyAttribute,
  nestedKeyOperand,
  noNameInKeyCondition,
  operatorNotForKeys,
  severalConditionsOfKey,
  severalNamesInKeyCondition,
} from '../errors/expressionErrors.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import type { Comparator } from './ast.ts'
import type { BoundCondition, BoundOperand } from './boundExpression.ts'
import { compileConditionOfKind } from './compileCondition.ts'
import type { ExpressionContext } from './expressionContext.ts'

export type KeyOperator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with'

/**
 * What a query asks of one attribute. BETWEEN has two values, lower bound first; the others have
 * one.
 */
export interface KeyAttributeCondition {
  readonly name: string
  readonly operator: KeyOperator
  readonly values: readonly AttributeValue[]
}

/** The conditions of a query, all of which must hold; each attribute has one. */
export interface CompiledKeyCondition {
  readonly conditions: readonly KeyAttributeCondition[]
}

/**
 * Compiles a key condition as far as that needs no key schema. Throws ValidationException with the
 * texts of behaviour digest 3.5.
 */
export function compileKeyCondition(
  text: string,
  context: ExpressionContext,
): CompiledKeyCondition {
  const condition = compileConditionOfKind('KeyConditionExpression', text, context)
  const members = condition.kind === 'and' ? condition.conditions : [condition]
  const conditions: KeyAttributeCondition[] = []
  for (const member of members) {
    const keyAttribute = keyAttributeCondition(member)
    if (conditions.some((other) => other.name === keyAttribute.name)) {
      throw severalConditionsOfKey()
    }
    conditions.push(keyAttribute)
  }
  return { conditions }
}

function keyAttributeCondition(condition: BoundCondition): KeyAttributeCondition {
  switch (condition.kind) {
    case 'comparison':
      return keyComparison(condition)
    case 'between': {
      const { operand, lower, upper } = condition
      return keyFirst('BETWEEN', operand, [lower, upper])
    }
    case 'begins_with':
      return keyFirst('begins_with', condition.operand, [condition.part])
    case 'and':
    case 'or':
    case 'not':
    case 'in':
      throw operatorNotForKeys(condition.kind.toUpperCase())
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'contains':
      throw operatorNotForKeys(condition.kind)
    default:
      return unreachable(condition)
  }
}

const flipped: Readonly<Record<Exclude<Comparator, '<>'>, KeyOperator>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function keyComparison(
  condition: Extract<BoundCondition, { kind: 'comparison' }>,
): KeyAttributeCondition {
  const { comparator, left, right } = condition
  if (comparator === '<>') throw operatorNotForKeys(comparator)
  checkOperands([left, right])
  if (left.kind === 'path') return keyFirst(comparator, left, [right])
  return keyFirst(flipped[comparator], right, [left])
}

function keyFirst(
  operator: KeyOperator,
  key: BoundOperand,
  others: readonly BoundOperand[],
): KeyAttributeCondition {
  checkOperands([key, ...others])
  if (key.kind !== 'path') throw keyNotFirstOperand(operator)
  const values: AttributeValue[] = []
  for (const other of others) if (other.kind === 'constant') values.push(other.value)
  return { name: key.path[0] as string, operator, values }
}

/** One of the operands is a top-level attribute, and the others are constants. */
function checkOperands(operands: readonly BoundOperand[]): void {
  let pathCount = 0
  for (const operand of operands) {
    if (operand.kind === 'size') throw nestedKeyOperand()
    if (operand.kind === 'path') pathCount++
  }
  if (pathCount === 0) throw noNameInKeyCondition()
  if (pathCount > 1) throw severalNamesInKeyCondition()
  for (const operand of operands) {
    if (operand.kind === 'path' && operand.path.length > 1) {
      throw nestedKeyAttribute()
    }
  }
}
