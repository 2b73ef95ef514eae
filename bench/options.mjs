import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** The options that all suites have, for their usage texts. */
export const optionsUsage = `\
  --quick               short rounds, to see that everything works; numbers are rough
  --rounds N            rounds per row (5); every target is measured once in each
  --warmup-ms N         load before each measurement that is not counted (1000)
  --duration-ms N       length of each measurement (2000)
  --connections LIST    numbers of connections, one request in flight on each (1,64)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)
  --write               also replace the tables of this suite in docs/benchmarks.md`

export const stringOption = { type: 'string' }
const flagOption = { type: 'boolean', default: false }

function positiveInteger(text, option) {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new Error(`--${option}: not a positive number: ${text}`)
  return Number(text)
}

/** The numbers, from 1 to 99,999,999, in the comma-separated `text`. */
export function positiveIntegers(text, option) {
  return text.split(',').map((each) => positiveInteger(each, option))
}

/** The members of `known` that the comma-separated `text` names by `property`; all without text. */
export function chosen(text, known, { option, property }) {
  if (text === undefined) return known
  const names = text.split(',')
  const unknown = names.find((name) => !known.some((member) => member[property] === name))
  if (unknown !== undefined) throw new Error(`--${option}: unknown name: ${unknown}`)
  return known.filter((member) => names.includes(member[property]))
}

/**
 * Reads the command line of a suite: `options`, the ones that all suites have, and `values`, the
 * texts of all that were given, with those that `ownOptions` adds in the form of `parseArgs`.
 * Throws an error with a readable message for anything that it does not understand.
 */
export function readOptions(args, ownOptions) {
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
      'data-dir': { type: 'string', default: tmpdir() },
      ...ownOptions,
    },
  })
  const number = (option, usual, quick) =>
    positiveInteger(values[option] ?? (values.quick ? quick : usual), option)
  const options = {
    help: values.help,
    write: values.write,
    rounds: number('rounds', '5', '3'),
    warmupMs: number('warmup-ms', '1000', '200'),
    durationMs: number('duration-ms', '2000', '400'),
    connections: positiveIntegers(values.connections, 'connections'),
    dataDir: resolve(values['data-dir']),
  }
  return { values, options }
}
