import {
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../storage/engine.ts'
import { inSetOrder } from '../values/storedSets.ts'
import { holdsItem } from './storeKeys.ts'

/**
 * The engine of a store that was written before sets were stored in order, as one whose sets are:
 * items and index entries are put in order on their way out, with the versions that the store has
 * them with. So nobody above knows of it, and which of an item and its entries has been carried
 * over first is seen by nobody.
 */
export class OrderedSets implements StorageEngine {
  readonly lengthOf?: (key: Bytes) => number | undefined
  readonly #engine: StorageEngine
  #isOver = false
  /** The stored values of what was put in order, for their versions. */
  readonly #originals = new WeakMap<Bytes, Bytes>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
    if (engine.lengthOf !== undefined) this.lengthOf = (key) => engine.lengthOf?.(key)
  }

  /** All sets of the store are in order from now on: values pass as they are. */
  end(): void {
    this.#isOver = true
  }

  get capabilities(): StorageEngine['capabilities'] {
    return this.#engine.capabilities
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    const found = this.#engine.get(key)
    return this.#isOver ? found : after(found, (value) => this.#ordered(key, value))
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    const found = this.#engine.getMany(keys)
    return this.#isOver ? found : after(found, (values) => this.#orderedMany(keys, values))
  }

  versionOf(value: Bytes): Version {
    return this.#engine.versionOf(this.#originals.get(value) ?? value)
  }

  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]> {
    const found = this.#engine.read(keys)
    if (this.#isOver) return found
    return after(found, (values) =>
      values.map(
        (read, i) =>
          read && {
            value: this.#ordered(keys[i] as Bytes, read.value) as Bytes,
            version: read.version,
          },
      ),
    )
  }

  /** A snapshot from before the end goes on as it began. */
  snapshot(): Snapshot {
    const snapshot = this.#engine.snapshot()
    if (this.#isOver) return snapshot
    return {
      get: (key) => after(snapshot.get(key), (value) => this.#ordered(key, value)),
      getMany: (keys) => after(snapshot.getMany(keys), (values) => this.#orderedMany(keys, values)),
      range: (range) => this.#orderedRange(snapshot, range),
      close: () => snapshot.close(),
    }
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    return this.#engine.commit(expectations, writes)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  #ordered(key: Bytes, value: Bytes | undefined): Bytes | undefined {
    if (value === undefined || !holdsItem(key)) return value
    const ordered = inSetOrder(value)
    if (ordered !== value) this.#originals.set(ordered, value)
    return ordered
  }

  #orderedMany(
    keys: readonly Bytes[],
    values: readonly (Bytes | undefined)[],
  ): (Bytes | undefined)[] {
    return values.map((value, i) => this.#ordered(keys[i] as Bytes, value))
  }

  #orderedRange(snapshot: Snapshot, range: KeyRange): Iterable<Entry> | AsyncIterable<Entry> {
    const entries = snapshot.range(range)
    const ordered = ({ key, value }: Entry): Entry => ({
      key,
      value: this.#ordered(key, value) as Bytes,
    })
    return Symbol.iterator in entries ? each(entries, ordered) : eachLater(entries, ordered)
  }
}

function after<T, R>(found: MaybePromise<T>, change: (found: T) => R): MaybePromise<R> {
  return found instanceof Promise ? found.then(change) : change(found)
}

function* each(entries: Iterable<Entry>, change: (entry: Entry) => Entry): Iterable<Entry> {
  for (const entry of entries) yield change(entry)
}

async function* eachLater(
  entries: AsyncIterable<Entry>,
  change: (entry: Entry) => Entry,
): AsyncIterable<Entry> {
  for await (const entry of entries) yield change(entry)
}
