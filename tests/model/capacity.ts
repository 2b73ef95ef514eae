import type { Item, Value } from './attributes.ts'
import { equal, equalItems } from './comparisons.ts'
import { itemSize, sum } from './sizes.ts'
import { bytesOfVectorWrite, chargedSize } from './vectorIndexes.ts'
import { entryOf, indexKeysOf, type IndexDefinition, type TableDefinition } from './tables.ts'

export type CapacityMode = 'NONE' | 'TOTAL' | 'INDEXES'

/** Units of one request on one table: of the table itself and of its indexes. */
export interface Units {
  readonly table: number
  /** By the names of the indexes that the request touched. */
  readonly indexes: Readonly<Record<string, number>>
  /** Bytes written to vector indexes, by their names, which are no units. */
  readonly vectors?: Readonly<Record<string, number>>
  /** What counts in the total alone. */
  readonly beside?: number
}

/** Write units are started KB, at least one. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024))

/** Read units are started 4 KB, at least one; half as much when consistency is not asked for. */
export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5)

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item))

/** What a write costs that found `before` and left `after`: the table by the larger of both. */
export function unitsOfWrite(
  definition: TableDefinition,
  before: Item | undefined,
  after: Item | undefined,
): Units {
  const indexes: Record<string, number> = {}
  for (const index of definition.indexes) {
    const old = entryOf(definition, index, before)
    const units = unitsOfEntry(index, old, entryOf(definition, index, after))
    if (units > 0) indexes[index.name] = units
  }
  const sizes = [before, after].map((item) => chargedSize(definition, item))
  const vectors = bytesOfVectorWrite(definition, before, after)
  return { table: writeUnits(Math.max(...sizes)), indexes, vectors }
}

/**
 * An entry that stays as it is costs nothing; one that comes, goes or changes in its place costs
 * one write; one whose key changes is taken away and put elsewhere, which are two.
 */
function unitsOfEntry(
  index: IndexDefinition,
  old: Item | undefined,
  entry: Item | undefined,
): number {
  if (old === undefined && entry === undefined) return 0
  if (old === undefined || entry === undefined) return writeUnits(sizeOf(old ?? entry))
  if (equalItems(old, entry)) return 0
  const staysInPlace = indexKeysOf(index).every(({ name }) =>
    equal(old[name] as Value, entry[name] as Value),
  )
  if (staysInPlace) return writeUnits(Math.max(sizeOf(old), sizeOf(entry)))
  return writeUnits(sizeOf(old)) + writeUnits(sizeOf(entry))
}

export function addedUnits(all: readonly Units[]): Units {
  const added = (parts: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
    const totals: Record<string, number> = {}
    for (const [name, units] of parts.flatMap((each) => Object.entries(each))) {
      totals[name] = (totals[name] ?? 0) + units
    }
    return totals
  }
  return {
    table: sum(all.map(({ table }) => table)),
    indexes: added(all.map(({ indexes }) => indexes)),
    vectors: added(all.map(({ vectors = {} }) => vectors)),
    beside: sum(all.map(({ beside = 0 }) => beside)),
  }
}

/**
 * ConsumedCapacity of one table. `kind` is what a transaction says beside CapacityUnits: there,
 * reading and writing have members of their own.
 */
export function consumedCapacity(
  mode: CapacityMode,
  definition: TableDefinition,
  units: Units,
  kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): object | undefined {
  if (mode === 'NONE') return undefined
  const arm = (n: number): object => ({
    CapacityUnits: n,
    ...(kind !== undefined && { [kind]: n }),
  })
  const total = units.table + sum(Object.values(units.indexes)) + (units.beside ?? 0)
  const whole = { TableName: definition.name, ...arm(total) }
  if (mode === 'TOTAL') return whole
  const arms = (which: IndexDefinition['kind']): object | undefined => {
    const touched = definition.indexes
      .filter(({ name, kind: own }) => own === which && units.indexes[name] !== undefined)
      .map(({ name }) => [name, arm(units.indexes[name] as number)])
    return touched.length === 0 ? undefined : (Object.fromEntries(touched) as object)
  }
  return {
    ...whole,
    Table: arm(units.table),
    LocalSecondaryIndexes: arms('local'),
    GlobalSecondaryIndexes: arms('global'),
    VectorIndexes: vectorArms(units),
  }
}

function vectorArms({ vectors = {} }: Units): object | undefined {
  const arms = Object.entries(vectors).map(([name, VectorWriteRequestBytes]) => {
    return [name, { VectorWriteRequestBytes }]
  })
  return arms.length === 0 ? undefined : (Object.fromEntries(arms) as object)
}
