import { attributeOf, type Item } from './attributes.ts'
import { consumedCapacity, unitsOfWrite, type CapacityMode } from './capacity.ts'
import { holds, type Condition } from './conditions.ts'
import { tableOf, type Database } from './database.ts'
import { invalid, invalidParameter, Refusal } from './refusal.ts'
import { isTooDeep, maxItemBytes } from './sizes.ts'
import { weightOf } from './weights.ts'
import {
  checkIndexKeys,
  checkIndexKeyTypes,
  checkUpdatedIndexKeys,
  checkUpdatedIndexKeysFilled,
} from './indexKeys.ts'
import {
  checkItemKey,
  checkKey,
  checkPathsOutsideAllKeys,
  itemAt,
  keyAttributesOf,
  limitedSize,
  store,
  type Table,
  type TableDefinition,
} from './tables.ts'
import { pathsOfUpdate, touched, updated, type Update } from './updates.ts'
import { unreachable } from './unreachable.ts'

/** A write or check of one item: of PutItem, UpdateItem and DeleteItem, and of transactions. */
export type Action = {
  readonly table: string
  readonly condition?: Condition
  /** ReturnValuesOnConditionCheckFailure is ALL_OLD. */
  readonly showOld: boolean
} & (
  | {
      readonly kind: 'Put'
      readonly item: Item
      /** Of an INSERT, which puts an item where none is. */
      readonly isInsert?: true
    }
  | { readonly kind: 'Update'; readonly key: Item; readonly update: Update }
  | { readonly kind: 'Delete' | 'ConditionCheck'; readonly key: Item }
)

export type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW'

/** PutItem, UpdateItem and DeleteItem. An update without actions has no UpdateExpression. */
export interface SingleWrite {
  readonly kind: 'SingleWrite'
  readonly action: Action
  readonly returnValues: ReturnValues
  readonly capacity: CapacityMode
  readonly metrics: boolean
}

/** What a write found and what it leaves. */
export interface Change {
  readonly before: Item | undefined
  readonly after: Item | undefined
}

/** What names the item: its key, alone or in the item itself. */
export const keyOfAction = (action: Action): Item =>
  action.kind === 'Put' ? action.item : action.key

/** Carries out one write by itself: keys, then the condition, then the change, then its size. */
export function singleWrite(database: Database, write: SingleWrite): object {
  const { action, returnValues, capacity, metrics } = write
  const table = tableOf(database, action.table)
  const { definition } = table
  checkKeysOf(definition, action)
  if (database.layer === 'newer') checkWeight(action)
  const change = database.layer === 'newer' ? sizedChangeOf(table, action) : changeOf(table, action)
  store(table, keyOfAction(action), change.after)
  const units = unitsOfWrite(definition, change.before, change.after)
  const { name } = definition.partitionKey
  return {
    Attributes: returned(returnValues, action, change),
    ConsumedCapacity: consumedCapacity(capacity, definition, units),
    ItemCollectionMetrics: metrics ? collectionMetrics(definition, action, name) : undefined,
  }
}

/**
 * Only tables with local secondary indexes have item collections; none here comes near a gigabyte.
 */
function collectionMetrics(
  { indexes }: TableDefinition,
  action: Action,
  partitionKey: string,
): object | undefined {
  if (!indexes.some(({ kind }) => kind === 'local')) return undefined
  const key = keyOfAction(action)
  return { ItemCollectionKey: { [partitionKey]: key[partitionKey] }, SizeEstimateRangeGB: [0, 1] }
}

