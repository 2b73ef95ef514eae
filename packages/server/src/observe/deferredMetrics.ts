import { machineOf, type Clock, type Timer } from '../clock.ts'
import { maxDeferredAnswerBytes, maxDeferredAnswers, metricsDelayMs } from '../limits.ts'
import type { AnsweredRequest } from '../operations/answeredRequest.ts'
import type { DatabaseMetrics, TablesInForce } from './databaseMetrics.ts'
import type { Metrics } from './metrics.ts'

export interface DeferredMetricsOptions {
  readonly clock: Clock
  /** Told of a fault of the metrics themselves: it fails no request. */
  readonly onFault: (error: unknown) => void
}

/**
 * The metrics of a database, whose code is loaded once there is something to count or somebody
 * asks, or a while after the start: it is no part of what the first request waits for. What happens
 * meanwhile is remembered, in bounded memory.
 */
export class DeferredMetrics implements DatabaseMetrics {
  readonly #options: DeferredMetricsOptions
  #metrics: Metrics | undefined
  #loading: Promise<Metrics> | undefined
  #waiting: AnsweredRequest[] = []
  #waitingBytes = 0
  #expired: string[] = []
  #lost = 0
  #tables: TablesInForce | undefined
  #timer: Timer | undefined

  constructor(options: DeferredMetricsOptions) {
    this.#options = options
  }

  follow(tables: TablesInForce): void {
    this.#tables = tables
    const clock = machineOf(this.#options.clock)
    this.#timer = clock.startTimer(metricsDelayMs, () => this.#beginLoading())
  }

  end(): void {
    this.#timer?.cancel()
    this.#tables = undefined
    this.#metrics?.end()
  }

  answered(request: AnsweredRequest): void {
    if (this.#metrics !== undefined) {
      this.#metrics.answered(request)
      return
    }
    this.#beginLoading()
    this.#waitingBytes += request.requestLength + request.bodyBytes
    const isRoom =
      this.#waiting.length < maxDeferredAnswers && this.#waitingBytes <= maxDeferredAnswerBytes
    if (isRoom) this.#waiting.push(request)
    else this.#lost += 1
  }

  expired(tableName: string): void {
    if (this.#metrics !== undefined) {
      this.#metrics.expired(tableName)
      return
    }
    this.#beginLoading()
    if (this.#expired.length < maxDeferredAnswers) this.#expired.push(tableName)
    else this.#lost += 1
  }

  async counted(): Promise<void> {
    if (this.#waiting.length === 0 && this.#expired.length === 0) return
    await this.load().catch(this.#options.onFault)
  }

  /** The metrics, with all that has happened. */
  load(): Promise<Metrics> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  #beginLoading(): void {
    if (this.#loading === undefined) this.load().catch(this.#options.onFault)
  }

  async #load(): Promise<Metrics> {
    const { Metrics: Loaded } = await import('./metrics.ts')
    const metrics = new Loaded(this.#options)
    if (this.#tables !== undefined) metrics.follow(this.#tables)
    for (const request of this.#waiting) metrics.answered(request)
    for (const tableName of this.#expired) metrics.expired(tableName)
    metrics.store.lost.values += this.#lost
    this.#waiting = []
    this.#expired = []
    this.#metrics = metrics
    return metrics
  }
}
