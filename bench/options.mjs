import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { targetKinds } from './targets.mjs'
import { workloads } from './workloads.mjs'

export const usage = `npm run bench -- [options]
  --quick               short rounds, to see that everything works; numbers are rough
  --rounds N            rounds per row (5); every target is measured once in each
  --warmup-ms N         load before each measurement that is not counted (1000)
  --duration-ms N       length of each measurement (2000)
  --connections LIST    numbers of connections, one request in flight on each (1,64)
  --operations LIST     operations to measure (all): ${operationNames().join(',')}
  --targets LIST        targets to measure (all): ${targetKinds.map(({ name }) => name).join(',')}
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)
  --write               also replace the tables in docs/benchmarks.md`

const stringOption = { type: 'string' }
const flagOption = { type: 'boolean', default: false }

function operationNames() {
  return [...new Set(workloads.map(({ operation }) => operation))]
}

function positiveInteger(text, option) {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${option}: not a positive number: ${text}`)
  return Number(text)
}

/** The members of `known` that the comma-separated `text` names by `property`; all without text. */
function chosen(text, known, { option, property }) {
  if (text === undefined) return known
  const names = text.split(',')
  const unknown = names.find((name) => !known.some((member) => member[property] === name))
  if (unknown !== undefined) throw new Error(`--${option}: unknown name: ${unknown}`)
  return known.filter((member) => names.includes(member[property]))
}

/**
 * Reads the command line of the benchmark. Throws an error with a readable message for anything
 * that it does not understand.
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: flagOption,
      write: flagOption,
      help: flagOption,
      rounds: stringOption,
      'warmup-ms': stringOption,
      'duration-ms': stringOption,
      connections: { type: 'string', default: '1,64' },
      operations: stringOption,
      targets: stringOption,
      'data-dir': { type: 'string', default: tmpdir() },
    },
  })
  const number = (option, usual, quick) =>
    positiveInteger(values[option] ?? (values.quick ? quick : usual), option)
  const list = (option, known, property) => chosen(values[option], known, { option, property })
  return {
    help: values.help,
    write: values.write,
    rounds: number('rounds', '5', '3'),
    warmupMs: number('warmup-ms', '1000', '200'),
    durationMs: number('duration-ms', '2000', '400'),
    connections: values.connections.split(',').map((text) => positiveInteger(text, 'connections')),
    workloads: list('operations', workloads, 'operation'),
    targetKinds: list('targets', targetKinds, 'name'),
    dataDir: resolve(values['data-dir']),
  }
}
