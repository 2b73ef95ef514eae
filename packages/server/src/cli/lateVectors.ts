import type { Catalog } from '../catalog/catalog.ts'
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

  constructor(options: Omit<VectorSearchesOptions, 'graph'>, catalog: Catalog, modes: VectorModes) {
    this.#options = { ...options, ...graphsOf(modes) }
    this.#catalog = catalog
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
    await (await this.#opened)?.close()
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
