import type { BoundCondition } from './boundExpression.ts'

/** What carries a condition. */
export type ConditionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'SearchConditionExpression'
  | 'Statement'

/** A rule about one condition, not about those inside it. Throws when it is broken. */
export type ConditionRule = (condition: BoundCondition, kind: ConditionKind) => void

/** Applies `rule` to `condition` and to all conditions inside it, from left to right. */
export function visitCondition(
  condition: BoundCondition,
  kind: ConditionKind,
  rule: ConditionRule,
): void {
  if (condition.kind === 'and' || condition.kind === 'or') {
    for (const member of condition.conditions) visitCondition(member, kind, rule)
  } else if (condition.kind === 'not') {
    visitCondition(condition.condition, kind, rule)
  } else {
    rule(condition, kind)
  }
}
