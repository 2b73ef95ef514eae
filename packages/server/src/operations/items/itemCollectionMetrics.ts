import type { Table } from '../../schema/table.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { newAttributeMap, type AttributeValue } from '../../values/attributeValue.ts'

export type ReturnItemCollectionMetrics = 'SIZE' | 'NONE'

const gigabyte = 1024 ** 3

/** ItemCollectionMetrics of one item collection (model: ItemCollectionMetrics). */
export interface ItemCollectionMetrics {
  readonly ItemCollectionKey: AttributeMap
  /** Lower and upper bound in gigabytes. */
  readonly SizeEstimateRangeGB: readonly [number, number]
}

/** A write of one item; `key` has at least the table's key attributes. */
interface ItemWrite {
  readonly table: Table
  readonly key: AttributeMap
}

/**
 * The metrics of the item collection that a write touched, whose size came with its commit:
 * undefined unless they were asked for and the table has local secondary indexes.
 */
export function itemCollectionMetrics(
  mode: ReturnItemCollectionMetrics | undefined,
  { table, key }: ItemWrite,
  sizeBytes: number | undefined,
): ItemCollectionMetrics | undefined {
  if (mode !== 'SIZE' || sizeBytes === undefined) return undefined
  const { name } = table.primaryKey.partitionKey
  const collectionKey = newAttributeMap()
  collectionKey[name] = key[name] as AttributeValue
  const lower = Math.floor(sizeBytes / gigabyte)
  return { ItemCollectionKey: collectionKey, SizeEstimateRangeGB: [lower, lower + 1] }
}
