import type { KeyRange, StorageEngine } from '../storage/engine.ts'
import { ItemCursor } from './itemCursor.ts'

/** Reads of many items: never wait for a write, and see committed states only. */
export class ItemReader {
  readonly #engine: Pick<StorageEngine, 'snapshot'>

  constructor(engine: Pick<StorageEngine, 'snapshot'>) {
    this.#engine = engine
  }

  /** A cursor over the rows or entries of `range` as they are now. The caller closes it. */
  open(range: KeyRange): ItemCursor {
    const snapshot = this.#engine.snapshot()
    try {
      return new ItemCursor(snapshot, range)
    } catch (error) {
      snapshot.close()
      throw error
    }
  }
}
