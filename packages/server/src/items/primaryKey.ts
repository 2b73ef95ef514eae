import {
  emptyIndexKey,
  emptyIndexKeyUpdate,
  emptyKey,
  indexKeyTypeMismatch,
  keySchemaMismatch,
  keyTypeMismatch,
  missingKey,
  partitionKeyTooLong,
  sortKeyTooLong,
  updatedIndexKeyTooLong,
  updatedIndexKeyType,
} from '../errors/valueErrors.ts'
import { maxPartitionKeyBytes, maxSortKeyBytes } from '../limits.ts'
import type { Bytes } from '../storage/engine.ts'
import {
  attributeOf,
  typeOf,
  type AttributeMap,
  type AttributeValue,
  type Item,
  type KeyAttributeType,
} from '../values/attributeValue.ts'
import { encodePartitionKey, encodeSortKey, hashPartitionKey } from '../values/keyEncoding.ts'
import { attributeValueSize } from '../values/size.ts'
import { overlongPart } from './indexEntries.ts'
import type { ItemImage } from './itemImage.ts'
import { checkSearchKeysNotEmpty, checkUpdatedVectors, checkVectors } from './vectorChecks.ts'
import { rowKey } from '../layout/storeKeys.ts'
import type { IndexKeyAttribute, KeyAttribute, SecondaryIndex, Table } from '../schema/table.ts'

/**
 * The row key of `Key`, which must have exactly the key attributes of the table with their types.
 * Throws keySchemaMismatch, or the errors of {@link checkKeyValue}.
 */
export function rowKeyOfKey(table: Table, key: AttributeMap): Buffer {
  checkKeySchema(table, key)
  return rowKeyOf(table, key)
}

/** Throws keySchemaMismatch unless `key` has exactly the table's key attributes and their types. */
export function checkKeySchema(table: Table, key: AttributeMap): void {
  if (!fitsKeySchema(table, key)) throw keySchemaMismatch()
}

/** Whether `key` has exactly the table's key attributes and their types. */
export function fitsKeySchema({ primaryKey }: Table, key: AttributeMap): boolean {
  const { partitionKey, sortKey } = primaryKey
  const expected = sortKey === undefined ? 1 : 2
  if (Object.keys(key).length !== expected || !hasType(key, partitionKey)) return false
  return sortKey === undefined || hasType(key, sortKey)
}

/**
 * The row key of an item that is put. Throws missingKey or keyTypeMismatch for its key attributes.
 */
export function rowKeyOfItem(table: Table, item: Item): Buffer {
  checkItemKeys(table, item)
  return rowKeyOf(table, item)
}

/** Throws missingKey or keyTypeMismatch unless `item` has the table's key attributes. */
export function checkItemKeys(table: Table, item: Item): void {
  const { partitionKey, sortKey } = table.primaryKey
  checkItemKey(item, partitionKey)
  if (sortKey !== undefined) checkItemKey(item, sortKey)
}

function checkItemKey(item: Item, { name, type }: KeyAttribute): void {
  const value = attributeOf(item, name)
  if (value === undefined) throw missingKey(name)
  const actual = typeOf(value)
  if (actual !== type) throw keyTypeMismatch(name, type, actual)
}

function hasType(key: AttributeMap, { name, type }: KeyAttribute): boolean {
  const value = attributeOf(key, name)
  return value !== undefined && typeOf(value) === type
}

/**
 * The row key of a map that has the key attributes. REQUIRES: checkKeySchema or checkItemKeys
 * passed. Throws for empty and over-long key values.
 */
export function rowKeyOf(table: Table, map: AttributeMap): Buffer {
  const { partitionKey, sortKey } = table.primaryKey
  const partitionValue = map[partitionKey.name] as AttributeValue
  const partitionBytes = encodePartitionKey(partitionKey.type, partitionValue)
  checkNotEmpty(partitionKey, partitionBytes)
  let sortBytes: Bytes | undefined
  if (sortKey !== undefined) {
    sortBytes = encodeSortKey(sortKey.type, map[sortKey.name] as AttributeValue)
    checkNotEmpty(sortKey, sortBytes)
    if (sortBytes.length > maxSortKeyBytes) throw sortKeyTooLong()
  }
  if (partitionBytes.length > maxPartitionKeyBytes) throw partitionKeyTooLong()
  return rowKey(table.number, hashPartitionKey(partitionBytes), partitionBytes, sortBytes)
}

function checkNotEmpty({ name, type }: KeyAttribute, bytes: Bytes): void {
  if (bytes.length === 0 && type !== 'N') throw emptyKey(type, name)
}

