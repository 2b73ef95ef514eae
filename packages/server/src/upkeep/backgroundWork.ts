import { machineOf, type Clock, type Timer } from '../clock.ts'
import { StorageConflict } from '../storage/engine.ts'
import type { Lease, Leases } from './leases.ts'
import type { WorkFailures } from './workFailures.ts'

/** What comes after a step: another one, after a rest or at once, none, or one later. */
export type StepOutcome =
  | 'more'
  | 'done'
  /** As 'more', after a rest in which others get on. */
  | { readonly paceMs: number }
  /** The job keeps its lease. */
  | { readonly restMs: number }
  | { readonly waitMs: number }

/** Work that is done in the background, step by step. */
export interface Job {
  /** Tells the job apart from all others of the store, on any server; the name of its lease. */
  readonly name: string
  /** What an operator reads of it. */
  readonly task: string
  /**
   * One step of bounded size. What a failed one was to do, the next does: what is left is in the
   * store. Its commits carry the lease's fence.
   */
  step(lease: Lease): Promise<StepOutcome>
}

export interface BackgroundWorkOptions {
  readonly clock: Clock
  readonly leases: Leases
  readonly failures: WorkFailures
}

interface Entry {
  job: Job
  /** 'pacing' is a wait with work at hand. */
  state: 'ready' | 'running' | 'pacing' | 'waiting'
  timer: Timer | undefined
  lease: Lease | undefined
  /** Steps in a row that met a change of somebody else. */
  conflicts: number
  /** It was started again while a step was under way, which may not know why. */
  isWanted: boolean
}

const firstRetryMs = 1000
const longestRetryMs = 30_000
const leaseRetryMs = 5000
const maxConflicts = 5

/** The wait after the failure number `attempt` in a row, in milliseconds. */
export function retryDelayMs(attempt: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt - 1, 10))
}

/**
 * Does all background work of a database. One step is under way at a time, all events that wait go
 * before the next, and the jobs take turns, so that a small one never waits for a large one to end.
 * A job runs only under its lease. A step that fails is told and tried again after a while that
 * grows; the other jobs go on meanwhile.
 */
export class BackgroundWork {
  readonly #clock: Clock
  readonly #leases: Leases
  readonly #failures: WorkFailures
  readonly #entries = new Map<string, Entry>()
  /** Those whose turn comes, in its order. */
  #ready: Entry[] = []
  #running: Promise<void> | undefined
  /** Who waits until nothing is at hand. */
  #onSettled: (() => void)[] = []
  #closed = false

  constructor({ clock, leases, failures }: BackgroundWorkOptions) {
    this.#clock = clock
    this.#leases = leases
    this.#failures = failures
  }

  /**
   * Starts a job, after `afterMs` milliseconds. One of the same name that is there already is taken
   * up again then, in place of any wait but that for another try.
   */
  start(job: Job, afterMs = 0): void {
    if (this.#closed) return
    const known = this.#entries.get(job.name)
    if (known === undefined) {
      const entry: Entry = {
        job,
        state: 'waiting',
        timer: undefined,
        lease: undefined,
        conflicts: 0,
        isWanted: false,
      }
      this.#entries.set(job.name, entry)
      this.#schedule(entry, afterMs)
      return
    }
    known.job = job
    if (known.state === 'running') known.isWanted = true
    const isAtRest = known.state === 'waiting' || known.state === 'pacing'
    if (isAtRest && this.#failures.attemptsOf(job.task) === 0) this.#schedule(known, afterMs)
  }

  /** Resolves when there is nothing to do but what waits for its time. */
  settled(): Promise<void> {
    if (!this.#hasWork()) return Promise.resolve()
    return new Promise((resolve) => this.#onSettled.push(resolve))
  }

  /** Starts no step any more and waits for the one under way. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { timer } of this.#entries.values()) timer?.cancel()
    await this.#running
    await Promise.all([...this.#entries.values()].map((entry) => release(entry)))
    this.#tellSettled()
  }

  #hasWork(): boolean {
    if (this.#closed) return false
    return [...this.#entries.values()].some(({ state }) => state !== 'waiting')
  }

  #tellSettled(): void {
    if (this.#onSettled.length === 0 || this.#hasWork()) return
    const waiting = this.#onSettled
    this.#onSettled = []
    for (const resolve of waiting) resolve()
  }

  #schedule(entry: Entry, afterMs: number): void {
    entry.timer?.cancel()
    entry.timer = undefined
    if (this.#closed) return
    if (afterMs > 0) {
      entry.state = 'waiting'
      entry.timer = this.#clock.startTimer(afterMs, () => this.#schedule(entry, 0))
      return
    }
    entry.state = 'ready'
    this.#ready.push(entry)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    while (this.#ready.length > 0) {
      await this.#breathe()
      if (this.#closed) break
      await this.#takeTurn(this.#ready.shift() as Entry)
      this.#tellSettled()
    }
    this.#running = undefined
  }

  /** Lets everything that waits go first. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#clock.defer(resolve))
  }

  async #takeTurn(entry: Entry): Promise<void> {
    entry.state = 'running'
    entry.isWanted = false
    const pause = await this.#attempt(entry)
    if (typeof pause === 'number') this.#schedule(entry, pause)
    else if (pause !== undefined) this.#pace(entry, pause.paceMs)
    else if (entry.isWanted) this.#schedule(entry, 0)
    else this.#entries.delete(entry.job.name)
  }

  /** The machine is what gets its rest, so its time counts. */
  #pace(entry: Entry, paceMs: number): void {
    if (this.#closed || paceMs <= 0) return this.#schedule(entry, 0)
    entry.state = 'pacing'
    const clock = machineOf(this.#clock)
    entry.timer = clock.startTimer(paceMs, () => this.#schedule(entry, 0))
  }

  /** Takes a step; gives the milliseconds until the next, or undefined when there is none. */
  async #attempt(entry: Entry): Promise<number | { readonly paceMs: number } | undefined> {
    const { job } = entry
    try {
      const lease = await this.#leaseOf(entry)
      if (lease === undefined) return leaseRetryMs
      const outcome = await job.step(lease)
      entry.conflicts = 0
      this.#failures.succeeded(job.task)
      if (outcome === 'more') return 0
      if (outcome !== 'done' && 'paceMs' in outcome) return outcome
      if (outcome !== 'done' && 'restMs' in outcome) return outcome.restMs
      await release(entry)
      return outcome === 'done' ? undefined : outcome.waitMs
    } catch (error) {
      return this.#waitAfter(entry, error)
    }
  }

  async #leaseOf(entry: Entry): Promise<Lease | undefined> {
    if (entry.lease?.isHeld === true) return entry.lease
    await release(entry)
    entry.lease = await this.#leases.acquire(entry.job.name)
    return entry.lease
  }

  /** The lease is given back, for somebody who may succeed. */
  async #waitAfter(entry: Entry, error: unknown): Promise<number> {
    await release(entry)
    if (error instanceof StorageConflict && entry.conflicts < maxConflicts) {
      entry.conflicts += 1
      return 0
    }
    const { task } = entry.job
    if (!this.#closed) this.#failures.failed(task, error, retryDelayMs)
    return retryDelayMs(this.#failures.attemptsOf(task))
  }
}

/** A lease that cannot be given back runs out. */
async function release(entry: Entry): Promise<void> {
  const { lease } = entry
  entry.lease = undefined
  await lease?.release().catch(() => undefined)
}
