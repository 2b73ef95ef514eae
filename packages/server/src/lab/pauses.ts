import type { Clock } from '../clock.ts'

/** Waits that end by the clock, or when nobody is to wait any longer. */
export class Pauses {
  readonly #clock: Clock
  readonly #ends = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves in `delayMs` milliseconds, or with {@link endAll}. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel()
        this.#ends.delete(end)
        resolve()
      }
      const timer = this.#clock.startTimer(delayMs, end)
      this.#ends.add(end)
    })
  }

  endAll(): void {
    for (const end of this.#ends) end()
  }
}
