import { updatedFragments, type CompiledUpdate } from '../../expressions/applyUpdate.ts'
import { unreachable } from '../../invariant.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import type { WriteResult } from '../../transactions/writePlan.ts'

export type UpdateReturnValues = 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'

/** What an update gives back of the item that it found or left; undefined for nothing. */
export function returnedAttributes(
  returnValues: UpdateReturnValues | undefined,
  update: CompiledUpdate | undefined,
  { before, after }: WriteResult,
): object | undefined {
  switch (returnValues) {
    case undefined:
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return before?.encoded
    case 'ALL_NEW':
      return after?.encoded
    case 'UPDATED_OLD':
      return touchedParts(update, before)
    case 'UPDATED_NEW':
      return touchedParts(update, after)
    default:
      return unreachable(returnValues)
  }
}

function touchedParts(
  update: CompiledUpdate | undefined,
  image: ItemImage | undefined,
): object | undefined {
  if (update === undefined) return undefined
  return updatedFragments(
    update,
    image?.attributesOf(() => update.attributeNames),
  )
}
