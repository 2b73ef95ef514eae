const leastMs = 0.01
const bucketsPerDoubling = 16

/**
 * How often which latency was seen, in buckets that are 4.4 % wide: histograms of neighbouring times can be
 * added up, which percentiles cannot.
 */
export class LatencyHistogram {
  readonly #counts = new Map<number, number>()
  count = 0
  /** Undefined when nothing was seen. */
  greatestMs: number | undefined

  add(milliseconds: number): void {
    this.#addTo(bucketOf(milliseconds), 1)
    this.greatestMs = Math.max(this.greatestMs ?? 0, milliseconds)
  }

  merge(other: LatencyHistogram): void {
    for (const [bucket, count] of other.#counts) this.#addTo(bucket, count)
    if (other.greatestMs === undefined) return
    this.greatestMs = Math.max(this.greatestMs ?? 0, other.greatestMs)
  }

  #addTo(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count)
    this.count += count
  }

  /**
   * The latency that the share `fraction` of all does not exceed, by nearest rank and to the width of a
   * bucket; undefined when nothing was seen.
   */
  percentile(fraction: number): number | undefined {
    if (this.greatestMs === undefined) return undefined
    let left = Math.max(1, Math.ceil(fraction * this.count))
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(bucket) as number
      if (left <= 0) return Math.min(endOfBucket(bucket), this.greatestMs)
    }
    return this.greatestMs
  }

  static sum(parts: Iterable<LatencyHistogram>): LatencyHistogram {
    const whole = new LatencyHistogram()
    for (const part of parts) whole.merge(part)
    return whole
  }
}

const bucketOf = (milliseconds: number): number =>
  Math.max(0, Math.ceil(Math.log2(milliseconds / leastMs) * bucketsPerDoubling))

const endOfBucket = (bucket: number): number => leastMs * 2 ** (bucket / bucketsPerDoubling)
