import type { Clock, Timer } from '../../clock.ts'

interface PendingTimer {
  /** By the monotonic reading of this clock. */
  readonly dueMs: number
  readonly work: () => void
  /** What fires it while time goes by itself. */
  beneath: Timer | undefined
}

/** Two readings that belong together. */
interface Moment {
  readonly nowMs: number
  readonly monotonicMs: number
}

/** How a clock stands to the one beneath: another one that begins with it reads the same. */
export interface ClockSetting {
  /** How far it is ahead while it goes; behind when negative. */
  readonly nowAheadMs: number
  readonly monotonicAheadMs: number
  /** Where it stands; undefined while it goes. */
  readonly still: Moment | undefined
}

/** Parts of a millisecond at which a clock may stand: a power of two. */
const exactParts = 1024

const unmoved: ClockSetting = { nowAheadMs: 0, monotonicAheadMs: 0, still: undefined }

/**
 * A clock on top of another one: it goes as that one does until it is frozen, and can be moved
 * forward. INVARIANT: neither reading ever goes back, whatever is done to the clock; a timer fires
 * when the monotonic reading has come to its time, by itself or because the clock was moved.
 */
export class MovableClock implements Clock {
  readonly machine: Clock | undefined
  readonly deferFirst?: (work: () => void) => void
  readonly #beneath: Clock
  #nowAheadMs: number
  #monotonicAheadMs: number
  #still: Moment | undefined
  /** In the order in which they were started. */
  readonly #timers = new Set<PendingTimer>()

  /** `machine` keeps the time that is not to be moved; see {@link Clock.machine}. */
  constructor(beneath: Clock, machine?: Clock, setting: ClockSetting = unmoved) {
    this.#beneath = beneath
    this.machine = machine
    this.#nowAheadMs = setting.nowAheadMs
    this.#monotonicAheadMs = setting.monotonicAheadMs
    this.#still = setting.still
    if (beneath.deferFirst !== undefined) this.deferFirst = (work) => beneath.deferFirst?.(work)
  }

  nowMs(): number {
    return this.#still?.nowMs ?? this.#beneath.nowMs() + this.#nowAheadMs
  }

  monotonicMs(): number {
    return this.#still?.monotonicMs ?? this.#beneath.monotonicMs() + this.#monotonicAheadMs
  }

  defer(work: () => void): void {
    this.#beneath.defer(work)
  }

  startTimer(delayMs: number, work: () => void): Timer {
    const dueMs = this.monotonicMs() + Math.max(0, delayMs)
    const timer: PendingTimer = { dueMs, work, beneath: undefined }
    this.#timers.add(timer)
    if (this.#still === undefined) this.#arm(timer)
    return {
      cancel: () => {
        timer.beneath?.cancel()
        this.#timers.delete(timer)
      },
    }
  }

  /** Timers that have been started and neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  get setting(): ClockSetting {
    return {
      nowAheadMs: this.#nowAheadMs,
      monotonicAheadMs: this.#monotonicAheadMs,
      still: this.#still,
    }
  }

  get isFrozen(): boolean {
    return this.#still !== undefined
  }

  /**
   * Lets both readings stand still; timers fire only when the clock is moved. They stand at parts
   * of a millisecond that a number has exactly: what happens now happened exactly 1000 ms ago when
   * the clock has been advanced by 1000 ms.
   */
  freeze(): void {
    if (this.#still !== undefined) return
    const monotonicMs = Math.ceil(this.monotonicMs() * exactParts) / exactParts
    this.#still = { nowMs: this.nowMs(), monotonicMs }
    for (const timer of this.#timers) {
      timer.beneath?.cancel()
      timer.beneath = undefined
    }
  }

  /** Lets it go again, from where it stands. */
  unfreeze(): void {
    if (this.#still === undefined) return
    const { nowMs, monotonicMs } = this.#still
    this.#still = undefined
    this.#nowAheadMs = nowMs - this.#beneath.nowMs()
    this.#monotonicAheadMs = monotonicMs - this.#beneath.monotonicMs()
    for (const timer of this.#timers) this.#arm(timer)
  }

  /**
   * Moves both readings forward by `ms`, which is not negative, and fires the timers that fall due
   * on the way, in the order of their times and each at its own time, those included that they
   * start. Times of day stay whole milliseconds.
   */
  advance(ms: number): void {
    const wasFrozen = this.isFrozen
    this.freeze()
    const { nowMs, monotonicMs } = this.#still as Moment
    const end = { nowMs: nowMs + ms, monotonicMs: monotonicMs + ms }
    try {
      for (;;) {
        const due = this.#earliestTimer(end.monotonicMs)
        if (due === undefined) break
        // A timer that is late already finds the clock where it stands.
        const atMs = Math.max(this.monotonicMs(), due.dueMs)
        this.#still = { nowMs: nowMs + Math.round(atMs - monotonicMs), monotonicMs: atMs }
        this.#timers.delete(due)
        due.work()
      }
      this.#still = end
    } finally {
      if (!wasFrozen) this.unfreeze()
    }
  }

  #arm(timer: PendingTimer): void {
    timer.beneath = this.#beneath.startTimer(timer.dueMs - this.monotonicMs(), () => {
      this.#timers.delete(timer)
      timer.work()
    })
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
