import type { BoundCondition, BoundOperand } from '../expressions/boundExpression.ts'
import type { AttributeValue } from '../values/attributeValue.ts'

/** The conditions that must all hold for `condition` to hold, from left to right. */
export function conjunctsOf(condition: BoundCondition | undefined): readonly BoundCondition[] {
  if (condition === undefined) return []
  return condition.kind === 'and' ? condition.conditions.flatMap(conjunctsOf) : [condition]
}

/** The conditions one of which must hold for `condition` to hold. */
export function disjunctsOf(condition: BoundCondition): readonly BoundCondition[] {
  return condition.kind === 'or' ? condition.conditions.flatMap(disjunctsOf) : [condition]
}

/** All of `conditions` as one; undefined when there are none. */
export function allOf(conditions: readonly BoundCondition[]): BoundCondition | undefined {
  return conditions.length > 1 ? { kind: 'and', conditions } : conditions[0]
}

/** Whether `operand` is the top-level attribute `name`. */
export function isAttribute(operand: BoundOperand, name: string): boolean {
  return operand.kind === 'path' && operand.path.length === 1 && operand.path[0] === name
}

/** The value that `condition` says attribute `name` is equal to, if it says nothing else. */
export function equalityOf(condition: BoundCondition, name: string): AttributeValue | undefined {
  if (condition.kind !== 'comparison' || condition.comparator !== '=') return undefined
  const { left, right } = condition
  if (isAttribute(left, name) && right.kind === 'constant') return right.value
  return isAttribute(right, name) && left.kind === 'constant' ? left.value : undefined
}
