/** How a caller gives up: the AbortSignal of the platform, or the one of older SDKs. */
export interface AbortSignalLike {
  readonly aborted: boolean
  onabort?: unknown
  addEventListener?(type: 'abort', listener: () => void): void
  removeEventListener?(type: 'abort', listener: () => void): void
}

export interface QueueLimits {
  /** Most requests under way. */
  readonly mostAtOnce: number
  /** Most bytes of the bodies under way; a longer body goes alone. */
  readonly mostBytes: number
  /** Most requests that wait. */
  readonly mostWaiting: number
}

interface Waiting {
  readonly bytes: number
  readonly start: () => void
}

/**
 * Requests of this process in the order in which they came, so many at once: a socket would make
 * them wait, and an SDK relies on that.
 */
export class RequestQueue {
  readonly #limits: QueueLimits
  readonly #waiting = new Set<Waiting>()
  #underWay = 0
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#limits.mostWaiting
  }

  /**
   * What `perform` gives, which is called when it is the turn of a request with a body of so many
   * bytes. Rejects with an AbortError if the caller gives up before. REQUIRES: the queue is not
   * full.
   */
  async run<T>(
    bytes: number,
    perform: () => T | Promise<T>,
    signal: AbortSignalLike | undefined,
  ): Promise<T> {
    if (this.#waiting.size > 0 || !this.#hasRoomFor(bytes)) await this.#turn(bytes, signal)
    else this.#enter(bytes)
    try {
      return await perform()
    } finally {
      this.#leave(bytes)
    }
  }

  #turn(bytes: number, signal: AbortSignalLike | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(waiting)
        reject(abortError())
      }
      const start = (): void => {
        signal?.removeEventListener?.('abort', giveUp)
        resolve()
      }
      const waiting: Waiting = { bytes, start }
      this.#waiting.add(waiting)
      onAbort(signal, giveUp)
    })
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#underWay >= this.#limits.mostAtOnce) return false
    return this.#underWay === 0 || this.#bytes + bytes <= this.#limits.mostBytes
  }

  #enter(bytes: number): void {
    this.#underWay += 1
    this.#bytes += bytes
  }

  #leave(bytes: number): void {
    this.#underWay -= 1
    this.#bytes -= bytes
    for (const waiting of this.#waiting) {
      if (!this.#hasRoomFor(waiting.bytes)) return
      this.#waiting.delete(waiting)
      this.#enter(waiting.bytes)
      waiting.start()
    }
  }
}

/** What an SDK is told of a request that it has given up. */
export function abortError(): Error {
  const error = new Error('Request aborted')
  error.name = 'AbortError'
  return error
}

/** Calls `listener` when the signal is aborted. REQUIRES: it is not yet. */
export function onAbort(signal: AbortSignalLike | undefined, listener: () => void): void {
  if (signal === undefined) return
  if (signal.addEventListener === undefined) Object.assign(signal, { onabort: listener })
  else signal.addEventListener('abort', listener)
}
