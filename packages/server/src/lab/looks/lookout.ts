import type { Clock, Timer } from '../../clock.ts'
import { watchLastsMs } from '../../limits.ts'
import type { Performer } from '../../operations/performer.ts'
import type { Onlookers } from '../../transactions/onlookers.ts'
import type { Points } from '../../transactions/points.ts'
import type { WriteWatcher } from '../../transactions/writeWatcher.ts'
import type { Dispatcher } from '../../wire/dispatcher.ts'
import type { LabSession, LabStore } from '../labSession.ts'

/** What is looked at: the parts of a store that is open. */
export interface WatchedStore extends LabStore {
  /** The same operations with the same checks and permissions, performed by somebody else. */
  performedBy(performer: Performer): Dispatcher
}

export interface LookoutOptions {
  /** The time of the machine. */
  readonly clock: Clock
  /** Makes a session of which nothing is wanted but its notes. */
  readonly open: () => Promise<LabSession>
  /** The lab, which stands beside the database all the time, if there is one. */
  readonly lab: LabSession | undefined
}

/** What has been noted, and of what. */
export interface Watch {
  readonly session: LabSession
  readonly store: WatchedStore
  /** Since when it has been noted, in milliseconds since the epoch. */
  readonly sinceMs: number
}

/**
 * Where somebody stands beside a store who only looks. Notes are taken from the first look on
 * until nobody has looked for `watchLastsMs`; then they are forgotten. INVARIANT: while nobody
 * looks and there is no lab, the store is as if this were not here: nothing of it is loaded, and
 * nothing told.
 */
export class Lookout implements Onlookers {
  readonly #options: LookoutOptions
  #session: LabSession | undefined
  #opening: Promise<LabSession> | undefined
  #store: WatchedStore | undefined
  #sinceMs: number
  #timer: Timer | undefined
  #lastTurn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(options: LookoutOptions) {
    this.#options = options
    this.#session = options.lab
    this.#sinceMs = options.clock.nowMs()
  }

  get performer(): Performer | undefined {
    return this.#session?.parts.performer
  }

  get points(): Points | undefined {
    return this.#session?.parts.points
  }

  get watcher(): WriteWatcher | undefined {
    return this.#session?.parts.watcher
  }

  /** A store is open in the place of the one before; what was noted of that is forgotten. */
  attach(store: WatchedStore): void {
    this.#store = store
    this.#forget()
  }

  /** Somebody looks: what has been noted so far, and what will be for a while. */
  async look(): Promise<Watch> {
    const session = this.#session ?? (await this.#begin())
    const store = this.#store
    if (store === undefined || this.#isClosed) throw new Error('The database is not open.')
    this.#lastsAnew()
    return { session, store, sinceMs: this.#sinceMs }
  }

  /** Does one after the other, so that what many ask for at once takes no more memory than one. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  /** Nobody looks any more. */
  close(): void {
    this.#isClosed = true
    this.#forget()
  }

  async #begin(): Promise<LabSession> {
    this.#opening ??= this.#options.open()
    try {
      const session = await this.#opening
      if (this.#session === undefined && this.#store !== undefined && !this.#isClosed) {
        session.attach(this.#store)
        this.#session = session
        this.#sinceMs = this.#options.clock.nowMs()
      }
      return this.#session ?? session
    } finally {
      this.#opening = undefined
    }
  }

  #lastsAnew(): void {
    const { lab, clock } = this.#options
    if (lab !== undefined) return
    this.#timer?.cancel()
    this.#timer = clock.startTimer(watchLastsMs, () => this.#forget())
  }

  #forget(): void {
    const { lab } = this.#options
    if (lab !== undefined) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#session?.watch.end()
    this.#session = undefined
  }
}
