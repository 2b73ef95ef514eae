import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
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
  /** What else must hold. */
  readonly condition?: string
  /** The values of placeholders in `condition` and `set`. */
  readonly values?: Item
  /** What an append does besides: clauses of SET. */
  readonly set?: string
  /** Attributes that an append removes. */
  readonly remove?: string
  /** Attributes that a put gives the item besides key and chain. */
  readonly attributes?: Item
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

function conditionOf({ expected, condition }: ItemAction): { condition: Condition; values: Item } {
  const chain = expected === undefined ? undefined : conditionOn(expected)
  const conditions = [chain?.ConditionExpression, condition].filter((each) => each !== undefined)
  if (conditions.length === 0) return { condition: {}, values: {} }
  return {
    condition: {
      ConditionExpression: conditions.join(' AND '),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
    values: chain?.values ?? {},
  }
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
  return {
    TableName: place.table,
    Key: primaryKeyOf(place),
    ...condition,
    ...valuesOf({ ...values, ...action.values }),
  }
}

export function updateRequest(
  action: ItemAction,
): KeyedRequest & { readonly UpdateExpression: string } {
  const { added, place, set, remove } = action
  const { condition, values } = conditionOf(action)
  const clauses = `SET ${[appendExpression, ...(set === undefined ? [] : [set])].join(', ')}`
  return {
    TableName: place.table,
    Key: primaryKeyOf(place),
    UpdateExpression: remove === undefined ? clauses : `${clauses} REMOVE ${remove}`,
    ...condition,
    ...valuesOf({ ...appendValues(added), ...values, ...action.values }),
  }
}

export function putRequest(action: ItemAction): Condition & {
  readonly TableName: string
  readonly Item: Item
  readonly ExpressionAttributeValues?: Item
} {
  const { condition, values } = conditionOf(action)
  const { place, expected = [], added, attributes } = action
  return {
    TableName: place.table,
    Item: { ...attributes, ...primaryKeyOf(place), chain: chainValue([...expected, ...added]) },
    ...condition,
    ...valuesOf({ ...values, ...action.values }),
  }
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
