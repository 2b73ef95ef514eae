import { unknownAttributeType } from '../../errors/expressionErrors.ts'
import type { BoundCondition } from '../boundExpression.ts'
import type { ConditionKind } from '../conditionRule.ts'

const typeNames: ReadonlySet<string> = new Set([
  'S',
  'N',
  'B',
  'BOOL',
  'NULL',
  'SS',
  'NS',
  'BS',
  'L',
  'M',
])

/** `attribute_type` asks for a type that exists. */
export function checkAttributeTypeName(condition: BoundCondition, kind: ConditionKind): void {
  if (condition.kind !== 'attribute_type' || condition.type.kind !== 'constant') return
  const name = (condition.type.value as { readonly S: string }).S
  if (!typeNames.has(name)) throw unknownAttributeType(kind, name)
}
