import { boundsOfDifferentTypes, boundsOutOfOrder } from '../../errors/expressionErrors.ts'
import { compareValues } from '../../values/compare.ts'
import type { BoundCondition, ConstantOperand } from '../boundExpression.ts'
import type { ConditionKind } from '../conditionRule.ts'

/** Constant bounds of BETWEEN have one type and are in order. */
export function checkBetweenBounds(condition: BoundCondition, kind: ConditionKind): void {
  if (condition.kind !== 'between') return
  const { lower, upper } = condition
  if (lower.kind !== 'constant' || upper.kind !== 'constant') return
  if (lower.type !== upper.type) {
    throw boundsOfDifferentTypes(kind, formatConstant(lower), formatConstant(upper))
  }
  const order = compareValues(lower.value, upper.value)
  if (order !== undefined && order > 0) {
    throw boundsOutOfOrder(kind, formatConstant(lower), formatConstant(upper))
  }
}

/** `{N:1}`. REQUIRES: the constant is a string, a number or binary. */
function formatConstant(constant: ConstantOperand): string {
  const content = (constant.value as unknown as Record<string, string>)[constant.type]
  return `{${constant.type}:${content}}`
}
