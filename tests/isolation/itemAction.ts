import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { ItemWrite } from './history.ts'
import {
  appendExpression,
  appendValues,
  chainValue,
  conditionOn,
  keyNameOf,
  primaryKeyOf,
  valuesOf,
  type Item,
  type ItemPlace,
} from './itemChains.ts'

/** What a request does with one item, alone or in a transaction. */
export interface ItemAction {
  /** 'put' makes the chain anew of what is `expected` and what is `added`. */
  readonly kind: 'append' | 'put' | 'delete' | 'check'
  readonly place: ItemPlace
  /** New ids; for a deletion its name; none for a check. */
  readonly added: readonly string[]
  /** The chain that the item must have for this to happen; whatever it is when absent. */
  readonly expected?: readonly string[]
  /** The value of `tag` afterwards; no such attribute when absent. */
  readonly tag?: string
}

/** The action as the history has it; undefined for a check. */
export function writeOf(action: ItemAction): ItemWrite | undefined {
  if (action.kind === 'check') return undefined
  const write = { key: keyNameOf(action.place), versions: action.added }
  return action.kind === 'delete' ? { ...write, deletes: true } : write
}

/** {@link writeOf} an action that succeeded, whose condition has thus seen the item. */
export function doneWriteOf(action: ItemAction): ItemWrite | undefined {
  const write = writeOf(action)
  return write === undefined || action.expected === undefined
    ? write
    : { ...write, before: action.expected }
}

interface Condition {
  readonly ConditionExpression?: string
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD'
}

function conditionOf({ expected }: ItemAction): { condition: Condition; values: Item } {
  if (expected === undefined) return { condition: {}, values: {} }
  const { ConditionExpression, values } = conditionOn(expected)
  const condition = { ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
  return { condition, values }
}

interface KeyedRequest extends Condition {
  readonly TableName: string
  readonly Key: Item
  readonly ExpressionAttributeValues?: Item
}

/** A Delete or ConditionCheck. */
export function keyedRequest(action: ItemAction): KeyedRequest {
  const { condition, values } = conditionOf(action)
  const { place } = action
  return { TableName: place.table, Key: primaryKeyOf(place), ...condition, ...valuesOf(values) }
}

export function updateRequest(
  action: ItemAction,
): KeyedRequest & { readonly UpdateExpression: string } {
  const { tag, added, place } = action
  const { condition, values } = conditionOf(action)
  const tagValue: Record<string, AttributeValue> = tag === undefined ? {} : { ':tag': { S: tag } }
  return {
    TableName: place.table,
    Key: primaryKeyOf(place),
    UpdateExpression: `SET ${appendExpression}${tag === undefined ? ' REMOVE tag' : ', tag = :tag'}`,
    ...condition,
    ExpressionAttributeValues: { ...appendValues(added), ...values, ...tagValue },
  }
}

export function putRequest(action: ItemAction): Condition & {
  readonly TableName: string
  readonly Item: Item
  readonly ExpressionAttributeValues?: Item
} {
  const { condition, values } = conditionOf(action)
  const chain = [...(action.expected ?? []), ...action.added]
  const item: Item = { ...primaryKeyOf(action.place), chain: chainValue(chain) }
  if (action.tag !== undefined) item['tag'] = { S: action.tag }
  return { TableName: action.place.table, Item: item, ...condition, ...valuesOf(values) }
}

export function transactItem(action: ItemAction): TransactWriteItem {
  if (action.kind === 'append') return { Update: updateRequest(action) }
  if (action.kind === 'put') return { Put: putRequest(action) }
  const request = keyedRequest(action)
  if (action.kind === 'delete') return { Delete: request }
  // Every check expects something.
  return { ConditionCheck: request as KeyedRequest & { readonly ConditionExpression: string } }
}

/** The action as a description has it. */
export function nameOfAction({ kind, place, added, expected }: ItemAction): string {
  const sign = { append: '+=', put: '=', delete: 'deleted', check: '' }[kind]
  const done = `${keyNameOf(place)} ${sign} ${added.join(',')}`.trimEnd()
  return expected === undefined ? done : `${done} if ${expected.at(-1) ?? 'absent'}`
}
