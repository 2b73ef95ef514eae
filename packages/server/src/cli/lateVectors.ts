import type { Catalog } from '../catalog/catalog.ts'
import { machineOf, type Timer } from '../clock.ts'
import { vectorsDelayMs } from '../limits.ts'
import type { VectorIndex } from '../schema/table.ts'
import { noGraphText, type VectorSearchMode } from '../vectors/vectorSearchMode.ts'
import type { VectorSearches, VectorSearchesOptions } from '../vectors/vectorSearches.ts'

/** How vector indexes are searched. */
export interface VectorModes {
  /** 'auto' when absent. */
  readonly vectorSearch?: VectorSearchMode
  /** Bytes of vectors from which an index has a graph; those of `limits.ts` when absent. */
  readonly leastGraphBytes?: number
  /** Told once that large vector indexes are searched exactly because something is missing. */
  readonly onExactSearch?: (message: string) => void
}

/** The searches of vectors, whose code is loaded when they are asked for. */
export class LateVectors {
  readonly #options: VectorSearchesOptions
  readonly #catalog: Catalog
  #opened: Promise<VectorSearches> | undefined
  readonly #timer: Timer | undefined

  constructor(options: Omit<VectorSearchesOptions, 'graph'>, catalog: Catalog, modes: VectorModes) {
    this.#options = { ...options, ...graphsOf(modes) }
    this.#catalog = catalog
    const { clock } = options
    // What an index has that comes later is read by its first search.
    if (this.#activeIndexes().length > 0) {
      this.#timer = machineOf(clock).startTimer(vectorsDelayMs, () => void this.#warm())
    }
  }

  open(): Promise<VectorSearches> {
    return (this.#opened ??= this.#load())
  }

  /** Resolves when nothing is left to do in the background. */
  async caughtUp(): Promise<void> {
    await (await this.#opened)?.caughtUp()
  }

  /** Ends what is done in the background. */
  async close(): Promise<void> {
    this.#timer?.cancel()
    await (await this.#opened)?.close()
  }

  #activeIndexes(): VectorIndex[] {
    const all = [...this.#catalog.tables()].flatMap((table) => table.vectorIndexes)
    return all.filter(({ status }) => status === 'ACTIVE')
  }

  async #warm(): Promise<void> {
    const searches = await this.open()
    searches.warm(this.#activeIndexes())
  }

  async #load(): Promise<VectorSearches> {
    const { VectorSearches: Searches } = await import('../vectors/vectorSearches.ts')
    const searches = new Searches(this.#options)
    this.#catalog.follow(searches)
    return searches
  }
}

function graphsOf({
  vectorSearch = 'auto',
  leastGraphBytes: leastBytes,
  onExactSearch,
}: VectorModes): Pick<VectorSearchesOptions, 'graph'> {
  if (vectorSearch === 'exact') return {}
  const onMissing = (): void => onExactSearch?.(noGraphText)
  return { graph: { onMissing, ...(leastBytes !== undefined && { leastBytes }) } }
}
