/** Two loads beside each other: both once in each round, so that what slows the machine down slows both. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './cpuSeconds.mjs'
import { generateLoad } from './measurement.mjs'
import { positiveIntegers } from './options.mjs'
import { median } from './statistics.mjs'

const measured = { warmupMs: 1000, durationMs: 2000 }

export const pairOptionsUsage = `\
  --connections LIST    numbers of connections (64)
  --rounds N            measurements of each (7)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

/** The options of the command line; undefined where `usage` was asked for and printed. */
export function readPairOptions(usage) {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '7' },
      'data-dir': { type: 'string', default: tmpdir() },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(usage)
    return undefined
  }
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const connections = positiveIntegers(values.connections, 'connections')
  return { connections, rounds, dataDir: resolve(values['data-dir']) }
}

/** One measurement: requests per second, and microseconds of the server's processor for each. */
async function measureOnce({ workload, target, connections }) {
  const { port, pid } = target
  const before = cpuSeconds(pid)
  const result = await generateLoad({ workload, port, connections, ...measured })
  if (Object.keys(result.unexpectedStatuses).length > 0) {
    throw new Error(`answers other than 200: ${JSON.stringify(result.unexpectedStatuses)}`)
  }
  const rate = result.requestCount / (measured.durationMs / 1000)
  // The warm-up takes part in the time of the processor, at about the same rate.
  const sent = rate * ((measured.warmupMs + measured.durationMs) / 1000)
  return { rate, cost: ((cpuSeconds(pid) - before) / sent) * 1e6 }
}

/** Measures two loads, each `{ workload, target, connections }`, in pairs. */
export async function measurePairs(loads, rounds) {
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    const pair = []
    for (const load of loads) pair.push(await measureOnce(load))
    pairs.push(pair)
  }
  return pairs
}

const whole = (number) => Math.round(number).toLocaleString('en-US')

/** A row of figures: both rates, both costs, the ratio of the rates, and whether that is enough. */
export function rowOfPairs(name, pairs, minimumRatio) {
  const ratios = pairs.map(([first, second]) => first.rate / second.rate)
  const ratio = median(ratios)
  const range = [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2))
  const middle = (at, figure) => whole(median(pairs.map((pair) => pair[at][figure])))
  return [
    name,
    middle(0, 'rate'),
    middle(1, 'rate'),
    `${middle(0, 'cost')} / ${middle(1, 'cost')}`,
    `${ratio.toFixed(2)} (${range.join(' to ')})`,
    ratio >= minimumRatio ? 'reached' : 'not reached',
  ]
}

/** The head of such rows. */
export const headOfPairs = (name, [first, second], minimumRatio) => [
  name,
  `${first}, 1/s`,
  `${second}, 1/s`,
  'processor, µs',
  'ratio',
  `aim ${minimumRatio.toFixed(2)}`,
]
