import { wrongOperandCount } from '../../errors/expressionErrors.ts'
import { maxInOperands } from '../../limits.ts'
import type { BoundCondition } from '../boundExpression.ts'
import type { ConditionKind } from '../conditionRule.ts'

/** IN has at most 100 operands in its parentheses. */
export function checkInListLength(condition: BoundCondition, kind: ConditionKind): void {
  if (condition.kind !== 'in' || condition.list.length <= maxInOperands) return
  throw wrongOperandCount(kind, 'IN', condition.list.length)
}
