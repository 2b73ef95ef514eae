import type { KeyConditionSchema } from '../expressions/bindKeyCondition.ts'
import type { Bytes } from '../storage/engine.ts'
import {
  newAttributeMap,
  type AttributeMap,
  type AttributeValue,
} from '../values/attributeValue.ts'
import { indexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { rowKeyOf } from '../items/primaryKey.ts'
import type { KeyAttribute, SecondaryIndex, Table } from '../schema/table.ts'

/** What a query or scan reads: the rows of a table or, with an index, that index's entries. */
export interface ReadTarget {
  readonly table: Table
  readonly index: SecondaryIndex | undefined
}

/** The attributes that a key condition on `target` is about. */
export function keySchemaOf({ table, index }: ReadTarget): KeyConditionSchema {
  if (index !== undefined) return index
  const { partitionKey, sortKey } = table.primaryKey
  return { partitionKeys: [partitionKey], sortKeys: sortKey === undefined ? [] : [sortKey] }
}

/**
 * The attributes that tell an item of `target` apart: the index's keys and the table's, each once.
 */
export function keyAttributesOf({ table, index }: ReadTarget): readonly KeyAttribute[] {
  const { partitionKey, sortKey } = table.primaryKey
  const attributes = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  for (const key of index === undefined ? [] : [...index.partitionKeys, ...index.sortKeys]) {
    if (!attributes.some(({ name }) => name === key.name)) attributes.push(key)
  }
  return attributes
}

/** The key attributes of an item of `target`: what a later page starts after. */
export function positionKey(target: ReadTarget, image: ItemImage): AttributeMap {
  const key = newAttributeMap()
  for (const { name } of keyAttributesOf(target)) {
    key[name] = image.attribute(name) as AttributeValue
  }
  return key
}

/**
 * Where an item with these key attributes is in `target`, or would be: it need not exist. Undefined
 * when no entry of the index can have them. Throws for empty and over-long key values of the table.
 * REQUIRES: `key` has all of keyAttributesOf with their types.
 */
export function positionOf({ table, index }: ReadTarget, key: AttributeMap): Bytes | undefined {
  const position = rowKeyOf(table, key)
  if (index === undefined) return position
  return indexEntry(index, ItemImage.ofItem(key), position)?.key
}
