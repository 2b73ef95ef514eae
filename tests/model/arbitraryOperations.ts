import fc from 'fast-check'
import { condition, projection, update } from './arbitraryExpressions.ts'
import {
  goodKey,
  goodVector,
  item,
  key,
  keyValue,
  noKeyValue,
  noVector,
  seldom,
} from './arbitraryItems.ts'
import type { Value } from './attributes.ts'
import {
  capacity,
  compact,
  mostlyDistinct,
  onTable,
  putOf,
  sometimes,
  type Tables,
} from './arbitraryParts.ts'
import { query, scan } from './arbitraryReadings.ts'
import { select } from './arbitrarySelects.ts'
import {
  batchExecuteStatement,
  executeStatement,
  executeTransaction,
} from './arbitraryStatements.ts'
import type { CapacityMode } from './capacity.ts'
import { withCanonicalValues } from './comparisons.ts'
import type { Fault } from './fault.ts'
import { faultsOf, type Sound } from './faults.ts'
import { answered, createDatabase } from './database.ts'
import type { Path } from './documentPaths.ts'
import { performed, type Operation, type StatementOperation } from './operations.ts'
import { lateIndexes } from './tableDefinitions.ts'
import { maxItemBytes } from './sizes.ts'
import type { KeyAttribute, TableDefinition } from './tables.ts'
import type { TransactWriteItems } from './transactions.ts'
import type { Update, UpdateAction } from './updates.ts'
import { searchKeysOf, vectorIndexesOf } from './vectorIndexes.ts'
import { weightOf } from './weights.ts'
import { keyOfAction, type Action, type ReturnValues } from './writes.ts'

function actionOf(definition: TableDefinition, kind: Action['kind']): fc.Arbitrary<Action> {
  const always = { kind: fc.constant(kind), table: fc.constant(definition.name) }
  const checked = {
    condition: kind === 'ConditionCheck' ? condition(definition) : sometimes(condition(definition)),
    showOld: fc.boolean(),
  }
  if (kind === 'Put') return compact(fc.record({ ...always, item: item(definition), ...checked }))
  const keyed = { ...always, key: key(definition), ...checked }
  if (kind !== 'Update') return compact(fc.record(keyed))
  return compact(fc.record({ ...keyed, update: update(definition) }))
}

const returnValues: Readonly<Record<string, readonly ReturnValues[]>> = {
  Put: ['NONE', 'ALL_OLD'],
  Delete: ['NONE', 'ALL_OLD'],
  Update: ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'],
}

function singleWrite(
  definition: TableDefinition,
  kind: 'Put' | 'Update' | 'Delete',
): fc.Arbitrary<Operation> {
  const own = actionOf(definition, kind)
  const bare = own.map((each) => (each.kind === 'Update' ? { ...each, update: [] } : each))
  const heavy = kind === 'Update' ? heavyUpdate(definition) : own
  return fc.record({
    kind: fc.constant('SingleWrite' as const),
    action: seldom(fc.oneof(bare, heavy), own, 15),
    returnValues: fc.constantFrom(...(returnValues[kind] as readonly ReturnValues[])),
    capacity,
    metrics: fc.boolean(),
  })
}

/** An update that weighs as much as it may, or one byte more. */
export function heavyUpdate(definition: TableDefinition): fc.Arbitrary<Action> {
  return fc
    .tuple(actionOf(definition, 'Update'), fc.constantFrom(0, 1))
    .map(([action, beyondBytes]) =>
      action.kind === 'Update'
        ? { ...action, update: padded(action.update, maxItemBytes + beyondBytes) }
        : action,
    )
}

/** The same actions with an assignment that makes them weigh so much, unless they weigh more. */
function padded(actions: Update, weight: number): Update {
  const assignment = (length: number): UpdateAction => ({
    clause: 'SET',
    path: ['e'],
    value: { kind: 'value', value: { S: 'x'.repeat(length) } },
  })
  const paddingBytes = weight - weightOf([...actions, assignment(0)])
  if (paddingBytes <= 0) return actions
  const first = actions.findIndex(({ clause }) => clause === 'SET')
  const at = first < 0 ? actions.length : first
  return [...actions.slice(0, at), assignment(paddingBytes), ...actions.slice(at)]
}

function getItem(definition: TableDefinition): fc.Arbitrary<Operation> {
  return compact(
    fc.record({
      kind: fc.constant('GetItem'),
      table: fc.constant(definition.name),
      key: key(definition),
      projection: sometimes(projection(definition), 2),
      consistent: fc.boolean(),
      capacity,
    }),
  )
}

function nameOfAction(action: Action): unknown {
  const { pk, sk } = keyOfAction(action)
  return [action.table, pk, sk]
}

