import { LoopTurns, type Clock } from '../clock.ts'
import { evaluateCondition, type CompiledCondition } from '../expressions/evaluateCondition.ts'
import { namesReadByCondition } from '../expressions/namesRead.ts'
import { invariant } from '../invariant.ts'
import { maxPageBytes } from '../limits.ts'
import type { KeyRange } from '../storage/engine.ts'
import type { ItemCursor } from './itemCursor.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { rowKeyOf } from '../items/primaryKey.ts'
import { positionKey, type ReadTarget } from './readTarget.ts'
import { rememberedNames } from '../values/attributeNames.ts'
import type { AttributeMap } from '../values/attributeValue.ts'
import { readUnitsOfSize } from '../capacity/capacityUnits.ts'
import type { PageVolume } from '../capacity/readCapacity.ts'
import type { ItemReader } from './itemReader.ts'
import { projected, type Selection } from './projection.ts'

/** What one page of a query or scan is read by. */
export interface PagePlan {
  readonly target: ReadTarget
  readonly range: KeyRange
  readonly selection: Selection
  /** The most items that are read, before the filter. */
  readonly limit: number | undefined
  /** The bytes with which the page is full; those of a whole page when absent. */
  readonly maxBytes?: number
  /** At most one row is in the range: a page that has it is not followed by another. */
  readonly singleRow: boolean
}

/** One page of a query or scan, read in one committed state. */
export interface Page extends PageVolume {
  readonly items: readonly object[]
  readonly count: number
  readonly scannedCount: number
  /** What the page's limit counts: read of the target, and of the table beside an index. */
  readonly readBytes: number
  /** Present when the page ended by its limits, even if nothing follows. */
  readonly lastEvaluatedKey: AttributeMap | undefined
}

/** Reads one page; lets other requests go first, by the turns of `clock`. */
export async function readPage(reader: ItemReader, clock: Clock, plan: PagePlan): Promise<Page> {
  const cursor = reader.open(plan.range)
  try {
    return await new PageReader(plan, cursor, clock).read()
  } finally {
    await cursor.close()
  }
}

/** How many items, or bytes of items, are read between two looks at the clock. */
const itemsBetweenLooks = 64
const filteredBetweenLooks = 8
const bytesBetweenLooks = 16 * 1024
/** How many items are fetched together; those of a page that its bytes end are too many. */
const itemsAtOnce = 25

/**
 * Reads until `limit` items or 1 MB have been read: the item that reaches the limit is the page's
 * last. Awaits nothing while the engine answers at once, but lets other requests go first every few
 * milliseconds: a page of small items may have more than 100,000 of them.
 */
class PageReader {
  readonly #plan: PagePlan
  readonly #cursor: ItemCursor
  readonly #clock: Clock
  readonly #items: object[] = []
  #count = 0
  #sizeBytes = 0
  #fetchedBytes = 0
  #fetchedUnits = 0

  constructor(plan: PagePlan, cursor: ItemCursor, clock: Clock) {
    this.#plan = plan
    this.#cursor = cursor
    this.#clock = clock
  }

  read(): Promise<Page> {
    return this.#plan.selection.fetches ? this.#readFetching() : this.#readPlain()
  }

  async #readPlain(): Promise<Page> {
    const { limit = Infinity, maxBytes = maxPageBytes, selection } = this.#plan
    const stride = selection.filter === undefined ? itemsBetweenLooks : filteredBetweenLooks
    let scannedCount = 0
    let [nextLook, nextLookBytes] = [stride, bytesBetweenLooks]
    const turns = new LoopTurns(this.#clock)
    for (;;) {
      if (scannedCount >= nextLook || this.#sizeBytes >= nextLookBytes) {
        nextLook = scannedCount + stride
        nextLookBytes = this.#sizeBytes + bytesBetweenLooks
        const turn = turns.next()
        if (turn !== undefined) await turn
      }
      const next = this.#cursor.next()
      const image = next instanceof Promise ? await next : next
      if (image === undefined) return this.#page(scannedCount, undefined)
      scannedCount += 1
      this.#sizeBytes += image.sizeBytes
      this.#take(image, image)
      if (scannedCount >= limit || this.#sizeBytes >= maxBytes) {
        return this.#page(scannedCount, image)
      }
    }
  }

  /** Entries with the items that they stand for, which are asked for some at a time. */
  async #readFetching(): Promise<Page> {
    const { limit = Infinity, maxBytes = maxPageBytes, target } = this.#plan
    const turns = new LoopTurns(this.#clock)
    let scannedCount = 0
    for (;;) {
      const wanted = Math.min(itemsAtOnce, limit - scannedCount)
      const entries = await this.#cursor.nextMany(wanted)
      const keys = entries.map((entry) => rowKeyOf(target.table, entry.item))
      const items = await this.#cursor.fetch(keys)
      for (const [i, entry] of entries.entries()) {
        const turn = turns.next()
        if (turn !== undefined) await turn
        scannedCount += 1
        this.#sizeBytes += entry.sizeBytes
        this.#takeFetched(entry, items[i])
        const readBytes = this.#sizeBytes + this.#fetchedBytes
        if (scannedCount >= limit || readBytes >= maxBytes) {
          return this.#page(scannedCount, entry)
        }
      }
      if (entries.length < wanted) return this.#page(scannedCount, undefined)
    }
  }

  /** Takes an entry with its item, which counts towards the page's bytes too. */
  #takeFetched(entry: ItemImage, item: ItemImage | undefined): void {
    const { selection } = this.#plan
    invariant(item !== undefined, 'an entry of a local index has its item')
    this.#fetchedBytes += item.sizeBytes
    this.#fetchedUnits += readUnitsOfSize(item.sizeBytes)
    const showsEntry = selection.projection.kind === 'all' && !selection.wholeItems
    this.#take(selection.filtersEntries ? entry : item, showsEntry ? entry : item)
  }

  #take(filtered: ItemImage, shown: ItemImage): void {
    const { filter, countOnly, projection } = this.#plan.selection
    if (filter !== undefined && !holdsFor(filter, filtered)) return
    this.#count += 1
    if (!countOnly) this.#items.push(projected(shown, projection))
  }

  #page(scannedCount: number, last: ItemImage | undefined): Page {
    const { target, singleRow } = this.#plan
    return {
      items: this.#items,
      count: this.#count,
      scannedCount,
      lastEvaluatedKey: last === undefined || singleRow ? undefined : positionKey(target, last),
      readBytes: this.#sizeBytes + this.#fetchedBytes,
      sizeBytes: this.#sizeBytes,
      fetchedUnits: this.#fetchedUnits,
    }
  }
}

/** What a selection gives of one item: nothing when the filter refuses it. */
export function selectedOf(
  { filter, projection }: Pick<Selection, 'filter' | 'projection'>,
  image: ItemImage,
): object[] {
  if (filter !== undefined && !holdsFor(filter, image)) return []
  return [projected(image, projection)]
}

function holdsFor(filter: CompiledCondition, image: ItemImage): boolean {
  return evaluateCondition(filter, image.someOf(attributeNamesOf(filter)))
}

/** The attributes that a filter looks at. */
const attributeNamesOf = rememberedNames(namesReadByCondition)
