import fc from 'fast-check'
import { condition, projection } from './arbitraryExpressions.ts'
import { keyValue, seldom } from './arbitraryItems.ts'
import { capacity, sometimes, withoutUndefined } from './arbitraryParts.ts'
import { limit, sortCondition } from './arbitraryReadings.ts'
import { style } from './arbitraryStatements.ts'
import type { Value } from './attributes.ts'
import { equal } from './comparisons.ts'
import { pathsOf, type Condition } from './conditions.ts'
import type { Operation } from './operations.ts'
import type { KeyCondition } from './queries.ts'
import type { Access, Lookup, SelectStatement } from './statements.ts'
import { lateIndexes } from './tableDefinitions.ts'
import {
  keyAttributesOf,
  type IndexDefinition,
  type KeyAttribute,
  type TableDefinition,
} from './tables.ts'

/* SELECTs of tables and of their indexes. */

/** A SELECT of the table or of one of its indexes, which may not be there. */
export function select(definition: TableDefinition): fc.Arbitrary<Operation> {
  const [partitionKey, sortKey] = keyAttributesOf(definition)
  const own = selectOf(definition, undefined, partitionKey as KeyAttribute, sortKey)
  const ofIndex = (index: IndexDefinition): fc.Arbitrary<Operation> =>
    selectOf(definition, index, index.partitionKeys[0] as KeyAttribute, index.sortKeys[0])
  const indexes = definition.indexes.map(ofIndex)
  return fc.oneof(
    { weight: 4 + indexes.length, arbitrary: own },
    { weight: 1, arbitrary: fc.oneof(...lateIndexes.map(ofIndex)) },
    ...indexes.map((arbitrary) => ({ weight: 2, arbitrary })),
  )
}

function selectOf(
  definition: TableDefinition,
  index: IndexDefinition | undefined,
  partitionKey: KeyAttribute,
  sortKey: KeyAttribute | undefined,
): fc.Arbitrary<Operation> {
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const names = keys.map(({ name }) => name)
  const keyed = fc
    .record({
      access: accessOf(partitionKey, sortKey),
      filter: sometimes(condition(definition, 'without keys'), 3),
      orderBy: orderOf(names),
    })
    .map(({ filter, ...parts }) => ({ ...parts, filter: outside(names, filter) }))
  const scanned = fc.record({
    access: fc.constant<Access>({ kind: 'everything' }),
    filter: sometimes(
      condition(definition, 'with keys').map((each) => unkeyed(names[0] as string, each)),
      2,
    ),
    orderBy: seldom(orderOf(names), fc.constant([])),
  })
  const rest = fc.record({
    table: fc.constant(definition.name),
    index: fc.constant(index?.name),
    columns: sometimes(projection(definition), 2),
    style,
  })
  const statement = fc
    .tuple(fc.oneof({ weight: 4, arbitrary: keyed }, { weight: 1, arbitrary: scanned }), rest)
    .map((parts) => withoutUndefined(Object.assign({}, ...parts) as object) as SelectStatement)
  const consistent =
    index?.kind === 'global' ? seldom(fc.constant(true), fc.constant(false)) : fc.boolean()
  return fc
    .record({ kind: fc.constant('Select' as const), statement, limit, consistent, capacity })
    .map((each) => withoutUndefined(each) as Operation)
}

/** What a keyed read is filtered by is about other attributes. */
function outside(names: readonly string[], filter: Condition | undefined): Condition | undefined {
  if (filter === undefined) return undefined
  return pathsOf(filter).some((path) => names.includes(path[0] as string)) ? undefined : filter
}

/** A condition that says nothing of partition keys that a read could go by: NOT never does. */
function unkeyed(name: string, filter: Condition): Condition {
  const isAbout = pathsOf(filter).some((path) => path[0] === name)
  return isAbout && filter.kind !== 'not' ? { kind: 'not', condition: filter } : filter
}

type Order = SelectStatement['orderBy']

/** By the partition key, the sort key or both; hardly ever by anything else. */
function orderOf(names: readonly string[]): fc.Arbitrary<Order> {
  const [partition, sort = partition] = names as readonly [string, string?]
  const by = (...keys: readonly string[]): fc.Arbitrary<Order> =>
    fc.tuple(
      ...keys.map((name) => fc.record({ name: fc.constant(name), descending: fc.boolean() })),
    )
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Order>([]) },
    { weight: 3, arbitrary: by(sort as string) },
    { weight: 2, arbitrary: sort === partition ? by(partition) : by(partition, sort as string) },
    { weight: 1, arbitrary: by(partition) },
    { weight: 1, arbitrary: seldom(by('d'), by(partition), 6) },
  )
}

function accessOf(
  partitionKey: KeyAttribute,
  sortKey: KeyAttribute | undefined,
): fc.Arbitrary<Access> {
  const { name } = partitionKey
  const values = fc.array(keyValue(partitionKey), { minLength: 1, maxLength: 3 })
  const conditions = conditionsOf(sortKey)
  const form = fc.constantFrom('=' as const, '=' as const, 'IN' as const, 'OR' as const)
  const partitions = fc
    .record({ values, form, conditions, points: pointsOf(sortKey) })
    .map(({ values: all, form: written, ...parts }) => {
      const isOne = written === '=' || (written === 'OR' && all.length === 1)
      const asked = isOne ? { values: all.slice(0, 1), form: '=' } : { values: all, form: written }
      return withoutUndefined({ kind: 'partitions', name, ...asked, ...parts }) as Access
    })
  const lookup = fc.record({
    name: fc.constant(name),
    partition: keyValue(partitionKey),
    conditions,
  })
  const alternatives = fc
    .array(lookup, { minLength: 2, maxLength: 3 })
    .map(withoutTwins)
    .filter((lookups) => lookups.length > 1)
    .map((lookups): Access => ({ kind: 'alternatives', lookups }))
  return fc.oneof({ weight: 6, arbitrary: partitions }, { weight: 1, arbitrary: alternatives })
}

/** Of lookups of one partition the first. */
function withoutTwins(lookups: readonly Lookup[]): Lookup[] {
  const isTwin = (each: Lookup, i: number): boolean =>
    lookups.slice(0, i).some(({ partition }) => equal(partition, each.partition))
  return lookups.filter((each, i) => !isTwin(each, i))
}

/** Up to two conditions on a sort key; of two none is about a prefix. */
function conditionsOf(sortKey: KeyAttribute | undefined): fc.Arbitrary<KeyCondition[]> {
  const nothing = fc.constant<KeyCondition[]>([])
  if (sortKey === undefined) return nothing
  const one = sortCondition(sortKey)
  const two = fc.tuple(one, one).map((all): KeyCondition[] => {
    const bounds = all.filter(({ operator }) => operator !== 'begins_with')
    return bounds.length > 0 ? bounds : all.slice(0, 1)
  })
  return fc.oneof(
    { weight: 4, arbitrary: nothing },
    { weight: 3, arbitrary: one.map((each) => [each]) },
    { weight: 1, arbitrary: two },
  )
}

/** The sort keys that IN asks for. */
function pointsOf(
  sortKey: KeyAttribute | undefined,
): fc.Arbitrary<{ readonly name: string; readonly values: readonly Value[] } | undefined> {
  if (sortKey === undefined) return fc.constant(undefined)
  const { name } = sortKey
  const values = fc.array(keyValue(sortKey), { minLength: 1, maxLength: 3 })
  return sometimes(fc.record({ name: fc.constant(name), values }), 5)
}
