import type { Condition } from '../expressions/condition.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import { writeCondition } from '../expressions/presence.ts'
import {
  clausesOf,
  pushTo,
  updateExpression,
  type AnyChanges,
  type Changes,
} from '../expressions/updateExpression.ts'
import { indexChanges } from '../expressions/indexChanges.ts'
import { filledWith, type Fill } from '../schema/attribute.ts'
import type { AnyEntity, KeyOf } from '../schema/entity.ts'
import type { FieldValues } from '../schema/keyTemplate.ts'
import type { ConditionMembers, ItemRequest, RequestContext } from './action.ts'

/** How an item is updated. */
export interface UpdateOptions<E> {
  /**
   * `true`: fails with ConditionalCheckFailed if there is no such item, where DynamoDB makes one.
   */
  readonly mustExist?: boolean
  /** What has to be true of the item. */
  readonly if?: Condition<E> | undefined
}

/** The update of an item. */
export interface Update<E extends AnyEntity = AnyEntity> {
  readonly kind: 'update'
  readonly entity: E
  readonly key: FieldValues
  readonly changes: AnyChanges
  readonly options: UpdateOptions<never>
}

/**
 * Changes attributes of an item. If there is none, DynamoDB makes one of the key and the changes;
 * `mustExist` refuses that.
 */
export function update<E extends AnyEntity>(
  entity: E,
  key: KeyOf<E>,
  changes: Changes<E>,
  options: UpdateOptions<E> = {},
): Update<E> {
  return {
    kind: 'update',
    entity,
    key: key as FieldValues,
    changes: changes,
    options: options,
  }
}

/** What an update asks of DynamoDB. */
export type UpdateRequest = ItemRequest & ConditionMembers & { readonly UpdateExpression?: string }

export function updateRequest(
  { entity, key, changes, options }: Update,
  context: RequestContext,
): UpdateRequest {
  const parts = new ExpressionParts(entity)
  const clauses = clausesOf(changes, parts)
  for (const [name, fill] of filledBy(entity, changes)) {
    const S = filledWith(fill, context.now())
    pushTo(clauses, 'SET', `${parts.name(name)} = ${parts.value({ S })}`)
  }
  const isThere = options.mustExist === true
  for (const { attribute, value } of indexChanges(entity, key, changes, isThere)) {
    const name = parts.name(attribute)
    if (value === undefined) pushTo(clauses, 'REMOVE', name)
    else pushTo(clauses, 'SET', `${name} = ${parts.value({ S: value })}`)
  }
  const updates = updateExpression(clauses)
  const condition = writeCondition(entity, isThere ? 'exists' : undefined, options.if, parts)
  return {
    TableName: context.tableNameOf(entity),
    Key: entity.keyOf(key),
    ...(updates !== undefined && { UpdateExpression: updates }),
    ...(condition !== undefined && { ConditionExpression: condition }),
    ...parts.members(),
  }
}

/** The attributes that hold the time of an update, but for one that the changes give. */
function filledBy(entity: AnyEntity, changes: AnyChanges): readonly (readonly [string, Fill])[] {
  if (entity.fills.length === 0) return entity.fills
  const given = Object.keys(changes.set ?? {})
  return entity.fills.filter(([name, { at }]) => at === 'updated' && !given.includes(name))
}
