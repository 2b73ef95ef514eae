import type { Clock, Timer } from '../clock.ts'
import { capacitySampleMinutes } from '../limits.ts'
import type { AnsweredRequest } from '../operations/answeredRequest.ts'
import type { DatabaseMetrics, TablesInForce } from './databaseMetrics.ts'
import { CapacitySamples } from './capacitySamples.ts'
import { RequestMetrics } from './requestMetrics.ts'
import { SeriesStore, type SeriesLimits } from './seriesStore.ts'

export interface MetricsOptions {
  readonly clock: Clock
  /** Told of a fault of the metrics themselves: it fails no request. */
  readonly onFault: (error: unknown) => void
  readonly limits?: SeriesLimits
}

const slotMs = capacitySampleMinutes * 60_000

/** The metrics of one database, in memory, as long as it is open. */
export class Metrics implements DatabaseMetrics {
  readonly store: SeriesStore
  readonly #options: MetricsOptions
  readonly #requests: RequestMetrics
  readonly #capacity: CapacitySamples
  #tables: TablesInForce | undefined
  #timer: Timer | undefined

  constructor(options: MetricsOptions) {
    this.#options = options
    this.store = new SeriesStore(options.clock, options.limits)
    this.#requests = new RequestMetrics(this.store)
    this.#capacity = new CapacitySamples(this.store)
  }

  /** Begins to look at what `tables` are provisioned with, every five minutes until {@link end}. */
  follow(tables: TablesInForce): void {
    this.#tables = tables
    this.#requests.follow(tables)
    this.#await()
  }

  /** REQUIRES: nothing is asked any more. */
  end(): void {
    this.#timer?.cancel()
    this.#tables = undefined
  }

  answered(request: AnsweredRequest): void {
    try {
      this.#requests.answered(request)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  /** Time to live has removed an item of a table. */
  expired(tableName: string): void {
    try {
      this.#requests.expired(tableName)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  /** Brings up to date what is looked at from time to time: before somebody reads. */
  refresh(): void {
    if (this.#tables !== undefined) this.#capacity.take(this.#tables.tables())
  }

  #await(): void {
    const { clock } = this.#options
    const leftMs = slotMs - (clock.nowMs() % slotMs)
    this.#timer = clock.startTimer(leftMs, () => {
      if (this.#tables === undefined) return
      this.refresh()
      this.#await()
    })
  }
}
