import { entriesOf, type IndexEntry } from '../items/indexEntries.ts'
import { partitionHashOf } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { searchKeyHashOf } from '../items/vectorEntries.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import { writeUnitsOfSize } from './capacityUnits.ts'
import type { Charge, TableCharge } from './throughputLimits.ts'
import type { Units } from './usage.ts'
import { consumedByWrite, type WrittenItem } from './writeCapacity.ts'

/** Where a write goes. */
export interface WritePlace {
  readonly table: Table
  readonly rowKey: Buffer
}

/**
 * What a write takes of its table and of each global index that it changes, by the images before
 * and after it. `tableFactor` is that of consumedByWrite.
 */
export function chargesOfWrite(
  place: WritePlace,
  images: WrittenItem,
  tableFactor: 1 | 2,
): TableCharge {
  const { table, rowKey } = place
  const units = consumedByWrite(place, images, tableFactor)
  const charges = [tableCharge(units, rowKey)]
  const before = entriesOf(table, images.before, rowKey)
  const after = entriesOf(table, images.after, rowKey)
  for (const { index: touched, units: spent } of units.indexes) {
    const position = table.indexes.findIndex(({ name }) => name === touched.name)
    const index = table.indexes[position] as SecondaryIndex
    if (!isLimited(index)) continue
    const entries = [before[position], after[position]] as const
    charges.push(
      ...(index.kind === 'vector'
        ? [vectorCharge(index, spent, entries)]
        : entryCharges(index.name, spent, ...entries)),
    )
  }
  return { table, kind: 'write', charges }
}

/** What a write takes at least, whatever the item is: no index need change. */
export function leastChargeOfWrite(
  { table, rowKey }: WritePlace,
  put: ItemImage | undefined,
  tableFactor: 1 | 2,
): TableCharge {
  const units = tableFactor * writeUnitsOfSize(put?.sizeBytes ?? 0)
  const hash = partitionHashOf(rowKey)
  return { table, kind: 'write', charges: [{ indexName: undefined, units, hash }] }
}

/**
 * What is to be taken so that `taken` comes to `units`. What an index still owes is taken of the
 * first of its partition keys: it is seldom anything.
 */
export function differenceOf(taken: TableCharge, units: Units, rowKey: Buffer): TableCharge {
  const due = new Map<string | undefined, Charge>([[undefined, tableCharge(units, rowKey)]])
  const limited = new Set(taken.table.indexes.filter(isLimited).map(({ name }) => name))
  for (const { index, units: spent } of units.indexes) {
    if (!limited.has(index.name)) continue
    due.set(index.name, { indexName: index.name, units: spent, hash: undefined })
  }
  for (const { indexName, units: sum, hash: ownHash } of taken.charges) {
    const { units: owed, hash } = due.get(indexName) ?? { units: 0, hash: undefined }
    due.set(indexName, { indexName, units: owed - sum, hash: hash ?? ownHash })
  }
  return { ...taken, charges: [...due.values()] }
}

/** Whether an index pays for itself; of vector indexes those that have partition keys. */
export const isLimited = ({ kind, partitionKeys }: SecondaryIndex): boolean =>
  kind === 'global' || (kind === 'vector' && partitionKeys.length > 0)

/** Bytes of a change of an entry, which are those of the partition key that it has then. */
function vectorCharge(
  index: SecondaryIndex,
  units: number,
  [before, after]: readonly [IndexEntry | undefined, IndexEntry | undefined],
): Charge {
  const { image } = (after ?? before) as IndexEntry
  return { indexName: index.name, units, hash: searchKeyHashOf(index, image) }
}

/** A table pays for its local indexes. */
function tableCharge({ total, indexes }: Units, rowKey: Buffer): Charge {
  let units = total
  for (const { index, units: spent } of indexes) if (index.kind === 'global') units -= spent
  return { indexName: undefined, units, hash: partitionHashOf(rowKey) }
}

/** An entry that moves to another partition key takes of both. */
function entryCharges(
  indexName: string,
  units: number,
  before: IndexEntry | undefined,
  after: IndexEntry | undefined,
): Charge[] {
  const hashBefore = before && partitionHashOf(before.key)
  const hashAfter = after && partitionHashOf(after.key)
  if (before === undefined || hashAfter === undefined || hashBefore === hashAfter) {
    return [{ indexName, units, hash: hashAfter ?? hashBefore }]
  }
  const removed = writeUnitsOfSize(before.image.sizeBytes)
  return [
    { indexName, units: removed, hash: hashBefore },
    { indexName, units: units - removed, hash: hashAfter },
  ]
}
