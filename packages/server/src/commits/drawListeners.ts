import type { Bytes } from '../storage/engine.ts'
import { nameOf } from './commitAssembly.ts'
import type { Effect } from './committer.ts'

/** Who is told of draws, by sequence; see `Committer.onDraw`. */
export class DrawListeners {
  readonly #bySequence = new Map<string, Set<() => void>>()

  add(key: Bytes, listener: () => void): () => void {
    const name = nameOf(key)
    const listeners = this.#bySequence.get(name) ?? new Set()
    this.#bySequence.set(name, listeners)
    // Twice the same function is two listeners.
    const own = (): void => listener()
    listeners.add(own)
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#bySequence.get(name) === listeners) {
        this.#bySequence.delete(name)
      }
    }
  }

  /** These effects have been committed. */
  tell(effects: readonly Effect[]): void {
    if (this.#bySequence.size === 0) return
    for (const effect of effects) {
      if (effect.kind !== 'next') continue
      for (const listener of this.#bySequence.get(nameOf(effect.key)) ?? []) listener()
    }
  }
}
