import { attributeOf, picked, type Item, type Value } from './attributes.ts'
import { consumedCapacity, readUnits, type CapacityMode, type Units } from './capacity.ts'
import { equal, order } from './comparisons.ts'
import { beginsWith, holds, pathsOf, type Condition } from './conditions.ts'
import { tableOf, type Contents } from './database.ts'
import type { Path } from './documentPaths.ts'
import { read } from './reads.ts'
import { invalid, invalidParameter } from './refusal.ts'
import { itemSize, sum } from './sizes.ts'
import {
  checkPathsOutsideAllKeys,
  checkPathsOutsideKeys,
  entryOf,
  keyAttributesOf,
  projectedNames,
  type IndexDefinition,
  type KeyAttribute,
  type TableDefinition,
} from './tables.ts'
import { unreachable } from './unreachable.ts'

export interface KeyCondition {
  readonly name: string
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with'
  /** Two for BETWEEN, else one. */
  readonly values: readonly Value[]
}

type Select = 'COUNT' | 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES'

/** What Query and Scan have in common. */
interface Reading {
  readonly table: string
  readonly index?: string
  readonly filter?: Condition
  readonly projection?: readonly Path[]
  readonly select?: Select
  readonly limit?: number
  readonly consistent: boolean
  readonly capacity: CapacityMode
}

export interface Query extends Reading {
  readonly kind: 'Query'
  /** One for each partition key, then some for sort keys from the left. */
  readonly conditions: readonly KeyCondition[]
  readonly forward: boolean
  /** A key of the table that the first page starts behind. The item need not exist. */
  readonly startAfter?: Item
}

export interface Scan extends Reading {
  readonly kind: 'Scan'
  /** The segments are read one after the other, each in pages of its own. */
  readonly totalSegments?: number
}

/** One item as a table or index holds it. */
export interface Entry {
  readonly item: Item
  readonly image: Item
}

/** What a query or scan reads. */
export interface Target {
  readonly definition: TableDefinition
  readonly index: IndexDefinition | undefined
  readonly partitionKeys: readonly KeyAttribute[]
  readonly sortKeys: readonly KeyAttribute[]
}

/** The bytes that end a page. */
export const maxPageBytes = 1_048_576

export function targetOf(
  database: Contents,
  { table, index }: Pick<Reading, 'table' | 'index'>,
): Target {
  const { definition } = tableOf(database, table)
  const { partitionKey, sortKey } = definition
  const found = definition.indexes.find(({ name }) => name === index)
  if (found !== undefined) return { definition, index: found, ...found }
  if (index !== undefined) {
    throw invalid(`The table does not have the specified index: ${index}`)
  }
  const sortKeys = sortKey === undefined ? [] : [sortKey]
  return { definition, index: undefined, partitionKeys: [partitionKey], sortKeys }
}

/** The attributes that LastEvaluatedKey and ExclusiveStartKey have. */
export function positionOf({ definition, partitionKeys, sortKeys }: Target, item: Item): Item {
  const keys = [...keyAttributesOf(definition), ...partitionKeys, ...sortKeys]
  return picked(
    item,
    keys.map(({ name }) => name),
  )
}

/**
 * Everything that a query or scan would find in unlimited pages, before its filter, in no order.
 */
export function entriesOf(database: Contents, request: Query | Scan): Entry[] {
  const { definition, index } = targetOf(database, request)
  const { items } = tableOf(database, request.table)
  return items.flatMap((item) => {
    const image = index === undefined ? item : entryOf(definition, index, item)
    if (image === undefined || !isAskedFor(request, image)) return []
    return [{ item, image }]
  })
}

function isAskedFor(request: Query | Scan, image: Item): boolean {
  return request.kind === 'Scan' || request.conditions.every((each) => meets(each, image))
}

