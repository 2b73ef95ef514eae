import type { Condition } from '../expressions/condition.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import { writeCondition } from '../expressions/presence.ts'
import type { AnyEntity, KeyOf } from '../schema/entity.ts'
import type { FieldValues } from '../schema/keyTemplate.ts'
import type { ItemRequest, RequestContext, ConditionMembers } from './action.ts'

/**
 * What a check wants: that there is an item, that there is none, or a condition on the one that is
 * there.
 */
export type Checked<E> = 'exists' | 'absent' | Condition<E>

/** A condition on an item that a transaction does not write. */
export interface Check<E extends AnyEntity = AnyEntity> {
  readonly kind: 'check'
  readonly entity: E
  readonly key: FieldValues
  readonly wanted: Checked<never>
}

/** Makes a transaction depend on an item that it does not write. */
export function check<E extends AnyEntity>(entity: E, key: KeyOf<E>, wanted: Checked<E>): Check<E> {
  return { kind: 'check', entity, key: key as FieldValues, wanted: wanted }
}

/** What a check asks of DynamoDB. */
export type CheckRequest = ItemRequest & ConditionMembers & { readonly ConditionExpression: string }

export function checkRequest(
  { entity, key, wanted }: Check,
  context: RequestContext,
): CheckRequest {
  const parts = new ExpressionParts(entity)
  const isPresence = wanted === 'exists' || wanted === 'absent'
  const presence = isPresence ? wanted : undefined
  const expression = writeCondition(entity, presence, isPresence ? undefined : wanted, parts)
  return {
    TableName: context.tableNameOf(entity),
    Key: entity.keyOf(key),
    ConditionExpression: expression as string,
    ...parts.members(),
  }
}
