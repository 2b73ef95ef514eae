import type { Bytes, Entry, KeyRange, MaybePromise, Snapshot } from '../storage/engine.ts'
import { ItemImage } from '../items/itemImage.ts'

/**
 * Walks through items, or entries of an index, in one committed state of the store. Reads no
 * further than it is asked to. Must be closed.
 */
export class ItemCursor {
  readonly #snapshot: Snapshot
  readonly #entries: Iterator<Entry> | AsyncIterator<Entry>

  constructor(snapshot: Snapshot, range: KeyRange) {
    this.#snapshot = snapshot
    const entries = snapshot.range(range)
    this.#entries =
      Symbol.iterator in entries ? entries[Symbol.iterator]() : entries[Symbol.asyncIterator]()
  }

  /** The next image, undefined at the end. A promise only where the engine reads with promises. */
  next(): MaybePromise<ItemImage | undefined> {
    const result = this.#entries.next()
    return result instanceof Promise ? result.then(imageOfResult) : imageOfResult(result)
  }

  /** The next images, `count` of them or all that are left. */
  async nextMany(count: number): Promise<ItemImage[]> {
    const images: ItemImage[] = []
    while (images.length < count) {
      const next = this.next()
      const image = next instanceof Promise ? await next : next
      if (image === undefined) break
      images.push(image)
    }
    return images
  }

  /** The items in the rows at `rowKeys`, in the state that the cursor walks through. */
  async fetch(rowKeys: readonly Bytes[]): Promise<(ItemImage | undefined)[]> {
    const stored = await this.#snapshot.getMany(rowKeys)
    return stored.map((bytes) => ItemImage.ofStored(bytes))
  }

  async close(): Promise<void> {
    try {
      await this.#entries.return?.()
    } finally {
      this.#snapshot.close()
    }
  }
}

function imageOfResult(result: IteratorResult<Entry>): ItemImage | undefined {
  return result.done === true ? undefined : ItemImage.ofStored(result.value.value)
}
