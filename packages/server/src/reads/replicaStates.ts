import { catalogVersionKey } from '../layout/storeKeys.ts'
import type { Bytes, Entry, KeyRange, OlderReads, Snapshot } from '../storage/engine.ts'
import type { PastStates } from './eventualReads.ts'

export interface ReplicaStatesOptions {
  readonly older: OlderReads
  /** The last committed state. */
  readonly newest: OlderReads
  /** Whether the tables are known that there are with this version of the catalog. */
  readonly isKnown: (stamp: Bytes | undefined) => boolean
}

/**
 * The states of copies of a store that follow it, as old as they happen to be. INVARIANT: one that
 * is from before the last change of a table that is known is not used, for it may lack entries of
 * an index that is there now; the newest state is read in its place.
 */
export class ReplicaStates implements PastStates {
  readonly #options: ReplicaStatesOptions

  constructor(options: ReplicaStatesOptions) {
    this.#options = options
  }

  async getPast(key: Bytes): Promise<Bytes | undefined> {
    const { older, newest, isKnown } = this.#options
    const [stamp, value] = await older.getMany([catalogVersionKey, key])
    if (isKnown(stamp)) return value
    const [found] = await newest.getMany([key])
    return found
  }

  snapshotPast(): Snapshot {
    return new CheckedSnapshot(this.#options)
  }
}

/** What is asked first goes together with the question how old the copy is. */
class CheckedSnapshot implements Snapshot {
  readonly #options: ReplicaStatesOptions
  readonly #older: Snapshot
  #newest: Snapshot | undefined
  #checked: Promise<boolean> | undefined

  constructor(options: ReplicaStatesOptions) {
    this.#options = options
    this.#older = options.older.snapshot()
  }

  async get(key: Bytes): Promise<Bytes | undefined> {
    const [value] = await this.getMany([key])
    return value
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    const found = Promise.resolve(this.#older.getMany(keys))
    found.catch(() => undefined)
    return (await this.#isRecent()) ? found : this.#newestState().getMany(keys)
  }

  async *range(range: KeyRange): AsyncGenerator<Entry, void> {
    const entries = asyncEntries(this.#older.range(range))
    const first = entries.next()
    first.catch(() => undefined)
    try {
      if (!(await this.#isRecent())) {
        yield* this.#newestState().range(range)
        return
      }
      for (let next = await first; next.done !== true; next = await entries.next()) {
        yield next.value
      }
    } finally {
      await entries.return(undefined)
    }
  }

  #isRecent(): Promise<boolean> {
    this.#checked ??= Promise.resolve(this.#older.get(catalogVersionKey)).then(
      this.#options.isKnown,
    )
    return this.#checked
  }

  #newestState(): Snapshot {
    this.#newest ??= this.#options.newest.snapshot()
    return this.#newest
  }

  close(): void {
    this.#older.close()
    this.#newest?.close()
  }
}

async function* asyncEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
): AsyncGenerator<Entry, void> {
  yield* entries
}
