import type { Clock, Timer } from '../../clock.ts'
import {
  journalDelayMs,
  maxAppliedBytes,
  maxAppliedWrites,
  maxJournalBytes,
  maxJournalDelays,
} from '../../limits.ts'
import {
  sameBytes,
  StorageConflict,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from '../engine.ts'
import { Journal } from './journal.ts'
import type { JournalFiles } from './journalFiles.ts'
import { decodeSequence, encodeSequence } from './journalRecord.ts'
import { requireUsableKey } from '../usableKey.ts'
import { getFrom, Overlay, rangeOf, writesOf, type Layers } from './overlay.ts'

/** Where the store keeps the sequence number of the last commit that is in it. */
const appliedKey: Bytes = Buffer.from('\x00journal', 'latin1')
const afterAppliedKey: Bytes = Buffer.from('\x00journal\x00', 'latin1')

/** An engine whose reads answer at once. */
export interface StoreEngine extends StorageEngine {
  /** Longest key that it takes, in bytes. */
  readonly maxKeyBytes: number
  get(key: Bytes): Bytes | undefined
  snapshot(): StoreSnapshot
}

export interface StoreSnapshot extends Snapshot {
  get(key: Bytes): Bytes | undefined
  range(range: KeyRange): Iterable<Entry>
}

export interface JournaledEngineOptions {
  /** Where commits end up. Nobody else writes to it. */
  readonly store: StoreEngine
  readonly files: JournalFiles
  readonly clock: Clock
  /** Called once when the journal can no longer be used. What was acknowledged is safe. */
  readonly onBroken?: (error: Error) => void
  /** Size of a journal file from which the store takes it; that of `limits.ts` when absent. */
  readonly maxJournalBytes?: number
  /** Leave what the journal holds where it is, for somebody who only wants to read. */
  readonly readOnly?: boolean
}

class JournaledSnapshot implements Snapshot {
  readonly #layers: Layers
  readonly #store: StoreSnapshot

  constructor(layers: Layers, store: StoreSnapshot) {
    this.#layers = layers
    this.#store = store
  }

  get(key: Bytes): Bytes | undefined {
    const newer = getFrom(this.#layers, key)
    return newer === undefined ? this.#store.get(key) : (newer ?? undefined)
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  range(range: KeyRange): Iterable<Entry> {
    const { start, end } = range
    if (Buffer.compare(start, appliedKey) <= 0 && Buffer.compare(end, appliedKey) > 0) {
      return this.#rangeAround(range)
    }
    return rangeOf(this.#layers, range, this.#store.range(range))
  }

  /** A range without the entry that is the engine's own. */
  *#rangeAround(range: KeyRange): Iterable<Entry> {
    const parts = [
      { ...range, end: appliedKey },
      { ...range, start: afterAppliedKey },
    ]
    for (const part of range.reverse === true ? parts.toReversed() : parts) yield* this.range(part)
  }

  close(): void {
    this.#store.close()
  }
}

/**
 * A journal in front of a store. A commit is one write at the end of a file, so its cost does not
 * depend on how much the store holds; what it wrote is in memory from then on, above the store,
 * and moves there in the background, many commits at once in the order of their keys, which touches
 * each page of the store once. When the store has it on the disk, the journal's file is removed.
 * Keys that begin with a zero byte are the engine's own.
 *
 * INVARIANT: at any instant, the store and the journal's records behind its last applied commit,
 * written in order, make the committed state. Applying records that were applied before changes
 * nothing, so a crash may come at any step.
 */
export class JournaledEngine implements StorageEngine {
  readonly capabilities = { durable: true, shared: false, syncReads: true } as const
  readonly #options: JournaledEngineOptions
  readonly #store: StoreEngine
  readonly #journal: Journal
  readonly #overlay = new Overlay()
  readonly #maxJournalBytes: number
  /** The commits, and what must not happen during one, follow one another here. */
  #turns: Promise<void> = Promise.resolve()
  /** The last commit of the older layer. */
  #olderSequence = 0
  #moving: Promise<void> | undefined
  #timer: Timer | undefined
  #closed = false
  #isReported = false

  private constructor(options: JournaledEngineOptions, journal: Journal) {
    this.#options = options
    this.#store = options.store
    this.#journal = journal
    this.#maxJournalBytes = options.maxJournalBytes ?? maxJournalBytes
  }

  /** Rejects with JournalDamage when the journal does not continue the store. */
  static async open(options: JournaledEngineOptions): Promise<JournaledEngine> {
    const { store, files } = options
    const applied = store.get(appliedKey)
    if (applied === undefined) {
      const engine = new JournaledEngine(options, await Journal.create(files))
      await store.commit([], [{ key: appliedKey, value: encodeSequence(0) }])
      return engine
    }
    const { journal, records } = await Journal.open(files, decodeSequence(applied))
    const engine = new JournaledEngine(options, journal)
    const overlay = engine.#overlay
    for (const { sequence, writes } of records) {
      overlay.arena.encode(sequence, writes)
      overlay.show(writes, overlay.arena.keep())
    }
    if (records.length > 0) engine.#startTimer()
    else if (options.readOnly !== true) journal.removeOlder()
    return engine
  }

  get(key: Bytes): Bytes | undefined {
    const newer = this.#overlay.get(key)
    return newer === undefined ? this.#store.get(key) : (newer ?? undefined)
  }

  snapshot(): JournaledSnapshot {
    return new JournaledSnapshot(this.#overlay.freeze(), this.#store.snapshot())
  }

  commit(expectations: readonly Expectation[], writes: readonly StorageWrite[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StorageFailure('the store is closed'))
    return this.#inTurn(() => this.#commit(expectations, writes))
  }

  /** Moves what the journal holds into the store, so that the next start finds nothing to do. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.cancel()
    await this.#turns
    if (this.#options.readOnly !== true) await this.#moveAll()
    await this.#journal.close()
    await this.#store.close()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turns.then(work)
    this.#turns = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  async #commit(
    expectations: readonly Expectation[],
    writes: readonly StorageWrite[],
  ): Promise<void> {
    for (const { key, value } of expectations) {
      if (!sameBytes(this.get(key), value)) throw new StorageConflict('a key has changed')
    }
    if (writes.length === 0) return
    for (const { key } of writes) requireUsableKey(key, this.#store.maxKeyBytes)
    if (this.#journal.sizeBytes >= 2 * this.#maxJournalBytes) await this.#makeRoom()
    const { arena } = this.#overlay
    try {
      await this.#journal.append(arena.encode(this.#journal.nextSequence, writes))
    } catch (error) {
      this.#reportBroken()
      throw error
    }
    this.#overlay.show(writes, arena.keep())
    if (this.#journal.sizeBytes >= this.#maxJournalBytes) await this.#relieve()
    else this.#startTimer()
  }

  #reportBroken(): void {
    const { broken } = this.#journal
    if (broken === undefined || this.#isReported) return
    this.#isReported = true
    this.#options.onBroken?.(broken)
  }

  /**
   * The store gets what the journal holds when nothing has been committed for a while: under load
   * it is cheaper to wait for more.
   */
  #startTimer(delays = 1): void {
    if (this.#options.readOnly === true || this.#closed || this.#timer !== undefined) return
    const { nextSequence } = this.#journal
    this.#timer = this.#options.clock.startTimer(journalDelayMs, () => {
      this.#timer = undefined
      const isBusy = this.#journal.nextSequence !== nextSequence
      if (isBusy && delays < maxJournalDelays) this.#startTimer(delays + 1)
      else void this.#inTurn(() => this.#relieve())
    })
  }

  /** REQUIRES: a turn. Lets the store take what the journal holds, if it is not at it already. */
  async #relieve(): Promise<void> {
    try {
      await this.#turn()
    } catch {
      // There was no room for a new file; the old one goes on, and this is tried again.
      this.#startTimer()
    }
    this.#startMoving()
  }

  /** A store that cannot take it now, such as for lack of space, is tried again after a while. */
  #startMoving(): void {
    if (this.#moving !== undefined || this.#overlay.older === undefined) return
    this.#moving = this.#moveOlder()
    this.#moving
      .catch(() => undefined)
      .finally(() => {
        this.#moving = undefined
        if (!this.#overlay.isEmpty) this.#startTimer()
      })
  }

  /** REQUIRES: a turn. Waits until the journal may grow again. */
  async #makeRoom(): Promise<void> {
    this.#startMoving()
    await this.#moving
    await this.#turn()
    this.#startMoving()
  }

  /** REQUIRES: a turn. Commits go to a new layer and a new file from here on. */
  async #turn(): Promise<void> {
    if (this.#overlay.older !== undefined || this.#overlay.isEmpty) return
    try {
      await this.#journal.turn()
    } catch (error) {
      this.#reportBroken()
      throw error
    }
    this.#overlay.turn()
    this.#olderSequence = this.#journal.nextSequence - 1
  }

  async #moveOlder(): Promise<void> {
    const layer = this.#overlay.older
    if (layer === undefined) return
    let writes: StorageWrite[] = []
    let sizeBytes = 0
    for (const write of writesOf(layer)) {
      writes.push(write)
      sizeBytes += write.value?.length ?? 0
      if (writes.length < maxAppliedWrites && sizeBytes < maxAppliedBytes) continue
      await this.#store.commit([], writes)
      writes = []
      sizeBytes = 0
    }
    writes.push({ key: appliedKey, value: encodeSequence(this.#olderSequence) })
    await this.#store.commit([], writes)
    this.#overlay.dropOlder()
    this.#journal.removeOlder()
  }

  /** At the end. What cannot be moved now stays in the journal for the next start. */
  async #moveAll(): Promise<void> {
    try {
      while (!this.#overlay.isEmpty) {
        this.#startMoving()
        await this.#moving
        await this.#turn()
      }
    } catch {
      // Nothing is lost: the journal keeps it.
    }
  }
}
