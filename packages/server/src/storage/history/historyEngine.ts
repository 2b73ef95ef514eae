import type { Clock } from '../../clock.ts'
import type {
  Bytes,
  Expectation,
  MaybePromise,
  Snapshot,
  StorageEngine,
  StorageWrite,
  StorageWrites,
} from '../engine.ts'
import { PassingEngine } from '../passingEngine.ts'
import { PastSnapshot } from './pastSnapshot.ts'
import { UndoLog, type LoggedChange } from './undoLog.ts'

/**
 * An engine whose earlier states can be read, as far back as it is told to remember them: nothing
 * at first, and then everything is handed through. While it remembers, commits are made one after
 * the other, and each costs the reading of what it replaces.
 *
 * What is remembered is in memory, whatever the engine is; when it takes more than `maxBytes`, the
 * earliest is forgotten, and who asks for it gets what is there instead: the earliest state that is
 * known.
 */
export class HistoryEngine extends PassingEngine {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #maxBytes: number
  #log: UndoLog | undefined
  #ageMs = 0
  /** Settles when the commits that were handed over have; undefined when they have. */
  #underWay: Promise<unknown> | undefined

  constructor(engine: StorageEngine, clock: Pick<Clock, 'monotonicMs'>, maxBytes: number) {
    super(engine)
    this.#clock = clock
    this.#maxBytes = maxBytes
  }

  /**
   * From now on, states up to `ageMs` milliseconds old can be read, none from before this call
   * unless they were remembered already. 0 forgets all, at once.
   */
  remember(ageMs: number): void {
    this.#ageMs = ageMs
    if (ageMs <= 0) this.#log = undefined
    else this.#log ??= new UndoLog(this.#maxBytes)
  }

  /** Bytes of earlier values in memory, about. */
  get rememberedBytes(): number {
    return this.#log?.bytes ?? 0
  }

  /** {@link get} in the state of `ageMs` milliseconds ago. */
  getPast(key: Bytes, ageMs: number): MaybePromise<Bytes | undefined> {
    const log = this.#log
    if (log === undefined) return this.engine.get(key)
    const nowMs = this.#clock.monotonicMs()
    log.forget(nowMs - this.#ageMs)
    const moment = log.moment(nowMs - ageMs)
    const found = log.find(key, moment)
    if (found !== undefined) return found.value
    const value = this.engine.get(key)
    if (!(value instanceof Promise)) return value
    const leave = log.enter(moment)
    // What has changed while it was read is undone too.
    return value
      .then((read) => {
        const late = log.find(key, moment)
        return late === undefined ? read : late.value
      })
      .finally(leave)
  }

  /** {@link snapshot} of the state of `ageMs` milliseconds ago. */
  snapshotPast(ageMs: number): Snapshot {
    const state = this.engine.snapshot()
    const log = this.#log
    if (log === undefined) return state
    const nowMs = this.#clock.monotonicMs()
    log.forget(nowMs - this.#ageMs)
    return new PastSnapshot(state, log, nowMs - ageMs)
  }

  override commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const make = (): Promise<void> => this.#commitNext(expectations, writes)
    const isFree = this.#underWay === undefined || this.#log === undefined
    const commit = isFree ? make() : (this.#underWay as Promise<unknown>).then(make)
    const ended = Promise.all([this.#underWay, commit.catch(() => undefined)])
    this.#underWay = ended
    void ended.then(() => {
      if (this.#underWay === ended) this.#underWay = undefined
    })
    return commit
  }

  override async close(): Promise<void> {
    await this.#underWay
    await this.engine.close()
  }

  #commitNext(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const log = this.#log
    if (log === undefined) return this.engine.commit(expectations, writes)
    return this.#commitNoted(log, expectations, writes)
  }

  async #commitNoted(
    log: UndoLog,
    expectations: readonly Expectation[],
    writes: StorageWrites,
  ): Promise<void> {
    log.forget(this.#clock.monotonicMs() - this.#ageMs)
    const change = log.begin()
    try {
      if (Array.isArray(writes)) {
        const noted = this.#note(log, change, writes as readonly StorageWrite[])
        if (noted !== undefined) await noted
        await this.engine.commit(expectations, writes)
      } else {
        const given = writes as AsyncIterable<StorageWrite>
        await this.engine.commit(expectations, this.#noting(log, change, given))
      }
    } catch (error) {
      log.discard(change)
      throw error
    }
    log.seal(change, this.#clock.monotonicMs())
  }

  #note(
    log: UndoLog,
    change: LoggedChange,
    writes: readonly StorageWrite[],
  ): Promise<void> | undefined {
    const note = (values: readonly (Bytes | undefined)[]): void => {
      for (const [i, { key }] of writes.entries()) log.note(change, key, values[i])
    }
    const values = this.engine.getMany(writes.map(({ key }) => key))
    if (values instanceof Promise) return values.then(note)
    note(values)
    return undefined
  }

  /** Nothing of a commit shows while its writes are asked for. */
  async *#noting(
    log: UndoLog,
    change: LoggedChange,
    writes: AsyncIterable<StorageWrite>,
  ): AsyncGenerator<StorageWrite, void> {
    for await (const write of writes) {
      const before = this.engine.get(write.key)
      log.note(change, write.key, before instanceof Promise ? await before : before)
      yield write
    }
  }
}
