import type { AnyEntity, StoredItem } from '../schema/entity.ts'

/** What requests depend on besides their action. */
export interface RequestContext {
  /** The name that a table has in requests. */
  tableNameOf(entity: AnyEntity): string
  /** The time in ISO 8601, for attributes that are filled in. */
  now(): string
}

/** What the requests about a single item have in common. */
export interface ItemRequest {
  readonly TableName: string
  readonly Key: StoredItem
}

/** A condition as requests have it. */
export interface ConditionMembers {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: Record<string, string>
  readonly ExpressionAttributeValues?: StoredItem
}

/** The entity of an action. */
export type EntityOf<A> = A extends { readonly entity: infer E } ? E : never
