/** GetItem with verified signatures beside GetItem without. See docs/benchmarks.md. */
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

const usage = `npm run bench -- --auth [options]
  --connections LIST    numbers of connections (64)
  --rounds N            measurements of each (7)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

/** Requests of this process and of those that it starts are signed by this, and verified. */
Object.assign(process.env, {
  DYNATOM_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  DYNATOM_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
})

const workload = 'GetItem'
/** What a server that verifies is to reach of the requests per second of one that does not. */
const minimumRatio = 0.7
const measured = { warmupMs: 1000, durationMs: 2000 }

/** Both servers once in each round, with the same requests. */
async function measure(targets, connections, rounds) {
  const rates = { verified: [], believed: [] }
  const costs = { verified: [], believed: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, { port, pid }] of Object.entries(targets)) {
      const before = cpuSeconds(pid)
      const job = { workload, port, connections, ...measured }
      const { requestCount, unexpectedStatuses } = await generateLoad(job)
      if (Object.keys(unexpectedStatuses).length > 0) {
        throw new Error(`answers other than 200: ${JSON.stringify(unexpectedStatuses)}`)
      }
      const rate = requestCount / (measured.durationMs / 1000)
      rates[name].push(rate)
      const sent = rate * ((measured.warmupMs + measured.durationMs) / 1000)
      costs[name].push(((cpuSeconds(pid) - before) / sent) * 1e6)
    }
  }
  return { rates, costs, ratios: rates.verified.map((rate, i) => rate / rates.believed[i]) }
}

const whole = (number) => Math.round(number).toLocaleString('en-US')

function rowOf(connections, { rates, costs, ratios }) {
  const ratio = median(ratios)
  const range = [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2))
  return [
    `${workload}, connections: ${connections}`,
    whole(median(rates.verified)),
    whole(median(rates.believed)),
    `${whole(median(costs.verified))} / ${whole(median(costs.believed))}`,
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
  const connections = positiveIntegers(values.connections, 'connections')
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const parent = values['data-dir'] === undefined ? tmpdir() : resolve(values['data-dir'])
  const believing = targetKinds.find(({ name }) => name === 'dynatom')
  const verifying = { ...believing, args: (dir) => [...believing.args(dir), '--auth', 'required'] }
  const started = []
  try {
    for (const kind of [verifying, believing]) {
      const target = await startTarget(kind, parent)
      started.push(target)
      await loadTable(target.port, profiles)
    }
    const [verified, believed] = started
    const rows = []
    for (const count of connections) {
      rows.push(rowOf(count, await measure({ verified, believed }, count, rounds)))
    }
    console.log(describeMachine(parent).join('\n'))
    const rates = ['verified, 1/s', 'believed, 1/s', 'processor, µs']
    const head = ['Signatures', ...rates, 'ratio', `aim ${minimumRatio.toFixed(2)}`]
    console.log(markdownTable(head, rows))
  } finally {
    for (const target of started) await target.stop()
  }
}

await main()
