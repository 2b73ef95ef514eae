/** Memory of one process, a value each second. */
export type MemoryValues = readonly number[]

/** Medians of three tenths of the time after the warm-up. */
export interface MemoryTrend {
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly secondTenthBytes: number
  readonly sixthTenthBytes: number
  readonly lastTenthBytes: number
}

const leastSeconds = 180
const leastWarmUpSeconds = 30
const warmUpShare = 0.1
const toleratedGrowthBytes = 64 * 2 ** 20
const toleratedGrowthShare = 0.5
const restShare = 0.25

/** Undefined when the process did not live long enough for a judgement. */
export function trendOf(values: MemoryValues): MemoryTrend | undefined {
  const seconds = values.length
  if (seconds < leastSeconds) return undefined
  const warmUpSeconds = Math.ceil(Math.max(leastWarmUpSeconds, warmUpShare * seconds))
  const warm = values.slice(warmUpSeconds)
  const tenth = (number: number): number =>
    median(warm.slice(((number - 1) * warm.length) / 10, (number * warm.length) / 10))
  return {
    seconds,
    warmUpSeconds,
    secondTenthBytes: tenth(2),
    sixthTenthBytes: tenth(6),
    lastTenthBytes: tenth(10),
  }
}

/**
 * Whether memory grows and has not come to rest. A heap that fills up to where it is collected, or a
 * journal that is moved now and then, grows too; it stops.
 */
export function growsWithoutBound(trend: MemoryTrend): boolean {
  const { secondTenthBytes, sixthTenthBytes, lastTenthBytes } = trend
  const growth = lastTenthBytes - secondTenthBytes
  const tolerated = Math.max(toleratedGrowthBytes, toleratedGrowthShare * secondTenthBytes)
  return growth > tolerated && lastTenthBytes - sixthTenthBytes > restShare * growth
}

export const growthRule: string =
  'Compared are medians of one value a second within the longest life of one server process, after a ' +
  `warm-up of ${leastWarmUpSeconds} s or a tenth of that life, whichever is longer: of the second, the ` +
  'sixth and the last tenth of what is left. It is growth without bound when the last is more than ' +
  `${toleratedGrowthBytes / 2 ** 20} MiB and more than ${toleratedGrowthShare * 100} % above the second, ` +
  `and more than ${restShare * 100} % of that came after the sixth. A life of less than ` +
  `${leastSeconds} s is not judged.`

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}
