/*
 * Values of a metric in buckets, so that a percentile can be told of any number of them in bounded
 * memory. Eight buckets to a doubling: a percentile is wrong by less than a tenth of its value.
 */

const bucketsPerDoubling = 8
/** The first bucket takes all that is smaller, too. In milliseconds, a microsecond. */
const smallest = 0.001
const doublings = 31

/** From a microsecond to 35 minutes; the last bucket takes all that is more. */
export const bucketCount: number = bucketsPerDoubling * doublings

/** Numbers of values by bucket. */
export type Buckets = Uint32Array

export const emptyBuckets = (): Buckets => new Uint32Array(bucketCount)

/** The bucket of a value in milliseconds, from 0. */
export function bucketOf(value: number): number {
  if (!(value > smallest)) return 0
  const bucket = Math.floor(Math.log2(value / smallest) * bucketsPerDoubling)
  return bucket < bucketCount ? bucket : bucketCount - 1
}

const lowerBoundOf = (bucket: number): number => smallest * 2 ** (bucket / bucketsPerDoubling)

/** Buckets that have something, each as its number and what it has: most have nothing. */
export type PackedBuckets = Uint32Array

export function packBuckets(buckets: Buckets): PackedBuckets {
  const packed: number[] = []
  buckets.forEach((values, bucket) => {
    if (values > 0) packed.push(bucket, values)
  })
  return Uint32Array.from(packed)
}

/** Adds the content of `packed` to `sum`. */
export function addPacked(sum: Buckets, packed: PackedBuckets): void {
  for (let i = 0; i < packed.length; i += 2) {
    sum[packed[i] as number] = (sum[packed[i] as number] as number) + (packed[i + 1] as number)
  }
}

/**
 * The value below which `percent` of the values of `buckets` are, in milliseconds; between
 * `minimum` and `maximum`, which are those of the values themselves. REQUIRES: there is a value.
 */
export function percentileOf(
  buckets: Buckets,
  percent: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): number {
  const total = buckets.reduce((sum, values) => sum + values, 0)
  const rank = (percent / 100) * total
  let before = 0
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const values = buckets[bucket] as number
    if (values > 0 && before + values >= rank) {
      const [low, high] = [lowerBoundOf(bucket), lowerBoundOf(bucket + 1)]
      const within = low + (high - low) * ((rank - before) / values)
      return Math.min(maximum, Math.max(minimum, within))
    }
    before += values
  }
  return maximum
}

/** How many values are in each doubling: what {@link doublingBounds} gives the ends of. */
export const emptyDoublings = (): Float64Array => new Float64Array(doublings)

export const doublingOf = (bucket: number): number => Math.floor(bucket / bucketsPerDoubling)

/** The end of a doubling in milliseconds. */
export const endOfDoubling = (doubling: number): number => smallest * 2 ** (doubling + 1)
