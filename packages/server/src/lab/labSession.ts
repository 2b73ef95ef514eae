import type { Clock } from '../clock.ts'
import type { Answer } from '../operations/operation.ts'
import { performed, type Performer, type PermittedRequest } from '../operations/performer.ts'
import type { Services } from '../operations/services.ts'
import { LabTime, type HeldDatabase, type StoreTime, type TimedStore } from './time/labTime.ts'
import type { Points } from '../transactions/points.ts'
import type { WriteWatcher } from '../transactions/writeWatcher.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'
import { Holds } from './conflicts/holds.ts'
import { Stops } from './conflicts/stops.ts'
import { Explanations } from './explanations/explanations.ts'
import { explainRequest, type Outcome } from './explanations/explainRequest.ts'
import type { Explanation } from './explanations/explanation.ts'
import { Faults } from './faults/faults.ts'
import { performFaulty } from './faults/performFaulty.ts'
import { Pauses } from './pauses.ts'
import { RequestWatch } from './watch/requestWatch.ts'
import { TrackedRequest } from './watch/trackedRequest.ts'

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
  /** The databases within it; undefined where there are none. */
  readonly namespaces?: LabNamespaces | undefined
  /** Told of each refusal that there is an explanation of. */
  readonly onExplanation?: ((explanation: Explanation) => void) | undefined
}

/** The namespaces of a database. */
export interface LabNamespaces {
  list(): Promise<readonly string[]>
  /** Resolves to whether it was there. */
  drop(name: string): Promise<boolean>
}

/** What the lab works on: the parts of a store that is open. */
export interface LabStore extends TimedStore {
  readonly services: Services
  readonly dispatcher: Dispatcher
}

/** Where a lab stands in what a store is composed of. */
export interface LabParts {
  readonly performer: Performer
  readonly points: Points
  readonly watcher: WriteWatcher
}

const conflicted = 'TransactionConflict'

/**
 * The lab of one database, from its opening to its end. Stores come and go behind it, when the
 * database is reset.
 */
export class LabSession {
  readonly host: LabHost
  readonly time: LabTime
  readonly faults: Faults = new Faults()
  readonly holds: Holds
  readonly stops: Stops
  readonly explanations: Explanations = new Explanations()
  /** Those of requests that met somebody, which other refusals do not drive out. */
  readonly meetings: Explanations = new Explanations()
  readonly pauses: Pauses
  readonly watch: RequestWatch
  readonly parts: LabParts
  #store: LabStore | undefined

  constructor(host: LabHost) {
    const { clock } = host
    const nowMs = (): number => clock.nowMs()
    this.host = host
    this.time = new LabTime(host)
    this.pauses = new Pauses(clock)
    this.holds = new Holds(nowMs)
    this.stops = new Stops(nowMs)
    this.watch = new RequestWatch(
      clock,
      (request, point) => this.holds.at(request, point) ?? this.stops.at(request, point),
    )
    const performer = { perform: (asked: PermittedRequest) => this.#perform(asked) }
    this.parts = { performer, points: this.watch, watcher: this.watch }
  }

  /** The store that is open now. */
  get store(): LabStore {
    if (this.#store === undefined) throw new Error('The database is not open.')
    return this.#store
  }

  /**
   * A store has been opened in the place of the one before: with a time that was begun for it, or
   * with that of the machine where nobody is to control it.
   */
  attach(store: LabStore, time?: StoreTime): void {
    this.#store = store
    if (time !== undefined) this.time.attach(store, time)
  }

  /** Lets go of all that waits for the lab, for good: the database is reset or closed. */
  letGo(): void {
    this.faults.clear()
    this.stops.clear()
    this.holds.clear()
    this.pauses.endAll()
  }

  #perform(asked: PermittedRequest): Answer | Promise<Answer> {
    // What the database asks of itself, such as its first items, is nobody's request.
    if (asked.context.requestId === '') return performed(asked, asked.services)
    const request = new TrackedRequest(asked.operation.name, this.host.clock.nowMs(), asked)
    this.watch.began(request)
    try {
      const answer = this.watch.run(request, () => this.#performWatched(request, asked))
      if (!(answer instanceof Promise)) return this.#answered(request, answer)
      return answer.then(
        (settled) => this.#answered(request, settled),
        (error: unknown) => this.#refused(request, error),
      )
    } catch (error) {
      return this.#refused(request, error)
    }
  }

  #performWatched(request: TrackedRequest, asked: PermittedRequest): Answer | Promise<Answer> {
    const acting = this.faults.actingOn(asked)
    const perform = (services: Services): Answer | Promise<Answer> => performed(asked, services)
    if (acting.length === 0) return perform(asked.services)
    const pause = (delayMs: number): Promise<void> => this.pauses.wait(delayMs)
    const onEffect = (id: string): void => {
      request.fault = id
    }
    return performFaulty(asked, acting, { pause, perform, onEffect })
  }

  #answered(request: TrackedRequest, answer: Answer): Answer {
    this.#end(request, answer)
    return answer
  }

  #refused(request: TrackedRequest, error: unknown): never {
    this.#end(request, { error })
    throw error
  }

  #end(request: TrackedRequest, outcome: Outcome): void {
    this.watch.ended(request)
    const explanation = explainRequest(request, outcome, this.host.clock.nowMs())
    if (explanation === undefined) return
    const kept = this.explanations.add(explanation)
    if (
      kept.positions.some(({ code, conflict }) => conflict !== undefined || code === conflicted)
    ) {
      this.meetings.add(kept)
    }
    this.host.onExplanation?.(kept)
  }
}
