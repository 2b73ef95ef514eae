import { attributeOf, typeOf, type Item, type Value } from './attributes.ts'
import { invalid, invalidParameter, type Refusal } from './refusal.ts'
import { checkSearchKeysFilled, checkUpdatedVectors, checkVectors } from './vectorIndexes.ts'
import {
  emptyKeyText,
  indexKeysOf,
  keyAttributesOf,
  keyFaultOf,
  type IndexDefinition,
  type KeyAttribute,
  type KeyFault,
  type TableDefinition,
} from './tables.ts'

/** An attribute of an item that a write would leave unfit for an index. */
interface FaultyKey {
  readonly index: IndexDefinition
  readonly key: KeyAttribute
  readonly value: Value
  readonly fault: KeyFault
}

/**
 * In the order of the indexes' names and their keys. Keys of the table itself are checked
 * elsewhere.
 */
function faultyKeysOf(definition: TableDefinition, item: Item): FaultyKey[] {
  const own = keyAttributesOf(definition).map(({ name }) => name)
  const byName = [...definition.indexes].sort((a, b) => (a.name < b.name ? -1 : 1))
  return byName.flatMap((index) =>
    indexKeysOf(index).flatMap((key) => {
      const value = own.includes(key.name) ? undefined : attributeOf(item, key.name)
      const fault = value === undefined ? undefined : keyFaultOf(index, key, value)
      return value === undefined || fault === undefined ? [] : [{ index, key, value, fault }]
    }),
  )
}

/** What an item that is put has of an index's key can be that key. */
export function checkIndexKeys(definition: TableDefinition, item: Item): void {
  const [first] = faultyKeysOf(definition, item)
  if (first !== undefined) throw refusalOfPut(first)
  checkVectors(definition, item)
}

/** The part of {@link checkIndexKeys} that refuses a whole transaction. */
export function checkIndexKeysFilled(definition: TableDefinition, item: Item): void {
  const empty = faultyKeysOf(definition, item).find(({ fault }) => fault === 'emptiness')
  if (empty !== undefined) throw refusalOfPut(empty)
  checkSearchKeysFilled(definition, item, 'put')
}

/** The part of {@link checkIndexKeys} that concerns what an update sets to a constant. */
export function checkIndexKeyTypes(definition: TableDefinition, item: Item): void {
  const mistyped = faultyKeysOf(definition, item).find(({ fault }) => fault === 'type')
  if (mistyped !== undefined) throw refusalOfPut(mistyped)
}

function refusalOfPut({ index, key, value, fault }: FaultyKey): Refusal {
  const { name, type } = key
  if (fault === 'type') {
    return invalidParameter(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} ` +
        `IndexName: ${index.name}`,
    )
  }
  if (fault === 'emptiness') {
    return invalid(
      'One or more parameter values are not valid. A value specified for a secondary index key ' +
        `is not supported. ${emptyKeyText(value)} IndexName: ${index.name}, IndexKey: ${name}`,
    )
  }
  return invalidParameter(
    index.partitionKeys.some((each) => each.name === name)
      ? 'Size of hashkey has exceeded the maximum size limit of2048 bytes'
      : 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
  )
}

/**
 * {@link checkIndexKeys} of an item as an update leaves it; `isKept` says what the update left
 * alone.
 */
export function checkUpdatedIndexKeys(
  definition: TableDefinition,
  item: Item,
  isKept: (name: string) => boolean,
): void {
  const first = faultyKeysOf(definition, item).find(({ key }) => !isKept(key.name))
  if (first !== undefined) throw refusalOfUpdate(first)
  checkUpdatedVectors(definition, item, isKept)
}

/** The part of {@link checkUpdatedIndexKeys} that refuses a whole transaction. */
export function checkUpdatedIndexKeysFilled(definition: TableDefinition, item: Item): void {
  const empty = faultyKeysOf(definition, item).find(({ fault }) => fault === 'emptiness')
  if (empty !== undefined) throw refusalOfUpdate(empty)
  checkSearchKeysFilled(definition, item, 'update')
}

function refusalOfUpdate({ value, fault }: FaultyKey): Refusal {
  const attempt = 'The update expression attempted to update'
  if (fault === 'type') return invalid(`${attempt} the secondary index key to unsupported type`)
  if (fault === 'length') {
    return invalid(`${attempt} the secondary index key beyond allowed size limits`)
  }
  return invalid(
    `One or more parameter values are not valid. ${attempt} a secondary index key to a value ` +
      `that is not supported. ${emptyKeyText(value)}`,
  )
}
