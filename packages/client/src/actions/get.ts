import { ExpressionParts } from '../expressions/expressionParts.ts'
import type {
  AnyEntity,
  AttributesOf,
  ChosenOf,
  ItemOf,
  KeyOf,
  StoredItem,
} from '../schema/entity.ts'
import type { FieldValues } from '../schema/keyTemplate.ts'
import type { ItemRequest, RequestContext } from './action.ts'

/** How an item is read. */
export interface GetOptions<E, Names extends keyof AttributesOf<E>> {
  /** Also sees what was written an instant ago. A transaction always does. */
  readonly consistent?: boolean
  /** Reads these attributes and the key only. */
  readonly attributes?: readonly Names[]
}

/** What a read gives: whole items, or what was chosen of them. */
export type ReadOf<E, Names extends keyof AttributesOf<E>> = [Names] extends [never]
  ? ItemOf<E>
  : ChosenOf<E, Names>

/** The reading of an item. */
export interface Get<E extends AnyEntity = AnyEntity, Item = unknown> {
  readonly kind: 'get'
  readonly entity: E
  readonly key: FieldValues
  readonly isConsistent: boolean
  readonly chosen: readonly string[] | undefined
  /** For types alone: what is read. */
  readonly item?: Item
}

/** What a read of an action gives. */
export type ItemOfGet<G> = G extends Get<AnyEntity, infer Item> ? Item : never

/** Reads an item by its key. */
export function get<E extends AnyEntity, const Names extends keyof AttributesOf<E> = never>(
  entity: E,
  key: KeyOf<E>,
  options: GetOptions<E, Names> = {},
): Get<E, ReadOf<E, Names>> {
  const { consistent = false, attributes } = options
  const chosen = attributes as readonly string[] | undefined
  return { kind: 'get', entity, key: key as FieldValues, isConsistent: consistent, chosen }
}

/** What a read asks of DynamoDB. */
export type GetRequest = ItemRequest & {
  readonly ProjectionExpression?: string
  readonly ExpressionAttributeNames?: Record<string, string>
}

export function getRequest({ entity, key, chosen }: Get, context: RequestContext): GetRequest {
  const request = { TableName: context.tableNameOf(entity), Key: entity.keyOf(key) }
  if (chosen === undefined) return request
  const parts = new ExpressionParts(entity)
  return { ...request, ProjectionExpression: projection(entity, chosen, parts), ...parts.members() }
}

/** The projection on attributes and the key, which tells what the item is. */
export function projection(
  entity: AnyEntity,
  chosen: readonly string[],
  parts: ExpressionParts,
): string {
  const { partitionKey, sortKey } = entity.table
  for (const name of chosen) entity.attribute(name)
  return [partitionKey, sortKey, ...new Set(chosen)].map((name) => parts.name(name)).join(', ')
}

/** The item that was read, as programs see it. */
export function itemRead(
  { entity, chosen }: Pick<Get, 'entity' | 'chosen'>,
  stored: StoredItem,
): unknown {
  return chosen === undefined ? entity.decode(stored) : entity.decodeChosen(stored, chosen)
}
