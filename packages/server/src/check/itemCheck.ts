import { asBuffer, sameBytes, type Bytes, type Entry, type Snapshot } from '../storage/engine.ts'
import { storedItemSize } from '../values/itemCodec.ts'
import { itemSize } from '../values/size.ts'
import { inSetOrder } from '../values/storedSets.ts'
import { entriesOf, valueOfEntry, type IndexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { rowKeyOfItem } from '../items/primaryKey.ts'
import type { Table } from '../schema/table.ts'
import { CollectionCheck } from './collectionCheck.ts'
import type { ExpiryCheck } from './expiryCheck.ts'
import { itemFormFault, type SetForm } from './itemForm.ts'
import type { CheckedIndex, CheckedTable, KnownNumbers } from './knownNumbers.ts'
import type { StoreFindings } from './storeFindings.ts'

export interface ItemCheckOptions {
  readonly numbers: KnownNumbers
  readonly expiry: ExpiryCheck
  readonly findings: StoreFindings
  /** As in StoreFormat. */
  readonly orderedUpTo: Bytes | undefined
}

/** Checks every row: its item by itself, its entries, and its part of the sums. */
export class ItemCheck {
  itemCount = 0
  readonly #snapshot: Snapshot
  readonly #numbers: KnownNumbers
  readonly #findings: StoreFindings
  readonly #orderedUpTo: Bytes | undefined
  readonly #collections: CollectionCheck
  readonly #expiry: ExpiryCheck

  constructor(snapshot: Snapshot, { numbers, expiry, findings, orderedUpTo }: ItemCheckOptions) {
    this.#snapshot = snapshot
    this.#numbers = numbers
    this.#expiry = expiry
    this.#findings = findings
    this.#orderedUpTo = orderedUpTo
    this.#collections = new CollectionCheck(snapshot, findings)
  }

  /** REQUIRES: rows come in the order of their keys. */
  async checkRow({ key, value }: Entry): Promise<void> {
    const rowKey = asBuffer(key)
    if (rowKey.length < 11 || rowKey.length < 11 + rowKey.readUInt16BE(9)) {
      this.#findings.add('unknownKey', key, 'The key is too short for a row')
      return
    }
    const owner = this.#numbers.ownerOf(rowKey, 'A row')
    if (owner === undefined || owner.kind === 'leaving') return
    if (owner.kind !== 'table') {
      const number = rowKey.readUInt32BE(1)
      const what = owner.kind === 'index' ? 'an index' : 'an order of expiry'
      this.#findings.add('orphan', key, `A row of number ${number}, ${what}`)
      return
    }
    const { checked } = owner
    this.itemCount += 1
    checked.tally.count += 1
    const sets = this.#setFormAt(key)
    const fault = itemFormFault(value, sets)
    if (fault !== undefined) {
      this.#findings.add('itemForm', key, `${fault}, in table ${checked.table.name}`)
      checked.tally.sizeBytes += notedSize(value)
      return
    }
    await this.#checkItem(checked, rowKey, sets === 'ordered' ? value : inSetOrder(value))
  }

  #setFormAt(key: Bytes): SetForm {
    const orderedUpTo = this.#orderedUpTo
    return orderedUpTo === undefined || Buffer.compare(key, orderedUpTo) <= 0 ? 'ordered' : 'any'
  }

  /** All rows have been seen. */
  end(): Promise<void> {
    return this.#collections.end()
  }

  /** REQUIRES: the sets of `value` are in order. */
  async #checkItem(checked: CheckedTable, rowKey: Buffer, value: Bytes): Promise<void> {
    const image = ItemImage.ofStored(value) as ItemImage
    const { table, tally, indexes } = checked
    tally.sizeBytes += image.sizeBytes
    const sizeBytes = itemSize(image.item)
    if (sizeBytes !== image.sizeBytes) {
      const detail = `The item has ${sizeBytes} bytes and is stored with ${image.sizeBytes}`
      this.#findings.add('itemSize', rowKey, `${detail}, in table ${table.name}`)
    }
    const keyFault = faultOfKey(table, image, rowKey)
    if (keyFault !== undefined) {
      this.#findings.add('itemKey', rowKey, `${keyFault}, in table ${table.name}`)
    }
    const entries = entriesOf(table, image, rowKey)
    const kept = indexes.filter((_, i) => entries[i] !== undefined)
    const own = entries.filter((entry) => entry !== undefined)
    const stored = own.length === 0 ? [] : await this.#snapshot.getMany(own.map(({ key }) => key))
    for (const [i, entry] of own.entries()) {
      this.#checkEntry(kept[i] as CheckedIndex, entry, { rowKey, stored: stored[i] })
    }
    await this.#expiry.checkItem(checked, image, rowKey)
    await this.#collections.add(table, rowKey, image)
  }

  /**
   * The item's entry is what its index makes of it. Items that a backfill has not reached may have
   * one or not, and do not count; where several servers write those count that are there.
   */
  #checkEntry(
    checked: CheckedIndex,
    entry: IndexEntry,
    { rowKey, stored }: { readonly rowKey: Buffer; readonly stored: Bytes | undefined },
  ): void {
    const { index, table, expected } = checked
    const isBuilt =
      index.backfill === undefined || rowKey.compare(asBuffer(index.backfill.position)) <= 0
    if (isBuilt || (this.#numbers.isShared && stored !== undefined)) {
      expected.count += 1
      expected.sizeBytes += entry.sizeBytes
    }
    const where = `index ${index.name} of table ${table.name}`
    if (stored === undefined) {
      if (isBuilt) this.#findings.add('missingIndexEntry', rowKey, `The item is not in ${where}`)
      return
    }
    checked.foundCount += 1
    // Entries of vector indexes are not as old as sets without order.
    const isOrdered = entry.vector !== undefined || this.#setFormAt(entry.key) === 'ordered'
    const due = valueOfEntry(entry, entry.image.stored)
    if (sameBytes(isOrdered ? stored : withOrderedSets(stored), due)) return
    this.#findings.add('wrongIndexEntry', entry.key, `The entry differs from its item, in ${where}`)
  }
}

/** An entry with its sets in order, if it can be read. */
function withOrderedSets(stored: Bytes): Bytes {
  try {
    return inSetOrder(stored)
  } catch {
    return stored
  }
}

/** The size that a value tells of itself, if it has the header of an item. */
function notedSize(value: Bytes): number {
  try {
    return storedItemSize(value)
  } catch {
    return 0
  }
}

function faultOfKey(table: Table, image: ItemImage, rowKey: Buffer): string | undefined {
  try {
    const own = rowKeyOfItem(table, image.item)
    return own.equals(rowKey) ? undefined : 'The key of the row is not that of its item'
  } catch (error) {
    return `The item has no key: ${(error as Error).message}`
  }
}
