import fc from 'fast-check'
import { condition, projection } from './arbitraryExpressions.ts'
import { goodKey, keyValue, seldom } from './arbitraryItems.ts'
import { capacity, sometimes, withoutUndefined } from './arbitraryParts.ts'
import type { Item, Value } from './attributes.ts'
import { order } from './comparisons.ts'
import type { Operation } from './operations.ts'
import type { KeyCondition, Query } from './queries.ts'
import { lateIndexes } from './tableDefinitions.ts'
import type { IndexDefinition, KeyAttribute, TableDefinition } from './tables.ts'

/* Queries and scans of tables and of their indexes. */

export const limit = sometimes(fc.constantFrom(1, 2, 3, 5), 2)
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
export function query(definition: TableDefinition): fc.Arbitrary<Operation> {
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

const equality = (attribute: KeyAttribute): fc.Arbitrary<KeyCondition> =>
  keyValue(attribute).map((value) => ({ name: attribute.name, operator: '=', values: [value] }))

export function sortCondition(attribute: KeyAttribute): fc.Arbitrary<KeyCondition> {
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

export function scan(definition: TableDefinition): fc.Arbitrary<Operation> {
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
