import { MovableClock } from '../lab/time/movableClock.ts'

export interface ManualClockOptions {
  /** The first reading of `nowMs`; 2026-01-02T03:04:05.678Z when absent. */
  readonly nowMs?: number
  /**
   * 'automatic': deferred work runs by itself soon. 'manual': only {@link ManualClock.runDeferred}.
   */
  readonly deferred?: 'automatic' | 'manual'
}

/** A clock for tests: time stands still until {@link MovableClock.advance} moves it. */
export class ManualClock extends MovableClock {
  #deferred: (() => void)[] = []

  constructor({ nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678), deferred }: ManualClockOptions = {}) {
    super({
      nowMs: () => nowMs,
      monotonicMs: () => 0,
      defer: (work) => {
        if (deferred === 'manual') this.#deferred.push(work)
        else setImmediate(work)
      },
      startTimer: () => ({ cancel() {} }),
    })
    this.freeze()
  }

  /** Runs what was deferred before this call. REQUIRES: deferred is 'manual'. */
  runDeferred(): void {
    const works = this.#deferred
    this.#deferred = []
    for (const work of works) work()
  }
}
