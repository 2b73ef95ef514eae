import { LoopTurns, type Clock } from '../../clock.ts'
import { invariant } from '../../invariant.ts'
import { maxWritesAtOnce } from '../../limits.ts'
import { contentVersion, requireVersions } from '../contentVersion.ts'
import {
  asBuffer,
  listOfWrites,
  StorageEnded,
  type EngineState,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../engine.ts'
import { lookUp, OrderedMap, OrderedWalk, type TreeNode } from '../orderedMap.ts'
import { OwnedReads } from '../ownedReads.ts'

const textOf = (bytes: Bytes): string => asBuffer(bytes).toString('latin1')
const bytesOf = (text: string): Bytes => Buffer.from(text, 'latin1')

/** Values of at least this length are kept as the bytes that they came as. */
const largeValueBytes = 8 * 1024

/** A large value, whose version is worked out once. */
class LargeValue {
  readonly bytes: Bytes
  #version: Version | undefined

  constructor(bytes: Bytes) {
    const isPart = bytes.length < bytes.buffer.byteLength
    this.bytes = isPart ? Buffer.from(bytes) : bytes
  }

  get version(): Version {
    this.#version ??= contentVersion(this.bytes)
    return this.#version
  }
}

/** A small value is its own version, which is there already and compared by where it is. */
type Kept = string | LargeValue

const versionOfKept = (kept: Kept): Version => (typeof kept === 'string' ? kept : kept.version)

function valueOf(kept: Kept | undefined): Bytes | undefined {
  return typeof kept === 'string' ? bytesOf(kept) : kept?.bytes
}

/** How a commit's values are kept: writes of the same bytes share one. */
class SharedValues {
  #lastValue: Bytes | undefined
  #lastKept: Kept = ''

  of(value: Bytes): Kept {
    if (value !== this.#lastValue) {
      this.#lastValue = value
      this.#lastKept = value.length < largeValueBytes ? textOf(value) : new LargeValue(value)
    }
    return this.#lastKept
  }
}

/** An entry whose bytes are made when they are asked for: those of a key seldom are. */
class MemoryEntry implements Entry {
  readonly #key: string
  readonly value: Bytes

  constructor(key: string, kept: Kept) {
    this.#key = key
    this.value = valueOf(kept) as Bytes
  }

  get key(): Bytes {
    return bytesOf(this.#key)
  }
}

/** All that an engine has at one moment. */
class MemoryState {
  readonly root: TreeNode<Kept>

  constructor(root: TreeNode<Kept>) {
    this.root = root
  }
}

/** The entries of a range, once. */
class MemoryEntries implements IterableIterator<Entry, undefined> {
  readonly #walk: OrderedWalk<Kept>

  constructor(walk: OrderedWalk<Kept>) {
    this.#walk = walk
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Entry, undefined> {
    const walk = this.#walk
    if (!walk.step()) return { done: true, value: undefined }
    return { done: false, value: new MemoryEntry(walk.key, walk.value as Kept) }
  }

  return(): IteratorResult<Entry, undefined> {
    return { done: true, value: undefined }
  }
}

class MemorySnapshot implements Snapshot {
  readonly #root: TreeNode<Kept>

  constructor(root: TreeNode<Kept>) {
    this.#root = root
  }

  get(key: Bytes): Bytes | undefined {
    return valueOf(lookUp(this.#root, textOf(key)))
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  range({ start, end, reverse }: KeyRange): Iterable<Entry> {
    const bounds = { start: textOf(start), end: textOf(end), isReverse: reverse === true }
    return new MemoryEntries(new OrderedWalk(this.#root, bounds))
  }

  close(): void {}
}

/**
 * An engine in the memory of the process. A commit takes effect at once, a large one behind turns
 * of others; nothing outlives the process. Keys and small values are kept as Latin-1 strings, one
 * byte a character: a small Buffer would pin the slab of 8 KB that it is a slice of. Large values
 * are kept, and given, as they are: nobody changes them.
 */
export class MemoryEngine extends OwnedReads implements StorageEngine {
  readonly capabilities = { durable: false, shared: false, syncReads: true } as const
  readonly #clock: Clock | undefined
  #map: OrderedMap<Kept>
  /** A commit that others have to wait for. */
  #large: Promise<void> | undefined
  #closed = false

  /** Without a clock every commit takes effect at once; without a state there is nothing. */
  constructor(clock?: Clock, state?: EngineState) {
    super()
    this.#clock = clock
    invariant(state === undefined || state instanceof MemoryState, 'a state is of the same kind')
    this.#map = new OrderedMap(state?.root)
  }

  get(key: Bytes): Bytes | undefined {
    return valueOf(this.#map.get(textOf(key)))
  }

  lengthOf(key: Bytes): number | undefined {
    const kept = this.#map.get(textOf(key))
    return typeof kept === 'string' ? kept.length : kept?.bytes.length
  }

  override read(keys: readonly Bytes[]): (Versioned | undefined)[] {
    return keys.map((key) => {
      const kept = this.#map.get(textOf(key))
      if (kept === undefined) return undefined
      return { value: valueOf(kept) as Bytes, version: versionOfKept(kept) }
    })
  }

  override versionAt(key: Bytes): Version | undefined {
    const kept = this.#map.get(textOf(key))
    return kept === undefined ? undefined : versionOfKept(kept)
  }

  override versionOf(value: Bytes): Version {
    return value.length < largeValueBytes ? textOf(value) : contentVersion(value)
  }

  snapshot(): MemorySnapshot {
    return new MemorySnapshot(this.#map.freeze())
  }

  state(): EngineState {
    return new MemoryState(this.#map.freeze())
  }

  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const list = Array.isArray(writes)
      ? (writes as readonly StorageWrite[])
      : await listOfWrites(writes)
    while (this.#large !== undefined) await this.#large
    if (this.#closed) throw new StorageEnded('the store is closed')
    // Without turns it is done when it returns.
    void requireVersions(expectations, (key) => this.versionAt(key))
    if (this.#clock !== undefined && list.length > maxWritesAtOnce) {
      this.#large = this.#writeInTurns(list, new LoopTurns(this.#clock))
      try {
        // Whoever waits for it goes on after this does.
        await this.#large
      } finally {
        this.#large = undefined
      }
      return
    }
    const values = new SharedValues()
    for (const write of list) put(this.#map, write, values)
  }

  /** Nobody sees the commit before it is whole. */
  async #writeInTurns(list: readonly StorageWrite[], turns: LoopTurns): Promise<void> {
    const map = this.#map.fork()
    const values = new SharedValues()
    for (const write of list) {
      const turn = turns.next()
      if (turn !== undefined) await turn
      put(map, write, values)
    }
    this.#map = map
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}

function put(map: OrderedMap<Kept>, { key, value }: StorageWrite, values: SharedValues): void {
  if (value === undefined) map.delete(textOf(key))
  else map.set(textOf(key), values.of(value))
}
