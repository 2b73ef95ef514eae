import type { Clock, Random } from '../clock.ts'

/** How requests are tried again that met others, or too many of them. */
export interface RetryOptions {
  /** How often a request is sent at most. 10 */
  readonly attempts?: number
  /**
   * The longest pause before the second attempt, in milliseconds; it doubles with each attempt. 25
   */
  readonly baseMs?: number
  /** The longest pause at all, in milliseconds. 1000 */
  readonly capMs?: number
}

/** What is waited with. */
export interface Pace {
  readonly clock: Clock
  readonly random: Random
}

/**
 * Pauses between attempts: each of a random length up to a bound that doubles, so that those who
 * met do not meet again.
 */
export class Backoff {
  readonly attempts: number
  readonly #baseMs: number
  readonly #capMs: number
  readonly #pace: Pace

  /** @throws RangeError for a number of attempts that is no positive integer, or a pause below 0 */
  constructor({ attempts = 10, baseMs = 25, capMs = 1000 }: RetryOptions, pace: Pace) {
    if (!Number.isSafeInteger(attempts) || attempts < 1) {
      throw new RangeError(`attempts is to be a positive integer, not ${attempts}.`)
    }
    for (const [name, ms] of Object.entries({ baseMs, capMs })) {
      if (!(ms >= 0)) throw new RangeError(`${name} is to be 0 or more, not ${ms}.`)
    }
    this.attempts = attempts
    this.#baseMs = baseMs
    this.#capMs = capMs
    this.#pace = pace
  }

  /**
   * Waits after the attempt of this number, the first of which is 1. Rejects with the reason of
   * the signal.
   */
  wait(attempt: number, signal?: AbortSignal): Promise<void> {
    const bound = Math.min(this.#capMs, this.#baseMs * 2 ** (attempt - 1))
    return this.#pace.clock.wait(this.#pace.random.fraction() * bound, signal)
  }

  /**
   * Runs `attempt` until it succeeds, fails for good, or has failed as often as it may; rejects
   * with what it failed with last. `attempt` gets its number.
   */
  async run<T>(
    attempt: (number: number) => Promise<T>,
    isTransient: (error: unknown) => boolean,
    signal?: AbortSignal,
  ): Promise<T> {
    for (let number = 1; ; number++) {
      try {
        return await attempt(number)
      } catch (error) {
        if (number >= this.attempts || !isTransient(error)) throw error
      }
      signal?.throwIfAborted()
      await this.wait(number, signal)
    }
  }
}
