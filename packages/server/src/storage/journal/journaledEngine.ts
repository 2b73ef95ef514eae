import { LoopTurns, type Clock, type Timer } from '../../clock.ts'
import {
  journalDelayMs,
  maxAppliedBytes,
  maxAppliedWrites,
  maxJournalBytes,
  maxJournalDelays,
  maxListedBytes,
  maxRecordBytes,
  maxWritesAtOnce,
} from '../../limits.ts'
import {
  StorageEnded,
  StorageFailure,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
  type Version,
} from '../engine.ts'
import { requireVersions } from '../contentVersion.ts'
import { bytesOf, partsOf } from './commitParts.ts'
import { Journal } from './journal.ts'
import type { JournalFiles } from './journalFiles.ts'
import { decodeSequence, encodeSequence } from './journalRecord.ts'
import { requireUsableKey } from '../usableKey.ts'
import {
  appliedKey,
  isReserved,
  LayeredSnapshot,
  readKey,
  versionOfKey,
  type StoreEngine,
} from './layeredReads.ts'
import { keyOfWrite, Overlay, writesOf } from './overlay.ts'
import { newMemory, type RoomFor } from './recordArena.ts'
import { CommitEncoding } from './recordEncoding.ts'
import { OwnedReads } from '../ownedReads.ts'

const noKey: Bytes = Buffer.alloc(0)

export interface JournaledEngineOptions {
  /** Where commits end up. Nobody else writes to it. */
  readonly store: StoreEngine
  readonly files: JournalFiles
  readonly clock: Clock
  /** Called once when the journal can no longer be used. What was acknowledged is safe. */
  readonly onBroken?: (error: Error) => void
  /**
   * Called when the store could not take what the journal holds, with the reason, and when it has
   * taken all of a file. What failed is tried again after {@link journalDelayMs}.
   */
  readonly onMove?: (failure: unknown) => void
  /** Size of a journal file from which the store takes it; that of `limits.ts` when absent. */
  readonly maxJournalBytes?: number
  /** Most bytes of a record, but for the last write in it; those of `limits.ts` when absent. */
  readonly maxRecordBytes?: number
  /** Most bytes of a commit that is kept in memory; those of `limits.ts` when absent. */
  readonly maxHeldBytes?: number
}

/**
 * A journal in front of a store. A commit is one write at the end of a file, so its cost does not
 * depend on how much the store holds; what it wrote is in memory from then on, above the store,
 * and moves there in the background, many commits at once in the order of their keys, which touches
 * each page of the store once. When the store has it on the disk, the journal's file is removed.
 *
 * INVARIANT: at any instant, the store and the journal's records behind its last applied commit,
 * written in order, make the committed state. Applying records that were applied before changes
 * nothing, so a crash may come at any step.
 */
export class JournaledEngine extends OwnedReads implements StorageEngine {
  readonly capabilities = { durable: true, shared: false, syncReads: true } as const
  readonly #options: JournaledEngineOptions
  readonly #store: StoreEngine
  readonly #journal: Journal
  readonly #overlay = new Overlay()
  readonly #maxJournalBytes: number
  readonly #maxRecordBytes: number
  readonly #maxHeldBytes: number
  /** The commits, and what must not happen during one, follow one another here. */
  #turns: Promise<void> = Promise.resolve()
  /** The last commit of the older layer. */
  #olderSequence = 0
  #moving: Promise<void> | undefined
  /** The last key of the older layer that the store has, in the order in which it gets them. */
  #movedTo: Bytes = noKey
  #timer: Timer | undefined
  #closed: Promise<void> | undefined
  #isReported = false

  private constructor(options: JournaledEngineOptions, journal: Journal) {
    super()
    this.#options = options
    this.#store = options.store
    this.#journal = journal
    this.#maxJournalBytes = options.maxJournalBytes ?? maxJournalBytes
    this.#maxRecordBytes = options.maxRecordBytes ?? maxRecordBytes
    this.#maxHeldBytes = options.maxHeldBytes ?? maxListedBytes
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
    const { journal, missing } = await Journal.open(files, decodeSequence(applied))
    // A first opening that was killed may have left this in the system's memory only. Without it
    // the journal would seem to be another store's as soon as it holds a commit.
    const isNew = journal.nextSequence === 1
    if (isNew) await store.commit([], [{ key: appliedKey, value: applied }])
    const engine = new JournaledEngine(options, journal)
    engine.#overlay.showAll(missing)
    if (missing.length > 0) engine.#startTimer()
    else if (journal.hasOlder) await engine.#removeMoved(applied)
    return engine
  }

