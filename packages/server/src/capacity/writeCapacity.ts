import { entriesOf, type IndexEntry } from '../items/indexEntries.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import type { WriteResult } from '../transactions/writePlan.ts'
import { equalValues } from '../values/compare.ts'
import { writeUnitsOfSize } from './capacityUnits.ts'
import { writeUnits, type ReturnConsumedCapacity } from './consumedCapacity.ts'

/** Write units of one index. */
export interface IndexUnits {
  readonly index: Pick<SecondaryIndex, 'name' | 'kind'>
  readonly units: number
}

/** Write units of one table, by what they were spent on. */
export interface WriteUnits {
  readonly total: number
  readonly table: number
  /** The indexes that were written, in the order of the table's. */
  readonly indexes: readonly IndexUnits[]
}

const noIndexes: readonly IndexUnits[] = []

/**
 * What one write consumed. `tableFactor` is 2 in a transaction: it concerns the table alone
 * (behaviour digest 1.8).
 */
export function consumedByWrite(
  { table, rowKey }: { readonly table: Table; readonly rowKey: Buffer },
  result: WriteResult,
  tableFactor: 1 | 2 = 1,
): WriteUnits {
  const tableUnits = tableFactor * writeUnits(result)
  const { before, after } = result
  if (table.indexes.length === 0 || before === after) {
    return { total: tableUnits, table: tableUnits, indexes: noIndexes }
  }
  const entriesBefore = entriesOf(table, before, rowKey)
  const entriesAfter = entriesOf(table, after, rowKey)
  const indexes: IndexUnits[] = []
  const comparison = new ImageComparison()
  let total = tableUnits
  table.indexes.forEach((index, i) => {
    const units = unitsOfEntry(entriesBefore[i], entriesAfter[i], comparison)
    if (units === 0) return
    indexes.push({ index, units })
    total += units
  })
  return { total, table: tableUnits, indexes }
}

/**
 * An entry that appears, goes away or changes where it is costs one write by the larger size; one
 * that moves costs a delete and a put; one that stays as it is costs nothing (guide: write capacity
 * units of global secondary indexes).
 */
function unitsOfEntry(
  before: IndexEntry | undefined,
  after: IndexEntry | undefined,
  comparison: ImageComparison,
): number {
  if (before === undefined || after === undefined) {
    const entry = before ?? after
    return entry === undefined ? 0 : writeUnitsOfSize(entry.image.sizeBytes)
  }
  const { sizeBytes: sizeBefore } = before.image
  const { sizeBytes: sizeAfter } = after.image
  if (!before.key.equals(after.key)) {
    return writeUnitsOfSize(sizeBefore) + writeUnitsOfSize(sizeAfter)
  }
  const isSame = comparison.areEqual(before.image, after.image)
  return isSame ? 0 : writeUnitsOfSize(Math.max(sizeBefore, sizeAfter))
}

/** Compares the images of one item's entries, each pair that indexes share once. */
class ImageComparison {
  readonly #known = new Map<ItemImage, { readonly after: ItemImage; readonly areEqual: boolean }>()

  areEqual(before: ItemImage, after: ItemImage): boolean {
    const known = this.#known.get(before)
    if (known?.after === after) return known.areEqual
    const areEqual = equalValues({ M: before.item }, { M: after.item })
    this.#known.set(before, { after, areEqual })
    return areEqual
  }
}

/** The sum of several writes of one table. */
export function sumOfWrites(writes: Iterable<WriteUnits>): WriteUnits {
  let total = 0
  let table = 0
  const indexes = new Map<string, IndexUnits>()
  for (const write of writes) {
    total += write.total
    table += write.table
    for (const { index, units } of write.indexes) {
      const sum = (indexes.get(index.name)?.units ?? 0) + units
      indexes.set(index.name, { index, units: sum })
    }
  }
  return { total, table, indexes: [...indexes.values()] }
}

/**
 * The ConsumedCapacity of writes to one table; undefined when not asked for. Only in a transaction
 * are the units named a second time, as WriteCapacityUnits.
 */
export function writeCapacity(
  mode: ReturnConsumedCapacity | undefined,
  tableName: string,
  units: WriteUnits,
  transactional = false,
): object | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  const amount = (consumed: number): object =>
    transactional
      ? { CapacityUnits: consumed, WriteCapacityUnits: consumed }
      : { CapacityUnits: consumed }
  const total = { TableName: tableName, ...amount(units.total) }
  if (mode === 'TOTAL') return total
  const byKind = (kind: 'local' | 'global'): Record<string, object> | undefined => {
    const ofKind = units.indexes.filter(({ index }) => index.kind === kind)
    if (ofKind.length === 0) return undefined
    return Object.fromEntries(ofKind.map(({ index, units: spent }) => [index.name, amount(spent)]))
  }
  return {
    ...total,
    Table: amount(units.table),
    LocalSecondaryIndexes: byKind('local'),
    GlobalSecondaryIndexes: byKind('global'),
  }
}
