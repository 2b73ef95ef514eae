import type { Table } from '../tables/table.ts'
import {
  newAttributeMap,
  type AttributeMap,
  type AttributeValue,
  type Item,
} from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'

/** Checks the values of a `Key` parameter by themselves, before its table is known. */
export function checkKeyValues(key: AttributeMap): void {
  for (const name of Object.keys(key)) checkAttributeValue(key[name] as AttributeValue)
}

/** The primary key attributes of an item that has them. */
export function keyOfItem(table: Table, item: Item): AttributeMap {
  const { partitionKey, sortKey } = table.primaryKey
  const key = newAttributeMap()
  key[partitionKey.name] = item[partitionKey.name] as AttributeValue
  if (sortKey !== undefined) key[sortKey.name] = item[sortKey.name] as AttributeValue
  return key
}
