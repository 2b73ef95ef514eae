import type { Item, Value } from './attributes.ts'
import { addedUnits, consumedCapacity, type CapacityMode, type Units } from './capacity.ts'
import { columnsOf } from './columns.ts'
import { equal, order } from './comparisons.ts'
import { holds, pathsOf, type Condition } from './conditions.ts'
import { tableOf, type Contents } from './database.ts'
import {
  maxPageBytes,
  meets,
  missingNames,
  targetOf,
  unitsOfPage,
  type Entry,
  type KeyCondition,
  type Target,
} from './queries.ts'
import { invalid, invalidParameter } from './refusal.ts'
import { contradict } from './selectRanges.ts'
import { itemSize, sum } from './sizes.ts'
import type { Access, SelectStatement } from './statements.ts'
import { checkPathsOutsideAllKeys, checkPathsOutsideKeys, keyAttributesOf } from './tables.ts'

/** ExecuteStatement of a SELECT, which is read page by page. */
export interface Select {
  readonly kind: 'Select'
  readonly statement: SelectStatement
  readonly limit?: number
  readonly consistent: boolean
  readonly capacity: CapacityMode
}

/** Refuses a SELECT that cannot be read as it is, and gives what it reads. */
export function checkSelect(database: Contents, { statement, consistent }: Select): Target {
  const { access, filter, columns = [] } = statement
  const target = selectTarget(database, statement, consistent)
  const { definition, index } = target
  checkOrder(target, statement)
  if (index !== undefined && filter !== undefined && access.kind === 'partitions') {
    const missing = missingNames(definition, index, pathsOf(filter))
    if (missing.length > 0 && access.form !== 'OR' && !hasAlternatives(filter)) {
      throw invalidParameter(
        `Secondary index ${index.name} does not project one or more filter attributes: ` +
          `[${missing.join(', ')}]`,
      )
    }
  }
  const keys = [...target.partitionKeys, ...target.sortKeys]
  for (const paths of [filter === undefined ? [] : pathsOf(filter), columns]) {
    checkPathsOutsideKeys(keyAttributesOf(definition), paths, 'Key')
    if (index !== undefined) checkPathsOutsideKeys(keys, paths, 'IndexKey')
  }
  checkPathsOutsideAllKeys(definition, columns)
  if (index?.kind !== 'global') return target
  const missing = missingNames(definition, index, columns)
  if (missing.length === 0) return target
  throw invalidParameter(
    `Global secondary index ${index.name} does not project [${missing.join(', ')}]`,
  )
}

function selectTarget(
  database: Contents,
  { table, index }: SelectStatement,
  consistent: boolean,
): Target {
  const { definition } = tableOf(database, table)
  if (index !== undefined && !definition.indexes.some(({ name }) => name === index)) {
    throw invalid('The table does not have the specified index')
  }
  const target = targetOf(database, { table, ...(index !== undefined && { index }) })
  if (target.partitionKeys.length > 1 || target.sortKeys.length > 1) {
    throw invalid(
      'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or ' +
        'multi-attribute RANGE keys.',
    )
  }
  if (target.index?.kind === 'global' && consistent) {
    throw invalid('Strongly consistent read is not supported on Global Secondary Indexes')
  }
  return target
}

function checkOrder(target: Target, { access, filter, orderBy }: SelectStatement): void {
  if (orderBy.length === 0) return
  if (access.kind === 'everything') {
    throw invalid(
      filter === undefined
        ? 'Must have WHERE clause in the statement when using ORDER BY clause.'
        : 'Must have at least one non-optional hash key condition in WHERE clause when using ' +
            'ORDER BY clause.',
    )
  }
  const names = [...target.partitionKeys, ...target.sortKeys].map(({ name }) => name)
  const other = orderBy.find(({ name }) => !names.includes(name))
  if (other !== undefined) {
    throw invalid(`Attribute ${other.name} in ORDER BY clause must be part of the primary key`)
  }
  if (orderBy.some(({ name }) => name === names[0]) || partitionsOf(access).length === 1) return
  throw invalid(
    'Must have hash key in ORDER BY clause when more than one hash key condition specified in ' +
      'WHERE clause.',
  )
}

function hasAlternatives(condition: Condition): boolean {
  if (condition.kind === 'not') return hasAlternatives(condition.condition)
  if (condition.kind !== 'and') return condition.kind === 'or'
  return hasAlternatives(condition.left) || hasAlternatives(condition.right)
}

/** The partition keys that a SELECT asks for, each once. */
export function partitionsOf(access: Access): Value[] {
  if (access.kind === 'everything') return []
  return access.kind === 'partitions'
    ? distinct(access.values)
    : access.lookups.map(({ partition }) => partition)
}

const distinct = (values: readonly Value[]): Value[] =>
  values.filter((value, i) => !values.slice(0, i).some((other) => equal(other, value)))

/** What is read one after the other, and is paid for one by one. */
export interface Ranges {
  readonly ranges: readonly (readonly Entry[])[]
  /** Each is of one item that its whole key names, behind which nothing can be. */
  readonly ofOneItem: boolean
}

/**
 * The ranges of a SELECT. `entriesOf` gives what there is of a partition, or of everything, in the
 * order of reading.
 */