/**
 * Throws emptyKey for a table key attribute of `map` that is empty; any other fault is let pass. In
 * a transaction an empty key refuses the request while a wrong one cancels it.
 */
export function checkKeysNotEmpty(table: Table, map: AttributeMap): void {
  const { partitionKey, sortKey } = table.primaryKey
  checkKeyNotEmpty(map, partitionKey)
  if (sortKey !== undefined) checkKeyNotEmpty(map, sortKey)
}

function checkKeyNotEmpty(map: AttributeMap, { name, type }: KeyAttribute): void {
  const value = attributeOf(map, name)
  if (type !== 'N' && value !== undefined && isEmpty(type, value)) throw emptyKey(type, name)
}

/** Whether `value` is of the key's type and empty; another type is a fault of its own. */
function isEmpty(type: KeyAttributeType, value: AttributeValue): boolean {
  if (type === 'S') return 'S' in value && value.S === ''
  return type === 'B' && 'B' in value && value.B === ''
}

/**
 * Checks the attributes of a put item that are keys of secondary indexes: type, emptiness, length;
 * and those of vector indexes. An item without them is merely not in the index.
 */
export function checkIndexKeys(table: Table, item: Item): void {
  for (const indexKey of table.indexKeys) {
    const value = attributeOf(item, indexKey.name)
    if (value === undefined) continue
    const actual = typeOf(value)
    if (actual !== indexKey.type) {
      throw indexKeyTypeMismatch(indexKey.name, indexKey.type, actual, indexKey.indexName)
    }
    if (indexKey.type !== 'N' && isEmpty(indexKey.type, value)) {
      throw emptyIndexKey(indexKey.type, indexKey.indexName, indexKey.name)
    }
    if (!fits(indexKey, value)) {
      throw indexKey.keyType === 'HASH' ? partitionKeyTooLong() : sortKeyTooLong()
    }
  }
  for (const index of table.indexes) {
    const part = overlongPart(index, (name) => attributeOf(item, name))
    if (part !== undefined) throw part === 'HASH' ? partitionKeyTooLong() : sortKeyTooLong()
  }
  checkVectors(table, item)
}

/** Throws emptyIndexKey for a put item; its other faults are let pass. */
export function checkIndexKeysNotEmpty(table: Table, item: Item): void {
  for (const { name, type, indexName } of table.indexKeys) {
    const value = attributeOf(item, name)
    if (type !== 'N' && value !== undefined && isEmpty(type, value)) {
      throw emptyIndexKey(type, indexName, name)
    }
  }
  checkSearchKeysNotEmpty(table, item)
}

/**
 * {@link checkIndexKeys} for the result of an update, which has texts of its own. What the update
 * leaves as it was in `before` is let pass: an item may be older than the index.
 */
export function checkUpdatedIndexKeys(
  table: Table,
  image: ItemImage,
  before: ItemImage | undefined,
): void {
  for (const indexKey of table.indexKeys) {
    const value = image.attribute(indexKey.name)
    if (value === undefined) continue
    if (before?.attribute(indexKey.name) === value) continue
    if (typeOf(value) !== indexKey.type) throw updatedIndexKeyType()
    if (indexKey.type !== 'N' && isEmpty(indexKey.type, value)) {
      throw emptyIndexKeyUpdate(indexKey.type)
    }
    if (!fits(indexKey, value)) throw updatedIndexKeyTooLong()
  }
  for (const index of table.indexes) {
    if (overlongPart(index, (name) => image.attribute(name)) === undefined) continue
    if (before === undefined || hasOtherKey(index, image, before)) throw updatedIndexKeyTooLong()
  }
  checkUpdatedVectors(table, image, before)
}

/**
 * Whether an update wrote a key attribute of `index`: what it leaves alone stays the same value.
 */
function hasOtherKey(index: SecondaryIndex, image: ItemImage, before: ItemImage): boolean {
  const attributes = [...index.partitionKeys, ...index.sortKeys]
  return attributes.some(({ name }) => image.attribute(name) !== before.attribute(name))
}

function fits({ keyType, type }: IndexKeyAttribute, value: AttributeValue): boolean {
  if (type === 'N') return true
  return attributeValueSize(value) <= (keyType === 'HASH' ? maxPartitionKeyBytes : maxSortKeyBytes)
}

/** Whether no two of the row keys that are there are the same. */
export function areDistinct(rowKeys: readonly (Buffer | undefined)[]): boolean {
  const names = new Set<string>()
  for (const key of rowKeys) {
    if (key === undefined) continue
    const { size } = names
    if (names.add(key.toString('latin1')).size === size) return false
  }
  return true
}
