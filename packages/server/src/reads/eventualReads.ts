import { ItemImage } from '../items/itemImage.ts'
import type { Bytes, MaybePromise, Snapshot } from '../storage/engine.ts'
import { ItemReader } from './itemReader.ts'

/** A store whose earlier states can be read. */
export interface PastStates {
  getPast(key: Bytes, ageMs: number): MaybePromise<Bytes | undefined>
  snapshotPast(ageMs: number): Snapshot
}

/**
 * Eventually consistent reads where they are not to be up to date: each answers from a state that
 * is as old as is drawn for it, so that reads one after the other may go back in time. INVARIANT:
 * one read is of one state: it has all of a transaction or nothing.
 */
export class EventualReads {
  readonly #states: PastStates
  readonly #drawMs: () => number

  /** `drawMs` gives how old the state of the next read is, in milliseconds. */
  constructor(states: PastStates, drawMs: () => number) {
    this.#states = states
    this.#drawMs = drawMs
  }

  /** The image of an item; at once when the engine reads at once. */
  read(rowKey: Buffer): MaybePromise<ItemImage | undefined> {
    const stored = this.#states.getPast(rowKey, this.#drawMs())
    return stored instanceof Promise
      ? stored.then((bytes) => ItemImage.ofStored(bytes))
      : ItemImage.ofStored(stored)
  }

  /** The images of several items, each a read by itself. */
  readMany(rowKeys: readonly Buffer[]): Promise<(ItemImage | undefined)[]> {
    return Promise.all(rowKeys.map(async (rowKey) => this.read(rowKey)))
  }

  /** Reads many items in a state of one age, which is drawn now. */
  reader(): ItemReader {
    const ageMs = this.#drawMs()
    return new ItemReader({ snapshot: () => this.#states.snapshotPast(ageMs) })
  }

  /** A state of an age that is drawn now. The caller closes it. */
  snapshot(): Snapshot {
    return this.#states.snapshotPast(this.#drawMs())
  }
}
