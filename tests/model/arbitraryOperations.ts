import fc from 'fast-check'
import { condition, projection, update } from './arbitraryExpressions.ts'
import { goodKey, item, key, keyValue, seldom } from './arbitraryItems.ts'
import type { Item, Value } from './attributes.ts'
import type { CapacityMode } from './capacity.ts'
import { order, withCanonicalValues } from './comparisons.ts'
import { faultsOf, type Fault, type Sound } from './faults.ts'
import type { Operation } from './operations.ts'
import type { KeyCondition, Query } from './queries.ts'
import { lateIndexes } from './tableDefinitions.ts'
import { maxItemBytes } from './sizes.ts'
import type { IndexDefinition, KeyAttribute, TableDefinition } from './tables.ts'
import type { TransactWriteItems } from './transactions.ts'
import type { Update, UpdateAction } from './updates.ts'
import { weightOf } from './weights.ts'
import { keyOfAction, type Action, type ReturnValues } from './writes.ts'

type Tables = readonly [TableDefinition, TableDefinition]

const capacity: fc.Arbitrary<CapacityMode> = fc.constantFrom('INDEXES', 'TOTAL', 'NONE')

/** `arbitrary` in one of `oneIn` cases, else undefined. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn = 3): fc.Arbitrary<T | undefined> {
  return seldom<T | undefined>(arbitrary, fc.constant(undefined), oneIn)
}

/** Drops the members that are undefined. */
function compact<T extends object>(record: fc.Arbitrary<T>): fc.Arbitrary<never> {
  return record.map((each) =>
    Object.fromEntries(Object.entries(each).filter(([, member]) => member !== undefined)),
  ) as fc.Arbitrary<never>
}

/** The first table more often than the second. */
function onTable<T>(
  tables: Tables,
  arbitrary: (definition: TableDefinition) => fc.Arbitrary<T>,
): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitrary(tables[0]) },
    { weight: 1, arbitrary: arbitrary(tables[1]) },
  )
}

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

/** Leaves out what names an item for the second time. */
function withoutTwins<T>(entries: readonly T[], nameOf: (entry: T) => unknown): T[] {
  const names = entries.map((entry) => JSON.stringify(withCanonicalValues(nameOf(entry))))
  return entries.filter((_, i) => names.indexOf(names[i] as string) === i)
}

