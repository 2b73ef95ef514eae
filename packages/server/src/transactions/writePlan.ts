import type { Units } from '../capacity/usage.ts'
import type { ApiError } from '../errors/apiError.ts'
import type { CompiledUpdate } from '../expressions/applyUpdate.ts'
import type { CompiledCondition } from '../expressions/evaluateCondition.ts'
import type { Bytes } from '../storage/engine.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { Table } from '../schema/table.ts'
import type { AttributeMap } from '../values/attributeValue.ts'

/** What an action does to its item once its condition holds. */
export type Change =
  | { readonly kind: 'Put'; readonly image: ItemImage }
  | { readonly kind: 'Update'; readonly update: CompiledUpdate | undefined }
  | { readonly kind: 'Delete' }
  | { readonly kind: 'ConditionCheck' }

/** One write, or check, of one item: what every operation that changes items is translated to. */
export interface WriteAction {
  readonly table: Table
  /**
   * Has the primary key attributes; that of an Update no others. Empty in a write of the service.
   */
  readonly key: AttributeMap
  readonly rowKey: Buffer
  readonly condition: CompiledCondition | undefined
  readonly change: Change
  /** ReturnValuesOnConditionCheckFailure is ALL_OLD. */
  readonly returnOldOnFailure: boolean
  /** The condition is that there is no item: its refusal says that there is one already. */
  readonly insertsOnly?: boolean
  /**
   * What the statement of an update weighs, in bytes, where it and the item that it leaves are held
   * to the limit of an item's size before the condition is looked at.
   */
  readonly statementBytes?: number
  /**
   * The write is the service's own, not a client's, such as the removal of an expired item: the
   * stream record of the change says so (`userIdentity`).
   */
  readonly byService?: true
}

/**
 * An action of a transaction that cannot be carried out whatever the item is, such as one whose key
 * does not match the schema: it cancels the transaction with this error as its reason.
 */
export interface InvalidAction {
  readonly invalid: ApiError
}

/** What a write found and left: the item before and after; undefined where there is none. */
export interface WriteResult {
  readonly before: ItemImage | undefined
  readonly after: ItemImage | undefined
  /** Bytes of the item's collection since then; undefined where collections have no limit. */
  readonly collectionBytes?: number | undefined
}

/** What an action of a transaction came to; nothing of its item, which may be large. */
export interface ActionResult {
  readonly units: Units
  /** Bytes of the item's collection since then; undefined where collections have no limit. */
  readonly collectionBytes: number | undefined
}

/** A client request token with what it stands for. */
export interface RequestToken {
  /** A digest of the operation and the token text: what the token is found by. */
  readonly digest: Bytes
  /** A digest of the request: equal for requests that ask for the same. */
  readonly requestDigest: string
}

/** A whole DynamoDB transaction. */
export interface TransactionPlan {
  readonly actions: readonly (WriteAction | InvalidAction)[]
  readonly token: RequestToken | undefined
  /** Whose it is, for whoever meets it: the operation and its request; absent for nobody's. */
  readonly operation?: string
  readonly context?: { readonly requestId: string; readonly accessKeyId: string }
}

export type TransactionResult =
  | { readonly kind: 'committed'; readonly results: readonly ActionResult[] }
  /** Read units to report, one number for each action. */
  | { readonly kind: 'replayed'; readonly readUnits: readonly number[] }

/** One item that TransactGetItems reads. */
export interface ReadAction {
  readonly table: Table
  /** As the request has it, for whoever is told of it. */
  readonly key?: AttributeMap
  readonly rowKey: Buffer
}
