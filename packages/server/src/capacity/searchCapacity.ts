import { leastVectorBytes } from '../limits.ts'
import type { VectorShape } from '../schema/table.ts'

/** What a search has given. */
export interface SearchVolume {
  readonly resultCount: number
  /** Bytes of the items, but for their vectors. */
  readonly returnedBytes: number
  /** How many of the items have their vector. */
  readonly vectorCount: number
}

const bytesPerDimension = 30.6875
const bytesPerResult = 65

/**
 * Bytes that a search is charged for. AWS's figures are not the same for the same search; these are
 * what they were found to lie round, for a search of a whole index (digest of vector search, 7).
 */
export function searchCapacity(
  { dimensions }: Pick<VectorShape, 'dimensions'>,
  { resultCount, returnedBytes, vectorCount }: SearchVolume,
): number {
  const bytes =
    bytesPerDimension * dimensions +
    bytesPerResult * resultCount +
    returnedBytes +
    4 * dimensions * vectorCount
  return Math.max(leastVectorBytes, Math.round(bytes))
}