  get(key: Bytes): Bytes | undefined {
    return readKey(this.#overlay, this.#store, key)
  }

  override versionOf(value: Bytes): Version {
    return this.#store.versionOf(value)
  }

  override versionAt(key: Bytes): Version | undefined {
    return versionOfKey(this.#overlay, this.#store, key)
  }

  lengthOf(key: Bytes): number | undefined {
    const newer = this.#overlay.lengthOf(key)
    return newer === undefined ? this.#store.lengthOf?.(key) : (newer ?? undefined)
  }

  snapshot(): LayeredSnapshot {
    return new LayeredSnapshot(this.#overlay, this.#store)
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new StorageEnded('the store is closed'))
    return this.#inTurn(() => this.#commit(expectations, writes))
  }

  /** Moves what the journal holds into the store, so that the next start finds nothing to do. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#timer?.cancel()
    await this.#turns
    await this.#moveAll()
    try {
      await this.#journal.close()
      this.#overlay.close()
    } finally {
      await this.#store.close()
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turns.then(work)
    this.#turns = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  async #commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const turns = new LoopTurns(this.#options.clock)
    const checking = requireVersions(expectations, (key) => this.versionAt(key), turns)
    if (checking !== undefined) await checking
    if (Array.isArray(writes) && writes.length === 0) return
    if (this.#journal.sizeBytes >= this.#maxJournalBytes) await this.#makeRoom()
    const sizeBytes = Array.isArray(writes) ? bytesOf(writes) : Infinity
    if (sizeBytes > this.#maxRecordBytes) {
      await this.#appendInParts(writes, sizeBytes > this.#maxHeldBytes)
    } else await this.#appendOnce(writes as readonly StorageWrite[])
    if (this.#journal.sizeBytes >= this.#maxJournalBytes) await this.#relieve()
    else this.#startTimer()
  }

  /** A commit of one record. */
  async #appendOnce(writes: readonly StorageWrite[]): Promise<void> {
    for (const { key } of writes) this.#requireUsable(key)
    const { arena } = this.#overlay
    const positions: number[] = []
    const { nextSequence: sequence } = this.#journal
    const record = { sequence, isContinued: false, isFiled: false }
    try {
      const commit = new CommitEncoding()
      await this.#journal.append(arena.encode(commit, writes, record, positions))
    } catch (error) {
      this.#reportBroken()
      throw error
    }
    arena.keep()
    this.#overlay.show(writes.map(keyOfWrite), positions)
  }

  /**
   * A commit that is too large for one record. Encoding and checksums yield to other requests
   * between records, which are small and are each on the disk before the next is written. Where
   * `isFiled`, its values are read from the journal's file until the store has them: what it takes
   * of memory does not depend on how much it writes.
   */
  async #appendInParts(writes: StorageWrites, isFiled: boolean): Promise<void> {
    const { arena } = this.#overlay
    const mark = arena.mark()
    const commit = new CommitEncoding()
    const keys: Bytes[] = []
    const positions: number[] = []
    try {
      for await (const { part, isLast } of partsOf(writes, this.#maxRecordBytes)) {
        for (const { key } of part) {
          this.#requireUsable(key)
          keys.push(key)
        }
        const { nextSequence: sequence } = this.#journal
        const record = { sequence, isContinued: !isLast, isFiled }
        const encoded = arena.encode(commit, part, record, positions)
        const place = await this.#journal.append(encoded, !isLast)
        if (isFiled) arena.keepInFile(place)
        else arena.keep()
      }
    } catch (error) {
      arena.backTo(mark)
      await this.#journal.abandon(new StorageFailure((error as Error).message))
      this.#reportBroken()
      throw error
    } finally {
      arena.endPassing()
    }
    if (keys.length <= maxWritesAtOnce) this.#overlay.show(keys, positions)
    else await this.#overlay.showInTurns(keys, positions, new LoopTurns(this.#options.clock))
  }

  #requireUsable(key: Bytes): void {
    if (isReserved(key)) throw new StorageFailure("this key is the engine's own")
    requireUsableKey(key, this.#store.maxKeyBytes)
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
    if (this.#closed !== undefined || this.#timer !== undefined) return
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
    } catch (error) {
      // There was no room for a new file; the old one goes on, and this is tried again.
      this.#options.onMove?.(error)
      this.#startTimer()
    }
    this.#startMoving()
  }

  /** A store that cannot take it now, such as for lack of space, is tried again after a while. */
  #startMoving(): void {
    if (this.#moving !== undefined || this.#overlay.older === undefined) return
    this.#moving = this.#moveOlder()
    this.#moving
      .then(
        () => this.#options.onMove?.(undefined),
        (error: unknown) => this.#options.onMove?.(error),
      )
      .finally(() => {
        this.#moving = undefined
        if (!this.#overlay.isEmpty) this.#startTimer()
      })
  }

  /**
   * REQUIRES: a turn. Waits until a new file can take the commits: two files and two layers are the
   * most there are.
   */
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

  /** A move that failed goes on where it was: what it has moved does not change any more. */
  async #moveOlder(): Promise<void> {
    const layer = this.#overlay.older
    if (layer === undefined) return
    let writes: StorageWrite[] = []
    let sizeBytes = 0
    const roomFor: RoomFor = (length) => this.#store.room?.(length) ?? newMemory(length)
    for (const write of writesOf(layer, this.#movedTo, roomFor)) {
      writes.push(write)
      sizeBytes += write.value?.length ?? 0
      if (writes.length < maxAppliedWrites && sizeBytes < maxAppliedBytes) continue
      await this.#store.commit([], writes)
      this.#movedTo = write.key
      writes = []
      sizeBytes = 0
    }
    writes.push({ key: appliedKey, value: encodeSequence(this.#olderSequence) })
    await this.#store.commit([], writes)
    await this.#journal.removeOlder()
    this.#overlay.dropOlder()
    this.#movedTo = noKey
  }

  /**
   * Removes files whose commits the store has. What a killed process moved may be in the system's
   * memory only; a commit flushes it. Without room for that the files stay until later.
   */
  async #removeMoved(applied: Bytes): Promise<void> {
    try {
      await this.#store.commit([], [{ key: appliedKey, value: applied }])
    } catch {
      return
    }
    await this.#journal.removeOlder()
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
