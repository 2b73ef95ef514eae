/** Statements beside the operations that do the same, in pairs. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './cpuSeconds.mjs'
import { describeMachine } from './machine.mjs'
import { generateLoad } from './measurement.mjs'
import { positiveIntegers } from './options.mjs'
import { profiles } from './profilesTable.mjs'
import { markdownTable } from './report.mjs'
import { median } from './statistics.mjs'
import { loadTable } from './tableLoader.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --statements [options]
  --connections N       connections (64)
  --rounds N            measurements of each (7)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

/** A statement and the operation that does the same, by the names of their workloads. */
const pairs = [
  ['SELECT of one item', 'GetItem'],
  ['UPDATE, spread counters', 'UpdateItem, spread counters'],
]
/** What a statement is to reach of the operation's requests per second. */
const minimumRatio = 0.85
const measured = { warmupMs: 1000, durationMs: 2000 }

/** Both of a pair once in each round, so that what slows the machine down slows both of them down. */
async function measurePair([statement, operation], { target, connections, rounds }) {
  const { port, pid } = target
  const rates = { statement: [], operation: [] }
  const costs = { statement: [], operation: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, workload] of Object.entries({ statement, operation })) {
      const before = cpuSeconds(pid)
      const { requestCount } = await generateLoad({ workload, port, connections, ...measured })
      const rate = requestCount / (measured.durationMs / 1000)
      rates[name].push(rate)
      // The warm-up takes part in the time of the processor, at about the same rate.
      const sent = rate * ((measured.warmupMs + measured.durationMs) / 1000)
      costs[name].push(((cpuSeconds(pid) - before) / sent) * 1e6)
    }
  }
  const ratios = rates.statement.map((rate, i) => rate / rates.operation[i])
  return { rates, ratios, costs }
}

const whole = (number) => Math.round(number).toLocaleString('en-US')

function rowOf([statement, operation], { rates, ratios, costs }) {
  const ratio = median(ratios)
  const range = [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2))
  return [
    `${statement} / ${operation}`,
    whole(median(rates.statement)),
    whole(median(rates.operation)),
    `${whole(median(costs.statement))} / ${whole(median(costs.operation))}`,
    `${ratio.toFixed(2)} (${range.join(' to ')})`,
    ratio >= minimumRatio ? 'reached' : 'not reached',
  ]
}

async function main() {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '7' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const [connections] = positiveIntegers(values.connections, 'connections')
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const parent = values['data-dir'] === undefined ? tmpdir() : resolve(values['data-dir'])
  const kind = targetKinds.find(({ name }) => name === 'dynatom')
  const target = await startTarget(kind, parent)
  try {
    await loadTable(target.port, profiles)
    const rows = []
    for (const pair of pairs) {
      rows.push(rowOf(pair, await measurePair(pair, { target, connections, rounds })))
    }
    console.log(describeMachine(parent).join('\n'))
    const aim = `aim ${minimumRatio.toFixed(2)}`
    const rates = ['statement, 1/s', 'operation, 1/s', 'processor, µs']
    const head = ['Statement / operation', ...rates, 'ratio', aim]
    console.log(markdownTable(head, rows))
  } finally {
    await target.stop()
  }
}

await main()
