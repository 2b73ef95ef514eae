import { unknownStatistic } from '../../errors/metricErrors.ts'
import { unreachable } from '../../invariant.ts'
import { percentileOf } from '../latencyHistogram.ts'
import type { Aggregate } from './aggregate.ts'

const simple = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
export type SimpleStatistic = (typeof simple)[number]

/** What is told of the values of a period: one of five figures, or a percentile. */
export type Statistic =
  | { readonly kind: SimpleStatistic }
  | { readonly kind: 'percentile'; readonly percent: number }

const percentileForm = /^p(\d{1,3}(?:\.\d{1,10})?)$/
/** Trimmed and winsorized means and their like (guide: CloudWatch statistics). */
const modelledForm = /^(?:iqm|(?:tm|wm|tc|ts)\d{1,2}(?:\.\d+)?|(?:tm|wm|tc|ts|pr)\([^()]*\))$/i

/** The statistic of a name. Throws InvalidParameterValue for one that is none, or not built. */
export function statisticOf(name: string): Statistic {
  const kind = simple.find((each) => each === name)
  if (kind !== undefined) return { kind }
  const percent = Number(percentileForm.exec(name)?.[1] ?? Number.NaN)
  if (percent <= 100) return { kind: 'percentile', percent }
  throw unknownStatistic(name, modelledForm.test(name))
}

/** Undefined for a percentile of a metric that keeps none. */
export function valueOf(
  { count, sum, minimum, maximum, buckets }: Aggregate,
  statistic: Statistic,
): number | undefined {
  switch (statistic.kind) {
    case 'SampleCount':
      return count
    case 'Average':
      return sum / count
    case 'Sum':
      return sum
    case 'Minimum':
      return minimum
    case 'Maximum':
      return maximum
    case 'percentile':
      return buckets && percentileOf(buckets, statistic.percent, { minimum, maximum })
    default:
      return unreachable(statistic)
  }
}
