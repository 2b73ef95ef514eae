import { StorageFailure, type Bytes, type Entry, type KeyRange, type Snapshot } from '../engine.ts'
import type { Lent } from './connections.ts'
import { fateOf, refusal } from './failures.ts'
import { valueOf, type EntryReads } from './entryReads.ts'
import type { RangePages } from './rangePages.ts'
import type { Row, Statement } from './session.ts'

const beginText = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export interface SnapshotParts {
  readonly lend: () => Promise<Lent>
  /** Another connection, for when the first one does not give the first answer; none if absent. */
  readonly lendInstead?: () => Promise<Lent>
  readonly reads: EntryReads
  readonly pages: RangePages
}

/**
 * A transaction that reads one state: that of its first read, with which it is begun. It has a
 * connection from then on, until it is closed. When that breaks the state is gone.
 */
export class PostgresSnapshot implements Snapshot {
  readonly #parts: SnapshotParts
  #begun: Promise<Lent> | undefined
  readonly #broken = new WeakSet<Lent>()
  #hasAnswered = false
  #isReplaced = false
  #isClosed = false

  constructor(parts: SnapshotParts) {
    this.#parts = parts
  }

  async get(key: Bytes): Promise<Bytes | undefined> {
    const [row] = await this.#parts.reads.rows(this.#ask, [key])
    return valueOf(row)
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    const rows = await this.#parts.reads.rows(this.#ask, keys)
    return rows.map(valueOf)
  }

  range(range: KeyRange): AsyncIterable<Entry> {
    return this.#parts.pages.read(this.#ask, range)
  }

  /** Rows of anything else in the same state. */
  rows(statement: Statement): Promise<readonly Row[]> {
    return this.#ask(statement)
  }

  readonly #ask = async (statement: Statement): Promise<readonly Row[]> => {
    if (this.#isClosed) throw new StorageFailure('the snapshot is closed')
    const begun = (this.#begun ??= this.#begin(this.#parts.lend))
    const lent = await begun
    try {
      const rows = await lent.ask(statement)
      this.#hasAnswered = true
      return rows
    } catch (error) {
      this.#broken.add(lent)
      if (fateOf(error) !== 'refused') void lent.doubt()
      if (this.#isReplacedAfter(begun)) return this.#ask(statement)
      throw refusal(error)
    }
  }

  /** What is asked before the first answer goes with the first question. */
  async #begin(lend: () => Promise<Lent>): Promise<Lent> {
    const lent = await lend()
    // Sent together with what follows; when it fails that does, too.
    lent.ask({ text: beginText }).catch(() => this.#broken.add(lent))
    return lent
  }

  /** Whether another connection may give the first answer in place of one that has failed. */
  #isReplacedAfter(failed: Promise<Lent>): boolean {
    const { lendInstead } = this.#parts
    if (lendInstead === undefined || this.#hasAnswered || this.#isClosed) return false
    // Several questions may have gone to the one that failed.
    if (this.#begun !== failed) return true
    if (this.#isReplaced) return false
    this.#isReplaced = true
    void failed.then((lent) => lent.release(true))
    this.#begun = this.#begin(lendInstead)
    return true
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    void this.#begun?.then(
      (lent) => {
        if (this.#broken.has(lent)) lent.release(true)
        else {
          lent.ask({ text: 'COMMIT' }).then(
            () => lent.release(false),
            () => lent.release(true),
          )
        }
      },
      () => undefined,
    )
  }
}
