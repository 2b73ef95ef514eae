import { conditionExpression, type Condition } from './condition.ts'
import type { AnyEntity } from '../schema/entity.ts'
import type { ExpressionParts } from './expressionParts.ts'

/** What is wanted of the item as a whole, beside a condition on its attributes. */
export type Presence = 'exists' | 'absent' | undefined

/**
 * The condition of a write; `undefined` for one without. Whether there is an item is asked of its
 * partition key, which every item has.
 */
export function writeCondition(
  entity: AnyEntity,
  presence: Presence,
  condition: Condition<never> | undefined,
  parts: ExpressionParts,
): string | undefined {
  const expressions: string[] = []
  if (presence !== undefined) {
    const test = presence === 'exists' ? 'attribute_exists' : 'attribute_not_exists'
    expressions.push(`${test}(${parts.name(entity.table.partitionKey)})`)
  }
  if (condition !== undefined) {
    const expression = conditionExpression(condition, parts)
    expressions.push(presence === undefined ? expression : `(${expression})`)
  }
  return expressions.length === 0 ? undefined : expressions.join(' AND ')
}
