import type { BoundCondition } from '../../expressions/boundExpression.ts'
import { pathsOfCondition } from '../../expressions/conditionPaths.ts'
import {
  filterNotProjected,
  orderByOtherAttribute,
  orderOfSeveralPartitions,
  orderWithoutPartition,
  orderWithoutWhere,
} from '../../errors/statementErrors.ts'
import type { BoundSelect } from '../../partiql/boundStatement.ts'
import { keyLookups, type KeyedRead, type LookupKeys } from '../../partiql/keyLookups.ts'
import { isOfOneRow, rangesOfLookups, type KeyLookup } from '../../reads/keyLookups.ts'
import { everything, type Projection, type Selection } from '../../reads/projection.ts'
import { scanRange } from '../../reads/queryRange.ts'
import type { RangesPlan } from '../../reads/readRanges.ts'
import { keySchemaOf, type ReadTarget } from '../../reads/readTarget.ts'
import type { AttributeValue } from '../../values/attributeValue.ts'
import { compareValues } from '../../values/compare.ts'
import { bindSelection, checkKeyPaths, missingNames } from '../items/selectParameter.ts'

/**
 * A SELECT on what it reads: a Query, or several, where the condition says which partition keys the
 * items have, otherwise a Scan. Throws ValidationException.
 */
export function planSelect(target: ReadTarget, select: BoundSelect): RangesPlan {
  const { where, orderBy } = select
  const { partitionKeys, sortKeys } = keySchemaOf(target)
  const keys = { partitionKey: partitionKeys[0]?.name as string, sortKey: sortKeys[0]?.name }
  const read = keyLookups(where, keys)
  if (orderBy.length > 0) checkOrder(select, keys, read)
  checkFilter(target, read)
  const selection = selectionOf(target, select, read === undefined ? where : read.filter)
  if (read === undefined) {
    const ranges = [scanRange(target, undefined)]
    return { target, ranges, reverse: false, selection, singleRows: false }
  }
  const reverse = orderBy.some(({ name, descending }) => descending && name === keys.sortKey)
  const ranges = partitionsOf(read.lookups, select, keys).flatMap((lookups) =>
    rangesOfLookups(target, lookups, reverse),
  )
  const singleRows = read.lookups.every((lookup) => isOfOneRow(target, lookup))
  return { target, ranges, reverse, selection, singleRows }
}

function checkOrder(
  { where, orderBy }: BoundSelect,
  keys: LookupKeys,
  read: KeyedRead | undefined,
): void {
  if (where === undefined) throw orderWithoutWhere()
  if (read === undefined) throw orderWithoutPartition()
  for (const { name } of orderBy) {
    if (name !== keys.partitionKey && name !== keys.sortKey) throw orderByOtherAttribute(name)
  }
  if (orderBy.some(({ name }) => name === keys.partitionKey)) return
  const partitions = new Set(read.lookups.map(({ partitionKey }) => textOf(partitionKey)))
  if (partitions.size > 1) throw orderOfSeveralPartitions()
}

const textOf = (value: AttributeValue): string => JSON.stringify(value)

/** What is read by an index's key can only be filtered by what the index has. */
function checkFilter({ index }: ReadTarget, read: KeyedRead | undefined): void {
  if (index === undefined || index.projectedAttributes === 'all') return
  if (read?.filter === undefined || read.hasAlternatives) return
  const missing = missingNames(pathsOfCondition(read.filter), index.projectedAttributes)
  if (missing.length > 0) throw filterNotProjected(index.name, missing)
}

/** Items are filtered as the index has them: what it lacks is missing. */
function selectionOf(
  target: ReadTarget,
  { columns }: BoundSelect,
  filter: BoundCondition | undefined,
): Selection {
  if (filter !== undefined) checkKeyPaths(target, pathsOfCondition(filter))
  const projection = columnsProjection(columns)
  const selection = bindSelection(target, undefined, undefined, projection)
  return { ...selection, filter, filtersEntries: true }
}

/** The projection that the columns of a SELECT are. */
export function columnsProjection(columns: BoundSelect['columns']): Projection {
  return columns === 'all' ? everything : { kind: 'columns', columns }
}

/** The lookups by partition, in the order in which the partitions are read. */
function partitionsOf(
  lookups: readonly KeyLookup[],
  { orderBy }: BoundSelect,
  { partitionKey }: LookupKeys,
): readonly (readonly KeyLookup[])[] {
  const partitions = new Map<string, KeyLookup[]>()
  for (const lookup of lookups) {
    const text = textOf(lookup.partitionKey)
    const others = partitions.get(text)
    if (others === undefined) partitions.set(text, [lookup])
    else others.push(lookup)
  }
  const found = [...partitions.values()]
  const order = orderBy.find(({ name }) => name === partitionKey)
  if (order === undefined) return found
  found.sort(([a], [b]) => compareValues(partitionOf(a), partitionOf(b)) ?? 0)
  return order.descending ? found.toReversed() : found
}

const partitionOf = (lookup: KeyLookup | undefined): AttributeValue =>
  (lookup as KeyLookup).partitionKey
