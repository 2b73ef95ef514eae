import type {
  Bytes,
  Entry,
  KeyRange,
  Snapshot,
  StorageEngine,
  Version,
  Versioned,
} from '../engine.ts'
import { getFrom, Overlay, rangeOf, type Layers } from './overlay.ts'

/** Where the store keeps the sequence number of the last commit that is in it. */
export const appliedKey: Bytes = Buffer.from('\x00journal', 'latin1')
const afterAppliedKey: Bytes = Buffer.from('\x00journal\x00', 'latin1')

/** Whether a key is the engine's own, which nobody else reads or writes. */
export function isReserved(key: Bytes): boolean {
  return key[0] === 0 && Buffer.compare(key, appliedKey) === 0
}

/** An engine whose reads answer at once. */
export interface StoreEngine extends StorageEngine {
  /** Longest key that it takes, in bytes. */
  readonly maxKeyBytes: number
  get(key: Bytes): Bytes | undefined
  getMany(keys: readonly Bytes[]): (Bytes | undefined)[]
  read(keys: readonly Bytes[]): (Versioned | undefined)[]
  /** The version of what is there; undefined where nothing is. */
  versionAt(key: Bytes): Version | undefined
  snapshot(): StoreSnapshot
  /**
   * Memory for a value of the next commit, which is the store's again when that has settled. Values
   * in it need no memory of their own, nor do they outlive the commit. Absent where the store keeps
   * the bytes that it is given. REQUIRES: no commit is under way.
   */
  room?(length: number): Buffer
}

export interface StoreSnapshot extends Snapshot {
  get(key: Bytes): Bytes | undefined
  range(range: KeyRange): Iterable<Entry>
}

/** The last committed value of one key. */
export function readKey(overlay: Overlay, store: StoreEngine, key: Bytes): Bytes | undefined {
  const newer = overlay.get(key)
  if (newer !== undefined) return newer ?? undefined
  return isReserved(key) ? undefined : store.get(key)
}

/** The version of the last committed value of one key. */
export function versionOfKey(
  overlay: Overlay,
  store: StoreEngine,
  key: Bytes,
): Version | undefined {
  const newer = overlay.get(key)
  if (newer !== undefined) return newer === null ? undefined : store.versionOf(newer)
  return isReserved(key) ? undefined : store.versionAt(key)
}

/** One committed state: what an overlay holds, above a snapshot of the store. */
export class LayeredSnapshot implements Snapshot {
  readonly #layers: Layers
  readonly #store: StoreSnapshot
  #isClosed = false

  constructor(overlay: Overlay, store: StoreEngine) {
    this.#store = store.snapshot()
    this.#layers = overlay.freeze()
  }

  get(key: Bytes): Bytes | undefined {
    const newer = getFrom(this.#layers, key)
    if (newer !== undefined) return newer ?? undefined
    return isReserved(key) ? undefined : this.#store.get(key)
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  range(range: KeyRange): Iterable<Entry> {
    const { start, end } = range
    if (Buffer.compare(start, appliedKey) <= 0 && Buffer.compare(end, appliedKey) > 0) {
      return this.#rangeAround(range)
    }
    return rangeOf(this.#layers, range, this.#store.range(range))
  }

  /** A range without the entry that is the engine's own. */
  *#rangeAround(range: KeyRange): Iterable<Entry> {
    const parts = [
      { ...range, end: appliedKey },
      { ...range, start: afterAppliedKey },
    ]
    for (const part of range.reverse === true ? parts.toReversed() : parts) yield* this.range(part)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    Overlay.letGo(this.#layers)
    this.#store.close()
  }
}
