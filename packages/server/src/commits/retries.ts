import type { Clock, Random } from '../clock.ts'

/** How what has met a change of somebody else is tried again. */
export interface Retries {
  /** How often it is tried at most. */
  readonly attempts: number
  /** Settles when the next try may begin after so many; undefined when it may at once. */
  pause(attempts: number): Promise<void> | undefined
}

/** How often something has been tried. */
export interface Tries {
  /** How often at most it met a conflict of its own. */
  attempts: number
  /** How often what it was built on was refused. */
  falls: number
}

/** Without pauses: where nobody else changes anything, a conflict is a rare accident. */
export const retriesAtOnce = (attempts: number): Retries => ({ attempts, pause: () => undefined })

const firstPauseMs = 2
const longestPauseMs = 64

/**
 * With pauses of random length, which grow with the attempts, so that those who want the same come
 * one after the other in the end.
 */
export class SpacedRetries implements Retries {
  readonly attempts: number
  readonly #clock: Clock
  readonly #random: Random

  constructor(attempts: number, clock: Clock, random: Random) {
    this.attempts = attempts
    this.#clock = clock
    this.#random = random
  }

  pause(attempts: number): Promise<void> {
    const mostMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10))
    const [chance] = this.#random.bytes(1) as Uint8Array & [number]
    const delayMs = (mostMs * (chance + 1)) / 256
    return new Promise((resolve) => void this.#clock.startTimer(delayMs, resolve))
  }
}
