/** Benchmark of Dynatom beside a bare node:http echo and dynalite. See docs/benchmarks.md. */
import { writeBenchmarkPage } from './benchmarkPage.mjs'
import { describeMachine } from './machine.mjs'
import { measureRow, probe } from './measurement.mjs'
import { parseOptions, usage } from './options.mjs'
import { reportMarkdown } from './report.mjs'
import { summarizeRow } from './rowSummary.mjs'
import { loadTable } from './tableLoader.mjs'
import { startTarget } from './targets.mjs'

/** What went wrong without ending the run: a run with faults is not written to the page. */
const faults = []

function progress(text) {
  console.error(text)
}

function fault(text) {
  faults.push(text)
  progress(`FAULT ${text}`)
}

/** Starts and loads the chosen targets; one that cannot is reported and left out. */
async function startTargets(options, targets) {
  for (const kind of options.targetKinds) {
    try {
      progress(`starting ${kind.name}`)
      const target = await startTarget(kind, options.dataDir)
      targets.push(target)
      if (kind.isDatabase) await loadTable(target.port)
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

async function measureAll(options, targets) {
  const rows = []
  for (const workload of options.workloads) {
    const supporting = await supportingTargets(targets, workload)
    for (const connections of options.connections) {
      const rowName = `${workload.name}, connections: ${connections}`
      progress(rowName)
      const row = { workload, connections, targets: supporting, options }
      const rounds = await measureRow(row, (target, message) => {
        fault(`${target.kind.name}, ${rowName}: ${message}`)
      })
      const summaries = summarizeRow(rounds)
      progress(progressOf(summaries))
      rows.push({ workload, connections, summaries })
    }
  }
  return rows
}

async function run(args) {
  const options = parseOptions(args)
  if (options.help) return console.log(usage)
  const targets = []
  try {
    const machine = describeMachine(options.dataDir)
    await startTargets(options, targets)
    if (targets.length === 0) throw new Error('no target could be started')
    const rows = await measureAll(options, targets)
    const shown = args.filter((arg) => arg !== '--write').join(' ')
    const command = shown === '' ? 'npm run bench' : `npm run bench -- ${shown}`
    const targetKinds = targets.map(({ kind }) => kind)
    const markdown = reportMarkdown({ rows, targetKinds, machine, command, options })
    console.log(markdown)
    if (options.write && faults.length === 0) writeBenchmarkPage(markdown)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
  }
  if (faults.length === 0) return
  progress(`\nFaults:\n${faults.map((text) => `- ${text}`).join('\n')}`)
  if (options.write) progress('docs/benchmarks.md is left as it was, because of the faults.')
  process.exitCode = 1
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

try {
  await run(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
