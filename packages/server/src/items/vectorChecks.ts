import {
  searchAttributeType,
  searchFilterTooLong,
  searchKeyTooLong,
  vectorElementRange,
  vectorElementType,
  vectorNotList,
  vectorSizeInvalid,
} from '../errors/vectorErrors.ts'
import { emptyIndexKey, emptyIndexKeyUpdate } from '../errors/valueErrors.ts'
import type { ApiError } from '../errors/apiError.ts'
import { unreachable } from '../invariant.ts'
import { maxPartitionKeyBytes, maxSearchFilterBytes } from '../limits.ts'
import type { KeyAttribute, Table, VectorIndex } from '../schema/table.ts'
import { attributeOf, typeOf, type AttributeValue, type Item } from '../values/attributeValue.ts'
import { attributeValueSize } from '../values/size.ts'
import { isVector, vectorOf } from './vectorValues.ts'

/** Gives the attribute of an item that is to be checked; undefined for one that need not be. */
type Checked = (name: string) => AttributeValue | undefined

/**
 * Checks the attributes of a put item that vector indexes have: vector, partition key and filters.
 * An item without vector or partition key is merely not in the index. Several faults are told by
 * the first index in the order of their names.
 */
export function checkVectors(table: Table, item: Item): void {
  if (table.vectorIndexes.length === 0) return
  for (const index of table.vectorIndexes) {
    checkIndex(
      index,
      (name) => attributeOf(item, name),
      (key, type) => emptyIndexKey(type, index.name, key),
    )
  }
}

/** Throws emptyIndexKey for a put item; its other faults are let pass. */
export function checkSearchKeysNotEmpty(table: Table, item: Item): void {
  for (const { name: indexName, partitionKeys } of table.vectorIndexes) {
    for (const { name, type } of partitionKeys) {
      const value = attributeOf(item, name)
      if (value !== undefined && isEmptyKey(type, value)) {
        throw emptyIndexKey(type as 'S' | 'B', indexName, name)
      }
    }
  }
}

/**
 * {@link checkVectors} for the result of an update. What the update leaves as it was in `before` is
 * let pass: an item may be older than the index.
 */
export function checkUpdatedVectors(
  table: Table,
  image: { attribute(name: string): AttributeValue | undefined },
  before: { attribute(name: string): AttributeValue | undefined } | undefined,
): void {
  if (table.vectorIndexes.length === 0) return
  const changed: Checked = (name) => {
    const value = image.attribute(name)
    return value === before?.attribute(name) ? undefined : value
  }
  for (const index of table.vectorIndexes) {
    checkIndex(index, changed, (_key, type) => emptyIndexKeyUpdate(type))
  }
}

function checkIndex(
  index: VectorIndex,
  read: Checked,
  emptyKey: (name: string, type: 'S' | 'B') => ApiError,
): void {
  checkVector(index, read(index.vector.attributeName))
  for (const key of index.partitionKeys) {
    const value = read(key.name)
    if (value === undefined) continue
    checkType(index, key, value)
    if (isEmptyKey(key.type, value)) throw emptyKey(key.name, key.type as 'S' | 'B')
    if (attributeValueSize(value) > maxPartitionKeyBytes) {
      throw searchKeyTooLong(maxPartitionKeyBytes)
    }
  }
  for (const filter of index.vector.filters) {
    const value = read(filter.name)
    if (value === undefined) continue
    checkType(index, filter, value)
    if (attributeValueSize(value) > maxSearchFilterBytes) {
      throw searchFilterTooLong(filter.name, maxSearchFilterBytes)
    }
  }
}

/** Throws unless `value` is a vector of the index, or absent. */
function checkVector({ name: indexName, vector }: VectorIndex, value?: AttributeValue): void {
  if (value === undefined) return
  const { attributeName: name, dimensions } = vector
  const found = vectorOf(value, dimensions)
  if (isVector(found)) return
  switch (found.kind) {
    case 'type':
      throw vectorNotList(name, indexName)
    case 'size':
      throw vectorSizeInvalid(name, { expected: dimensions, actual: found.actual }, indexName)
    case 'elementType':
      throw vectorElementType(name, found, indexName)
    case 'range':
      throw vectorElementRange(name, found, indexName)
    default:
      return unreachable(found)
  }
}

function checkType(
  { name: indexName }: VectorIndex,
  key: KeyAttribute,
  value: AttributeValue,
): void {
  const [expected, actual] = [key.type, typeOf(value)]
  if (actual !== expected) throw searchAttributeType(key.name, { expected, actual }, indexName)
}

/** Whether `value` is an empty string or binary. */
export function isEmptyKey(type: string, value: AttributeValue): boolean {
  if (type === 'S') return 'S' in value && value.S === ''
  return type === 'B' && 'B' in value && value.B === ''
}
