import { invalidControl } from '../../errors/controlErrors.ts'
import { maxEventualLagMs } from '../../limits.ts'
import type { ReadLag } from '../../operations/readConsistency.ts'
import { anyOf, objectOf, whole, type Schema } from '../schema.ts'
import { seededChance } from '../seededChance.ts'

/** How long reads lag, each by a draw of its own. All times are whole milliseconds. */
export interface LagDistribution {
  /** The least: 0. */
  readonly minMs?: number
  /** The most. */
  readonly maxMs: number
  /**
   * With it, most reads lag about as little as `minMs`, few by much more, and this is about what
   * they lag on average; without it, all between least and most are equally likely.
   */
  readonly meanMs?: number
  /** The same draws for the same seed: 1. */
  readonly seed?: number
}

/** How long eventually consistent reads lag: always as long, or by a distribution. */
export type EventualLag = number | LagDistribution

const distribution: Schema = objectOf(
  {
    minMs: whole(0, maxEventualLagMs, 'the least; 0 when absent'),
    maxMs: whole(0, maxEventualLagMs, 'the most'),
    meanMs: whole(0, maxEventualLagMs, 'an average with a long tail; even draws when absent'),
    seed: whole(0, 2 ** 32 - 1, 'the same draws for the same seed; 1 when absent'),
  },
  ['maxMs'],
)

export const eventualLagSchema: Schema = {
  ...anyOf(whole(0, maxEventualLagMs, 'always so long'), distribution),
  description: 'by how many milliseconds eventually consistent reads lag',
}

/**
 * The lag as reads draw it; undefined for none. Throws a ControlError for bounds that contradict
 * each other.
 */
export function readLagOf(lag: EventualLag): ReadLag | undefined {
  if (typeof lag === 'number') return lag === 0 ? undefined : { maxMs: lag, drawMs: () => lag }
  const { minMs = 0, maxMs, meanMs, seed = 1 } = lag
  if (minMs > maxMs) throw invalidControl('minMs is at most maxMs.')
  if (meanMs !== undefined && (meanMs < minMs || meanMs > maxMs)) {
    throw invalidControl('meanMs is between minMs and maxMs.')
  }
  if (maxMs === 0) return undefined
  const next = seededChance(seed)
  if (meanMs === undefined) return { maxMs, drawMs: () => minMs + next() * (maxMs - minMs) }
  const excessMs = meanMs - minMs
  return { maxMs, drawMs: () => Math.min(maxMs, minMs - excessMs * Math.log(1 - next())) }
}
