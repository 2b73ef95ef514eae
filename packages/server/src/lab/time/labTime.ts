import type { Clock } from '../../clock.ts'
import { controlConflict, controlNotFound, needsMemory } from '../../errors/controlErrors.ts'
import { maxHeldSnapshots } from '../../limits.ts'
import type { ReadLag } from '../../operations/readConsistency.ts'
import { MovableClock, type ClockSetting } from './movableClock.ts'
import { readLagOf, type EventualLag } from './eventualLag.ts'

/** A database in memory as it was at one moment: all data, the clock, how long reads lag. */
export interface HeldDatabase {
  /** What an engine is opened with. */
  readonly engine: object
  readonly clock: ClockSetting
  readonly lag: EventualLag
  /** By the clock of the database, in milliseconds since the epoch. */
  readonly takenMs: number
}

/** What the lab asks of a store about time. */
export interface TimedStore {
  readonly engine: { state?(): object }
  /** Resolves when nothing is left to do but what waits for its time. */
  settled(): Promise<void>
  /** How long eventually consistent reads lag from now on. */
  letReadsLag(lag: ReadLag | undefined): void
}

/** What the time of a store begins with. */
export interface StoreTime {
  readonly clock: MovableClock
  readonly held: HeldDatabase | undefined
}

/** How many steps an advance has, unless they would be too short or too long. */
const usualSteps = 100
const [shortestStepMs, longestStepMs] = [1000, 60 * 60 * 1000]

interface Attached {
  readonly store: TimedStore
  readonly clock: MovableClock
}

export interface LabTimeOptions {
  /** The time of the machine. */
  readonly clock: Clock
  /** Puts a database into the place of this one. */
  restore(held: HeldDatabase): Promise<void>
}

/**
 * The time of a database that has a lab: its clock, how old the states are that its reads see, and
 * the states that it can be taken back to. Each store has a clock of its own, so that no store ever
 * sees its time go back: a restored one begins with the clock as it was set then.
 */
export class LabTime {
  readonly #options: LabTimeOptions
  #attached: Attached | undefined
  #lag: EventualLag = 0
  /** How the database was at its opening; undefined where the data is in a directory. */
  #beginning: HeldDatabase | undefined
  readonly #held = new Map<string, HeldDatabase>()
  #names = 0

  constructor(options: LabTimeOptions) {
    this.#options = options
  }

  /** How the database was when it was opened, if it is in memory. */
  get beginning(): HeldDatabase | undefined {
    return this.#beginning
  }

  /** The time of a store that is about to be opened: with what was held, or anew. */
  begin(held: HeldDatabase | undefined): StoreTime {
    const { clock } = this.#options
    return { clock: new MovableClock(clock, clock, held?.clock), held }
  }

  /** A store has been opened. */
  attach(store: TimedStore, { clock, held }: StoreTime): void {
    this.#attached = { store, clock }
    this.setLag(held?.lag ?? 0)
    if (held === undefined) this.#beginning = this.#hold()
  }

  get clock(): MovableClock {
    return this.#now.clock
  }

  /**
   * Moves the clock forward when what was due before is done, step by step: what falls due in one
   * is done before the next, and others get on in between.
   */
  async advance(ms: number): Promise<void> {
    const { clock, store } = this.#now
    const wantedMs = Math.ceil(ms / usualSteps)
    const stepMs = Math.min(longestStepMs, Math.max(shortestStepMs, wantedMs))
    await store.settled()
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      clock.advance(Math.min(leftMs, stepMs))
      await new Promise<void>((resolve) => clock.defer(resolve))
      await store.settled()
    }
  }

  get lag(): EventualLag {
    return this.#lag
  }

  /** Throws a ControlError for bounds that contradict each other. */
  setLag(lag: EventualLag): void {
    this.#now.store.letReadsLag(readLagOf(lag))
    this.#lag = lag
  }

  /** The snapshots by their names, the earliest first. */
  get snapshots(): ReadonlyMap<string, HeldDatabase> {
    return this.#held
  }

  /**
   * Holds the database as it is, under a name, in the place of what was held under that; under one
   * that is free when absent. Gives the name. Throws a ControlError when too many are held.
   */
  take(name: string = this.#freeName()): string {
    const held = this.#hold()
    if (held === undefined) throw needsMemory()
    this.#held.delete(name)
    if (this.#held.size >= maxHeldSnapshots) {
      throw controlConflict(`At most ${maxHeldSnapshots} snapshots are held at once.`)
    }
    this.#held.set(name, held)
    return name
  }

  /** Makes everything as it was. Rejects with a ControlError where nothing is held so. */
  async restore(name: string): Promise<void> {
    const held = this.#held.get(name)
    if (held === undefined) throw controlNotFound(`snapshot "${name}"`)
    await this.#options.restore(held)
  }

  /** Throws a ControlError for a name that nothing is held under. */
  release(name: string): void {
    if (!this.#held.delete(name)) throw controlNotFound(`snapshot "${name}"`)
  }

  get #now(): Attached {
    if (this.#attached === undefined) throw new Error('The database is not open.')
    return this.#attached
  }

  #hold(): HeldDatabase | undefined {
    const { store, clock } = this.#now
    const engine = store.engine.state?.()
    if (engine === undefined) return undefined
    return { engine, clock: clock.setting, lag: this.#lag, takenMs: clock.nowMs() }
  }

  #freeName(): string {
    do this.#names += 1
    while (this.#held.has(`snapshot-${this.#names}`))
    return `snapshot-${this.#names}`
  }
}
