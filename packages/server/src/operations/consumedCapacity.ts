import type { WriteResult } from '../transactions/writePlan.ts'
import { writeUnitsOfSize } from '../values/capacityUnits.ts'

/*
 * Consumed capacity outside and inside transactions (behaviour digest 1.8 and section 5). One write
 * unit is 1 KB of the larger image, one read unit 4 KB read consistently; an eventually consistent
 * read costs half, everything in a transaction twice.
 */

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE'

/** Write units of a single write by what it found and left. */
export function writeUnits({ before, after }: WriteResult): number {
  return writeUnitsOfSize(Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0))
}

/**
 * The ConsumedCapacity member of a response outside a transaction; undefined when not asked for.
 */
export function consumedCapacity(
  mode: ReturnConsumedCapacity | undefined,
  tableName: string,
  units: number,
): object | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  if (mode === 'TOTAL') return { TableName: tableName, CapacityUnits: units }
  return { TableName: tableName, CapacityUnits: units, Table: { CapacityUnits: units } }
}

/** Units of one table in a transaction. */
export interface TableUnits {
  readonly tableName: string
  readonly units: number
}

/** Adds up units by table, tables in the order of their first appearance. */
export function unitsByTable(entries: Iterable<TableUnits>): TableUnits[] {
  const sums = new Map<string, number>()
  for (const { tableName, units } of entries) {
    sums.set(tableName, (sums.get(tableName) ?? 0) + units)
  }
  return [...sums].map(([tableName, units]) => ({ tableName, units }))
}

/** The ConsumedCapacity list of a transactional response; undefined when not asked for. */
export function transactionalCapacity(
  mode: ReturnConsumedCapacity | undefined,
  kind: 'ReadCapacityUnits' | 'WriteCapacityUnits',
  tables: readonly TableUnits[],
): object[] | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  return tables.map(({ tableName, units }) => {
    const total = { TableName: tableName, CapacityUnits: units, [kind]: units }
    return mode === 'TOTAL' ? total : { ...total, Table: { CapacityUnits: units, [kind]: units } }
  })
}
