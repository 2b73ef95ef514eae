import { leastRetryAfterMs, mostRetryAfterMs, retriesPerMs } from '../limits.ts'

/** The header in which SDKs read when to try again, in milliseconds. */
export const retryAfterHeader = 'x-amz-retry-after'

/**
 * When refused requests should come back: one after another, at a rate that a loaded server can
 * answer, behind those that were refused before and that no place has become free for since.
 */
export class RetrySchedule {
  #ahead = 0

  /** A request is refused: the milliseconds that its client should wait. */
  refuse(): number {
    this.#ahead += 1
    const delayMs = leastRetryAfterMs + this.#ahead / retriesPerMs
    return Math.min(mostRetryAfterMs, Math.floor(delayMs))
  }

  /** A place has become free. */
  relieve(): void {
    if (this.#ahead > 0) this.#ahead -= 1
  }

  /** Nothing is under way any more. */
  clear(): void {
    this.#ahead = 0
  }
}
