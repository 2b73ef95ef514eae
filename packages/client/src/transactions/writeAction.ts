import { checkRequest, type Check, type CheckRequest } from '../actions/check.ts'
import { deleteRequest, type Delete, type DeleteRequest } from '../actions/deleteItem.ts'
import { putRequest, type Put, type PutRequest } from '../actions/put.ts'
import { updateRequest, type Update, type UpdateRequest } from '../actions/update.ts'
import type { RequestContext } from '../actions/action.ts'
import type { StoredItem } from '../schema/entity.ts'

/** What a transaction can write or depend on. */
export type WriteAction = Put | Update | Delete | Check

/** An action as TransactWriteItems has it: one of these. */
export interface TransactItem {
  Put?: PutRequest
  Update?: UpdateRequest
  Delete?: DeleteRequest
  ConditionCheck?: CheckRequest
}

/** What an action asks for, with the item that stands against a condition where one fails. */
export function transactItem(action: WriteAction, context: RequestContext): TransactItem {
  const told = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
  if (action.kind === 'put') return { Put: { ...putRequest(action, context), ...told } }
  if (action.kind === 'update') return { Update: { ...updateRequest(action, context), ...told } }
  if (action.kind === 'delete') return { Delete: { ...deleteRequest(action, context), ...told } }
  return { ConditionCheck: { ...checkRequest(action, context), ...told } }
}

/** What all kinds of requests have together, as far as there is anything to be known of all. */
interface AnyRequest {
  readonly TableName: string
  readonly Key?: StoredItem
  readonly Item?: StoredItem
}

/** The request in a transact item. */
export function requestOf({ Put, Update, Delete, ConditionCheck }: TransactItem): AnyRequest {
  return (Put ?? Update ?? Delete ?? ConditionCheck) as AnyRequest
}
