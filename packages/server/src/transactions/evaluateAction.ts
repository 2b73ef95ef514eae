import { applyUpdate } from '../expressions/applyUpdate.ts'
import { evaluateCondition } from '../expressions/evaluateCondition.ts'
import { itemTooLarge, updatedItemTooLarge, updatedNestingTooDeep } from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import { maxItemSizeBytes, maxNestingLevels } from '../limits.ts'
import { fitsItemLimit } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import { checkUpdatedIndexKeys } from '../items/primaryKey.ts'
import { levelsExceed } from '../values/checkAttributeValue.ts'
import { attributeOf, type Item } from '../values/attributeValue.ts'
import type { WriteAction } from './writePlan.ts'

/** An update can put a large value into an item hundreds of times; beyond this nobody counts. */
const farTooLargeBytes = 4 * maxItemSizeBytes

/** Whether the action's condition holds on `before`; an action without a condition always may. */
export function conditionHolds(action: WriteAction, before: ItemImage | undefined): boolean {
  return action.condition === undefined || evaluateCondition(action.condition, before?.item)
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
      const { item } = applyUpdate(change.update, before?.item, action.key)
      if (item === undefined) return before
      const image = ItemImage.ofItem(item, farTooLargeBytes)
      // Nothing else walks through an item that is many times too large.
      if (image.sizeBytes > farTooLargeBytes) throw updatedItemTooLarge()
      for (const name of change.update.attributeNames) checkAttributeNesting(item, name)
      checkUpdatedIndexKeys(action.table, item, before?.item)
      if (!fitsItemLimit(action.table, image, action.rowKey)) throw updatedItemTooLarge()
      return image
    }
    case 'Delete':
      return undefined
    case 'ConditionCheck':
      return before
    default:
      return unreachable(change)
  }
}

function checkAttributeNesting(item: Item, name: string): void {
  const value = attributeOf(item, name)
  if (value !== undefined && levelsExceed(value, maxNestingLevels)) throw updatedNestingTooDeep()
}
