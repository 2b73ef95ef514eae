/** Statements beside the operations that do the same, in pairs. See docs/benchmarks.md. */
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

const usage = `npm run bench -- --statements [options]
${pairOptionsUsage}`

/** A statement and the operation that does the same, by the names of their workloads. */
const pairs = [
  ['SELECT of one item', 'GetItem'],
  ['UPDATE, spread counters', 'UpdateItem, spread counters'],
]
/** What a statement is to reach of the operation's requests per second. */
const minimumRatio = 0.85

async function measure(target, { connections, rounds }) {
  const rows = []
  for (const count of connections) {
    for (const pair of pairs) {
      const loads = pair.map((workload) => ({ workload, target, connections: count }))
      rows.push(rowOfPairs(pair.join(' / '), await measurePairs(loads, rounds), minimumRatio))
    }
  }
  return rows
}

const options = readPairOptions(usage)
if (options !== undefined) {
  const { dataDir } = options
  const kind = targetKinds.find(({ name }) => name === 'dynatom')
  const target = await startTarget(kind, dataDir)
  try {
    await loadTable(target.port, profiles)
    const rows = await measure(target, options)
    console.log(`${describeMachine(dataDir).join('\n')}\n`)
    const head = headOfPairs('Statement / operation', ['statement', 'operation'], minimumRatio)
    console.log(markdownTable(head, rows))
  } finally {
    await target.stop()
  }
}
