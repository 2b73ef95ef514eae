import { unreachable } from '../invariant.ts'
import { newAttributeMap, typeOf } from '../values/attributeValue.ts'
import type { AttributeMap, AttributeValue, Item } from '../values/attributeValue.ts'
import { compareValues, equalValues } from '../values/compare.ts'
import type { Comparator } from './ast.ts'
import type { BoundCondition, BoundOperand, CompiledCondition } from './boundExpression.ts'
import { beginsWith, containsPart, elementCount } from './conditionFunctions.ts'
import { readPath } from './documentPath.ts'

export type { CompiledCondition } from './boundExpression.ts'
export { compileCondition } from './compileCondition.ts'

const missingItem: AttributeMap = newAttributeMap()

/** Whether `condition` holds. A missing item is one without attributes. */
export function evaluateCondition(condition: CompiledCondition, item: Item | undefined): boolean {
  return holds(condition, item ?? missingItem)
}

function holds(condition: BoundCondition, item: Item): boolean {
  switch (condition.kind) {
    case 'comparison': {
      const left = operandValue(condition.left, item)
      const right = operandValue(condition.right, item)
      if (lacksSize(condition.left, left) || lacksSize(condition.right, right)) return false
      return compare(condition.comparator, left, right)
    }
    case 'between': {
      const value = operandValue(condition.operand, item)
      return (
        compare('>=', value, operandValue(condition.lower, item)) &&
        compare('<=', value, operandValue(condition.upper, item))
      )
    }
    case 'in': {
      const value = operandValue(condition.operand, item)
      return condition.list.some((member) => compare('=', value, operandValue(member, item)))
    }
    case 'and':
      for (const member of condition.conditions) if (!holds(member, item)) return false
      return true
    case 'or':
      for (const member of condition.conditions) if (holds(member, item)) return true
      return false
    case 'not':
      return !holds(condition.condition, item)
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'begins_with':
    case 'contains':
      return functionHolds(condition, item)
    default:
      return unreachable(condition)
  }
}

type FunctionCondition = Extract<
  BoundCondition,
  { kind: `attribute_${string}` | 'begins_with' | 'contains' }
>

function functionHolds(condition: FunctionCondition, item: Item): boolean {
  switch (condition.kind) {
    case 'attribute_exists':
      return readPath(item, condition.path) !== undefined
    case 'attribute_not_exists':
      return readPath(item, condition.path) === undefined
    case 'attribute_type': {
      const value = operandValue(condition.operand, item)
      const type = operandValue(condition.type, item) as { readonly S: string }
      return value !== undefined && typeOf(value) === type.S
    }
    case 'begins_with':
    case 'contains': {
      const whole = operandValue(condition.operand, item)
      const part = operandValue(condition.part, item)
      if (whole === undefined || part === undefined) return false
      return condition.kind === 'contains' ? containsPart(whole, part) : beginsWith(whole, part)
    }
    default:
      return unreachable(condition)
  }
}

/** The value of `operand`, or undefined for a missing attribute and a size that does not exist. */
export function operandValue(operand: BoundOperand, item: Item): AttributeValue | undefined {
  switch (operand.kind) {
    case 'constant':
      return operand.value
    case 'path':
      return readPath(item, operand.path)
    case 'size': {
      const value = operandValue(operand.of, item)
      const count = value === undefined ? undefined : elementCount(value)
      return count === undefined ? undefined : { N: String(count) }
    }
    default:
      return unreachable(operand)
  }
}

/** A size that does not exist makes every comparison with it false, `<>` too. */
function lacksSize(operand: BoundOperand, value: AttributeValue | undefined): boolean {
  return value === undefined && operand.kind === 'size'
}

/** A missing value is equal to nothing, different from everything and in no order. */
function compare(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === '<>'
  if (comparator === '=') return equalValues(left, right)
  if (comparator === '<>') return !equalValues(left, right)
  const order = compareValues(left, right)
  if (order === undefined) return false
  switch (comparator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return unreachable(comparator)
  }
}
