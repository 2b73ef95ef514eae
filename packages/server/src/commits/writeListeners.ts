import type { Bytes, StorageWrite } from '../storage/engine.ts'

/** Who wants to know which keys commits write. */
export interface WriteListener {
  /**
   * A commit is about to write this key: from now on it may be read with another value than before.
   * The commit may still fail.
   */
  writing(key: Bytes): void
  /** All keys that were told so far have the values that they will be read with. */
  settled(): void
}

/** Who is told of writes, by the first byte of their keys; see `Committer.onWrites`. */
export class WriteListeners {
  readonly #bySpace = new Map<number, WriteListener>()
  #hasTold = false

  /** REQUIRES: nobody else listens to this first byte. */
  add(firstByte: number, listener: WriteListener): void {
    this.#bySpace.set(firstByte, listener)
  }

  /** Tells of the writes of a commit before it is made; undefined when nobody listens. */
  get watch(): ((write: StorageWrite) => void) | undefined {
    return this.#bySpace.size === 0 ? undefined : this.#tell
  }

  readonly #tell = ({ key }: StorageWrite): void => {
    const listener = this.#bySpace.get(key[0] as number)
    if (listener === undefined) return
    this.#hasTold = true
    listener.writing(key)
  }

  /** The commit whose writes were told is made, or has failed. */
  settle(): void {
    if (!this.#hasTold) return
    this.#hasTold = false
    for (const listener of this.#bySpace.values()) listener.settled()
  }
}
