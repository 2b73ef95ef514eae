import { applyUpdate, type CompiledUpdate } from '../expressions/applyUpdate.ts'
import { evaluateCondition } from '../expressions/evaluateCondition.ts'
import { namesReadByCondition, namesReadByUpdate } from '../expressions/namesRead.ts'
import { pathsOfUpdate } from '../expressions/updatePaths.ts'
import type { ApiError } from '../errors/apiError.ts'
import {
  isUpdatedItemTooLarge,
  itemTooLarge,
  updatedItemTooLarge,
  updatedNestingTooDeep,
} from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import { maxItemSizeBytes, maxNestingLevels } from '../limits.ts'
import { fitsItemLimit, localIndexCount } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import { checkUpdatedIndexKeys } from '../items/primaryKey.ts'
import { levelsExceed } from '../values/checkAttributeValue.ts'
import { attributeOf, type Item } from '../values/attributeValue.ts'
import { itemSize } from '../values/size.ts'
import type { WriteAction } from './writePlan.ts'

/** An update can put a large value into an item hundreds of times; beyond this nobody counts. */
const farTooLargeBytes = 4 * maxItemSizeBytes

/** Whether the action's condition holds on `before`; an action without a condition always may. */
export function conditionHolds(action: WriteAction, before: ItemImage | undefined): boolean {
  const { condition } = action
  if (condition === undefined) return true
  return evaluateCondition(
    condition,
    before?.attributesOf(() => namesReadByCondition(condition)),
  )
}

/** Throws itemTooLarge for a put that is too large, with its entries in local indexes. */
export function checkPutSize({ table, rowKey, change }: WriteAction): void {
  if (change.kind === 'Put' && !fitsItemLimit(table, change.image, rowKey)) throw itemTooLarge()
}

/**
 * The item after `action` was carried out on `before`; `before` itself when nothing changes. Throws
 * the ValidationExceptions that depend on the stored item. REQUIRES: the condition holds.
 */
export function imageAfter(
  action: WriteAction,
  before: ItemImage | undefined,
): ItemImage | undefined {
  const { change } = action
  switch (change.kind) {
    case 'Put':
      checkPutSize(action)
      return change.image
    case 'Update': {
      if (change.update === undefined) return before ?? ItemImage.ofItem(action.key)
      return imageUpdated(change.update, action, before)
    }
    case 'Delete':
      return undefined
    case 'ConditionCheck':
      return before
    default:
      return unreachable(change)
  }
}

function imageUpdated(
  update: CompiledUpdate,
  { table, key, rowKey }: WriteAction,
  before: ItemImage | undefined,
): ItemImage | undefined {
  const read = before?.attributesOf(() => namesReadByUpdate(update))
  const { item } = applyUpdate(update, read, key)
  if (item === undefined) return before
  const image =
    before?.withChanged(read as Item, item, farTooLargeBytes) ??
    ItemImage.ofItem(item, farTooLargeBytes)
  // Nothing else walks through an item that is many times too large.
  if (image.sizeBytes > farTooLargeBytes) throw updatedItemTooLarge()
  for (const name of update.attributeNames) checkAttributeNesting(item, name)
  checkUpdatedIndexKeys(table, image, before)
  if (!fitsItemLimit(table, image, rowKey)) throw updatedItemTooLarge()
  return image
}

/**
 * Why an update is refused whose condition is false: undefined, unless the size of what it would
 * leave comes first.
 */
export function sizeFault(
  action: WriteAction,
  before: ItemImage | undefined,
): ApiError | undefined {
  const { table, change, statementBytes } = action
  if (statementBytes === undefined || change.kind !== 'Update') return undefined
  const { update } = change
  if (update === undefined) return undefined
  // Each path of the statement may copy as much as the item has, and each local index all of it.
  const startBytes = before?.sizeBytes ?? itemSize(action.key)
  const imageBytes = statementBytes + startBytes * (1 + pathsOfUpdate(update).length)
  if (imageBytes * (1 + localIndexCount(table)) <= maxItemSizeBytes) return undefined
  try {
    imageUpdated(update, action, before)
  } catch (error) {
    if (isUpdatedItemTooLarge(error)) return error
  }
  return undefined
}

function checkAttributeNesting(item: Item, name: string): void {
  const value = attributeOf(item, name)
  if (value !== undefined && levelsExceed(value, maxNestingLevels)) throw updatedNestingTooDeep()
}
