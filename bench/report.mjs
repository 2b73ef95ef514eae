/** A share of one core above which the load generator may be what limits a number. */
const busyGenerator = 0.9

const milliseconds = (value) => value.toFixed(value < 0.1 ? 3 : 2)

function throughputCell(summary) {
  if (summary === undefined) return '–'
  const rate = Math.round(summary.requestsPerSecond).toLocaleString('en-US')
  const mark = summary.generatorLoad > busyGenerator ? ' *' : ''
  if (summary.ratio === undefined) return `${rate}${mark}`
  return `${rate} (${summary.ratio.toFixed(2)})${mark}`
}

function latencyCell(summary) {
  if (summary === undefined) return '–'
  return [summary.p50Ms, summary.p95Ms, summary.p99Ms].map(milliseconds).join(' / ')
}

/** A Markdown table; all columns but the first are aligned to the right. */
export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const rule = ['---', ...head.slice(1).map(() => '---:')]
  return [head, rule, ...rows].map(line).join('\n')
}

function measuredTable(rows, kinds, cellOf) {
  const head = ['Operation', 'Connections', ...kinds.map(({ title }) => title)]
  const body = rows.map(({ workload, connections, summaries }) => [
    workload.name,
    connections,
    ...kinds.map(({ name }) => cellOf(summaries[name])),
  ])
  return markdownTable(head, body)
}

function aimLines({ rows, aims, targetKinds, baseline }) {
  return aims.flatMap(({ workload, target, minimumRatio, connections }) =>
    rows
      .filter((row) => row.workload.name === workload && connections.includes(row.connections))
      .filter((row) => row.summaries[target]?.ratio !== undefined)
      .map((row) => {
        const { ratio, ratioRange } = row.summaries[target]
        const range = ratioRange.map((bound) => bound.toFixed(2)).join(' to ')
        const verdict = ratio >= minimumRatio ? 'reached' : 'not reached'
        const { title } = targetKinds.find(({ name }) => name === target)
        const where = `${workload}, ${title}, connections: ${row.connections}`
        const aim = `aim ${minimumRatio.toFixed(2)} of ${baseline.title}`
        return `- ${where}: ${aim}, measured ${ratio.toFixed(2)} (rounds: ${range}): ${verdict}`
      }),
  )
}

/**
 * The Markdown text of a run.
 *
 * @param run `rows` (workload, connections, summaries by target name), `targetKinds` in the order
 *   of the columns, `machine` (lines), `command`, `options` for the lengths of the rounds, `notes`
 *   (sections of their own), `comparison` (one more, if there is one), and the `baseline` and `aims`
 *   of the suite: each the least ratio that a `target` should reach in a `workload`, for some numbers
 *   of `connections`
 */
export function reportMarkdown(run) {
  const { rows, targetKinds, options } = run
  const seconds = (ms) => `${ms / 1000} s`
  const schedule =
    `Rounds: ${options.rounds}, each of ${seconds(options.durationMs)} ` +
    `after ${seconds(options.warmupMs)} of warm-up.`
  const sections = [
    run.machine.map((line) => `- ${line}`).join('\n'),
    `Command: \`${run.command}\`. ${schedule}`,
    ...run.notes,
    `Requests per second, and in brackets the ratio to ${run.baseline.title}:`,
    measuredTable(rows, targetKinds, throughputCell),
    'Latency in milliseconds, p50 / p95 / p99:',
    measuredTable(rows, targetKinds, latencyCell),
  ]
  const everySummary = rows.flatMap(({ summaries }) => Object.values(summaries))
  if (everySummary.some(({ generatorLoad }) => generatorLoad > busyGenerator)) {
    sections.push('\\* The load generator was busy with its core: the server may be faster.')
  }
  if (run.comparison !== undefined) sections.push(run.comparison)
  const aimsReached = aimLines(run)
  if (aimsReached.length > 0) sections.push(`Aims:\n\n${aimsReached.join('\n')}`)
  return sections.join('\n\n')
}
