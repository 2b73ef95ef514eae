import { requireVersions } from '../contentVersion.ts'
import {
  asBuffer,
  listOfWrites,
  StorageEnded,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrites,
} from '../engine.ts'
import { ascend, descend, lookUp, OrderedMap, type TreeNode } from '../orderedMap.ts'
import { OwnedReads } from '../ownedReads.ts'

const textOf = (bytes: Bytes): string => asBuffer(bytes).toString('latin1')
const bytesOf = (text: string): Bytes => Buffer.from(text, 'latin1')
const valueOf = (text: string | undefined): Bytes | undefined =>
  text === undefined ? undefined : bytesOf(text)

/** The texts of a commit's values: writes of the same bytes share one. */
class SharedTexts {
  #lastValue: Bytes | undefined
  #lastText = ''

  of(value: Bytes): string {
    if (value !== this.#lastValue) {
      this.#lastValue = value
      this.#lastText = textOf(value)
    }
    return this.#lastText
  }
}

class MemorySnapshot implements Snapshot {
  readonly #root: TreeNode<string>

  constructor(root: TreeNode<string>) {
    this.#root = root
  }

  get(key: Bytes): Bytes | undefined {
    return valueOf(lookUp(this.#root, textOf(key)))
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  *range(range: KeyRange): Iterable<Entry> {
    const walk = range.reverse === true ? descend : ascend
    for (const [key, value] of walk(this.#root, textOf(range.start), textOf(range.end))) {
      yield { key: bytesOf(key), value: bytesOf(value) }
    }
  }

  close(): void {}
}

/**
 * An engine in the memory of the process. A commit takes effect at once; nothing outlives the
 * process. Keys and values are kept as Latin-1 strings, one byte a character: a small Buffer would
 * pin the slab of 8 KB that it is a slice of.
 */
export class MemoryEngine extends OwnedReads implements StorageEngine {
  readonly capabilities = { durable: false, shared: false, syncReads: true } as const
  readonly #map = new OrderedMap<string>()
  #closed = false

  get(key: Bytes): Bytes | undefined {
    return valueOf(this.#map.get(textOf(key)))
  }

  lengthOf(key: Bytes): number | undefined {
    return this.#map.get(textOf(key))?.length
  }

  snapshot(): MemorySnapshot {
    return new MemorySnapshot(this.#map.freeze())
  }

  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const list = Array.isArray(writes) ? writes : await listOfWrites(writes)
    if (this.#closed) throw new StorageEnded('the store is closed')
    requireVersions(expectations, (key) => this.get(key))
    const texts = new SharedTexts()
    for (const { key, value } of list) {
      if (value === undefined) this.#map.delete(textOf(key))
      else this.#map.set(textOf(key), texts.of(value))
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