/** A transaction with a token may be sent twice. */
function transactWrite(tables: Tables): fc.Arbitrary<Operation[]> {
  const one = onTable(tables, (definition) =>
    fc.oneof(
      actionOf(definition, 'Put'),
      actionOf(definition, 'Update'),
      actionOf(definition, 'Delete'),
      actionOf(definition, 'ConditionCheck'),
    ),
  )
  const actions = mostlyDistinct(fc.array(one, { minLength: 1, maxLength: 4 }), nameOfAction)
  const token = sometimes(fc.constantFrom('t1', 't2'), 3)
  return fc
    .tuple(actions, token, capacity, capacity, fc.boolean())
    .map(([list, name, first, second, twice]) => {
      const base = { kind: 'TransactWriteItems' as const, actions: list }
      const sent = (mode: CapacityMode): TransactWriteItems =>
        name === undefined ? { ...base, capacity: mode } : { ...base, token: name, capacity: mode }
      return twice && name !== undefined ? [sent(first), sent(second)] : [sent(first)]
    })
}

function transactGet(tables: Tables): fc.Arbitrary<Operation> {
  const get = onTable(tables, (definition) =>
    compact(
      fc.record({
        table: fc.constant(definition.name),
        key: key(definition),
        projection: sometimes(projection(definition), 2),
      }),
    ),
  )
  return fc.record({
    kind: fc.constant('TransactGetItems' as const),
    gets: mostlyDistinct(fc.array(get, { minLength: 1, maxLength: 4 }), ({ table, key: own }) => [
      table,
      own,
    ]),
    capacity,
  })
}

/** Each table once, at least one. */
function perTable<T>(
  tables: Tables,
  arbitrary: (definition: TableDefinition) => fc.Arbitrary<T>,
): fc.Arbitrary<T[]> {
  return fc.oneof(
    arbitrary(tables[0]).map((one) => [one]),
    fc.tuple(arbitrary(tables[0]), arbitrary(tables[1])),
  )
}

function batchGet(tables: Tables): fc.Arbitrary<Operation> {
  const reads = perTable(tables, (definition) =>
    compact(
      fc.record({
        table: fc.constant(definition.name),
        keys: mostlyDistinct(
          fc.array(key(definition), { minLength: 1, maxLength: 4 }),
          (each) => each,
        ),
        projection: sometimes(projection(definition), 3),
        consistent: fc.boolean(),
      }),
    ),
  )
  return fc.record({ kind: fc.constant('BatchGetItem' as const), reads, capacity })
}

function batchWrite(tables: Tables): fc.Arbitrary<Operation> {
  const writes = perTable(tables, (definition) => {
    const request = fc.oneof(
      fc.record({ kind: fc.constant('Put' as const), item: item(definition) }),
      fc.record({ kind: fc.constant('Delete' as const), key: key(definition) }),
    )
    return fc.record({
      table: fc.constant(definition.name),
      requests: mostlyDistinct(fc.array(request, { minLength: 1, maxLength: 5 }), (each) => {
        const { pk, sk } = each.kind === 'Put' ? each.item : each.key
        return [pk, sk]
      }),
    })
  })
  return fc.record({ kind: fc.constant('BatchWriteItem' as const), writes, capacity })
}

/** Keys too; numbers that are times of the last years do not occur in any of these attributes. */
function timeToLive({ name: table }: TableDefinition): fc.Arbitrary<Operation> {
  const attribute = fc.constantFrom('a', 'b', 'h', 'sk')
  return fc.oneof(
    fc.record({
      kind: fc.constant('UpdateTimeToLive' as const),
      table: fc.constant(table),
      attribute,
      enabled: fc.nat(3).map((n) => n > 0),
    }),
    fc.constant<Operation>({ kind: 'DescribeTimeToLive', table }),
  )
}

function searchVectors(definition: TableDefinition): fc.Arbitrary<Operation> {
  const indexes = vectorIndexesOf(definition)
  const name = fc.constantFrom(...indexes.map((index) => index.name))
  return seldom(fc.constantFrom('lateA', 'nowhere'), name, 40).chain((index) => {
    const found = indexes.find((each) => each.name === index)
    const keys = found === undefined ? [] : searchKeysOf(found)
    const equality = (attribute: KeyAttribute): fc.Arbitrary<{ name: string; value: Value }> =>
      seldom(noKeyValue(attribute), keyValue(attribute), 40).map((each) => {
        return { name: attribute.name, value: each }
      })
    const likely = fc
      .tuple(...keys.map((attribute) => sometimes(equality(attribute), 2)))
      .map((all) => all.filter((each) => each !== undefined))
    const twice = fc.array(equality({ name: 'h', type: 'N' }), { minLength: 1, maxLength: 3 })
    const conditions = seldom(twice, likely, 30).map((all) => (all.length === 0 ? undefined : all))
    const paths = fc
      .uniqueArray(fc.constantFrom('pk', 'a', 'b', 'g', 'v'), { minLength: 1, maxLength: 3 })
      .map((names) => names.map((each): Path => [each]))
    return compact(
      fc.record({
        kind: fc.constant('SearchVectors'),
        table: fc.constant(definition.name),
        index: fc.constant(index),
        vector: seldom(noVector, goodVector),
        topK: fc.constantFrom(1, 2, 3, 100),
        conditions,
        projection: sometimes(paths, 2),
        capacity,
      }),
    )
  })
}

