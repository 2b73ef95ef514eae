import type { CommitMember, CounterChange, SumChange } from '../commits/groupCommit.ts'
import { sameBytes, type Expectation, type StorageWrite } from '../storage/engine.ts'
import { entriesOf, type IndexEntry } from '../items/indexEntries.ts'
import { hasItemCollections, sizeInCollection } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'

/** An item by where it is. */
export interface ItemPlace {
  readonly table: Table
  readonly rowKey: Buffer
}

/** Collects what the actions of one atomic write put into the store. */
export class CommitBuilder implements CommitMember {
  readonly expectations: Expectation[] = []
  readonly writes: StorageWrite[] = []
  readonly counterChanges: CounterChange[] = []
  readonly #maxItemCollectionBytes: number
  /** By the names of their keys: the actions of a transaction count together. */
  #sumChanges: Map<string, SumChange> | undefined

  constructor(maxItemCollectionBytes: number) {
    this.#maxItemCollectionBytes = maxItemCollectionBytes
  }

  /** The changes of the sizes of item collections. */
  get sumChanges(): readonly SumChange[] | undefined {
    return this.#sumChanges === undefined ? undefined : [...this.#sumChanges.values()]
  }

  /**
   * The item at `place` was read as `before` and becomes `after`. Its index entries and the
   * counters follow. REQUIRES: the commit is submitted in the same turn, so that no index is added
   * in between.
   */
  addItem(place: ItemPlace, before: ItemImage | undefined, after: ItemImage | undefined): void {
    const { table, rowKey } = place
    this.expectations.push({ key: rowKey, value: before?.stored })
    if (before === after) return
    this.writes.push({ key: rowKey, value: after?.stored })
    const differences = countAndSize(before, after)
    if (differences !== undefined) this.counterChanges.push({ counter: table.counter, differences })
    if (table.indexes.length > 0) this.#addEntries(place, before, after)
    if (hasItemCollections(table)) {
      this.#growCollection(rowKey, growthOfCollection(place, before, after))
    }
  }

  #growCollection(rowKey: Buffer, growth: number): void {
    this.#sumChanges ??= new Map()
    const key = itemCollectionKey(rowKey)
    const name = key.toString('latin1')
    const difference = (this.#sumChanges.get(name)?.difference ?? 0) + growth
    this.#sumChanges.set(name, { key, difference, limit: this.#maxItemCollectionBytes })
  }

  #addEntries(
    { table, rowKey }: ItemPlace,
    before: ItemImage | undefined,
    after: ItemImage | undefined,
  ): void {
    const entriesBefore = entriesOf(table, before, rowKey)
    const entriesAfter = entriesOf(table, after, rowKey)
    table.indexes.forEach((index, i) => {
      const entryBefore = entriesBefore[i]
      const entryAfter = entriesAfter[i]
      this.#moveEntry(entryBefore, entryAfter)
      this.#countEntry(index, rowKey, countAndSize(entryBefore?.image, entryAfter?.image))
    })
  }

  /** An entry that stays as it is is not written again. */
  #moveEntry(before: IndexEntry | undefined, after: IndexEntry | undefined): void {
    const inPlace = before !== undefined && after !== undefined && before.key.equals(after.key)
    if (inPlace && sameBytes(before.image.stored, after.image.stored)) return
    if (before !== undefined && !inPlace) this.writes.push({ key: before.key, value: undefined })
    if (after !== undefined) this.writes.push({ key: after.key, value: after.image.stored })
  }

  #countEntry(
    { counter, backfill }: SecondaryIndex,
    rowKey: Buffer,
    differences: readonly number[] | undefined,
  ): void {
    if (differences === undefined) return
    if (backfill === undefined) this.counterChanges.push({ counter, differences })
    else {
      const applies = (): boolean => rowKey.compare(backfill.position) <= 0
      this.counterChanges.push({ counter, differences, applies })
    }
  }
}

/** By how many bytes the item's collection grows. REQUIRES: the table has item collections. */
export function growthOfCollection(
  { table, rowKey }: ItemPlace,
  before: ItemImage | undefined,
  after: ItemImage | undefined,
): number {
  return sizeInCollection(table, after, rowKey) - sizeInCollection(table, before, rowKey)
}

/** The difference in count and size; undefined when there is none. */
function countAndSize(
  before: ItemImage | undefined,
  after: ItemImage | undefined,
): readonly number[] | undefined {
  const count = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
  const sizeBytes = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0)
  return count === 0 && sizeBytes === 0 ? undefined : [count, sizeBytes]
}
