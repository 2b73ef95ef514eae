import { applyUpdate } from '../expressions/applyUpdate.ts'
import { evaluateCondition } from '../expressions/evaluateCondition.ts'
import { itemTooLarge, updatedItemTooLarge } from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import { maxItemSizeBytes } from '../limits.ts'
import type { CommitMember, CounterChange } from '../storage/groupCommit.ts'
import type { Expectation, StorageWrite } from '../storage/engine.ts'
import { ItemImage } from '../tables/itemImage.ts'
import { checkUpdatedIndexKeys } from '../tables/primaryKey.ts'
import type { Table } from '../tables/table.ts'
import { checkNesting } from '../values/checkAttributeValue.ts'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import type { WriteAction } from './writePlan.ts'

/** Whether the action's condition holds on `before`; an action without a condition always may. */
export function conditionHolds(action: WriteAction, before: ItemImage | undefined): boolean {
  return action.condition === undefined || evaluateCondition(action.condition, before?.item)
}

/**
 * The item after `action` was carried out on `before`; `before` itself when nothing changes. Throws the
 * ValidationExceptions that depend on the stored item. REQUIRES: the condition holds.
 */
export function imageAfter(
  action: WriteAction,
  before: ItemImage | undefined,
): ItemImage | undefined {
  const { change } = action
  switch (change.kind) {
    case 'Put':
      if (change.image.sizeBytes > maxItemSizeBytes) throw itemTooLarge()
      return change.image
    case 'Update': {
      if (change.update === undefined) return before ?? ItemImage.ofItem(action.key)
      const { item } = applyUpdate(change.update, before?.item, action.key)
      return item === undefined ? before : updatedImage(action.table, item)
    }
    case 'Delete':
      return undefined
    case 'ConditionCheck':
      return before
    default:
      return unreachable(change)
  }
}

function updatedImage(table: Table, item: Item): ItemImage {
  for (const name of Object.keys(item)) checkNesting(item[name] as AttributeValue)
  checkUpdatedIndexKeys(table, item)
  const image = ItemImage.ofItem(item)
  if (image.sizeBytes > maxItemSizeBytes) throw updatedItemTooLarge()
  return image
}

/** Collects what the actions of one atomic write put into the store. */
export class CommitBuilder implements CommitMember {
  readonly expectations: Expectation[] = []
  readonly writes: StorageWrite[] = []
  readonly counterChanges: CounterChange[] = []

  /** The item at `rowKey` was read as `before` and becomes `after`. */
  addItem(
    action: { readonly table: Table; readonly rowKey: Buffer },
    before: ItemImage | undefined,
    after: ItemImage | undefined,
  ): void {
    const { table, rowKey } = action
    this.expectations.push({ key: rowKey, value: before?.stored })
    if (before === after) return
    this.writes.push({ key: rowKey, value: after?.stored })
    const countDifference = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
    const sizeDifference = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0)
    if (countDifference === 0 && sizeDifference === 0) return
    this.counterChanges.push({
      counter: table.counter,
      differences: [countDifference, sizeDifference],
    })
  }
}
