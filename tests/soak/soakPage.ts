import { cpus, loadavg } from 'node:os'
import { formatBytes, formatCount, formatDuration, formatMs, formatTimes } from './formats.ts'
import type { LatencyHistogram } from './latencyHistogram.ts'
import { growsWithoutBound, growthRule, trendOf, type MemoryValues } from './memoryGrowth.ts'
import { requestKinds } from './requestKind.ts'
import { requestsOf, sumOfLatencies, type Gauges, type Sample } from './sample.ts'
import { killingPart, serverFlags, verdictOf, type SoakState } from './soakState.ts'

/** The report for people, as Markdown. */
export function soakPage(state: SoakState): string {
  const { samples, longestLife } = state.companion
  return [
    '# Soak run',
    `**Verdict: ${verdictOf(state)}.**`,
    problemsPart(state),
    overview(state),
    '![Rates, latencies, memory and data on disk over time](report.svg)',
    '## Requests',
    latencyTable(state),
    '## What was checked',
    checksPart(state),
    '## Memory and disk',
    gaugeTable(samples),
    memoryPart(longestLife),
    '## Machine',
    listOf(state.machine),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
}

const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function problemsPart({ problems, dataDirectory }: SoakState): string | undefined {
  if (problems.length === 0) return undefined
  return [...problems, `The data: ${dataDirectory}`]
    .map((problem) => `\`\`\`\n${problem}\n\`\`\``)
    .join('\n')
}

function overview(state: SoakState): string {
  const { options, seconds, companion, figures } = state
  const { minutes, seed, clients } = options
  const { samples, restarts, stops } = companion
  const requests = samples.reduce((sum, each) => sum + requestsOf(each), 0)
  const killingMinutes = formatDuration(killingPart * minutes * 60)
  return listOf([
    `\`npm run soak -- --minutes ${minutes} --seed ${seed} --clients ${clients}\``,
    `Ran for ${formatDuration(seconds)}, fill, checks and reading included; ` +
      `flags of the server: \`${serverFlags.join(' ')}\``,
    `${formatCount(requests)} requests were answered, ` +
      `${formatCount(requests / Math.max(1, seconds))} per second over all`,
    `${formatCount(restarts.count)} kills (kill -9) and ${formatCount(stops)} stops in good order in the ` +
      `first ${killingMinutes}, none afterwards; ` +
      `from kill to ready ${formatMs(restarts.percentile(0.5))} in the median, ` +
      `${formatMs(restarts.greatestMs)} at most`,
    `${formatCount(figures?.epochs ?? 0)} epochs on one data directory`,
    `Average load of the machine in the last 15 minutes, this run included: ${loadavg()[2]?.toFixed(1)} on ` +
      `${cpus().length} processors`,
  ])
}

function latencyTable({ companion }: SoakState): string {
  const latencies = sumOfLatencies(companion.samples.map((each) => each.latencies))
  const row = (name: string, histogram: LatencyHistogram): string[] => [
    name,
    formatCount(histogram.count),
    ...[0.5, 0.99, 0.999].map((share) => formatMs(histogram.percentile(share))),
    formatMs(histogram.greatestMs),
  ]
  const rows = requestKinds.map((kind) => row(`${kind}s`, latencies[kind]))
  const head = ['as the clients see it', 'answers', 'median', 'p99', 'p99.9', 'longest']
  return (
    `${tableOf(head, rows)}\n\n` +
    'Answers are successes and errors of the API; requests that a kill or a client cut off have none. ' +
    'Reads are GetItem, BatchGetItem, TransactGetItems, Query and Scan.'
  )
}

function checksPart({ companion, figures, problems, isOver }: SoakState): string {
  const { standing, checksBetweenLives } = companion
  const outcomes = figures?.outcomes
  const standingFigures = standing?.figures
  const known = { problems: isOver ? formatCount(problems.length) : 'known at the end' }
  return listOf([
    `Isolation: ${formatCount(figures?.operations)} operations (${formatCount(outcomes?.ok)} ok, ` +
      `${formatCount(outcomes?.refused)} refused, ${formatCount(outcomes?.unknown)} unknown), the ` +
      `history of each epoch proved strictly serializable in ${formatMs(figures?.checkMs)} altogether`,
    `Standing data: ${formatCount(standingFigures?.writes)} writes, ` +
      `${formatCount(standingFigures?.unanswered)} requests cut off by kills, ` +
      `${formatCount(standingFigures?.pages)} pages of Query and Scan; ` +
      `everything was read and compared ${formatTimes(standingFigures?.verifications)} ` +
      `(${formatCount(standingFigures?.verified)} items and index entries, and all counts), and ` +
      `${formatCount(standingFigures?.comparedReads)} single reads`,
    `\`dynatom check\` ran ${formatTimes(checksBetweenLives)} between a kill and the next start` +
      (isOver ? ', and at the end' : ''),
    `Problems: ${known.problems} (findings of the isolation checker, differences in the standing data, ` +
      'complaints of `dynatom check`, answers that nobody should get, a server that ended by ' +
      'itself, memory that grows without bound)',
  ])
}

const gaugeRows: readonly (readonly [keyof Gauges, string])[] = [
  ['serverResidentBytes', 'server, all (VmRSS)'],
  ['serverAnonymousBytes', 'server, its own (RssAnon)'],
  ['clientsResidentBytes', 'clients and checker, all'],
  ['storeBytes', 'data.mdb'],
  ['journalBytes', 'journal'],
  ['serverOpenFiles', 'open files and sockets of the server'],
]

/** Medians of the first, the middle and the last tenth. */
function gaugeTable(samples: readonly Sample[]): string {
  const tenth = Math.max(1, Math.floor(samples.length / 10))
  const middle = Math.floor((samples.length - tenth) / 2)
  const parts = [
    samples.slice(0, tenth),
    samples.slice(middle, middle + tenth),
    samples.slice(-tenth),
    samples,
  ]
  const rows = gaugeRows.map(([name, label]) => {
    const format = name === 'serverOpenFiles' ? formatCount : formatBytes
    const values = parts.map((part) => part.flatMap(({ gauges }) => gauges[name] ?? []))
    const medians = values.slice(0, 3).map((part) => format(median(part)))
    return [label, ...medians, format(values[3]?.reduce((a, b) => Math.max(a, b), 0))]
  })
  return tableOf(['medians of a tenth of the time', 'start', 'middle', 'end', 'greatest'], rows)
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

function memoryPart(longestLife: MemoryValues): string {
  const trend = trendOf(longestLife)
  if (trend === undefined) {
    const found = `the longest life of a server has only ${longestLife.length} values`
    return `Growth: **not judged**, ${found}.\n\n${growthRule}`
  }
  const { count, warmUpCount, secondTenthBytes, sixthTenthBytes, lastTenthBytes } = trend
  return (
    `Growth: **${growsWithoutBound(trend) ? 'without bound' : 'none without bound'}**. The longest life ` +
    `of a server has ${count} values, of which ${warmUpCount} are the warm-up. Its own memory ` +
    `(RssAnon; resident memory where the system does not tell): ${formatBytes(secondTenthBytes)} in the ` +
    `second tenth, ${formatBytes(sixthTenthBytes)} in the sixth, ${formatBytes(lastTenthBytes)} in the ` +
    `last.\n\n${growthRule}`
  )
}
