import type { Item } from './attributes.ts'
import { consumedCapacity, unitsOfWrite } from './capacity.ts'
import type { Condition } from './conditions.ts'
import { tableOf, type Database } from './database.ts'
import { invalid } from './refusal.ts'
import type { ExecuteStatement, ItemStatement, WriteStatement } from './statements.ts'
import { keyAttributesOf, store, type Table, type TableDefinition } from './tables.ts'
import { changeOf, checkKeysOf, keyOfAction, returned, type Action, type Change } from './writes.ts'

/** One statement that writes an item. What is there to show is in a list. */
export function executeStatement(database: Database, request: ExecuteStatement): object {
  const { statement, capacity } = request
  const table = tableOf(database, statement.table)
  const action = checkedAction(table.definition, statement)
  const change = carriedOut(table, action)
  const units = unitsOfWrite(table.definition, change.before, change.after)
  const item = returnedItem(statement, action, change)
  return {
    Items: item === undefined ? [] : [item],
    ConsumedCapacity: consumedCapacity(capacity, table.definition, units),
  }
}

/** The write that a statement is. Throws for what is wrong with it whatever the item is. */
export function checkedAction(definition: TableDefinition, statement: WriteStatement): Action {
  const action = actionOf(definition, statement)
  checkKeysOf(definition, action)
  return action
}

export function carriedOut(table: Table, action: Action): Change {
  const change = changeOf(table, action)
  store(table, keyOfAction(action), change.after)
  return change
}

export function returnedItem(
  statement: WriteStatement,
  action: Action,
  change: Change,
): Item | undefined {
  return statement.kind === 'Insert'
    ? undefined
    : returned(statement.returning ?? 'NONE', action, change)
}

/**
 * The action that does what a statement does: INSERT where nothing is, UPDATE of what is there,
 * DELETE with a condition on what is there if anything is.
 */
export function actionOf(
  definition: TableDefinition,
  statement: Exclude<ItemStatement, { kind: 'Select' }>,
): Action {
  const { table, showOld } = statement
  if (statement.kind === 'Insert') {
    return { kind: 'Put', table, item: statement.item, isInsert: true, showOld }
  }
  const { key, condition } = statement
  const isNamed = namesKey(definition, key)
  if (statement.kind === 'Exists') {
    if (isNamed && condition !== undefined) {
      return { kind: 'ConditionCheck', table, key, condition, showOld }
    }
    throw invalid('EXISTS() must contain a single item read with additional condition')
  }
  if (!isNamed) {
    throw invalid('Where clause does not contain a mandatory equality on all key attributes')
  }
  const path = [definition.partitionKey.name]
  if (statement.kind === 'Update') {
    const { update } = statement
    const isThere: Condition = { kind: 'attribute_exists', path }
    const whole = condition === undefined ? isThere : joined('and', isThere, condition)
    return { kind: 'Update', table, key, update, condition: whole, showOld }
  }
  if (condition === undefined) return { kind: 'Delete', table, key, showOld }
  const isMissing: Condition = { kind: 'attribute_not_exists', path }
  return { kind: 'Delete', table, key, condition: joined('or', isMissing, condition), showOld }
}

const joined = (kind: 'and' | 'or', left: Condition, right: Condition): Condition => ({
  kind,
  left,
  right,
})

/** Whether a condition says what the key is, be it a fit one or not. */
function namesKey(definition: TableDefinition, key: Item): boolean {
  return keyAttributesOf(definition).every(({ name }) => Object.hasOwn(key, name))
}

/** Whether a SELECT asks for its key, and for nothing else. */
export function namesKeyAlone(
  definition: TableDefinition,
  { key, condition }: { readonly key: Item; readonly condition?: Condition },
): boolean {
  if (condition !== undefined || !namesKey(definition, key)) return false
  return Object.keys(key).length === keyAttributesOf(definition).length
}
