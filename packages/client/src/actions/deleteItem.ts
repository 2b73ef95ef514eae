import type { Condition } from '../expressions/condition.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import { writeCondition } from '../expressions/presence.ts'
import type { AnyEntity, KeyOf } from '../schema/entity.ts'
import type { FieldValues } from '../schema/keyTemplate.ts'
import type { ConditionMembers, ItemRequest, RequestContext } from './action.ts'

/** How an item is deleted. */
export interface DeleteOptions<E> {
  /** `false`: fails with ConditionalCheckFailed if there is no such item. */
  readonly idempotent?: boolean
  /** What has to be true of the item. */
  readonly if?: Condition<E> | undefined
}

/** The deletion of an item. */
export interface Delete<E extends AnyEntity = AnyEntity, Plain extends boolean = boolean> {
  readonly kind: 'delete'
  readonly entity: E
  readonly key: FieldValues
  readonly options: DeleteOptions<never>
  /** That it has no condition, so that batches can have it. */
  readonly isPlain: Plain
}

type IsPlain<O> = O extends { readonly idempotent: boolean } | { readonly if: object }
  ? false
  : true

/** Deletes an item. The method `delete` of a client by a name that can be imported. */
export function deleteItem<
  E extends AnyEntity,
  const O extends DeleteOptions<E> = Record<never, never>,
>(entity: E, key: KeyOf<E>, options?: O & DeleteOptions<E>): Delete<E, IsPlain<O>> {
  const given: DeleteOptions<never> = (options as DeleteOptions<never> | undefined) ?? {}
  const isPlain = given.idempotent !== false && given.if === undefined
  return {
    kind: 'delete',
    entity,
    key: key as FieldValues,
    options: given,
    isPlain: isPlain as IsPlain<O>,
  }
}

/** What a deletion asks of DynamoDB. */
export type DeleteRequest = ItemRequest & ConditionMembers

export function deleteRequest(
  { entity, key, options }: Delete,
  context: RequestContext,
): DeleteRequest {
  const request = { TableName: context.tableNameOf(entity), Key: entity.keyOf(key) }
  if (options.idempotent !== false && options.if === undefined) return request
  const parts = new ExpressionParts(entity)
  const presence = options.idempotent === false ? 'exists' : undefined
  const expression = writeCondition(entity, presence, options.if, parts)
  return {
    ...request,
    ...(expression !== undefined && { ConditionExpression: expression }),
    ...parts.members(),
  }
}
