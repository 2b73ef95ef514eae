import { median } from './statistics.mjs'

const metrics = ['requestsPerSecond', 'p50Ms', 'p95Ms', 'p99Ms', 'generatorLoad']

/**
 * Reduces the rounds of one row to one summary per target: the median over the rounds of each
 * metric, and `ratio`, the median of the requests per second divided by those of the target named
 * `baseline` *in the same round*, with `ratioRange`, the lowest and the highest of those. Both are
 * undefined for the baseline itself, and when it was not measured.
 *
 * @param rounds as `measureRow` returns them
 */
export function summarizeRow(rounds, baseline) {
  const names = new Set(rounds.flatMap((round) => Object.keys(round)))
  const summaries = {}
  for (const name of names) {
    const present = rounds.filter((round) => round[name] !== undefined)
    const summary = {}
    for (const metric of metrics) {
      summary[metric] = median(present.map((round) => round[name][metric]))
    }
    const paired = present.filter((round) => round[baseline] !== undefined)
    if (name !== baseline && paired.length > 0) {
      const ratios = paired.map(
        (round) => round[name].requestsPerSecond / round[baseline].requestsPerSecond,
      )
      summary.ratio = median(ratios)
      summary.ratioRange = [Math.min(...ratios), Math.max(...ratios)]
    }
    summaries[name] = summary
  }
  return summaries
}
