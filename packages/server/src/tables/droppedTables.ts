import type { Clock, Timer } from '../clock.ts'
import type { GroupCommit } from '../storage/groupCommit.ts'
import type { KeyRange, StorageEngine, StorageWrite } from '../storage/engine.ts'
import {
  droppedTableKey,
  droppedTableNumber,
  droppedTableRange,
  rowRange,
  tableCounterKey,
} from './storeKeys.ts'

const rowsPerStep = 500
const retryDelayMs = 1000

/**
 * Removes the rows of deleted tables, a bounded number at a time between other work. What is left
 * to do is in the store under {@link droppedTableKey}, so that an interrupted removal is taken up
 * again.
 */
export class DroppedTables {
  readonly #engine: StorageEngine
  readonly #commits: GroupCommit
  readonly #clock: Clock
  #queue: number[] = []
  #running: Promise<void> | undefined
  #retry: Timer | undefined
  #closed = false

  constructor(engine: StorageEngine, commits: GroupCommit, clock: Clock) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
  }

  /** Takes up what an earlier run of the server left. */
  async resume(): Promise<void> {
    const snapshot = this.#engine.snapshot()
    try {
      for await (const { key } of snapshot.range(droppedTableRange)) {
        this.#queue.push(droppedTableNumber(key))
      }
    } finally {
      snapshot.close()
    }
    this.#start()
  }

  /**
   * REQUIRES: the key of the dropped table has been committed; nobody writes rows of the table any
   * more.
   */
  add(tableNumber: number): void {
    this.#queue.push(tableNumber)
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
        if (await this.#step(this.#queue[0] as number)) this.#queue.shift()
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

  /** Removes some rows, or the last traces of the table; true when those are gone. */
  async #step(tableNumber: number): Promise<boolean> {
    const writes = await this.#removals(rowRange(tableNumber))
    const finished = writes.length === 0
    if (finished) {
      writes.push({ key: tableCounterKey(tableNumber), value: undefined })
      writes.push({ key: droppedTableKey(tableNumber), value: undefined })
    }
    await this.#commits.submit({ expectations: [], writes, counterChanges: [] })
    return finished
  }

  async #removals(range: KeyRange): Promise<StorageWrite[]> {
    const writes: StorageWrite[] = []
    const snapshot = this.#engine.snapshot()
    try {
      for await (const { key } of snapshot.range(range)) {
        writes.push({ key, value: undefined })
        if (writes.length === rowsPerStep) break
      }
    } finally {
      snapshot.close()
    }
    return writes
  }
}
