import type { Clock, Timer } from '../clock.ts'

interface PendingTimer {
  readonly dueMs: number
  readonly work: () => void
}

export interface ManualClockOptions {
  /** The first reading of `nowMs`; 2026-01-02T03:04:05.678Z when absent. */
  readonly nowMs?: number
  /**
   * 'automatic': deferred work runs by itself soon. 'manual': only {@link ManualClock.runDeferred}.
   */
  readonly deferred?: 'automatic' | 'manual'
}

/** A clock for tests: time stands still until {@link ManualClock.advance} moves it. */
export class ManualClock implements Clock {
  #nowMs: number
  #monotonicMs = 0
  readonly #automatic: boolean
  #timers: PendingTimer[] = []
  #deferred: (() => void)[] = []

  constructor(options: ManualClockOptions = {}) {
    this.#nowMs = options.nowMs ?? Date.UTC(2026, 0, 2, 3, 4, 5, 678)
    this.#automatic = options.deferred !== 'manual'
  }

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  defer(work: () => void): void {
    if (this.#automatic) setImmediate(work)
    else this.#deferred.push(work)
  }

  startTimer(delayMs: number, work: () => void): Timer {
    const timer: PendingTimer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), work }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  /** Timers that have been started and neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /**
   * Moves both readings forward by `ms` and fires the timers that fall due on the way, in the order
   * of their times and each at its own time, those included that they start.
   */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms
    for (;;) {
      const due = this.#earliestTimer(endMs)
      if (due === undefined) break
      this.#moveTo(due.dueMs)
      this.#timers = this.#timers.filter((other) => other !== due)
      due.work()
    }
    this.#moveTo(endMs)
  }

  /** Runs what was deferred before this call. REQUIRES: deferred is 'manual'. */
  runDeferred(): void {
    const works = this.#deferred
    this.#deferred = []
    for (const work of works) work()
  }

  #moveTo(monotonicMs: number): void {
    if (monotonicMs <= this.#monotonicMs) return
    this.#nowMs += monotonicMs - this.#monotonicMs
    this.#monotonicMs = monotonicMs
  }

  #earliestTimer(endMs: number): PendingTimer | undefined {
    let earliest: PendingTimer | undefined
    for (const timer of this.#timers) {
      if (timer.dueMs > endMs) continue
      if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer
    }
    return earliest
  }
}
