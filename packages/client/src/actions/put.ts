import { ExpressionParts } from '../expressions/expressionParts.ts'
import { writeCondition } from '../expressions/presence.ts'
import type { Condition } from '../expressions/condition.ts'
import type { AnyEntity, ItemInputOf, StoredItem } from '../schema/entity.ts'
import type { ConditionMembers, RequestContext } from './action.ts'

/** How an item is put. */
export interface PutOptions<E> {
  /** `false`: fails with ConditionalCheckFailed if there is an item with the same key. */
  readonly allowOverwrite?: boolean
  /**
   * What has to be true of the item that is there; without one nothing is, so most conditions
   * fail.
   */
  readonly if?: Condition<E> | undefined
}

/** The writing of a whole item. */
export interface Put<E extends AnyEntity = AnyEntity, Plain extends boolean = boolean> {
  readonly kind: 'put'
  readonly entity: E
  readonly item: Readonly<Record<string, unknown>>
  readonly options: PutOptions<never>
  /** That it has no condition, so that batches can have it. */
  readonly isPlain: Plain
}

/** Whether options of a put leave it without a condition, for types. */
export type IsPlain<O> = O extends { readonly allowOverwrite: boolean } | { readonly if: object }
  ? false
  : true

/** Writes an item, in place of one with the same key. */
export function put<E extends AnyEntity, const O extends PutOptions<E> = Record<never, never>>(
  entity: E,
  item: ItemInputOf<E>,
  options?: O & PutOptions<E>,
): Put<E, IsPlain<O>> {
  const given: PutOptions<never> = (options as PutOptions<never> | undefined) ?? {}
  const isPlain = given.allowOverwrite !== false && given.if === undefined
  return { kind: 'put', entity, item, options: given, isPlain: isPlain as IsPlain<O> }
}

/** Writes a new item; fails with ConditionalCheckFailed if there is one with the same key. */
export function insert<E extends AnyEntity>(entity: E, item: ItemInputOf<E>): Put<E, false> {
  return { kind: 'put', entity, item, options: { allowOverwrite: false }, isPlain: false }
}

/** What a put asks of DynamoDB. */
export type PutRequest = {
  readonly TableName: string
  readonly Item: StoredItem
} & ConditionMembers

export function putRequest({ entity, item, options }: Put, context: RequestContext): PutRequest {
  const TableName = context.tableNameOf(entity)
  const Item = entity.encode(item, context.now())
  if (options.allowOverwrite !== false && options.if === undefined) return { TableName, Item }
  const parts = new ExpressionParts(entity)
  const presence = options.allowOverwrite === false ? 'absent' : undefined
  const expression = writeCondition(entity, presence, options.if, parts)
  return {
    TableName,
    Item,
    ...(expression !== undefined && { ConditionExpression: expression }),
    ...parts.members(),
  }
}
