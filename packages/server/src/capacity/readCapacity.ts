import type { SecondaryIndex } from '../schema/table.ts'
import { readUnitsOfSize } from './capacityUnits.ts'
import { unitsOfTable, type Units } from './usage.ts'

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

/**
 * Read units of one item, 0 bytes for a missing one: an eventually consistent read costs half.
 */
export function readUnitsOfItem(sizeBytes: number, consistentRead: boolean | undefined): number {
  return readUnitsOfSize(sizeBytes) * factorOf(consistentRead)
}

/**
 * The units of a page of `index`, or of the table itself: its bytes are rounded up once.
 */
export function readUnitsOfPage(
  index: SecondaryIndex | undefined,
  volume: PageVolume,
  consistentRead: boolean | undefined,
): Units {
  const read = readUnitsOfItem(volume.sizeBytes, consistentRead)
  if (index === undefined) return unitsOfTable(read)
  const fetched = volume.fetchedUnits * factorOf(consistentRead)
  return { total: read + fetched, table: fetched, indexes: [{ index, units: read }] }
}

function factorOf(consistentRead: boolean | undefined): 1 | 0.5 {
  return consistentRead === true ? 1 : 0.5
}
