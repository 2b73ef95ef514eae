import type { ItemChange } from '../changes/changeRecord.ts'
import { isChange, RecordDraw } from '../changes/recordDraw.ts'
import { LoopTurns, type Clock } from '../clock.ts'
import type { CommitMember, CommitOutcome, Effect, EffectResults } from '../commits/committer.ts'
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
import { nameOfItem } from './claims.ts'
import type { Foundations } from './foundations.ts'
import type { WrittenImage } from './orderedImages.ts'
import type { WriteAction } from './writePlan.ts'

/** An item that is written, by whoever writes it. */
export type WrittenItem = ItemPlace & Pick<WriteAction, 'byService'>

/** How a commit that is made later gets at what an item was and becomes. */
export interface ItemHistory {
  /**
   * Gives the images once more when the writes are made; without it they are kept. REQUIRES: nobody
   * else changes the item until then.
   */
  readonly again?: () => MaybePromise<Images>
  /** What several writes made of the item one after the other; one write of all when absent. */
  readonly steps?: readonly ItemChange[]
  /** The item's name among claims, for whoever has it. */
  readonly name?: string | undefined
}

/** A change of an item whose writes are made when they are asked for. */
interface PostponedChange {
  readonly item: WrittenItem
  readonly images: () => MaybePromise<Images>
  /** Of what is recorded. */
  readonly draw: RecordDraw | undefined
  readonly steps: readonly ItemChange[] | undefined
}

/** What a commit knows of a table that it writes. */
interface KnownTable {
  readonly indexes: readonly SecondaryIndex[]
  readonly streamNumber: number | undefined
  /** Made for the first change that is recorded. */
  draw: RecordDraw | undefined
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
  readonly #clock: Clock
  /** Where the sizes of item collections are in the effects, by the names of their keys. */
  #sums: Map<string, number> | undefined
  /** What is written beside items. */
  #records: StorageWrite[] | undefined
  /** What items write; undefined when it is too much for a list. */
  #listed: StorageWrite[] | undefined = []
  #listedBytes = 0
  #written: WrittenImage[] = []
  #foundations: Foundations | undefined
  readonly #changes: PostponedChange[] = []
  /** The tables that are written, as they were when the first write was added. */
  readonly #tables = new Map<Table, KnownTable>()

  constructor(maxItemCollectionBytes: number, clock: Clock) {
    this.#maxItemCollectionBytes = maxItemCollectionBytes
    this.#clock = clock
  }

  /** Whether the writes are made when they are asked for. */
  get isPostponed(): boolean {
    return this.#listed === undefined
  }

  /** About how many bytes of writes are in memory. */
  get listedBytes(): number {
    return this.#listed === undefined ? 0 : this.#listedBytes
  }

  /** What it leaves of the items that it changes. Empty when the writes are postponed. */
  get written(): readonly WrittenImage[] {
    return this.#written
  }

  /** What the images were read from that are not durable yet. */
  buildOn(foundations: Foundations): void {
    this.#foundations = foundations
  }

  /**
   * Whether entries were made for all indexes and orders of expiry that the tables have now, and
   * records for their streams. A commit that does not know of an index, or of the end of one, must
   * be submitted before the first step that fills it, or empties it; one that does not know of a
   * stream must not be committed after that was enabled.
   */
  readonly isCurrent = (): boolean => {
    for (const [table, known] of this.#tables) {
      if (table.indexes !== known.indexes) return false
      if (table.stream?.number !== known.streamNumber) return false
    }
    return true
  }

  /**
   * The item was read as `before` and becomes `after`. Its index entries, the counters, the size of
   * its collection and the records of its stream follow.
   */
  addItem(item: WrittenItem, images: Images, history: ItemHistory = {}): void {
    const { table, rowKey } = item
    const { before, after } = images
    const { steps, again } = history
    this.items.push({ key: rowKey, version: before?.version })
    if (before === after && steps === undefined) return
    const known = this.#knownTable(table)
    const draw = table.stream && this.#record(item, known, steps ?? [withAuthor(item, images)])
    if (before === after && draw === undefined) return
    for (const delta of counterDeltas(item, images)) this.#effects.push(delta)
    if (hasItemCollections(table)) this.#growCollection(rowKey, growthOfCollection(item, images))
    this.#changes.push({ item, images: again ?? (() => images), draw, steps })
    if (this.#listed === undefined) return
    if (this.#list(this.#listed, item, images))
      this.#note(history.name ?? nameOfItem(rowKey), images)
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

  /** `outcome`: where the committer notes what becomes of it. */
  build(outcome?: CommitOutcome): CommitMember {
    const { writes } = this
    const others = this.#expectations
    const expectations = others.length === 0 ? this.items : [...this.items, ...others]
    const effects = this.#effects
    const { isCurrent } = this
    if (outcome === undefined) return { expectations, effects, writes, isCurrent }
    const builtOn = this.#foundations?.commits ?? []
    return { expectations, effects, writes, isCurrent, outcome, builtOn }
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

  /** What was added first counts: it does not know of an index or a stream that came since. */
  #knownTable(table: Table): KnownTable {
    let known = this.#tables.get(table)
    if (known === undefined) {
      known = { indexes: table.indexes, streamNumber: table.stream?.number, draw: undefined }
      this.#tables.set(table, known)
    }
    return known
  }

  /** Notes the records of what was changed; undefined when nothing was. */
  #record(
    item: WrittenItem,
    known: KnownTable,
    steps: readonly ItemChange[],
  ): RecordDraw | undefined {
    const { stream } = item.table
    if (stream === undefined || stream.number !== known.streamNumber) return undefined
    const changes = steps.filter(isChange)
    if (changes.length === 0) return undefined
    if (known.draw === undefined) {
      known.draw = new RecordDraw(item.table, stream, this.#clock.nowMs())
      if (this.isPostponed) known.draw.postpone()
      this.#effects.push(known.draw)
    }
    const { draw } = known
    const bytesBefore = draw.bytes
    for (const change of changes) draw.add(item, change)
    this.#listedBytes += draw.bytes - bytesBefore
    return draw
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

  /** What the item is from now on for all who build on the commit. */
  #note(name: string, { after }: Images): void {
    this.#written.push({ name, image: after, commit: undefined })
  }

  /** Whether there was room for it. */
  #list(listed: StorageWrite[], place: ItemPlace, images: Images): boolean {
    this.#listedBytes += producedBytes(place, images.after)
    if (this.#listedBytes <= maxListedBytes) {
      let last: StorageWrite['value']
      for (const write of writesOf(place, images, keptForm)) {
        listed.push(write)
        if (write.value !== last) this.#listedBytes += write.value?.length ?? 0
        last = write.value
      }
    }
    if (this.#listedBytes <= maxListedBytes) return true
    this.#listed = undefined
    this.#written = []
    for (const { draw } of this.#tables.values()) draw?.postpone()
    return false
  }

  async *#postponedWrites(): AsyncGenerator<StorageWrite, void> {
    const turns = new LoopTurns(this.#clock)
    for (const { item, images, draw, steps } of this.#changes) {
      const found = await images()
      const { after } = found
      const stored = await after?.encodeInTurns(turns)
      const storedOf = passingForm(after && stored && { image: after, stored })
      yield* writesOf(item, found, storedOf)
      if (draw === undefined) continue
      for (const change of (steps ?? [withAuthor(item, found)]).filter(isChange)) {
        yield draw.recordOf(item, change, storedOf)
      }
    }
    if (this.#records !== undefined) yield* this.#records
  }
}

const withAuthor = ({ byService }: WrittenItem, { before, after }: Images): ItemChange => ({
  before,
  after,
  byService,
})
