import type { ValidationLayer } from './layers.ts'

/**
 * What must keep to the limit of an item's size when an item is updated by an expression: the item
 * that it leaves, or, before its condition is looked at, the `statement` as well.
 */
export type UpdateLimit = 'item' | 'statement'

const limitOfLayer: Readonly<Record<ValidationLayer, UpdateLimit>> = {
  older: 'item',
  newer: 'statement',
}

/** The limit of UpdateItem in that layer; transactions and AttributeUpdates have `item` alone. */
export function updateLimitOf(layer: ValidationLayer): UpdateLimit {
  return limitOfLayer[layer]
}
