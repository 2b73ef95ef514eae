/**
 * How fast a bucket fills, and how much it holds: a bucket that holds 300 seconds of its rate
 * serves five minutes of it at once when nothing was asked of it before.
 */
export interface BucketSize {
  readonly unitsPerSecond: number
  readonly capacityUnits: number
}

/**
 * A token bucket that goes into debt. What a request costs is known when it has been done, so a
 * request is let in while there is anything in the bucket and pays what it has cost; whoever comes
 * next waits until the debt is paid.
 *
 * INVARIANT: in any time of `t` seconds the bucket lets in at most `capacityUnits + t *
 * unitsPerSecond` units beside those of the last request, as long as its size stays the same.
 */
export class TokenBucket {
  #size: BucketSize
  #units: number
  #atMs: number

  /** Full at first; times are readings of a monotonic clock in milliseconds. */
  constructor(size: BucketSize, nowMs: number) {
    this.#size = size
    this.#units = size.capacityUnits
    this.#atMs = nowMs
  }

  /** Whether a request is let in. */
  isOpen(nowMs: number): boolean {
    this.#fill(nowMs)
    return this.#units > 0
  }

  /** Whether the bucket is as a new one would be. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs)
    return this.#units >= this.#size.capacityUnits
  }

  /** Takes units whether they are there or not; negative ones are given back. */
  take(units: number, nowMs: number): void {
    this.#fill(nowMs)
    this.#units -= units
  }

  /** From now on it fills at another rate. What is in it stays, as far as it still has room. */
  resize(size: BucketSize, nowMs: number): void {
    this.#fill(nowMs)
    this.#size = size
  }

  #fill(nowMs: number): void {
    const { unitsPerSecond, capacityUnits } = this.#size
    const filled = this.#units + ((nowMs - this.#atMs) * unitsPerSecond) / 1000
    this.#units = Math.min(capacityUnits, filled)
    this.#atMs = nowMs
  }
}