/** What can be said of an action's keys without looking at the item. */
export function checkKeysOf(definition: TableDefinition, action: Action): void {
  if (action.kind === 'Put') {
    checkItemKey(definition, action.item)
    checkIndexKeys(definition, action.item)
    return
  }
  checkKey(definition, action.key)
  if (action.kind !== 'Update') return
  const keys = keyAttributesOf(definition).map(({ name }) => name)
  for (const { path } of action.update) {
    const name = path[0] as string
    if (!keys.includes(name)) continue
    throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`)
  }
  checkPathsOutsideAllKeys(definition, pathsOfUpdate(action.update))
  checkNoIndexKeyEmptied(definition, action.update)
  for (const item of assignedConstants(action.update)) checkIndexKeyTypes(definition, item)
}

/** No item could be right after an update that sets an index key to an empty constant. */
export function checkNoIndexKeyEmptied(definition: TableDefinition, update: Update): void {
  for (const item of assignedConstants(update)) checkUpdatedIndexKeysFilled(definition, item)
}

/** Each attribute that an update sets to a constant, as an item by itself. */
function assignedConstants(update: Update): Item[] {
  return update.flatMap((action) => {
    if (action.clause !== 'SET' || action.path.length > 1) return []
    return action.value.kind === 'value' ? [{ [action.path[0] as string]: action.value.value }] : []
  })
}

/**
 * What an action would find and leave. A condition is judged on the stored item, and before
 * anything else that depends on that item.
 */
export function changeOf(table: Table, action: Action): Change {
  const before = itemAt(table, keyOfAction(action))
  const { condition, showOld } = action
  if (action.kind === 'Put' && action.isInsert === true && before !== undefined) {
    throw new Refusal('DuplicateItemException', 'Duplicate primary key exists in table')
  }
  if (condition !== undefined && !holds(condition, before ?? {})) {
    const shown = showOld && before !== undefined ? { Item: before } : {}
    throw new Refusal('ConditionalCheckFailedException', 'The conditional request failed', shown)
  }
  switch (action.kind) {
    case 'Put':
      checkSizeOfPut(limitedSize(table.definition, action.item))
      return { before, after: action.item }
    case 'Update': {
      const after = updated(action.update, before, action.key)
      if (after !== undefined) checkUpdated(table.definition, before ?? {}, after)
      return { before, after }
    }
    case 'Delete':
      return { before, after: undefined }
    case 'ConditionCheck':
      return { before, after: before }
    default:
      return unreachable(action)
  }
}

/** In the newer layer what a statement would leave must fit an item, before its condition holds. */
function sizedChangeOf(table: Table, action: Action): Change {
  if (action.kind !== 'Update' || action.update.length === 0) return changeOf(table, action)
  try {
    return changeOf(table, action)
  } catch (error) {
    if (!(error instanceof Refusal) || error.type !== 'ConditionalCheckFailedException') throw error
    const { condition: _, ...unconditional } = action
    const other = refusalOf(() => changeOf(table, unconditional))
    throw other?.message === updateTooLarge().message ? other : error
  }
}

function refusalOf(work: () => unknown): Refusal | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  return undefined
}

/** Throws when a put is of `bytes` that are too many. */
export function checkSizeOfPut(bytes: number): void {
  if (bytes <= maxItemBytes) return
  throw invalid('Item size has exceeded the maximum allowed size')
}

/** In the newer layer a statement must fit an item, whatever the item is. */
function checkWeight(action: Action): void {
  if (action.kind !== 'Update' || action.update.length === 0) return
  if (weightOf(action.update) > maxItemBytes) throw updateTooLarge()
}

const updateTooLarge = (): Refusal =>
  invalid('Item size to update has exceeded the maximum allowed size')

const tooDeep = 'Nesting Levels have exceeded supported limits'

function checkUpdated(definition: TableDefinition, before: Item, after: Item): void {
  if (isTooDeep(after)) throw invalid(tooDeep)
  // An item that is older than an index may keep a value that the index would not take.
  const isKept = (name: string): boolean => attributeOf(before, name) === after[name]
  checkUpdatedIndexKeys(definition, after, isKept)
  if (limitedSize(definition, after) > maxItemBytes) throw updateTooLarge()
}

/** The Attributes of a response; none where there is nothing to show. */
export function returned(
  returnValues: ReturnValues,
  action: Action,
  { before, after }: Change,
): Item | undefined {
  if (returnValues === 'ALL_OLD') return before
  if (returnValues === 'ALL_NEW') return after
  if (returnValues === 'NONE' || action.kind !== 'Update') return undefined
  const image = returnValues === 'UPDATED_OLD' ? before : after
  if (image === undefined) return undefined
  const parts = touched(action.update, image)
  return Object.keys(parts).length === 0 ? undefined : parts
}