function mostlyDistinct<T>(
  entries: fc.Arbitrary<T[]>,
  nameOf: (entry: T) => unknown,
): fc.Arbitrary<T[]> {
  return fc
    .tuple(entries, seldom(fc.constant(true), fc.constant(false), 10))
    .map(([all, keepsTwins]) => (keepsTwins ? all : withoutTwins(all, nameOf)))
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

const limit = sometimes(fc.constantFrom(1, 2, 3, 5), 2)
const select = sometimes(fc.constantFrom('COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'), 4)

/** What a query and a scan have in common; hardly ever consistent where that is refused. */
function reading(
  definition: TableDefinition,
  index: IndexDefinition | undefined,
  keys: 'with keys' | 'without keys',
): Record<string, fc.Arbitrary<unknown>> {
  const consistent =
    index?.kind === 'global' ? seldom(fc.constant(true), fc.constant(false)) : fc.boolean()
  const shown = fc.oneof(
    { weight: 3, arbitrary: select.map((each) => ({ select: each, projection: undefined })) },
    { weight: 1, arbitrary: fc.record({ projection: projection(definition) }) },
  )
  return {
    table: fc.constant(definition.name),
    index: fc.constant(index?.name),
    filter: sometimes(seldom(condition(definition, 'with keys'), condition(definition, keys)), 3),
    shown,
    limit,
    consistent,
    capacity,
  }
}

/** A query of the table or of one of its indexes. */
function query(definition: TableDefinition): fc.Arbitrary<Operation> {
  const { partitionKey, sortKey } = definition
  const ownSortKeys = sortKey === undefined ? [] : [sortKey]
  const own = queryOf(definition, undefined, [[partitionKey], ownSortKeys])
  const others = [...definition.indexes, ...lateIndexes].map((index) =>
    queryOf(definition, index, [index.partitionKeys, index.sortKeys]),
  )
  return fc.oneof({ weight: 2, arbitrary: own }, ...others)
}

function queryOf(
  definition: TableDefinition,
  index: IndexDefinition | undefined,
  [partitionKeys, sortKeys]: readonly [readonly KeyAttribute[], readonly KeyAttribute[]],
): fc.Arbitrary<Operation> {
  const equalities = partitionKeys.map((attribute) => equality(attribute))
  const sortConditions = fc.nat(sortKeys.length).chain((used) => {
    const all = sortKeys.slice(0, used).map((attribute, i) => {
      return i < used - 1 ? equality(attribute) : sortCondition(attribute)
    })
    return fc.tuple(...all)
  })
  const canStart = index === undefined && sortKeys.length > 0
  return fc
    .record({
      ...reading(definition, index, 'without keys'),
      kind: fc.constant('Query'),
      partition: fc.tuple(...equalities),
      sort: sortConditions,
      forward: fc.boolean(),
      startAfter: canStart ? sometimes(goodKey(definition), 4) : fc.constant(undefined),
      startsInside: seldom(fc.constant(false), fc.constant(true), 5),
    })
    .map((parts) => flattened(parts as never))
}

interface QueryParts extends Omit<Query, 'conditions'> {
  readonly shown: object
  readonly partition: readonly KeyCondition[]
  readonly sort: readonly KeyCondition[]
  readonly startsInside: boolean
}

function flattened({ shown, partition, sort, startsInside, ...rest }: QueryParts): Operation {
  const [first] = partition as readonly [KeyCondition]
  const { startAfter } = rest
  const inside: Item | undefined =
    startsInside && startAfter !== undefined
      ? { ...startAfter, [first.name]: first.values[0] as Value }
      : startAfter
  const all = { ...rest, ...shown, conditions: [...partition, ...sort], startAfter: inside }
  return withoutUndefined(all) as Operation
}

const withoutUndefined = (record: object): object =>
  Object.fromEntries(Object.entries(record).filter(([, member]) => member !== undefined))

const equality = (attribute: KeyAttribute): fc.Arbitrary<KeyCondition> =>
  keyValue(attribute).map((value) => ({ name: attribute.name, operator: '=', values: [value] }))

function sortCondition(attribute: KeyAttribute): fc.Arbitrary<KeyCondition> {
  const { name, type } = attribute
  const operators = ['=', '<', '<=', '>', '>=', 'BETWEEN'] as const
  return fc
    .tuple(
      fc.constantFrom(...operators, ...(type === 'N' ? [] : (['begins_with'] as const))),
      keyValue(attribute),
      keyValue(attribute),
    )
    .map(([operator, one, two]): KeyCondition => {
      if (operator !== 'BETWEEN') return { name, operator, values: [one] }
      const inOrder = (order(one, two) as number) <= 0
      return { name, operator, values: inOrder ? [one, two] : [two, one] }
    })
}

function scan(definition: TableDefinition): fc.Arbitrary<Operation> {
  const targets = [undefined, undefined, ...definition.indexes, ...lateIndexes]
  return fc.oneof(
    ...targets.map((index) =>
      fc
        .record({
          ...reading(definition, index, 'with keys'),
          kind: fc.constant('Scan'),
          totalSegments: sometimes(fc.constantFrom(1, 2, 3, 7), 3),
        })
        .map((parts) => {
          const { shown, ...rest } = parts as unknown as { shown: object }
          return withoutUndefined({ ...rest, ...shown }) as Operation
        }),
    ),
  )
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
  )
  return fc.tuple(sound.filter(isSound), fc.nat()).map(([operation, nth]) => {
    const faults = faultsOf(operation as Sound)
    return {
      kind: 'Faulty',
      operation: operation as Sound,
      fault: faults[nth % faults.length] as Fault,
    }
  })
}

/** Whether all its numbers can be stored, and what a reading asks for fits together. */
function isSound(operation: Operation): boolean {
  try {
    withCanonicalValues(operation)
  } catch {
    return false
  }
  if (operation.kind !== 'Query' && operation.kind !== 'Scan') return true
  const { select: selected, index } = operation
  return selected !== 'ALL_PROJECTED_ATTRIBUTES' || index !== undefined
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
    { weight: 1, arbitrary: on(indexChange) },
    { weight: 2, arbitrary: on(timeToLive) },
    { weight: 6, arbitrary: alone(faulty(tables)) },
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
  return item(definition, goodKey).map((own) => ({
    kind: 'SingleWrite',
    action: { kind: 'Put', table: definition.name, item: own, showOld: false },
    returnValues: 'NONE',
    capacity: 'INDEXES',
    metrics: false,
  }))
}
