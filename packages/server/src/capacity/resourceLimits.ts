import {
  burstSeconds,
  maxPartitionReadUnits,
  maxPartitionWriteUnits,
  maxTableCapacityUnits,
} from '../limits.ts'
import { KeyRangeBuckets } from './keyRangeBuckets.ts'
import { PreviousPeak } from './previousPeak.ts'
import type { CapacityKind, ResourceCapacity } from './resourceCapacity.ts'
import { TokenBucket, type BucketSize } from './tokenBucket.ts'

/** The limits that a request can meet, as the reasons of throttling end (model). */
export type LimitName =
  | 'ProvisionedThroughputExceeded'
  | 'MaxOnDemandThroughputExceeded'
  | 'AccountLimitExceeded'
  | 'KeyRangeThroughputExceeded'

/** Unused capacity is kept for five minutes. */
const bursting = (unitsPerSecond: number): BucketSize => ({
  unitsPerSecond,
  capacityUnits: unitsPerSecond * burstSeconds,
})

/** What was not used within a second is lost. */
const steady = (unitsPerSecond: number): BucketSize => ({
  unitsPerSecond,
  capacityUnits: unitsPerSecond,
})

/**
 * What one table or global index has left of one kind of capacity. Times are readings of a
 * monotonic clock in milliseconds.
 */
export class ResourceLimits {
  readonly #keyRanges: KeyRangeBuckets
  readonly #peak = new PreviousPeak()
  #capacity: ResourceCapacity
  /** What is provisioned, or what may be served on demand. */
  #main: TokenBucket
  /** The two others of what is on demand: the maximum, if there is one, and the quota. */
  #maximum: TokenBucket | undefined
  #quota: TokenBucket | undefined

  constructor(kind: CapacityKind, capacity: ResourceCapacity, nowMs: number) {
    this.#keyRanges = new KeyRangeBuckets(
      kind === 'read' ? maxPartitionReadUnits : maxPartitionWriteUnits,
    )
    this.#capacity = capacity
    this.#main = new TokenBucket(this.#mainSize(nowMs), nowMs)
    this.#begin(nowMs)
  }

  /** From now on it may serve more or less; a change of the mode begins anew. */
  adopt(capacity: ResourceCapacity, nowMs: number): void {
    const isSwitched = capacity.mode !== this.#capacity.mode
    this.#capacity = capacity
    if (isSwitched) {
      this.#main = new TokenBucket(this.#mainSize(nowMs), nowMs)
      this.#begin(nowMs)
      return
    }
    this.#main.resize(this.#mainSize(nowMs), nowMs)
    this.#setMaximum(nowMs)
  }

  /**
   * The limits that refuse a request now, for items of the partition key with this hash, or of
   * several when there is none; none of them when it is let in.
   */
  refusing(hash: number | undefined, nowMs: number): LimitName[] {
    const names: LimitName[] = []
    const isKeyOpen = hash === undefined || this.#keyRanges.isOpen(hash, nowMs)
    if (this.#capacity.mode === 'PROVISIONED') {
      if (!this.#main.isOpen(nowMs)) names.push('ProvisionedThroughputExceeded')
      if (!isKeyOpen) names.push('KeyRangeThroughputExceeded')
      return names
    }
    this.#main.resize(this.#mainSize(nowMs), nowMs)
    if (this.#maximum?.isOpen(nowMs) === false) names.push('MaxOnDemandThroughputExceeded')
    if (this.#quota?.isOpen(nowMs) === false) names.push('AccountLimitExceeded')
    // AWS has no name of its own for traffic that grows too fast: it is partitions that are short.
    if (!isKeyOpen || !this.#main.isOpen(nowMs)) names.push('KeyRangeThroughputExceeded')
    return names
  }

  /** What it serves in each second by its capacity, or by twice its previous peak. */
  unitsPerSecond(nowMs: number): number {
    return Math.floor(this.#mainSize(nowMs).unitsPerSecond)
  }

  /** Takes units whether they are there or not; negative ones are given back. */
  take(units: number, hash: number | undefined, nowMs: number): void {
    this.#main.take(units, nowMs)
    if (hash !== undefined) this.#keyRanges.take(hash, units, nowMs)
    this.#peak.count(units, nowMs)
    this.#maximum?.take(units, nowMs)
    this.#quota?.take(units, nowMs)
  }

  #begin(nowMs: number): void {
    this.#quota =
      this.#capacity.mode === 'PROVISIONED'
        ? undefined
        : new TokenBucket(steady(maxTableCapacityUnits), nowMs)
    this.#maximum = undefined
    this.#setMaximum(nowMs)
  }

  #setMaximum(nowMs: number): void {
    const { mode } = this.#capacity
    const units = mode === 'PROVISIONED' ? undefined : this.#capacity.maxUnitsPerSecond
    if (units === undefined) this.#maximum = undefined
    else if (this.#maximum === undefined) this.#maximum = new TokenBucket(bursting(units), nowMs)
    else this.#maximum.resize(bursting(units), nowMs)
  }

  #mainSize(nowMs: number): BucketSize {
    if (this.#capacity.mode === 'PROVISIONED') return bursting(this.#capacity.unitsPerSecond)
    const { warmUnitsPerSecond } = this.#capacity
    const doubled = Math.min(maxTableCapacityUnits, 2 * this.#peak.unitsPerSecond(nowMs))
    return steady(Math.max(warmUnitsPerSecond, doubled))
  }
}
