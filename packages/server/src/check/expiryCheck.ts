import { asBuffer, sameBytes, type Entry, type Snapshot } from '../storage/engine.ts'
import { expiryEntry } from '../items/expiryEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { expiryRange } from '../layout/storeKeys.ts'
import type { CheckedTable, KnownNumbers } from './knownNumbers.ts'
import type { StoreFindings } from './storeFindings.ts'

const shortestKey = expiryRange(0).start.length + 1

/** Checks that the orders of expiry have the items that expire, at their times, and no others. */
export class ExpiryCheck {
  readonly #snapshot: Snapshot
  readonly #numbers: KnownNumbers
  readonly #findings: StoreFindings

  constructor(snapshot: Snapshot, numbers: KnownNumbers, findings: StoreFindings) {
    this.#snapshot = snapshot
    this.#numbers = numbers
    this.#findings = findings
  }

  /** Items that the filling of an order has not reached may have an entry or not. */
  async checkItem({ table, order }: CheckedTable, image: ItemImage, rowKey: Buffer): Promise<void> {
    if (order === undefined) return
    const entry = expiryEntry(order.order, image, rowKey)
    if (entry === undefined) return
    const { backfill } = order.order
    const stored = await this.#snapshot.get(entry.key)
    if (stored === undefined) {
      const isFilled = backfill === undefined || rowKey.compare(asBuffer(backfill.position)) <= 0
      const detail = `The item is not in the order of expiry of table ${table.name}`
      if (isFilled) this.#findings.add('missingExpiryEntry', rowKey, detail)
      return
    }
    order.foundCount += 1
    if (sameBytes(stored, entry.value)) return
    const detail = `The entry names another item, in the order of expiry of table ${table.name}`
    this.#findings.add('wrongExpiryEntry', entry.key, detail)
  }

  countEntry({ key }: Entry): void {
    if (key.length < shortestKey) {
      this.#findings.add('unknownKey', key, 'The key is too short for an entry of expiry')
      return
    }
    const owner = this.#numbers.ownerOf(asBuffer(key), 'An entry of expiry')
    if (owner === undefined || owner.kind === 'leaving') return
    if (owner.kind === 'order') {
      owner.checked.storedCount += 1
      return
    }
    const detail = `An entry of expiry of something in table ${owner.checked.table.name}`
    this.#findings.add('orphan', key, detail)
  }

  /** All rows and entries have been seen. Names the entries that belong to no item, if any. */
  async end({ table, order }: CheckedTable): Promise<void> {
    if (order === undefined || order.foundCount === order.storedCount) return
    for await (const { key, value } of this.#snapshot.range(expiryRange(order.order.number))) {
      const rowKey = asBuffer(value)
      const image = await this.#imageAt(rowKey)
      const own = image && expiryEntry(order.order, image, rowKey)
      if (own?.key.equals(asBuffer(key)) === true) continue
      const fault = image === undefined ? 'has no item' : 'is not where its item is'
      const detail = `The entry ${fault}, in the order of expiry of table ${table.name}`
      this.#findings.add('strayExpiryEntry', key, detail)
    }
  }

  async #imageAt(rowKey: Buffer): Promise<ItemImage | undefined> {
    try {
      const image = ItemImage.ofStored(await this.#snapshot.get(rowKey))
      // Decodes it.
      void image?.item
      return image
    } catch {
      return undefined
    }
  }
}