/** Whether a condition holds on an item that has its attribute, with its type. */
export function meets({ name, operator, values }: KeyCondition, item: Item): boolean {
  const value = attributeOf(item, name) as Value
  const [first, last] = values as readonly [Value, Value]
  const rank = order(value, first) as number
  switch (operator) {
    case '=':
      return rank === 0
    case '<':
      return rank < 0
    case '<=':
      return rank <= 0
    case '>':
      return rank > 0
    case '>=':
      return rank >= 0
    case 'BETWEEN':
      return rank >= 0 && (order(value, last) as number) <= 0
    case 'begins_with':
      return beginsWith(value, first)
    default:
      return unreachable(operator)
  }
}

/** How two entries of one partition stand in the order of their sort keys; 0 is a tie. */
export function sortRank({ sortKeys }: Target, a: Item, b: Item): number {
  for (const { name } of sortKeys) {
    const rank = order(a[name] as Value, b[name] as Value) as number
    if (rank !== 0) return rank
  }
  return 0
}

export function samePartition({ partitionKeys }: Target, a: Item, b: Item): boolean {
  return partitionKeys.every(({ name }) => equal(a[name] as Value, b[name] as Value))
}

/** Refuses a request that cannot be read as it is; the first fault in DynamoDB's order. */
export function checkReading(database: Contents, request: Query | Scan): void {
  const { projection, select, filter, index: indexName } = request
  if (projection !== undefined && select !== undefined) {
    const chosen = select === 'COUNT' ? 'only the Count' : select
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${chosen}`)
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
  const target = targetOf(database, request)
  if (target.index?.kind === 'global' && request.consistent) {
    throw invalid('Consistent reads are not supported on global secondary indexes')
  }
  const paths = [...(projection ?? []), ...filterPaths(filter)]
  checkPathsOutsideKeys(keyAttributesOf(target.definition), paths, 'Key')
  checkPathsOutsideKeys([...target.partitionKeys, ...target.sortKeys], paths, 'IndexKey')
  checkPathsOutsideAllKeys(target.definition, projection ?? [])
  if (target.index?.kind === 'global') checkProjected(target.definition, target.index, request)
  if (request.kind === 'Scan') return
  const keys = [...target.partitionKeys, ...target.sortKeys].map(({ name }) => name)
  for (const [name] of filterPaths(filter)) {
    if (!keys.includes(name as string)) continue
    throw invalid(
      'Filter Expression can only contain non-primary key attributes: ' +
        `Primary key attribute: ${name}`,
    )
  }
  checkStart(target, request)
}

const filterPaths = (filter: Condition | undefined): Path[] =>
  filter === undefined ? [] : pathsOf(filter)

/** A global index can only give what it has. */
function checkProjected(
  definition: TableDefinition,
  index: IndexDefinition,
  { select, projection = [] }: Reading,
): void {
  if (index.projection === 'ALL') return
  if (select === 'ALL_ATTRIBUTES') {
    throw invalidParameter(
      'Select type ALL_ATTRIBUTES is not supported for global secondary index ' +
        `${index.name} because its projection type is not ALL`,
    )
  }
  const missing = missingNames(definition, index, projection)
  if (missing.length === 0) return
  throw invalidParameter(
    `Global secondary index ${index.name} does not project [${missing.join(', ')}]`,
  )
}

/** The attributes of `paths` that an index has not, each once. */
export function missingNames(
  definition: TableDefinition,
  index: IndexDefinition,
  paths: readonly Path[],
): string[] {
  if (index.projection === 'ALL') return []
  const names = projectedNames(definition, index)
  const asked = paths.map((path) => path[0] as string)
  return [...new Set(asked)].filter((name) => !names.includes(name))
}

/** A query of a table can start behind any key that it could have found. */
function checkStart(target: Target, { conditions, startAfter }: Query): void {
  if (startAfter === undefined) return
  if (findsOneItem(target, conditions)) {
    throw invalid('The query can return at most one row and cannot be restarted')
  }
  const [partition, sort] = conditions
  if (sort !== undefined && !meets(sort, startAfter)) {
    throw invalid('The provided starting key does not match the range key predicate')
  }
  if (!meets(partition as KeyCondition, startAfter)) {
    throw invalid(
      'The provided starting key is outside query boundaries based on provided conditions',
    )
  }
}

/** Whether a query names a whole primary key. */
function findsOneItem({ index, sortKeys }: Target, conditions: readonly KeyCondition[]): boolean {
  if (index !== undefined) return false
  return sortKeys.length === 0 || conditions[1]?.operator === '='
}

/**
 * The entries that the first page can begin with, out of all in their order: those behind
 * `startAfter`, in the direction of reading.
 */
export function entriesToRead(target: Target, query: Query, entries: readonly Entry[]): Entry[] {
  const { startAfter, forward } = query
  if (startAfter === undefined) return [...entries]
  return entries.filter(({ image }) => {
    const rank = sortRank(target, image, startAfter)
    return forward ? rank > 0 : rank < 0
  })
}

/** One page, and how many of the entries it read. */
export interface Page {
  readonly response: object
  readonly readCount: number
}

/**
 * The page that begins with the first of `entries`. It ends behind the entry that reaches Limit or
 * 1 MB, even if that is the last of all, and then says where it ended. The filter comes after.
 */
export function pageOf(target: Target, request: Query | Scan, entries: readonly Entry[]): Page {
  const { filter, limit = Infinity, select } = request
  const fetches = fetchesItems(target, request)
  const bytesOf = ({ image, item }: Entry): number =>
    itemSize(image) + (fetches ? itemSize(item) : 0)
  const isLast = (i: number): boolean =>
    i + 1 >= limit || sum(entries.slice(0, i + 1).map(bytesOf)) >= maxPageBytes
  const end = entries.findIndex((_, i) => isLast(i))
  const found = end < 0 ? entries : entries.slice(0, end + 1)
  const last = end < 0 ? undefined : found.at(-1)
  const endsInside =
    last !== undefined && (request.kind === 'Scan' || !findsOneItem(target, request.conditions))
  const passed = found.filter(({ image, item }) => {
    return filter === undefined || holds(filter, fetches ? item : image)
  })
  const response = {
    Items: select === 'COUNT' ? undefined : passed.map((entry) => shown(request, entry)),
    Count: passed.length,
    ScannedCount: found.length,
    LastEvaluatedKey: endsInside ? positionOf(target, last.image) : undefined,
    ConsumedCapacity: consumedCapacity(
      request.capacity,
      target.definition,
      unitsOfPage(target, found, request.consistent, fetches),
    ),
  }
  return { response, readCount: found.length }
}

/**
 * Whether items have to be read from the table because a local index has not all that is asked for.
 */
function fetchesItems({ definition, index }: Target, request: Query | Scan): boolean {
  if (index?.kind !== 'local' || index.projection === 'ALL') return false
  const { filter, projection = [], select } = request
  const paths = [...projection, ...filterPaths(filter)]
  return select === 'ALL_ATTRIBUTES' || missingNames(definition, index, paths).length > 0
}

function shown(request: Query | Scan, { image, item }: Entry): Item {
  const { projection, select } = request
  if (select === 'ALL_ATTRIBUTES') return item
  return projection === undefined ? image : read(item, projection)
}

/**
 * The bytes of a page are added up before they are rounded; items fetched are rounded one by one.
 */
export function unitsOfPage(
  { index }: Target,
  found: readonly Entry[],
  consistent: boolean,
  fetches: boolean,
): Units {
  const units = readUnits(sum(found.map(({ image }) => itemSize(image))), consistent)
  if (index === undefined) return { table: units, indexes: {} }
  const fetched = found.map(({ item }) => readUnits(itemSize(item), consistent))
  return { table: fetches ? sum(fetched) : 0, indexes: { [index.name]: units } }
}
