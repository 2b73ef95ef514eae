import fc from 'fast-check'
import { condition, projection, update } from './arbitraryExpressions.ts'
import { goodKey, item, noKeyValue, seldom } from './arbitraryItems.ts'
import {
  capacity,
  compact,
  mostlyDistinct,
  onTable,
  putOf,
  sometimes,
  type Tables,
} from './arbitraryParts.ts'
import type { Item } from './attributes.ts'
import type { CapacityMode } from './capacity.ts'
import { withCanonicalValues } from './comparisons.ts'
import type { Operation } from './operations.ts'
import type { ExecuteTransaction, ItemStatement, WriteStatement } from './statements.ts'
import { keyAttributesOf, keyOf, type TableDefinition } from './tables.ts'
import { unreachable } from './unreachable.ts'
import type { SetValue, Update, UpdateAction } from './updates.ts'

/* Statements about one item, alone, in batches and in transactions. */

export const style: fc.Arbitrary<number> = fc.nat(1_000_000)

/** How a statement names an item: hardly ever by what is no key, or by too little. */
function statementKey(definition: TableDefinition): fc.Arbitrary<Item> {
  const { partitionKey } = definition
  const wrong = fc
    .tuple(goodKey(definition), noKeyValue(partitionKey))
    .map(([own, value]): Item => ({ ...own, [partitionKey.name]: value }))
  const partial = goodKey(definition).map((own): Item => {
    const [last] = keyAttributesOf(definition).slice(-1)
    return Object.fromEntries(Object.entries(own).filter(([name]) => name !== last?.name))
  })
  return seldom(fc.oneof(wrong, partial), goodKey(definition), 40)
}

/** An item whose numbers can all be stored: literals of others have words of their own. */
function insertedItem(definition: TableDefinition, keys?: typeof goodKey): fc.Arbitrary<Item> {
  return item(definition, keys).filter(isStorable)
}

function isStorable(part: unknown): boolean {
  try {
    withCanonicalValues(part)
    return true
  } catch {
    return false
  }
}

/** An update in what PartiQL has: no defaults, and no ADD of numbers. */
function statementUpdate(definition: TableDefinition): fc.Arbitrary<Update> {
  return update(definition).map((actions) => actions.map(asClause))
}

function asClause(action: UpdateAction): UpdateAction {
  if (action.clause === 'SET') return { ...action, value: withoutDefaults(action.value) }
  if (action.clause !== 'ADD' || !('N' in action.value)) return action
  const { path, value } = action
  const [left, right]: SetValue[] = [
    { kind: 'path', path },
    { kind: 'value', value },
  ]
  return {
    clause: 'SET',
    path,
    value: { kind: '+', left: left as SetValue, right: right as SetValue },
  }
}

function withoutDefaults(value: SetValue): SetValue {
  if (value.kind === 'if_not_exists') return withoutDefaults(value.otherwise)
  if (!('left' in value)) return value
  const { kind, left, right } = value
  return { kind, left: withoutDefaults(left), right: withoutDefaults(right) }
}

const returning = sometimes(
  fc.constantFrom(
    'ALL_OLD' as const,
    'ALL_NEW' as const,
    'UPDATED_OLD' as const,
    'UPDATED_NEW' as const,
  ),
  2,
)
const never = fc.constant(undefined)

type Kind = ItemStatement['kind']
type Surroundings = 'alone' | 'batch' | 'transaction'

