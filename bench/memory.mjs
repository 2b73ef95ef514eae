/** Resident memory of a server: idle, and right after a load. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { residentBytes } from './footprint.mjs'
import { describeMachine } from './machine.mjs'
import { generateLoad } from './measurement.mjs'
import { profiles } from './profilesTable.mjs'
import { orders } from './readWorkloads.mjs'
import { markdownTable } from './report.mjs'
import { loadTable } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'
import { workloads } from './workloads.mjs'

const usage = `npm run bench -- --memory [options]
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

const connections = 64
const measured = { warmupMs: 200, durationMs: 1000 }
const kinds = targetKinds.filter(({ name }) => name.startsWith('dynatom'))
const names = ['GetItem', 'PutItem', 'Query of 10', 'Scan of 100', 'TransactWriteItems of two']
/** What is left to do after a start is done by then. */
const settleMs = 1000

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(0)
const cellOf = ({ total, own }) => `${mebibytes(total)} (${mebibytes(own)})`

async function measure(kind, dataDir) {
  const target = await startTarget(kind, dataDir)
  try {
    const { port, pid } = target
    await delay(settleMs)
    const idle = residentBytes(pid)
    for (const table of [profiles, orders]) await loadTable(port, table)
    for (const workload of names) {
      const result = await generateLoad({ workload, port, connections, ...measured })
      const wrong = JSON.stringify(result.unexpectedStatuses)
      if (wrong !== '{}') throw new Error(`answers other than 200: ${wrong}`)
    }
    return [kind.title, ...[idle, residentBytes(pid)].map(cellOf)]
  } finally {
    await target.stop()
  }
}

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string', default: tmpdir() }, help: { type: 'boolean' } },
})
if (values.help) console.log(usage)
else {
  const dataDir = resolve(values['data-dir'])
  const known = workloads.map(({ name }) => name)
  for (const name of names) if (!known.includes(name)) throw new Error(`no workload ${name}`)
  console.log(`${describeMachine(dataDir).join('\n')}\n`)
  const rows = []
  for (const kind of kinds) rows.push(await measure(kind, dataDir))
  const head = ['MiB resident (own)', 'idle', 'right after the load']
  console.log(markdownTable(head, rows))
}
