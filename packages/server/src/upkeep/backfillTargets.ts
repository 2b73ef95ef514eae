import { expiryEntry } from '../items/expiryEntries.ts'
import { indexEntry, valueOfEntry } from '../items/indexEntries.ts'
import type { Table } from '../schema/table.ts'
import type { BackfillTarget } from './backfill.ts'

/** The index of this number; undefined when the table has it no longer. */
export function indexTarget(table: Table, indexNumber: number): BackfillTarget | undefined {
  const index = table.indexes.find(({ number }) => number === indexNumber)
  if (index === undefined) return undefined
  const { backfill, counter } = index
  return {
    backfill,
    counter,
    entryOf(item, rowKey) {
      const entry = indexEntry(index, item, rowKey)
      if (entry === undefined) return undefined
      const { key, image, sizeBytes } = entry
      return { key, value: valueOfEntry(entry, image.stored), sizeBytes }
    },
  }
}

/** The order of expiry of this number; undefined when the table has it no longer. */
export function orderTarget(table: Table, orderNumber: number): BackfillTarget | undefined {
  const { expiryOrder: order } = table
  if (order?.number !== orderNumber) return undefined
  return {
    backfill: order.backfill,
    entryOf(item, rowKey) {
      const entry = expiryEntry(order, item, rowKey)
      return entry && { ...entry, sizeBytes: 0 }
    },
  }
}
