import { StorageFailure, type Bytes, type Entry, type KeyRange, type Snapshot } from '../engine.ts'
import type { Connections, Lent } from './connections.ts'
import { fateOf, refusal } from './failures.ts'
import { valueOf, type EntryReads } from './entryReads.ts'
import type { RangePages } from './rangePages.ts'
import type { Row, Statement } from './session.ts'

const beginText = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export interface SnapshotParts {
  readonly connections: Connections
  readonly reads: EntryReads
  readonly pages: RangePages
}

/**
 * A transaction that reads one state: that of its first read, with which it is begun. It has a
 * connection from then on, until it is closed. When that breaks the state is gone.
 */
export class PostgresSnapshot implements Snapshot {
  readonly #parts: SnapshotParts
  #lent: Promise<Lent> | undefined
  #isBroken = false
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

  /** What is asked before the first answer goes with the first question. */
  readonly #ask = async (statement: Statement): Promise<readonly Row[]> => {
    if (this.#isClosed) throw new StorageFailure('the snapshot is closed')
    this.#lent ??= this.#parts.connections.lend('snapshots').then((lent) => {
      // Sent together with what follows; when it fails that does, too.
      lent.ask({ text: beginText }).catch(() => (this.#isBroken = true))
      return lent
    })
    const lent = await this.#lent
    try {
      return await lent.ask(statement)
    } catch (error) {
      this.#isBroken = true
      if (fateOf(error) !== 'refused') void lent.doubt()
      throw refusal(error)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    void this.#lent?.then(
      (lent) => {
        if (this.#isBroken) lent.release(true)
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
