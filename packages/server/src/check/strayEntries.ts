import { asBuffer, type Entry, type Snapshot } from '../storage/engine.ts'
import { indexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { rowKeyOfItem } from '../items/primaryKey.ts'
import { itemOfEntry } from '../items/vectorEntries.ts'
import { indexRange, vectorRange } from '../layout/storeKeys.ts'
import type { CheckedIndex } from './knownNumbers.ts'
import type { StoreFindings } from './storeFindings.ts'

/**
 * Names the entries of an index that belong to no item, if there are any: when every entry was met
 * from its item there can be none, and nothing is read.
 */
export async function findStrayEntries(
  checked: CheckedIndex,
  snapshot: Snapshot,
  findings: StoreFindings,
): Promise<void> {
  const { index, table, foundCount, storedCount } = checked
  if (foundCount === storedCount) return
  const rangeOf = index.vector === undefined ? indexRange : vectorRange
  for await (const entry of snapshot.range(rangeOf(index.number))) {
    const fault = await faultOfEntry(checked, snapshot, entry)
    if (fault === undefined) continue
    const where = `in index ${index.name} of table ${table.name}`
    findings.add('strayIndexEntry', entry.key, `${fault}, ${where}`)
  }
}

/** An entry has the key attributes of its item, whatever it projects. */
async function faultOfEntry(
  { index, table }: CheckedIndex,
  snapshot: Snapshot,
  { key, value }: Entry,
): Promise<string | undefined> {
  try {
    const projected =
      index.vector === undefined
        ? (ItemImage.ofStored(value) as ItemImage)
        : itemOfEntry(value, index.vector.dimensions)
    const rowKey = rowKeyOfItem(table, projected.item)
    const image = ItemImage.ofStored(await snapshot.get(rowKey))
    if (image === undefined) return 'The entry has no item'
    const own = indexEntry(index, image, rowKey)
    return own?.key.equals(asBuffer(key)) === true
      ? undefined
      : 'The entry is not where its item is'
  } catch {
    return 'The entry does not tell its item'
  }
}
