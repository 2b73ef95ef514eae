import type { Clock } from '../../clock.ts'
import type { SoleCaller } from '../../soleCaller.ts'

/** A caller who has asked so many times in a row is taken for the sole one. */
const leastRequests = 16
/** The longest write that is waited for, in bytes. */
const maxBytes = 64 * 1024
/** A write that took longer, in milliseconds, is the last one for a while. */
const maxWaitMs = 5
/** How many writes are made by other threads then. */
const writesAfterSlow = 64

/**
 * Whether the thread that answers requests may wait for the disk itself: as long as there is a sole
 * caller, who waits for just that, and the disk is fast. INVARIANT: nobody else waits for more than
 * one such write.
 */
export class WaitingForDisk {
  readonly #clock: Clock
  readonly #caller: SoleCaller
  #writesUntilNext = 0

  constructor(clock: Clock, caller: SoleCaller) {
    this.#clock = clock
    this.#caller = caller
  }

  /** Whether the next write, of `length` bytes, may be waited for. */
  isFor(length: number): boolean {
    if (this.#caller.requests < leastRequests || length > maxBytes) return false
    if (this.#writesUntilNext === 0) return true
    this.#writesUntilNext -= 1
    return false
  }

  /** Runs a write that is waited for. */
  run(write: () => void): void {
    const startMs = this.#clock.monotonicMs()
    try {
      write()
    } finally {
      const isSlow = this.#clock.monotonicMs() - startMs > maxWaitMs
      if (isSlow) this.#writesUntilNext = writesAfterSlow
    }
  }
}
