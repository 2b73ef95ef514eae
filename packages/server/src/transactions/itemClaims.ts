import type { WriteAction, WriteResult } from './writePlan.ts'

/** A single-item write that waits for its turn at its item. */
export interface PendingWrite {
  readonly action: WriteAction
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * An item that has unfinished writes. INVARIANT: either single-item writes are at work (`writing`)
 * or a transaction holds the item (`held`); both only while the transaction waits for the writes
 * that were there before it, and then no further write may queue.
 */
export interface BusyItem {
  held: boolean
  writing: boolean
  /** Single-item writes that have no outcome yet, in the order of their arrival. */
  waiting: PendingWrite[]
  /** Called once when the last single-item write has ended. */
  onDrained: (() => void) | undefined
}

/**
 * Which items have unfinished writes; an item without any has no entry. Claims are taken for all
 * items of a transaction in one step, and a transaction waits only for single-item writes, which
 * wait for nothing but the store: so there is no deadlock.
 */
export class ItemClaims {
  readonly #items = new Map<string, BusyItem>()

  /** The name of an item in this map, from its row key. */
  static nameOf(rowKey: Buffer): string {
    return rowKey.toString('latin1')
  }

  find(name: string): BusyItem | undefined {
    return this.#items.get(name)
  }

  /** Whether any write of the item, single or in a transaction, is unfinished. */
  isBusy(rowKey: Buffer): boolean {
    return this.#items.has(ItemClaims.nameOf(rowKey))
  }

  isHeld(name: string): boolean {
    return this.#items.get(name)?.held === true
  }

  /** Marks an idle item as being written by single-item writes. */
  startWriting(name: string, first: PendingWrite): BusyItem {
    const item: BusyItem = { held: false, writing: true, waiting: [first], onDrained: undefined }
    this.#items.set(name, item)
    return item
  }

  /** The single-item writes of an item have all ended. */
  endWriting(name: string, item: BusyItem): void {
    item.writing = false
    if (!item.held) this.#items.delete(name)
    else item.onDrained?.()
  }

  /**
   * Takes an item for a transaction and gives a promise when single-item writes are to be waited
   * for. REQUIRES: the item is not held.
   */
  hold(name: string): Promise<void> | undefined {
    const item = this.#items.get(name)
    if (item === undefined) {
      this.#items.set(name, { held: true, writing: false, waiting: [], onDrained: undefined })
      return undefined
    }
    item.held = true
    return new Promise((resolve) => {
      item.onDrained = resolve
    })
  }

  /** Gives up an item that a transaction held. */
  release(name: string): void {
    this.#items.delete(name)
  }

  /** How many items have unfinished writes. */
  get size(): number {
    return this.#items.size
  }
}
