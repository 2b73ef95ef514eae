import type { Clock } from '../clock.ts'
import type { Answer } from '../operations/operation.ts'
import { performed, type Performer, type PermittedRequest } from '../operations/performer.ts'
import type { Services } from '../operations/services.ts'
import { LabTime, type HeldDatabase, type StoreTime, type TimedStore } from './time/labTime.ts'
import { Faults } from './faults/faults.ts'
import { performFaulty } from './faults/performFaulty.ts'
import { Pauses } from './pauses.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'

/** What the lab asks of the database that it belongs to. */
export interface LabHost {
  /** Whether the data is in memory alone. */
  readonly isInMemory: boolean
  /** The time of the machine, by which requests wait that are to be late. */
  readonly clock: Clock
  /** Makes everything as it was at the start. Rejects where the data is in a directory. */
  reset(): Promise<void>
  /** Makes everything as it was when it was held. REQUIRES: the data is in memory. */
  restore(held: HeldDatabase): Promise<void>
}

/** What the lab works on: the parts of a store that is open. */
export interface LabStore extends TimedStore {
  readonly services: Services
  readonly dispatcher: Dispatcher
}

/** What a store is composed of that has a lab. */
export interface LabParts {
  readonly performer: Performer
}

/**
 * The lab of one database, from its opening to its end. Stores come and go behind it, when the
 * database is reset.
 */
export class LabSession {
  readonly host: LabHost
  readonly time: LabTime
  /** Where it stands in what a database is composed of. */
  readonly parts: LabParts = { performer: { perform: (request) => this.#perform(request) } }
  readonly faults: Faults = new Faults()
  readonly #pauses: Pauses
  #store: LabStore | undefined

  constructor(host: LabHost) {
    this.host = host
    this.time = new LabTime(host)
    this.#pauses = new Pauses(host.clock)
  }

  /** The store that is open now. */
  get store(): LabStore {
    if (this.#store === undefined) throw new Error('The database is not open.')
    return this.#store
  }

  /** A store has been opened in the place of the one before, with a time that was begun for it. */
  attach(store: LabStore, time: StoreTime): void {
    this.#store = store
    this.time.attach(store, time)
  }

  /** Lets go of all that waits for the lab, for good: the database is reset or closed. */
  letGo(): void {
    this.faults.clear()
    this.#pauses.endAll()
  }

  #perform(asked: PermittedRequest): Answer | Promise<Answer> {
    const acting = this.faults.actingOn(asked)
    const perform = (services: Services): Answer | Promise<Answer> => performed(asked, services)
    if (acting.length === 0) return perform(asked.services)
    const pause = (delayMs: number): Promise<void> => this.#pauses.wait(delayMs)
    return performFaulty(asked, acting, { pause, perform })
  }
}
