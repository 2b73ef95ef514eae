import { leastVectorBytes } from '../limits.ts'
import { entriesOf, type IndexEntry } from '../items/indexEntries.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { isSameVector, sizeOfVector } from '../items/vectorEntries.ts'
import type { Table } from '../schema/table.ts'
import { writeUnitsOfSize } from './capacityUnits.ts'
import { unitsOfTable, type IndexUnits, type Units } from './usage.ts'

/** What a write found and left: the item before and after; undefined where there is none. */
export interface WrittenItem {
  readonly before: ItemImage | undefined
  readonly after: ItemImage | undefined
}

interface Place {
  readonly table: Table
  readonly rowKey: Buffer
}

/**
 * What one write consumed. `tableFactor` is 2 in a transaction: it concerns the table alone
 * (behaviour digest 1.8).
 */
export function consumedByWrite(
  place: Place,
  { before, after }: WrittenItem,
  tableFactor: 1 | 2 = 1,
): Units {
  const { table, rowKey } = place
  const largerBytes = Math.max(chargedSize(place, before), chargedSize(place, after))
  const tableUnits = tableFactor * writeUnitsOfSize(largerBytes)
  if (table.indexes.length === 0 || before === after) return unitsOfTable(tableUnits)
  const entriesBefore = entriesOf(table, before, rowKey)
  const entriesAfter = entriesOf(table, after, rowKey)
  const indexes: IndexUnits[] = []
  const comparison = new ImageComparison()
  let total = tableUnits
  table.indexes.forEach((index, i) => {
    const [old, entry] = [entriesBefore[i], entriesAfter[i]]
    if (index.kind === 'vector') {
      const units = bytesOfVectorEntry(old, entry, comparison)
      if (units > 0) indexes.push({ index, units })
      return
    }
    const units = unitsOfEntry(old, entry, comparison)
    if (units === 0) return
    indexes.push({ index, units })
    total += units
  })
  return { total, table: tableUnits, indexes }
}

/**
 * Bytes of an item as a write of the table is charged for it: a vector that is in an index counts
 * four for each element, whatever its digits.
 */
function chargedSize({ table, rowKey }: Place, image: ItemImage | undefined): number {
  if (image === undefined) return 0
  if (table.vectorIndexes.length === 0) return image.sizeBytes
  const entries = entriesOf(table, image, rowKey)
  const counted = new Set<string>()
  let { sizeBytes } = image
  table.indexes.forEach(({ vector, projectedAttributes }, i) => {
    const entry = entries[i]
    if (vector === undefined || entry === undefined || counted.has(vector.attributeName)) return
    counted.add(vector.attributeName)
    const rest = projectedAttributes === 'all' ? entry.image : image.without(vector.attributeName)
    sizeBytes += sizeOfVector(vector.attributeName, vector.dimensions)
    sizeBytes -= image.sizeBytes - rest.sizeBytes
  })
  return sizeBytes
}

/**
 * Bytes that a change of an entry of a vector index costs: the larger of what it was and what it
 * is, a kilobyte at least; nothing for an entry that stays as it is.
 */
function bytesOfVectorEntry(
  before: IndexEntry | undefined,
  after: IndexEntry | undefined,
  comparison: ImageComparison,
): number {
  if (before === undefined && after === undefined) return 0
  if (before !== undefined && after !== undefined) {
    const isSame =
      isSameVector(before.vector, after.vector) && comparison.areEqual(before.image, after.image)
    if (isSame) return 0
  }
  return Math.max(leastVectorBytes, before?.sizeBytes ?? 0, after?.sizeBytes ?? 0)
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
    const areEqual = before.equals(after)
    this.#known.set(before, { after, areEqual })
    return areEqual
  }
}
