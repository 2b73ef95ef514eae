import type { Clock, Timer } from '../clock.ts'

/** Waits that end by the clock, or when nobody is to wait any longer. */
export class Pauses {
  readonly #clock: Clock
  readonly #ends = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `onEnd` in `delayMs` milliseconds, or with {@link endAll}, unless it is cancelled. */
  start(delayMs: number, onEnd: () => void): Timer {
    const cancel = (): void => {
      timer.cancel()
      this.#ends.delete(end)
    }
    const end = (): void => {
      cancel()
      onEnd()
    }
    const timer = this.#clock.startTimer(delayMs, end)
    this.#ends.add(end)
    return { cancel }
  }

  /** Resolves in `delayMs` milliseconds, or with {@link endAll}. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.start(delayMs, resolve))
  }

  endAll(): void {
    for (const end of this.#ends) end()
  }
}
