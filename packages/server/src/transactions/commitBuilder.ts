import type { CommitMember, Effect, EffectResults } from '../commits/committer.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { itemCollectionKey, tableRecordKey } from '../layout/storeKeys.ts'
import { maxListedBytes } from '../limits.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import type { Expectation, MaybePromise, StorageWrite } from '../storage/engine.ts'
import {
  counterDeltas,
  growthOfCollection,
  keptForm,
  passingForm,
  producedBytes,
  writesOf,
  type Images,
  type ItemPlace,
} from './itemWrites.ts'

/** A change of an item whose writes are made when they are asked for. */
interface PostponedChange {
  readonly place: ItemPlace
  readonly images: () => MaybePromise<Images>
}

/**
 * Collects what the actions of one atomic write put into the store. What they write is a list as
 * long as that is small. A commit that writes more is not held in memory: its writes are made one
 * after the other when its turn has come, from images that are still there or are worked out again.
 */
export class CommitBuilder {
  readonly #expectations: Expectation[] = []
  /** The versions that the items were read with. */
  readonly items: Expectation[] = []
  readonly #effects: Effect[] = []
  readonly #maxItemCollectionBytes: number
  /** Where the sizes of item collections are in the effects, by the names of their keys. */
  #sums: Map<string, number> | undefined
  /** What is written beside items. */
  #records: StorageWrite[] | undefined
  /** What items write; undefined when it is too much for a list. */
  #listed: StorageWrite[] | undefined = []
  #listedBytes = 0
  readonly #changes: PostponedChange[] = []
  /** The tables that are written, and the indexes that entries were made for. */
  readonly #indexes = new Map<Table, readonly SecondaryIndex[]>()

  constructor(maxItemCollectionBytes: number) {
    this.#maxItemCollectionBytes = maxItemCollectionBytes
  }

  /** Whether the writes are made when they are asked for. */
  get isPostponed(): boolean {
    return this.#listed === undefined
  }

  /** About how many bytes of writes are in memory. */
  get listedBytes(): number {
    return this.#listed === undefined ? 0 : this.#listedBytes
  }

  /**
   * Whether entries were made for all indexes and orders of expiry that the tables have now. A
   * commit that does not know of one, or of its end, must be submitted before the first step that
   * fills it, or empties it.
   */
  get knowsAllIndexes(): boolean {
    for (const [table, indexes] of this.#indexes) if (table.indexes !== indexes) return false
    return true
  }

  /**
   * The item at `place` was read as `before` and becomes `after`. Its index entries, the counters
   * and the size of its collection follow. `again` gives the images once more when the writes are
   * made; without it they are kept. REQUIRES: nobody else changes the item until then.
   */
  addItem(place: ItemPlace, images: Images, again?: () => MaybePromise<Images>): void {
    const { table, rowKey } = place
    const { before, after } = images
    this.items.push({ key: rowKey, version: before?.version })
    if (before === after) return
    // What was added first counts: it does not know of an index that came since.
    if (!this.#indexes.has(table)) this.#indexes.set(table, table.indexes)
    for (const delta of counterDeltas(place, images)) this.#effects.push(delta)
    if (hasItemCollections(table)) this.#growCollection(rowKey, growthOfCollection(place, images))
    this.#changes.push({ place, images: again ?? (() => images) })
    if (this.#listed !== undefined) this.#list(this.#listed, place, images)
  }

  /** Adds a record that is no item. */
  addRecord(expectation: Expectation, writes: readonly StorageWrite[]): void {
    this.#expectations.push(expectation)
    this.#records = [...(this.#records ?? []), ...writes]
  }

  /** The table must have the record that it has now. */
  relyOn({ name, version }: Table): void {
    this.#expectations.push({ key: tableRecordKey(name), version })
  }

  build(): CommitMember {
    const { writes } = this
    const others = this.#expectations
    const expectations = others.length === 0 ? this.items : [...this.items, ...others]
    return { expectations, effects: this.#effects, writes }
  }

  /** The size of the item's collection, from the results of the commit; undefined without one. */
  collectionBytes(results: EffectResults, rowKey: Buffer): number | undefined {
    if (this.#sums === undefined) return undefined
    const at = this.#sums.get(itemCollectionKey(rowKey).toString('latin1'))
    return at === undefined ? undefined : results[at]
  }

  private get writes(): CommitMember['writes'] {
    if (this.#listed === undefined) return this.#postponedWrites()
    return this.#records === undefined ? this.#listed : [...this.#listed, ...this.#records]
  }

  /** The actions of a transaction count together. */
  #growCollection(rowKey: Buffer, growth: number): void {
    this.#sums ??= new Map()
    const key = itemCollectionKey(rowKey)
    const name = key.toString('latin1')
    const at = this.#sums.get(name) ?? this.#effects.length
    this.#sums.set(name, at)
    const known = this.#effects[at]
    const difference = growth + (known?.kind === 'sum' ? known.difference : 0)
    this.#effects[at] = { kind: 'sum', key, difference, limit: this.#maxItemCollectionBytes }
  }

  #list(listed: StorageWrite[], place: ItemPlace, images: Images): void {
    this.#listedBytes += producedBytes(place, images.after)
    if (this.#listedBytes <= maxListedBytes) {
      let last: StorageWrite['value']
      for (const write of writesOf(place, images, keptForm)) {
        listed.push(write)
        if (write.value !== last) this.#listedBytes += write.value?.length ?? 0
        last = write.value
      }
    }
    if (this.#listedBytes > maxListedBytes) this.#listed = undefined
  }

  async *#postponedWrites(): AsyncGenerator<StorageWrite, void> {
    for (const { place, images } of this.#changes) {
      yield* writesOf(place, await images(), passingForm())
    }
    if (this.#records !== undefined) yield* this.#records
  }
}