export function rangesOf(
  target: Target,
  { access, orderBy }: SelectStatement,
  entriesOf: (partition: Value | undefined) => readonly Entry[],
): Ranges {
  if (access.kind === 'everything') return { ranges: [entriesOf(undefined)], ofOneItem: false }
  const [partitionKey] = target.partitionKeys
  const ordered = orderBy.find(({ name }) => name === partitionKey?.name)
  const partitions = partitionsOf(access)
  if (ordered !== undefined) partitions.sort((a, b) => order(a, b) as number)
  if (ordered?.descending === true) partitions.reverse()
  const lookups = partitions.flatMap((partition) =>
    lookupsOf(access, partition, isReverse(target, orderBy)),
  )
  const ranges = lookups.map(({ partition, conditions }) =>
    entriesOf(partition).filter(({ image }) => conditions.every((each) => meets(each, image))),
  )
  const namesItem = (conditions: readonly KeyCondition[]): boolean =>
    target.sortKeys.length === 0 || conditions.some(({ operator }) => operator === '=')
  const asked =
    access.kind === 'partitions'
      ? [conditionsOf(access)]
      : access.lookups.map((each) => each.conditions)
  return { ranges, ofOneItem: target.index === undefined && asked.every(namesItem) }
}

/** Whether sort keys are read from the last to the first. */
export const isReverse = ({ sortKeys }: Target, orderBy: SelectStatement['orderBy']): boolean =>
  orderBy.some(({ name, descending }) => descending && name === sortKeys[0]?.name)

interface Range {
  readonly partition: Value
  readonly conditions: readonly KeyCondition[]
}

type Keyed = Exclude<Access, { kind: 'everything' }>

/** The conditions of a range, where points stand for one of them. */
function conditionsOf({
  conditions,
  points,
}: Extract<Keyed, { kind: 'partitions' }>): KeyCondition[] {
  if (points === undefined) return [...conditions]
  return [...conditions, { name: points.name, operator: '=', values: points.values.slice(0, 1) }]
}

/** The ranges of one partition, in the order of reading; none where conditions leave nothing. */
function lookupsOf(access: Keyed, partition: Value, isReversed: boolean): Range[] {
  if (access.kind === 'alternatives') {
    const own = access.lookups.filter((each) => equal(each.partition, partition))
    return own.flatMap(({ conditions }) =>
      contradict(conditions) ? [] : [{ partition, conditions }],
    )
  }
  const { conditions, points } = access
  if (points === undefined) return contradict(conditions) ? [] : [{ partition, conditions }]
  const values = distinct(points.values).sort((a, b) => order(a, b) as number)
  const fitting = values.filter((value) => {
    return conditions.every((each) => meets(each, { [points.name]: value }))
  })
  if (isReversed) fitting.reverse()
  return fitting.map((value) => {
    return { partition, conditions: [{ name: points.name, operator: '=', values: [value] }] }
  })
}

/** Where a page begins: a range, and how many of its entries have been read. */
export interface Position {
  readonly range: number
  readonly offset: number
}

export interface SelectPage {
  readonly items: readonly Item[]
  readonly capacity: object | undefined
  /** Undefined when nothing is left. */
  readonly next: Position | undefined
}

/** One page: as many entries of the ranges as Limit and 1 MB allow, before the filter. */
export function selectPage(
  target: Target,
  { statement, limit = Infinity, consistent, capacity }: Select,
  { ranges, ofOneItem }: Ranges,
  start: Position,
): SelectPage {
  const { columns, filter } = statement
  const fetches = fetchesItems(target, statement)
  const bytesOf = ({ image, item }: Entry): number =>
    itemSize(image) + (fetches ? itemSize(item) : 0)
  const found: Entry[] = []
  const units: Units[] = []
  let next: Position | undefined
  for (let range = start.range; range < ranges.length && next === undefined; range++) {
    const isFull = (): boolean => found.length >= limit || sum(found.map(bytesOf)) >= maxPageBytes
    if (isFull()) {
      next = { range, offset: 0 }
      continue
    }
    const offset = range === start.range ? start.offset : 0
    const rest = (ranges[range] as readonly Entry[]).slice(offset)
    const own: Entry[] = []
    while (own.length < rest.length && !isFull()) {
      const entry = rest[own.length] as Entry
      own.push(entry)
      found.push(entry)
    }
    units.push(unitsOfPage(target, own, consistent, fetches))
    const ended = own.length > 0 && isFull() && !ofOneItem
    if (ended) next = { range, offset: offset + own.length }
  }
  if (units.length === 0) units.push(unitsOfPage(target, [], consistent, fetches))
  const passed = found.filter(({ image }) => filter === undefined || holds(filter, image))
  return {
    items: passed.map(({ image, item }) => columnsOf(fetches ? item : image, columns)),
    capacity: consumedCapacity(capacity, target.definition, addedUnits(units)),
    next,
  }
}

/** Whether the table is read too, for columns that a local index has not. */
function fetchesItems({ definition, index }: Target, { columns = [] }: SelectStatement): boolean {
  if (index?.kind !== 'local') return false
  return missingNames(definition, index, columns).length > 0
}
