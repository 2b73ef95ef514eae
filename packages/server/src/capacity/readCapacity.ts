import type { ReadTarget } from '../reads/readTarget.ts'
import { readUnitsOfSize } from './capacityUnits.ts'
import type { ReturnConsumedCapacity } from './consumedCapacity.ts'

/** What one page of a query or scan has read. */
export interface PageVolume {
  /** Bytes of all rows or entries in the page, those that the filter refused among them. */
  readonly sizeBytes: number
  /**
   * Units of items that were read from the table beside the entries of an index, rounded up by
   * item.
   */
  readonly fetchedUnits: number
}

/** Read units of one page, by what they were spent on. */
export interface ReadUnits {
  readonly total: number
  readonly table: number
  /** Undefined when no index was read. */
  readonly index: number | undefined
}

/**
 * The units of a page: its bytes are rounded up once, and an eventually consistent read costs half.
 */
export function readUnitsOfPage(
  target: ReadTarget,
  volume: PageVolume,
  consistentRead: boolean | undefined,
): ReadUnits {
  const factor = consistentRead === true ? 1 : 0.5
  const read = readUnitsOfSize(volume.sizeBytes) * factor
  if (target.index === undefined) return { total: read, table: read, index: undefined }
  const fetched = volume.fetchedUnits * factor
  return { total: read + fetched, table: fetched, index: read }
}

/** The ConsumedCapacity member of a query or scan; undefined when not asked for. */
export function readCapacity(
  mode: ReturnConsumedCapacity | undefined,
  tableName: string,
  target: ReadTarget,
  units: ReadUnits,
): object | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  const total = { TableName: tableName, CapacityUnits: units.total }
  if (mode === 'TOTAL') return total
  const byTable = { ...total, Table: { CapacityUnits: units.table } }
  const { index } = target
  if (index === undefined) return byTable
  const member = index.kind === 'local' ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes'
  return { ...byTable, [member]: { [index.name]: { CapacityUnits: units.index } } }
}
