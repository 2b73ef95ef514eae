/** Memory of one process, about a value a second. */
export type MemoryValues = readonly number[]

/** Medians of three tenths of the values after the warm-up. */
export interface MemoryTrend {
  readonly count: number
  readonly warmUpCount: number
  readonly secondTenthBytes: number
  readonly sixthTenthBytes: number
  readonly lastTenthBytes: number
}

const leastCount = 180
const leastWarmUpCount = 30
const warmUpShare = 0.1
const toleratedGrowthBytes = 64 * 2 ** 20
const toleratedGrowthShare = 0.5
const restShare = 0.25

/** Undefined when the process did not live long enough to be judged. */
export function trendOf(values: MemoryValues): MemoryTrend | undefined {
  const count = values.length
  if (count < leastCount) return undefined
  const warmUpCount = Math.ceil(Math.max(leastWarmUpCount, warmUpShare * count))
  const warm = values.slice(warmUpCount)
  const tenth = (number: number): number =>
    median(warm.slice(((number - 1) * warm.length) / 10, (number * warm.length) / 10))
  return {
    count,
    warmUpCount,
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

/** A run so long has to live long enough to be judged. */
const judgedMinutes = 10

/** What the end of a run of so many minutes says of the memory; nothing when all is well. */
export function memoryVerdict(
  values: MemoryValues,
  minutes: number,
): { readonly problem?: string; readonly remark?: string } {
  const trend = trendOf(values)
  if (trend === undefined) {
    const text = `memory not judged: too short, ${values.length} values of ${leastCount}`
    return minutes >= judgedMinutes ? { problem: text } : { remark: text }
  }
  if (!growsWithoutBound(trend)) return {}
  return {
    problem: 'The memory of the server grows without bound; see the report for what was compared.',
  }
}

export const growthRule: string =
  'Compared are medians within the longest life of one server process, of which about one value a second ' +
  `is taken. Its first ${leastWarmUpCount} values, or a tenth when that is more, are the warm-up; of the ` +
  'others the second, the sixth and the last tenth are looked at. It is growth without bound when the last ' +
  `is more than ${toleratedGrowthBytes / 2 ** 20} MiB and more than ${toleratedGrowthShare * 100} % above ` +
  `the second, and more than ${restShare * 100} % of that came after the sixth. A life of less than ` +
  `${leastCount} values is not judged, which a run of ${judgedMinutes} minutes or more must not come to.`

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}
