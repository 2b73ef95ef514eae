import type { Table } from '../tables/table.ts'
import type { AttributeMap } from '../values/attributeValue.ts'
import { newAttributeMap, type AttributeValue } from '../values/attributeValue.ts'

export type ReturnItemCollectionMetrics = 'SIZE' | 'NONE'

const gigabyte = 1024 ** 3

/** ItemCollectionMetrics of one item collection (model: ItemCollectionMetrics). */
export interface ItemCollectionMetrics {
  readonly ItemCollectionKey: AttributeMap
  /** Lower and upper bound in gigabytes. */
  readonly SizeEstimateRangeGB: readonly [number, number]
}

/**
 * The metrics of the item collection that a write touched: undefined unless they were asked for and the
 * table has local secondary indexes. The table's size bounds that of any of its collections.
 */
export function itemCollectionMetrics(
  mode: ReturnItemCollectionMetrics | undefined,
  table: Table,
  key: AttributeMap,
): ItemCollectionMetrics | undefined {
  if (mode !== 'SIZE' || table.record.localSecondaryIndexes.length === 0) return undefined
  const name = table.primaryKey.partitionKey.name
  const collectionKey = newAttributeMap()
  collectionKey[name] = key[name] as AttributeValue
  const tableSizeBytes = table.counter.values[1] ?? 0
  const upper = Math.max(1, Math.ceil(tableSizeBytes / gigabyte))
  return { ItemCollectionKey: collectionKey, SizeEstimateRangeGB: [0, upper] }
}
