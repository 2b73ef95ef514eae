import { maxKeyRangeBuckets } from '../limits.ts'
import { TokenBucket, type BucketSize } from './tokenBucket.ts'

const sweepIntervalMs = 1000

/**
 * A bucket for each partition key that is in use, found by the hash of the key: keys of one hash
 * share theirs, as neighbours share a partition in AWS. A bucket that has filled up is as good as
 * none and goes, so there are about as many as keys were used in the last second.
 */
export class KeyRangeBuckets {
  readonly #size: BucketSize
  readonly #buckets = new Map<number, TokenBucket>()
  #sweptMs = 0

  constructor(unitsPerSecond: number) {
    this.#size = { unitsPerSecond, capacityUnits: unitsPerSecond }
  }

  isOpen(hash: number, nowMs: number): boolean {
    return this.#buckets.get(hash)?.isOpen(nowMs) ?? true
  }

  take(hash: number, units: number, nowMs: number): void {
    this.#sweep(nowMs)
    let bucket = this.#buckets.get(hash)
    if (bucket === undefined) {
      // Where so many keys are in use at once, one more is none that the others wait for.
      if (this.#buckets.size >= maxKeyRangeBuckets) return
      this.#buckets.set(hash, (bucket = new TokenBucket(this.#size, nowMs)))
    }
    bucket.take(units, nowMs)
  }

  /** How many keys are remembered. */
  get count(): number {
    return this.#buckets.size
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepIntervalMs) return
    this.#sweptMs = nowMs
    for (const [hash, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(hash)
    }
  }
}
