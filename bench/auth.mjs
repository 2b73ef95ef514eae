/** GetItem with verified signatures beside GetItem without. See docs/benchmarks.md. */
import { describeMachine } from './machine.mjs'
import {
  headOfPairs,
  measurePairs,
  pairOptionsUsage,
  readPairOptions,
  rowOfPairs,
} from './pairs.mjs'
import { profiles } from './profilesTable.mjs'
import { markdownTable } from './report.mjs'
import { loadTable } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --auth [options]
${pairOptionsUsage}`

/** Requests of this process and of those that it starts are signed by this, and verified. */
Object.assign(process.env, {
  DYNATOM_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  DYNATOM_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
})

const workload = 'GetItem'
/** What a server that verifies is to reach of the requests per second of one that does not. */
const minimumRatio = 0.7

async function measure(targets, { connections, rounds }) {
  const rows = []
  for (const count of connections) {
    const loads = targets.map((target) => ({ workload, target, connections: count }))
    const pairs = await measurePairs(loads, rounds)
    rows.push(rowOfPairs(`${workload}, connections: ${count}`, pairs, minimumRatio))
  }
  return rows
}

const options = readPairOptions(usage)
if (options !== undefined) {
  const { dataDir } = options
  const believing = targetKinds.find(({ name }) => name === 'dynatom')
  const verifying = { ...believing, args: (dir) => [...believing.args(dir), '--auth', 'required'] }
  const targets = []
  try {
    for (const kind of [verifying, believing]) {
      const target = await startTarget(kind, dataDir)
      targets.push(target)
      await loadTable(target.port, profiles)
    }
    const rows = await measure(targets, options)
    console.log(`${describeMachine(dataDir).join('\n')}\n`)
    console.log(
      markdownTable(headOfPairs('Signatures', ['verified', 'believed'], minimumRatio), rows),
    )
  } finally {
    for (const target of targets) await target.stop()
  }
}
