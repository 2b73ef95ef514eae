/**
 * The value at or below which the share `fraction` (0 to 1) of `sorted` lies, by nearest rank;
 * NaN when there are no values.
 */
export function percentile(sorted, fraction) {
  if (sorted.length === 0) return Number.NaN
  const rank = Math.ceil(fraction * sorted.length)
  return sorted[Math.max(rank, 1) - 1]
}

/** The middle value, or the mean of the two middle values; NaN when there are none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
