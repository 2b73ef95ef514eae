import type { StoredItem } from './entity.ts'
import type { TableShape } from './tableShape.ts'

/** The key attributes of an item. */
export function keyOfItem({ partitionKey, sortKey }: TableShape, item: StoredItem): StoredItem {
  return {
    [partitionKey]: item[partitionKey] as StoredItem[string],
    [sortKey]: item[sortKey] as StoredItem[string],
  }
}

/**
 * What is the same for the same item: the table and its key, whatever the order of its attributes.
 */
export function identityOf(tableName: string, key: StoredItem): string {
  const names = Object.keys(key).sort()
  return JSON.stringify([tableName, ...names.map((name) => key[name]?.S)])
}
