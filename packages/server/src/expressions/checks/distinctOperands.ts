import { operandsNotDistinct } from '../../errors/expressionErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { BoundCondition, BoundOperand } from '../boundExpression.ts'
import type { ConditionKind } from '../conditionRule.ts'
import { equalPaths, formatPath } from '../documentPath.ts'

/** A path is not compared with itself. */
export function checkDistinctOperands(condition: BoundCondition, kind: ConditionKind): void {
  switch (condition.kind) {
    case 'comparison':
      checkPair(condition.left, condition.right, condition.comparator, kind)
      return
    case 'between':
      checkPair(condition.operand, condition.lower, 'BETWEEN', kind)
      checkPair(condition.operand, condition.upper, 'BETWEEN', kind)
      return
    case 'in':
      for (const member of condition.list) checkPair(condition.operand, member, 'IN', kind)
      return
    case 'begins_with':
    case 'contains':
      checkPair(condition.operand, condition.part, condition.kind, kind)
      return
    case 'and':
    case 'or':
    case 'not':
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
      return
    default:
      unreachable(condition)
  }
}

function checkPair(
  first: BoundOperand,
  other: BoundOperand,
  operator: string,
  kind: ConditionKind,
): void {
  if (first.kind !== 'path' || other.kind !== 'path' || !equalPaths(first.path, other.path)) return
  throw operandsNotDistinct(kind, operator, formatPath(first.path))
}
