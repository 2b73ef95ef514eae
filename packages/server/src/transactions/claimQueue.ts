import type { Clock, Timer } from '../clock.ts'
import { maxConflictWaiting, maxConflictWaitingBytes } from '../limits.ts'
import type { Claims } from './claims.ts'

/** A write that wants items of which a transaction holds some. */
export interface Turn {
  readonly names: readonly string[]
  /** About how many bytes it keeps in memory meanwhile. */
  readonly bytes: number
  readonly maxWaitMs: number
  /** Its items are free: it takes them before this returns. */
  readonly enter: () => void
  /** It has waited as long as it may. */
  readonly giveUp: () => void
}

interface Waiting extends Turn {
  readonly timer: Timer
}

export interface QueueLimits {
  readonly waiting: number
  readonly bytes: number
}

const usualLimits: QueueLimits = { waiting: maxConflictWaiting, bytes: maxConflictWaitingBytes }

/**
 * Writes that wait for items. Each waits for all of its items together and holds none meanwhile, so
 * there is no deadlock; at each item they stand in the order of their arrival, and whoever is first
 * at all of its items is next, so none waits for ever. Bounded in writes, bytes and time.
 */
export class ClaimQueue {
  readonly #claims: Claims
  readonly #clock: Clock
  readonly #limits: QueueLimits
  readonly #byItem = new Map<string, Waiting[]>()
  #count = 0
  #bytes = 0

  constructor(claims: Claims, clock: Clock, limits: QueueLimits = usualLimits) {
    this.#claims = claims
    this.#clock = clock
    this.#limits = limits
  }

  /** How many writes wait. */
  get size(): number {
    return this.#count
  }

  /** Whether somebody waits for the item. */
  isWanted(name: string): boolean {
    return this.#byItem.has(name)
  }

  /** Lets a write wait for its turn; false when there is no room for it. */
  wait(turn: Turn): boolean {
    const { waiting, bytes } = this.#limits
    if (this.#count >= waiting || this.#bytes + turn.bytes > bytes) return false
    const entry: Waiting = {
      ...turn,
      timer: this.#clock.startTimer(turn.maxWaitMs, () => {
        this.#leave(entry)
        turn.giveUp()
        this.released(turn.names)
      }),
    }
    this.#count += 1
    this.#bytes += turn.bytes
    for (const name of turn.names) {
      const others = this.#byItem.get(name)
      if (others === undefined) this.#byItem.set(name, [entry])
      else others.push(entry)
    }
    return true
  }

  /** Items have become free, all that became so together: whoever is next at them enters. */
  released(names: readonly string[]): void {
    if (this.#count === 0) return
    for (const name of names) {
      for (let next = this.#byItem.get(name)?.[0]; next !== undefined; ) {
        if (!this.#isNext(next)) break
        this.#leave(next)
        next.timer.cancel()
        next.enter()
        next = this.#byItem.get(name)?.[0]
      }
    }
  }

  #isNext(entry: Waiting): boolean {
    return entry.names.every(
      (name) => this.#byItem.get(name)?.[0] === entry && !this.#claims.isHeld(name),
    )
  }

  #leave(entry: Waiting): void {
    this.#count -= 1
    this.#bytes -= entry.bytes
    for (const name of entry.names) {
      const others = this.#byItem.get(name) ?? []
      if (others[0] === entry) others.shift()
      else others.splice(others.indexOf(entry), 1)
      if (others.length === 0) this.#byItem.delete(name)
    }
  }
}
