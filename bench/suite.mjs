import { writeBenchmarkPage } from './benchmarkPage.mjs'
import { describeMachine } from './machine.mjs'
import { measureRow, probe } from './measurement.mjs'
import { reportMarkdown } from './report.mjs'
import { summarizeRow } from './rowSummary.mjs'

/** What went wrong without ending the run: a run with faults is not written to the page. */
const faults = []

export function progress(text) {
  console.error(text)
}

function fault(text) {
  faults.push(text)
  progress(`FAULT ${text}`)
}

/** Starts and loads the targets; one that cannot is reported and left out. */
async function startTargets(suite, options, targets) {
  for (const kind of suite.targetKinds) {
    try {
      progress(`starting ${kind.name}`)
      await suite.start(kind, options.dataDir, (target) => targets.push(target))
    } catch (error) {
      fault(`${kind.name} is left out: ${error.message}`)
      const started = targets.findIndex((target) => target.kind === kind)
      if (started !== -1) await targets.splice(started, 1)[0].stop()
    }
  }
}

async function supportingTargets(targets, workload) {
  const supporting = []
  for (const target of targets) {
    try {
      if ((await probe(target, workload)) === 'supported') supporting.push(target)
      else progress(`${target.kind.name} does not have ${workload.operation}`)
    } catch (error) {
      fault(`${target.kind.name}, ${workload.name}: ${error.message}`)
    }
  }
  return supporting
}

function progressOf(summaries) {
  return Object.entries(summaries)
    .map(([name, { requestsPerSecond, ratio, ratioRange, generatorLoad }]) => {
      const range = ratioRange?.map((bound) => bound.toFixed(2)).join(' to ')
      const share = ratio === undefined ? '' : ` ratio ${ratio.toFixed(2)} (${range})`
      const load = `generator ${Math.round(generatorLoad * 100)}%`
      return `  ${name}: ${Math.round(requestsPerSecond)}/s${share}, ${load}`
    })
    .join('\n')
}

async function measureAll(suite, options, targets) {
  const rows = []
  for (const workload of suite.workloads) {
    const supporting = await supportingTargets(targets, workload)
    for (const connections of options.connections) {
      const rowName = `${workload.name}, connections: ${connections}`
      progress(rowName)
      const row = { workload, connections, targets: supporting, options }
      const rounds = await measureRow(row, (target, message) => {
        fault(`${target.kind.name}, ${rowName}: ${message}`)
      })
      const summaries = summarizeRow(rounds, suite.baseline.name)
      progress(progressOf(summaries))
      rows.push({ workload, connections, rounds, summaries })
    }
  }
  return rows
}

function commandOf(suite, args) {
  const shown = [...suite.flags, ...args.filter((arg) => arg !== '--write')].join(' ')
  return shown === '' ? 'npm run bench' : `npm run bench -- ${shown}`
}

async function measureAndReport(suite, options, args) {
  const targets = []
  try {
    const machine = describeMachine(options.dataDir)
    await startTargets(suite, options, targets)
    if (targets.length === 0) throw new Error('no target could be started')
    const rows = await measureAll(suite, options, targets)
    const targetKinds = targets.map(({ kind }) => kind)
    const notes = (await suite.notes?.(targets)) ?? []
    const command = commandOf(suite, args)
    const markdown = reportMarkdown({
      ...suite,
      rows,
      targetKinds,
      machine,
      command,
      options,
      notes,
      comparison: suite.compare?.(rows, targetKinds),
    })
    console.log(markdown)
    if (options.write && faults.length === 0) writeBenchmarkPage(suite.block, markdown)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
  }
  if (faults.length === 0) return
  progress(`\nFaults:\n${faults.map((text) => `- ${text}`).join('\n')}`)
  if (options.write) progress('docs/benchmarks.md is left as it was, because of the faults.')
  process.exitCode = 1
}

/**
 * Runs one suite of the benchmark as this process: starts its targets, measures its workloads on
 * them and prints the report. The exit code tells whether there were faults.
 *
 * @param args the command line
 * @param usage the text of --help
 * @param suiteOf gives, for the command line, `options` (see `readOptions`) and `suite`:
 *   `targetKinds` and `workloads` to measure; `start(kind, dataDir, onStart)`, which calls
 *   `onStart` with the target as soon as it runs and resolves when it is loaded; `baseline`, the
 *   `name` of the target that the others are compared with, and its `title`; `aims`; `block` of
 *   the page; `flags` that select the suite; and, if there is more to report, `notes(targets)`,
 *   Markdown sections or a promise of them, and `compare(rows, targetKinds)`, one about what was measured
 */
export async function runSuite(args, usage, suiteOf) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  try {
    const { options, suite } = suiteOf(args)
    if (options.help) console.log(usage)
    else await measureAndReport(suite, options, args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
