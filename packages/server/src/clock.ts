import { randomBytes, randomUUID } from 'node:crypto'
import { maxTurnMs } from './limits.ts'

/** A timer that has been started and not yet fired. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired already. */
  cancel(): void
}

/**
 * Every reading of time in the server. Injected, so that a test can move the clock (token expiry,
 * table states) and a seeded simulation can own it.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  nowMs(): number
  /** A monotonic reading in milliseconds, for durations only. */
  monotonicMs(): number
  /** Runs `work` once, after the events that are waiting already. */
  defer(work: () => void): void
  /** Runs `work` once, `delayMs` from now. A pending timer never keeps the process alive. */
  startTimer(delayMs: number, work: () => void): Timer
}

/** Every random value in the server. Injected beside {@link Clock}. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
  /** A version 4 UUID. */
  uuid(): string
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  defer: (work) => {
    setImmediate(work)
  },
  startTimer(delayMs, work) {
    const handle = setTimeout(work, delayMs)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
}

/** The turns of one request at the event loop: after each, the events that wait go first. */
export class LoopTurns {
  readonly #clock: Clock
  #startMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.monotonicMs()
  }

  /** A promise of the next turn when this one has lasted long enough; undefined otherwise. */
  next(): Promise<void> | undefined {
    if (this.#clock.monotonicMs() - this.#startMs <= maxTurnMs) return undefined
    return new Promise((resolve) => {
      this.#clock.defer(() => {
        this.#startMs = this.#clock.monotonicMs()
        resolve()
      })
    })
  }
}
