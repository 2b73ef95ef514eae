import type { Bytes, StorageEngine, Versioned } from '../storage/engine.ts'
import { nameOf } from './commitAssembly.ts'

/** What is known of a number: undefined for one that is not in the store. */
interface Known {
  readonly found: Versioned | undefined
}

const maxKnown = 4096

/**
 * Sums and sequences as this server has left them, so that they need not be read before each commit
 * that changes them. Somebody else may have changed them since, which the commit finds out by what
 * it relies on: then they are forgotten, and read as long as others are at them.
 */
export class KnownNumbers {
  readonly #engine: StorageEngine
  readonly #known = new Map<string, Known>()
  /** Those that others have changed since they were known. */
  readonly #disputed = new Set<string>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /** The values of keys: as they are known, or as they are in the store now, in one state. */
  async read(keys: readonly Bytes[]): Promise<readonly (Versioned | undefined)[]> {
    const known = keys.map((key) => this.#known.get(nameOf(key)))
    const unknown = keys.filter((_, i) => known[i] === undefined)
    const read = unknown.length === 0 ? [] : await this.#engine.read(unknown)
    let next = 0
    return known.map((each) => (each === undefined ? read[next++] : each.found))
  }

  /** A commit that relied on all that was read has left this value under the key. */
  note(key: Bytes, value: Bytes | undefined): void {
    const name = nameOf(key)
    this.#known.delete(name)
    if (this.#disputed.delete(name)) return
    this.#known.set(name, { found: value && { value, version: this.#engine.versionOf(value) } })
    if (this.#known.size <= maxKnown) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  /** Forgets keys, which are read next time; gives whether any of them was known. */
  forget(keys: readonly Bytes[]): boolean {
    let isAny = false
    for (const key of keys) {
      const name = nameOf(key)
      if (!this.#known.delete(name)) continue
      isAny = true
      if (this.#disputed.size >= maxKnown) this.#disputed.clear()
      this.#disputed.add(name)
    }
    return isAny
  }
}
