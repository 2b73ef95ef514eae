import { attributeOf, picked, typeOf, type Item, type KeyType, type Value } from './attributes.ts'
import { equal, equalItems } from './comparisons.ts'
import type { Path } from './documentPaths.ts'
import { invalid, invalidParameter } from './refusal.ts'
import { isEmptyText, itemSize, sum, valueSize } from './sizes.ts'
import type { VectorIndexDefinition } from './vectorIndexes.ts'

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyType
}

export interface IndexDefinition {
  readonly name: string
  readonly kind: 'local' | 'global'
  /** One, or up to four for a global index. */
  readonly partitionKeys: readonly KeyAttribute[]
  /** None to four, in the order by which they sort. */
  readonly sortKeys: readonly KeyAttribute[]
  /** All attributes, only keys, or keys and those named. */
  readonly projection: 'ALL' | 'KEYS_ONLY' | readonly string[]
}

export interface TableDefinition {
  readonly name: string
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly indexes: readonly IndexDefinition[]
  /** None when absent. */
  readonly vectorIndexes?: readonly VectorIndexDefinition[]
}

/** What one write made of one item. */
export interface ItemChange {
  readonly key: Item
  readonly before: Item | undefined
  readonly after: Item | undefined
}

/**
 * A table is its items. An index is nothing but a way of looking at them, and a stream is what has
 * become of them, from the first change to the last.
 */
export interface Table {
  definition: TableDefinition
  items: readonly Item[]
  /** The attribute that time to live is enabled on. */
  timeToLive?: string
  /** Absent for a table without a stream. */
  changes?: ItemChange[]
}

export function keyAttributesOf({ partitionKey, sortKey }: TableDefinition): KeyAttribute[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
}

/** The primary key of an item that has it. */
export function keyOf(definition: TableDefinition, item: Item): Item {
  return picked(
    item,
    keyAttributesOf(definition).map(({ name }) => name),
  )
}

export function sameKey(definition: TableDefinition, a: Item, b: Item): boolean {
  return keyAttributesOf(definition).every(({ name }) => equal(a[name] as Value, b[name] as Value))
}

/** The item whose primary key is that of `key`. */
export function itemAt({ definition, items }: Table, key: Item): Item | undefined {
  return items.find((item) => sameKey(definition, item, key))
}

/** Puts `after` in the place of the item at `key`, or takes that item away. */
export function store(table: Table, key: Item, after: Item | undefined): void {
  const before = itemAt(table, key)
  if (!isSame(before, after)) {
    table.changes?.push({ key: keyOf(table.definition, key), before, after })
  }
  const others = table.items.filter((item) => !sameKey(table.definition, item, key))
  table.items = after === undefined ? others : [...others, after]
}

function isSame(before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return before === after
  return equalItems(before, after)
}

export function indexKeysOf({ partitionKeys, sortKeys }: IndexDefinition): KeyAttribute[] {
  return [...partitionKeys, ...sortKeys]
}

/** What keeps a value from being a key of an index. */
export type KeyFault = 'type' | 'emptiness' | 'length'

export function keyFaultOf(
  index: IndexDefinition,
  { name, type }: KeyAttribute,
  value: Value,
): KeyFault | undefined {
  if (typeOf(value) !== type) return 'type'
  if (isEmptyText(value)) return 'emptiness'
  const isPartitionKey = index.partitionKeys.some((each) => each.name === name)
  return valueSize(value) > (isPartitionKey ? 2048 : 1024) ? 'length' : undefined
}

/**
 * What an index has of an item: all of it, or some of its attributes. An item that has not all of
 * the key attributes is not in the index; nor is one that is older than the index and has other
 * values there.
 */
export function entryOf(
  definition: TableDefinition,
  index: IndexDefinition,
  item: Item | undefined,
): Item | undefined {
  if (item === undefined) return undefined
  const isKeyOfIt = (key: KeyAttribute): boolean => {
    const value = attributeOf(item, key.name)
    return value !== undefined && keyFaultOf(index, key, value) === undefined
  }
  if (!indexKeysOf(index).every(isKeyOfIt)) return undefined
  return index.projection === 'ALL' ? item : picked(item, projectedNames(definition, index))
}

/**
 * The attributes of an index that has not all of them: its keys, the table's, and those it names.
 */
export function projectedNames(definition: TableDefinition, index: IndexDefinition): string[] {
  const keys = [...keyAttributesOf(definition), ...indexKeysOf(index)].map(({ name }) => name)
  return typeof index.projection === 'string' ? keys : [...keys, ...index.projection]
}

/** What counts towards the limit of an item: itself and its entries in local indexes. */
export function limitedSize(definition: TableDefinition, item: Item): number {
  const entries = definition.indexes
    .filter(({ kind }) => kind === 'local')
    .map((index) => entryOf(definition, index, item) ?? {})
  return sum([item, ...entries].map(itemSize))
}

/** A key attribute has no inside that a path could lead to. */
export function checkPathsOutsideKeys(
  keys: readonly KeyAttribute[],
  paths: readonly Path[],
  kind: 'Key' | 'IndexKey',
): void {
  const nested = paths.filter((path) => path.length > 1).map((path) => path[0] as string)
  const found = nested.find((name) => keys.some((key) => key.name === name))
  if (found === undefined) return
  throw invalid(
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not " +
      `allowed: ${kind}: ${found}`,
  )
}

/** The same for the keys of the table and of all its indexes. */
export function checkPathsOutsideAllKeys(
  definition: TableDefinition,
  paths: readonly Path[],
): void {
  checkPathsOutsideKeys(keyAttributesOf(definition), paths, 'Key')
  checkPathsOutsideKeys(definition.indexes.flatMap(indexKeysOf), paths, 'IndexKey')
}

/** A `Key` parameter has exactly the key attributes, with their types. */
export function isKey(definition: TableDefinition, key: Item): boolean {
  const attributes = keyAttributesOf(definition)
  const fits = attributes.every(({ name, type }) => isOfType(key, name, type))
  return fits && Object.keys(key).length === attributes.length
}

export function checkKey(definition: TableDefinition, key: Item): void {
  if (!isKey(definition, key)) {
    throw invalid('The provided key element does not match the schema')
  }
  checkKeyFilled(definition, key)
}

function isOfType(map: Item, name: string, type: KeyType): boolean {
  const value = attributeOf(map, name)
  return value !== undefined && typeOf(value) === type
}

/** Strings and binaries that are keys are not empty. */
export function checkKeyFilled(definition: TableDefinition, map: Item): void {
  for (const { name, type } of keyAttributesOf(definition)) {
    const value = attributeOf(map, name)
    if (value === undefined || typeOf(value) !== type || !isEmptyText(value)) continue
    throw invalid(`One or more parameter values are not valid. ${emptyKeyText(value)} Key: ${name}`)
  }
}

export const emptyKeyText = (value: Value): string =>
  'The AttributeValue for a key attribute cannot contain an empty ' +
  `${'S' in value ? 'string' : 'binary'} value.`

/** An item that is put has the table's key attributes with their types. */
export function checkItemKey(definition: TableDefinition, item: Item): void {
  for (const { name, type } of keyAttributesOf(definition)) {
    const value = attributeOf(item, name)
    if (value === undefined) throw invalidParameter(`Missing the key ${name} in the item`)
    if (typeOf(value) === type) continue
    throw invalidParameter(
      `Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
    )
  }
  checkKeyFilled(definition, item)
}
