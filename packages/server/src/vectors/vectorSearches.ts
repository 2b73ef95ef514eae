import { LoopTurns } from '../clock.ts'
import type { WriteListener } from '../commits/writeListeners.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { itemOfEntry, vectorOfEntry } from '../items/vectorEntries.ts'
import { numberOfEntryKey, vectorEntrySpace } from '../layout/storeKeys.ts'
import type { Table, VectorIndex } from '../schema/table.ts'
import type { Bytes, Snapshot } from '../storage/engine.ts'
import { GraphUpkeep, type GraphOptions } from './graphUpkeep.ts'
import { keyOfText, LiveSet, type LiveSetOptions } from './liveSet.ts'
import { searchStored } from './storedSearch.ts'
import type { Candidate } from './topResults.ts'
import type { VectorQuery } from './vectorQuery.ts'
import type { VectorSet } from './vectorSet.ts'

export type { SearchCondition, VectorQuery } from './vectorQuery.ts'

/** One result of a search. */
export interface FoundVector {
  readonly score: number
  /** The item as the index has it, without its vector. */
  readonly image: ItemImage
  readonly vector: Float32Array
}

/** So many keys that are to be read again are read before anybody searches. */
const mostStaleKeys = 1024

export interface VectorSearchesOptions extends LiveSetOptions {
  /** For searches of large indexes that are nearly exact; all are exact when absent. */
  readonly graph?: GraphOptions
}

/**
 * Searches of vector indexes. Each sees one committed state. The vectors of an index are read into
 * memory by its first search, and follow what is committed from then on.
 */
export class VectorSearches implements WriteListener {
  readonly #options: LiveSetOptions
  /** Whether this process alone writes to the store, and is told of all writes. */
  readonly #isTold: boolean
  readonly #sets = new Map<number, LiveSet>()
  /** Indexes that there was no memory for. */
  readonly #tooLarge = new Set<number>()
  readonly #refreshing = new Set<number>()

  #warming: Promise<void> | undefined
  #isClosed = false
  /** Absent where all searches are exact. */
  readonly #graphs: GraphUpkeep | undefined

  constructor(options: VectorSearchesOptions) {
    const { commits, clock, graph } = options
    this.#options = options
    this.#graphs = graph && new GraphUpkeep(clock, graph)
    this.#isTold = commits.onWrites !== undefined
    commits.onWrites?.(vectorEntrySpace, this)
  }

  /** The results in their order, the nearest first. REQUIRES: the index is active. */
  search(index: VectorIndex, query: VectorQuery): Promise<readonly FoundVector[]> {
    if (!this.#isTold || this.#tooLarge.has(index.number)) return this.#searchStored(index, query)
    return this.#searchSet(index, query)
  }

  async #searchSet(index: VectorIndex, query: VectorQuery): Promise<readonly FoundVector[]> {
    const live = this.#liveSetOf(index)
    try {
      return await live.withState((set, snapshot) => {
        const found = this.#closing(snapshot, index, (turns) => searched(set, query, turns))
        // The search goes first.
        this.#graphs?.tend(set)
        return found
      })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#leaveStored(index)
      return this.#searchStored(index, query)
    }
  }

  #liveSetOf(index: VectorIndex): LiveSet {
    let live = this.#sets.get(index.number)
    if (live === undefined) {
      live = new LiveSet(this.#options, index)
      this.#sets.set(index.number, live)
    }
    return live
  }

  #leaveStored({ number }: VectorIndex): void {
    this.#forget(number)
    this.#tooLarge.add(number)
  }

  /**
   * Reads the vectors of these indexes into memory in the background, one index after the other,
   * and makes their graphs, so that the first search of each need not.
   */
  warm(indexes: readonly VectorIndex[]): void {
    if (this.#isTold) this.#warming = this.#warm(indexes)
  }

  async #warm(indexes: readonly VectorIndex[]): Promise<void> {
    for (const index of indexes) {
      if (this.#isClosed) return
      const live = this.#liveSetOf(index)
      try {
        await live.load()
        // It may have been deleted meanwhile.
        const isThere = this.#sets.get(index.number) === live
        if (isThere && live.set !== undefined) this.#graphs?.tend(live.set)
      } catch (error) {
        // What else fails here fails the next search.
        if (error instanceof RangeError) this.#leaveStored(index)
      }
    }
  }

  #searchStored(index: VectorIndex, query: VectorQuery): Promise<readonly FoundVector[]> {
    const snapshot = this.#options.engine.snapshot()
    return this.#closing(snapshot, index, (turns) => searchStored(snapshot, index, query, turns))
  }

  /** The entries that `find` gives, as they are in the snapshot, which is closed then. */
  async #closing(
    snapshot: Snapshot,
    { vector: { dimensions } }: VectorIndex,
    find: (turns: LoopTurns) => Promise<readonly Candidate[]>,
  ): Promise<readonly FoundVector[]> {
    try {
      const candidates = await find(new LoopTurns(this.#options.clock))
      const values = await snapshot.getMany(candidates.map(({ key }) => keyOfText(key)))
      return candidates.map(({ score }, i) => {
        const value = values[i] as Bytes
        const image = itemOfEntry(value, dimensions)
        return { score, image, vector: vectorOfEntry(value, dimensions) }
      })
    } finally {
      snapshot.close()
    }
  }

  writing(key: Bytes): void {
    this.#sets.get(numberOfEntryKey(key))?.writing(key)
  }

  settled(): void {
    for (const [number, live] of this.#sets) {
      live.settled()
      if (live.staleCount > mostStaleKeys) this.#refresh(number, live)
    }
  }

  /** What fails here fails the next search. */
  #refresh(number: number, live: LiveSet): void {
    if (this.#refreshing.has(number)) return
    this.#refreshing.add(number)
    const end = (): void => {
      this.#refreshing.delete(number)
      if (live.set !== undefined) this.#graphs?.tend(live.set)
    }
    live.refresh().then(end, end)
  }

  /** Whether the vectors of the index are in memory. */
  isLoaded({ number }: VectorIndex): boolean {
    return this.#sets.get(number)?.set !== undefined
  }

  /** Whether searches of the index are nearly exact, rather than exact. */
  isApproximate({ number }: VectorIndex): boolean {
    return this.#sets.get(number)?.set?.hasGraph === true
  }

  /** Resolves when nothing is left to do in the background. */
  async caughtUp(): Promise<void> {
    await this.#warming
    await this.#graphs?.settled()
  }

  /** Ends what is done in the background. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const live of this.#sets.values()) live.end()
    await this.#warming
    await this.#graphs?.close()
  }

  /** Forgets the indexes that the table has no longer. */
  tableInForce({ record }: Table): void {
    for (const { indexNumber, status } of record.vectorIndexes ?? []) {
      if (status === 'DELETING') this.#forget(indexNumber)
    }
  }

  transitionDue(): void {
    // Statuses are nothing to searches.
  }

  numbersDropped(numbers: readonly number[]): void {
    for (const number of numbers) this.#forget(number)
  }

  #forget(number: number): void {
    const set = this.#sets.get(number)?.set
    if (set !== undefined) this.#graphs?.leave(set)
    this.#sets.delete(number)
    this.#tooLarge.delete(number)
  }
}

const searched = (
  set: VectorSet,
  query: VectorQuery,
  turns: LoopTurns,
): Promise<readonly Candidate[]> => set.search(query, turns)
