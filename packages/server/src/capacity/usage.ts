import type { SecondaryIndex, Table } from '../schema/table.ts'

/** Capacity units of one index; of a vector index bytes, which are no part of any total. */
export interface IndexUnits {
  readonly index: Pick<SecondaryIndex, 'name' | 'kind'>
  readonly units: number
}

/** Capacity units of one kind, read or write, by what they were spent on. */
export interface Units {
  readonly total: number
  /** Those of the table itself. */
  readonly table: number
  /** The indexes that were read or written, each once, in the order of the table's. */
  readonly indexes: readonly IndexUnits[]
}

/** What a request has consumed of one table under one name. */
export interface TableUsage {
  /** Name or ARN, as the request names the table. */
  readonly name: string
  readonly table: Table
  readonly kind: 'read' | 'write'
  readonly units: Units
}

/** What a request has consumed: one entry for each name that it has for a table. */
export type Usage = readonly TableUsage[]

/** Of a request that consumes no capacity. */
export const noUsage: Usage = []

const noIndexes: readonly IndexUnits[] = []

/** Units of a table without its indexes. */
export function unitsOfTable(units: number): Units {
  return { total: units, table: units, indexes: noIndexes }
}

/** The sum of several units of one kind and one table. */
export function sumOfUnits(parts: Iterable<Units>): Units {
  let total = 0
  let table = 0
  const indexes = new Map<string, IndexUnits>()
  for (const part of parts) {
    total += part.total
    table += part.table
    for (const { index, units } of part.indexes) {
      const sum = (indexes.get(index.name)?.units ?? 0) + units
      indexes.set(index.name, { index, units: sum })
    }
  }
  return { total, table, indexes: [...indexes.values()] }
}

/** What the actions of one request have consumed, summed by name, in order of first appearance. */
export class UsageByName {
  readonly #sums: SummedUsage[] = []

  /** Adds what was consumed of `table`, which the request calls `name`. */
  add(name: string, table: Table, kind: TableUsage['kind'], units: Units): void {
    for (const sum of this.#sums) {
      if (sum.name !== name) continue
      sum.units = sumOfTwo(sum.units, units)
      return
    }
    this.#sums.push({ name, table, kind, units })
  }

  get usage(): Usage {
    return this.#sums
  }
}

interface SummedUsage extends TableUsage {
  units: Units
}

/** {@link sumOfUnits} of two, which mostly have no indexes. */
function sumOfTwo(a: Units, b: Units): Units {
  if (a.indexes.length > 0 || b.indexes.length > 0) return sumOfUnits([a, b])
  return { total: a.total + b.total, table: a.table + b.table, indexes: noIndexes }
}

/** All units of a request; undefined for one that consumes none. */
export function totalOf(usage: Usage): number | undefined {
  if (usage.length === 0) return undefined
  let total = 0
  for (const { units } of usage) total += units.total
  return total
}
