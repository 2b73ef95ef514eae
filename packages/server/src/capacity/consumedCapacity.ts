import type { WriteResult } from '../transactions/writePlan.ts'
import { writeUnitsOfSize } from './capacityUnits.ts'
import type { RequestContext } from '../operations/requestContext.ts'

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

/**
 * Notes what the reads of a transaction have consumed, and gives the ConsumedCapacity list of its
 * response, undefined when not asked for. `tableNames` and `units` are those of each action; tables
 * come in the order of their first appearance, named as the request names them, by an ARN for
 * example (model: ConsumedCapacity).
 */
export function transactionalReadCapacity(
  mode: ReturnConsumedCapacity | undefined,
  context: RequestContext,
  tableNames: readonly string[],
  units: readonly number[],
): object[] | undefined {
  context.consumedUnits = units.reduce((sum, consumed) => sum + consumed, 0)
  if (mode === undefined || mode === 'NONE') return undefined
  const sums = new Map<string, number>()
  tableNames.forEach((name, i) => {
    sums.set(name, (sums.get(name) ?? 0) + (units[i] as number))
  })
  return [...sums].map(([tableName, consumed]) => {
    const amount = { CapacityUnits: consumed, ReadCapacityUnits: consumed }
    const total = { TableName: tableName, ...amount }
    return mode === 'TOTAL' ? total : { ...total, Table: amount }
  })
}