function indexChange(definition: TableDefinition): fc.Arbitrary<Operation> {
  return fc.record({
    kind: fc.constantFrom('CreateIndex' as const, 'CreateIndex' as const, 'DeleteIndex' as const),
    table: fc.constant(definition.name),
    index: fc.constantFrom(...lateIndexes),
  })
}

/** A fault in a request that has no other of which could be told first. */
function faulty(tables: Tables): fc.Arbitrary<Operation> {
  const on = (arbitrary: (definition: TableDefinition) => fc.Arbitrary<Operation>) =>
    onTable(tables, arbitrary)
  const sound = fc.oneof(
    on((definition) => singleWrite(definition, 'Put')),
    on((definition) => singleWrite(definition, 'Update')),
    on((definition) => singleWrite(definition, 'Delete')),
    on(getItem),
    transactWrite(tables).map(([first]) => first as Operation),
    transactGet(tables),
    batchWrite(tables),
    batchGet(tables),
    on(query),
    on(scan),
    on(select),
    on((definition) => executeStatement(definition).map((list) => list.at(-1) as Operation)),
    batchExecuteStatement(tables),
    executeTransaction(tables).map(([first]) => first as Operation),
  )
  const isFit = (operation: Operation): boolean => isSound(operation, tables)
  return fc.tuple(sound.filter(isFit), fc.nat()).map(([operation, nth]) => {
    const faults = faultsOf(operation as Sound)
    return {
      kind: 'Faulty',
      operation: operation as Sound,
      fault: faults[nth % faults.length] as Fault,
    }
  })
}

/** Whether all its numbers can be stored, and what it asks for fits together. */
function isSound(operation: Operation, tables: Tables): boolean {
  try {
    withCanonicalValues(operation)
  } catch {
    return false
  }
  if ('statements' in operation || operation.kind === 'ExecuteStatement') {
    return isValid(operation, tables)
  }
  if (operation.kind !== 'Query' && operation.kind !== 'Scan') return true
  const { select: selected, index } = operation
  return selected !== 'ALL_PROJECTED_ATTRIBUTES' || index !== undefined
}

/** Whether empty tables have nothing against its keys and what goes with them. */
function isValid(operation: StatementOperation, tables: Tables): boolean {
  const voice = { layer: 'older', operation: operation.kind } as const
  const database = createDatabase(tables, voice.layer)
  const answer = answered(voice, () => performed(database, operation))
  return !/Validation(Exception|Error)/.test(JSON.stringify(answer))
}

/** The operations of a script, in random order. */
export function operationLists(tables: Tables): fc.Arbitrary<Operation[]> {
  const alone = (arbitrary: fc.Arbitrary<Operation>): fc.Arbitrary<Operation[]> =>
    arbitrary.map((operation) => [operation])
  const on = (arbitrary: (definition: TableDefinition) => fc.Arbitrary<Operation>) =>
    alone(onTable(tables, arbitrary))
  const one = fc.oneof(
    { weight: 8, arbitrary: on((definition) => singleWrite(definition, 'Put')) },
    { weight: 8, arbitrary: on((definition) => singleWrite(definition, 'Update')) },
    { weight: 2, arbitrary: on((definition) => singleWrite(definition, 'Delete')) },
    { weight: 2, arbitrary: on(getItem) },
    { weight: 4, arbitrary: transactWrite(tables) },
    { weight: 1, arbitrary: alone(transactGet(tables)) },
    { weight: 3, arbitrary: alone(batchWrite(tables)) },
    { weight: 1, arbitrary: alone(batchGet(tables)) },
    { weight: 5, arbitrary: on(query) },
    { weight: 2, arbitrary: on(scan) },
    { weight: 5, arbitrary: on(select) },
    { weight: 5, arbitrary: onTable(tables, executeStatement) },
    { weight: 2, arbitrary: alone(batchExecuteStatement(tables)) },
    { weight: 3, arbitrary: executeTransaction(tables) },
    { weight: 1, arbitrary: on(indexChange) },
    { weight: 2, arbitrary: on(timeToLive) },
    { weight: 6, arbitrary: alone(faulty(tables)) },
    ...tables
      .filter((definition) => vectorIndexesOf(definition).length > 0)
      .map((definition) => ({ weight: 12, arbitrary: alone(searchVectors(definition)) })),
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('asItIs' as const, 'older' as const)
        .map((store): Operation[] => [{ kind: 'Reopen', store }]),
    },
  )
  const first = fc.array(onTable(tables, plainPut), { maxLength: 8, size: 'max' })
  const further = fc.array(one, { minLength: 1, maxLength: 12, size: 'max' })
  return fc.tuple(first, further).map(([puts, lists]) => [...puts, ...lists.flat()])
}

/** What scripts begin with, so that there is something to work on. */
function plainPut(definition: TableDefinition): fc.Arbitrary<Operation> {
  return item(definition, goodKey).map((own) => putOf(definition, own))
}