/** A statement of this kind; `place` is where it stands, which decides what goes with it. */
function statementOf(
  definition: TableDefinition,
  kind: Kind,
  place: Surroundings,
): fc.Arbitrary<ItemStatement> {
  const always = {
    kind: fc.constant(kind),
    table: fc.constant(definition.name),
    style,
    showOld: fc.boolean(),
  }
  if (kind === 'Insert') {
    return compact(fc.record({ ...always, item: insertedItem(definition) }))
  }
  // An equality that a key lacks must not come from elsewhere.
  const whole = (statement: { key: Item; condition?: unknown }): object => {
    const isPartial = Object.keys(statement.key).length < keyAttributesOf(definition).length
    return isPartial ? { ...statement, condition: undefined } : statement
  }
  const keyed = { ...always, key: statementKey(definition) }
  const record = (parts: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<ItemStatement> =>
    compact(fc.record({ ...keyed, ...parts }).map((each) => whole(each as never)))
  const returned = place === 'transaction' ? seldom(returning, never, 30) : returning
  const checked = sometimes(condition(definition))
  switch (kind) {
    case 'Select': {
      const columns = sometimes(projection(definition), 2)
      const extra = seldom(condition(definition), never, 30)
      return record({ columns, condition: extra, consistent: fc.boolean() })
    }
    case 'Update':
      return record({
        update: statementUpdate(definition),
        condition: checked,
        returning: returned,
      })
    case 'Delete': {
      const old = sometimes(fc.constant('ALL_OLD' as const), 2)
      const shown = place === 'transaction' ? seldom(old, never, 30) : old
      return record({ condition: checked, returning: shown })
    }
    case 'Exists':
      return record({ condition: seldom(never, condition(definition), 30) })
    default:
      return unreachable(kind)
  }
}

/** A write; of two one is of an item that is put there right before. */
export function executeStatement(definition: TableDefinition): fc.Arbitrary<Operation[]> {
  const statement = fc.oneof(
    { weight: 2, arbitrary: statementOf(definition, 'Insert', 'alone') },
    { weight: 4, arbitrary: statementOf(definition, 'Update', 'alone') },
    { weight: 1, arbitrary: statementOf(definition, 'Delete', 'alone') },
  ) as fc.Arbitrary<WriteStatement>
  return fc
    .tuple(statement, capacity, sometimes(insertedItem(definition, goodKey), 2))
    .map(([each, mode, found]): Operation[] => {
      const base = { kind: 'ExecuteStatement', capacity: mode } as const
      if (found === undefined || each.kind === 'Insert') return [{ ...base, statement: each }]
      const key = keyOf(definition, found)
      return [putOf(definition, found), { ...base, statement: { ...each, key } }]
    })
}

/** Statements of some kinds on both tables, mostly of different items. */
function statements(
  tables: Tables,
  kinds: readonly Kind[],
  place: Surroundings,
): fc.Arbitrary<ItemStatement[]> {
  const one = onTable(tables, (definition) =>
    fc.oneof(...kinds.map((kind) => statementOf(definition, kind, place))),
  )
  return mostlyDistinct(fc.array(one, { minLength: 1, maxLength: 4 }), (each) => {
    const definition = tables.find(({ name }) => name === each.table) as TableDefinition
    const own = each.kind === 'Insert' ? each.item : each.key
    return [each.table, keyOf(definition, own)]
  })
}

/** Reads or writes; hardly ever both. */
function readsOrWrites(
  tables: Tables,
  writes: readonly Kind[],
  place: Surroundings,
): fc.Arbitrary<ItemStatement[]> {
  const each = fc.oneof(
    { weight: 1, arbitrary: statements(tables, ['Select'], place) },
    { weight: 2, arbitrary: statements(tables, writes, place) },
  )
  return seldom(statements(tables, ['Select', ...writes], place), each, 30)
}

export function batchExecuteStatement(tables: Tables): fc.Arbitrary<Operation> {
  const list = readsOrWrites(tables, ['Insert', 'Update', 'Delete'], 'batch')
  return fc.record({
    kind: fc.constant('BatchExecuteStatement' as const),
    statements: list,
    capacity,
  })
}

/** A transaction of writes with a token may be sent twice. */
export function executeTransaction(tables: Tables): fc.Arbitrary<Operation[]> {
  const list = readsOrWrites(tables, ['Insert', 'Update', 'Delete', 'Exists'], 'transaction')
  const token = sometimes(fc.constantFrom('t1', 't2'), 3)
  return fc
    .tuple(list, token, capacity, capacity, fc.boolean())
    .map(([all, name, first, second, twice]) => {
      const sent = (mode: CapacityMode): ExecuteTransaction => ({
        kind: 'ExecuteTransaction',
        statements: all,
        capacity: mode,
        ...(name !== undefined && { token: name }),
      })
      return twice && name !== undefined ? [sent(first), sent(second)] : [sent(first)]
    })
}
