import type { VectorIndex } from '../schema/table.ts'
import { paddedQuery, productOf, rankOf, scoreOf } from './scoring.ts'
import { TopResults } from './topResults.ts'
import type { VectorQuery } from './vectorQuery.ts'
import type { VectorSegment } from './vectorSegment.ts'

/** One search while it goes on. */
export class RunningSearch {
  readonly query: VectorQuery
  readonly results: TopResults
  readonly #padded: Float64Array
  readonly #square: number
  readonly #index: VectorIndex

  constructor(query: VectorQuery, index: VectorIndex) {
    this.query = query
    this.results = new TopResults(query.topK)
    this.#padded = paddedQuery(query.vector)
    this.#square = productOf(this.#padded, this.#padded)
    this.#index = index
  }

  /** Others may have made sums with queries of theirs in between. */
  sumsOf(segment: VectorSegment, at: number, count: number): Float64Array {
    segment.setQuery(this.#padded)
    const { distanceFunction } = this.#index.vector
    return segment.sums(distanceFunction === 'EUCLIDEAN' ? 'squares' : 'products', at, count)
  }

  scoreOf(sum: number, square: number): number {
    return scoreOf(this.#index.vector.distanceFunction, sum, this.#square, square)
  }

  rankOf(score: number): number {
    return rankOf(this.#index.vector.distanceFunction, score)
  }
}
