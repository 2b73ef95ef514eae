import {
  asBuffer,
  sameBytes,
  StorageConflict,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from '../engine.ts'
import { ascend, descend, lookUp, OrderedMap, type TreeNode } from './orderedMap.ts'

const textOf = (bytes: Bytes): string => asBuffer(bytes).toString('latin1')
const bytesOf = (text: string): Bytes => Buffer.from(text, 'latin1')

class MemorySnapshot implements Snapshot {
  readonly #root: TreeNode<Bytes>

  constructor(root: TreeNode<Bytes>) {
    this.#root = root
  }

  get(key: Bytes): Bytes | undefined {
    return lookUp(this.#root, textOf(key))
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  *range(range: KeyRange): Iterable<Entry> {
    const walk = range.reverse === true ? descend : ascend
    for (const [key, value] of walk(this.#root, textOf(range.start), textOf(range.end))) {
      yield { key: bytesOf(key), value }
    }
  }

  close(): void {}
}

/** An engine in the memory of the process. A commit takes effect at once; nothing outlives the process. */
export class MemoryEngine implements StorageEngine {
  readonly capabilities = { durable: false, shared: false, syncReads: true } as const
  readonly #map = new OrderedMap<Bytes>()
  #closed = false

  get(key: Bytes): Bytes | undefined {
    return this.#map.get(textOf(key))
  }

  snapshot(): MemorySnapshot {
    return new MemorySnapshot(this.#map.freeze())
  }

  async commit(
    expectations: readonly Expectation[],
    writes: readonly StorageWrite[],
  ): Promise<void> {
    if (this.#closed) throw new StorageFailure('the store is closed')
    for (const { key, value } of expectations) {
      if (!sameBytes(this.get(key), value)) throw new StorageConflict('a key has changed')
    }
    for (const { key, value } of writes) {
      if (value === undefined) this.#map.delete(textOf(key))
      else this.#map.set(textOf(key), value)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
