import { cannotUpdateKey } from '../../errors/itemErrors.ts'
import { emptyIndexKeyUpdate, indexKeyTypeMismatch } from '../../errors/valueErrors.ts'
import type { CompiledUpdate } from '../../expressions/applyUpdate.ts'
import type { IndexKeyAttribute, KeyAttribute, Table } from '../../schema/table.ts'
import { typeOf, type AttributeValue } from '../../values/attributeValue.ts'

/** Throws cannotUpdateKey when the update names a primary key attribute of the table. */
export function checkKeysNotUpdated(table: Table, update: CompiledUpdate | undefined): void {
  if (update === undefined) return
  const { partitionKey, sortKey } = table.primaryKey
  for (const name of update.attributeNames) {
    if (name === partitionKey.name || name === sortKey?.name) throw cannotUpdateKey(name)
  }
}

/**
 * Throws emptyIndexKeyUpdate when the update sets a key attribute of an index to an empty constant:
 * no stored item can make that right, so it is refused before any item is read (behaviour digest
 * 1.6, step 4).
 */
export function checkIndexKeysNotEmptied(table: Table, update: CompiledUpdate | undefined): void {
  visitAssignedIndexKeys(table, update, checkNotEmpty)
  if (update === undefined) return
  for (const { partitionKeys } of table.vectorIndexes) {
    visitAssigned(update, partitionKeys, checkNotEmpty)
  }
}

/**
 * Throws indexKeyTypeMismatch when the update sets a key attribute of an index to a constant of
 * another type than that key's (behaviour digest 2.2).
 */
export function checkIndexKeyTypes(table: Table, update: CompiledUpdate | undefined): void {
  visitAssignedIndexKeys(table, update, ({ name, type, indexName }, value) => {
    const actual = typeOf(value)
    if (actual !== type) throw indexKeyTypeMismatch(name, type, actual, indexName)
  })
}

/** Calls `check` for each constant that an update sets a key attribute of an index to. */
function visitAssignedIndexKeys(
  table: Table,
  update: CompiledUpdate | undefined,
  check: (indexKey: IndexKeyAttribute, value: AttributeValue) => void,
): void {
  if (update === undefined) return
  visitAssigned(update, table.indexKeys, check)
}

function visitAssigned<Key extends KeyAttribute>(
  update: CompiledUpdate,
  keys: readonly Key[],
  check: (key: Key, value: AttributeValue) => void,
): void {
  if (keys.length === 0) return
  for (const action of update.actions) {
    if (action.clause !== 'SET' || action.path.length > 1) continue
    if (action.value.kind !== 'constant') continue
    for (const key of keys) {
      if (key.name === action.path[0]) check(key, action.value.value)
    }
  }
}

function checkNotEmpty({ type }: KeyAttribute, value: AttributeValue): void {
  if (type === 'S' && 'S' in value && value.S === '') throw emptyIndexKeyUpdate(type)
  if (type === 'B' && 'B' in value && value.B === '') throw emptyIndexKeyUpdate(type)
}
