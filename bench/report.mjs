/** A share of one core above which the load generator may be what limits a number. */
const busyGenerator = 0.9

/** What Dynatom wants to reach, as a share of the echo's requests per second. */
const aims = [
  { operation: 'GetItem', target: 'dynatom', minimumRatio: 0.7, connections: [1, 64] },
  { operation: 'PutItem', target: 'dynatom', minimumRatio: 0.5, connections: [64] },
]

const milliseconds = (value) => value.toFixed(value < 0.1 ? 3 : 2)

function throughputCell(summary, name) {
  if (summary === undefined) return '–'
  const rate = Math.round(summary.requestsPerSecond).toLocaleString('en-US')
  const mark = summary.generatorLoad > busyGenerator ? ' *' : ''
  if (name === 'echo' || summary.ratio === undefined) return `${rate}${mark}`
  return `${rate} (${summary.ratio.toFixed(2)})${mark}`
}

function latencyCell(summary) {
  if (summary === undefined) return '–'
  return [summary.p50Ms, summary.p95Ms, summary.p99Ms].map(milliseconds).join(' / ')
}

function markdownTable(rows, kinds, cellOf) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const head = ['Operation', 'Connections', ...kinds.map(({ title }) => title)]
  const rule = ['---', ...head.slice(1).map(() => '---:')]
  const body = rows.map(({ workload, connections, summaries }) =>
    line([workload.name, connections, ...kinds.map(({ name }) => cellOf(summaries[name], name))]),
  )
  return [line(head), line(rule), ...body].join('\n')
}

function aimLines(rows) {
  return aims.flatMap(({ operation, target, minimumRatio, connections }) =>
    rows
      .filter((row) => row.workload.operation === operation)
      .filter((row) => connections.includes(row.connections))
      .filter((row) => row.summaries[target]?.ratio !== undefined)
      .map((row) => {
        const { ratio, ratioRange } = row.summaries[target]
        const range = ratioRange.map((bound) => bound.toFixed(2)).join(' to ')
        const verdict = ratio >= minimumRatio ? 'reached' : 'not reached'
        const where = `${operation}, durable, connections: ${row.connections}`
        const aim = minimumRatio.toFixed(2)
        const measured = `measured ${ratio.toFixed(2)} (rounds: ${range})`
        return `- ${where}: aim ${aim} of the echo, ${measured}: ${verdict}`
      }),
  )
}

/**
 * The Markdown text of a run.
 *
 * @param run `rows` (workload, connections, summaries by target name), `targetKinds` in the order
 *   of the columns, `machine` (lines), `command`, and `options` for the lengths of the rounds
 */
export function reportMarkdown({ rows, targetKinds, machine, command, options }) {
  const seconds = (ms) => `${ms / 1000} s`
  const schedule =
    `Rounds: ${options.rounds}, each of ${seconds(options.durationMs)} ` +
    `after ${seconds(options.warmupMs)} of warm-up.`
  const sections = [
    machine.map((line) => `- ${line}`).join('\n'),
    `Command: \`${command}\`. ${schedule}`,
    'Requests per second, and in brackets the ratio to the echo:',
    markdownTable(rows, targetKinds, throughputCell),
    'Latency in milliseconds, p50 / p95 / p99:',
    markdownTable(rows, targetKinds, latencyCell),
  ]
  const everySummary = rows.flatMap(({ summaries }) => Object.values(summaries))
  if (everySummary.some(({ generatorLoad }) => generatorLoad > busyGenerator)) {
    sections.push('\\* The load generator was busy with its core: the server may be faster.')
  }
  const aimsReached = aimLines(rows)
  if (aimsReached.length > 0) sections.push(`Aims:\n\n${aimsReached.join('\n')}`)
  return sections.join('\n\n')
}
