import type { Answer } from '../operations/operation.ts'
import { performed, type Performer, type PermittedRequest } from '../operations/performer.ts'
import type { Services } from '../operations/services.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'

/** What the lab asks of the database that it belongs to. */
export interface LabHost {
  /** Whether the data is in memory alone. */
  readonly isInMemory: boolean
  /** Makes everything as it was at the start. Rejects where the data is in a directory. */
  reset(): Promise<void>
  /** The databases within it; undefined where there are none. */
  readonly namespaces?: LabNamespaces | undefined
}

/** The namespaces of a database. */
export interface LabNamespaces {
  list(): Promise<readonly string[]>
  /** Resolves to whether it was there. */
  drop(name: string): Promise<boolean>
}

/** What the lab works on: the parts of a store that is open. */
export interface LabStore {
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
  /** Where it stands in what a database is composed of. */
  readonly parts: LabParts = { performer: { perform: (request) => this.#perform(request) } }
  #store: LabStore | undefined

  constructor(host: LabHost) {
    this.host = host
  }

  /** The store that is open now. */
  get store(): LabStore {
    if (this.#store === undefined) throw new Error('The database is not open.')
    return this.#store
  }

  /** A store has been opened in the place of the one before. */
  attach(store: LabStore): void {
    this.#store = store
  }

  /** Lets go of all that waits for the lab, for good: the database is reset or closed. */
  letGo(): void {}

  #perform(request: PermittedRequest): Answer | Promise<Answer> {
    return performed(request, request.services)
  }
}
