import { maxSearchBytesOfKey, maxVectorWriteBytesOfKey } from '../limits.ts'
import { KeyRangeBuckets } from './keyRangeBuckets.ts'
import type { CapacityKind } from './resourceCapacity.ts'
import type { LimitName } from './resourceLimits.ts'

/**
 * What the partition keys of a vector index have left of one kind of capacity, in bytes; the index
 * as a whole has no limit. Times are readings of a monotonic clock in milliseconds.
 */
export class VectorIndexLimits {
  readonly #keys: KeyRangeBuckets

  constructor(kind: CapacityKind) {
    this.#keys = new KeyRangeBuckets(
      kind === 'read' ? maxSearchBytesOfKey : maxVectorWriteBytesOfKey,
    )
  }

  refusing(hash: number | undefined, nowMs: number): LimitName[] {
    if (hash === undefined || this.#keys.isOpen(hash, nowMs)) return []
    return ['KeyRangeThroughputExceeded']
  }

  /** Takes bytes whether they are there or not; negative ones are given back. */
  take(bytes: number, hash: number | undefined, nowMs: number): void {
    if (hash !== undefined) this.#keys.take(hash, bytes, nowMs)
  }
}
