import type { Clock, Timer } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import type { StorageEngine, StorageWrite } from '../storage/engine.ts'
import {
  backfillKey,
  droppedTableKey,
  droppedTableNumber,
  droppedTableRange,
  indexRange,
  itemCollectionRange,
  rowRange,
  tableCounterKey,
} from '../layout/storeKeys.ts'

const keysPerStep = 500
const retryDelayMs = 1000

/** A number whose keys are to be removed. */
interface Removal {
  readonly number: number
  /** Called when nothing is left; once more when it rejects. */
  readonly whenGone: (() => Promise<void>) | undefined
}

/**
 * Removes what deleted tables and indexes leave in the store under their numbers, a bounded number
 * of keys at a time between other work. What is left to do is in the store, under {@link
 * droppedTableKey} or as a record, so that an interrupted removal is taken up again.
 */
export class DroppedTables {
  readonly #engine: StorageEngine
  readonly #commits: Committer
  readonly #clock: Clock
  #queue: Removal[] = []
  #running: Promise<void> | undefined
  #retry: Timer | undefined
  #closed = false

  constructor(engine: StorageEngine, commits: Committer, clock: Clock) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
  }

  /** Takes up what an earlier run of the server left. */
  async resume(): Promise<void> {
    const snapshot = this.#engine.snapshot()
    try {
      for await (const { key } of snapshot.range(droppedTableRange)) {
        this.#queue.push({ number: droppedTableNumber(key), whenGone: undefined })
      }
    } finally {
      snapshot.close()
    }
    this.#start()
  }

  /**
   * REQUIRES: what is to be done is in the store; nobody submits writes under the number any more.
   * Those that were submitted before are removed too. A number may be added twice.
   */
  add(number: number, whenGone?: () => Promise<void>): void {
    this.#queue.push({ number, whenGone })
    this.#start()
  }

  /** Stops after the step under way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    await this.#running
  }

  #start(): void {
    const idle = this.#running === undefined && this.#retry === undefined
    if (this.#closed || !idle || this.#queue.length === 0) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.#start()
    })
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        await this.#breathe()
        if (this.#closed) return
        const { number, whenGone } = this.#queue[0] as Removal
        if (!(await this.#step(number))) continue
        await whenGone?.()
        this.#queue.shift()
      }
    } catch {
      if (this.#closed) return
      this.#retry = this.#clock.startTimer(retryDelayMs, () => {
        this.#retry = undefined
        this.#start()
      })
    }
  }

  /** Lets everything that waits go first. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#clock.defer(resolve))
  }

  /** Removes some keys, or the last traces of the number; true when those are gone. */
  async #step(number: number): Promise<boolean> {
    let finished = false
    await this.#commits.submit(async () => {
      const writes = await this.#removals(number)
      finished = writes.length === 0
      if (finished) {
        for (const keyOf of [tableCounterKey, backfillKey, droppedTableKey]) {
          writes.push({ key: keyOf(number), value: undefined })
        }
      }
      return { expectations: [], writes, effects: [] }
    })
    return finished
  }

  async #removals(number: number): Promise<StorageWrite[]> {
    const writes: StorageWrite[] = []
    const snapshot = this.#engine.snapshot()
    try {
      for (const range of [rowRange(number), indexRange(number), itemCollectionRange(number)]) {
        for await (const { key } of snapshot.range(range)) {
          writes.push({ key, value: undefined })
          if (writes.length === keysPerStep) return writes
        }
      }
    } finally {
      snapshot.close()
    }
    return writes
  }
}
