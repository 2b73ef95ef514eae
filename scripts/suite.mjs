/**
 * `npm run test:isolation`, `test:simulation`, `test:crash`, `test:hostile`, `test:packaging`,
 * `test:console`, `test:postgres`, `test:cluster`, `test:server` and `npm run soak`: builds what has changed and
 * runs one of the long suites, files `*.suite.ts` below `tests/`. `--name value` reaches the suite as the environment variable DYNATOM_NAME (`--seconds 60` as
 * DYNATOM_SECONDS); what stands after `--` goes to vitest, the names of files as those of the suite.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { installChromium } from './chromium.mjs'
import { buildIfNeeded, inRoot, installIfNeeded, run } from './workspace.mjs'

/** What each suite can be told; the suite's file says what it does when told nothing. */
const options = {
  isolation: ['seconds', 'seed', 'clients', 'history'],
  simulation: ['seeds', 'seed'],
  crash: ['cycles', 'seed'],
  hostile: ['requests', 'expressions', 'statements', 'seconds', 'seed'],
  packaging: [],
  console: [],
  postgres: ['seconds', 'seed', 'cycles'],
  cluster: ['seconds', 'seed', 'clients', 'output'],
  server: [],
  soak: ['minutes', 'seed', 'clients', 'output'],
}

/** Options that name a file; all others are numbers. */
const paths = new Set(['history', 'output'])

function usage(suite) {
  const placeholder = (name) => (paths.has(name) ? 'PATH' : 'N')
  const known = options[suite].map((name) => ` [--${name} ${placeholder(name)}]`).join('')
  const script = suite === 'soak' ? suite : `test:${suite}`
  return `Usage: npm run ${script} --${known}`
}

/** npm runs scripts at the root of the work tree and says where it was called. */
const fromCaller = (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path)

/** The environment of the suite and the arguments of vitest; undefined when an argument is unknown. */
function parse(suite, args) {
  const split = args.indexOf('--')
  const own = split < 0 ? args : args.slice(0, split)
  const env = { ...process.env, DYNATOM_SUITE: suite }
  for (let i = 0; i < own.length; i += 2) {
    const name = own[i].replace(/^--/, '')
    const value = own[i + 1]
    if (!own[i].startsWith('--') || !options[suite].includes(name)) return undefined
    if (value === undefined) return undefined
    if (!paths.has(name) && !/^[0-9]+$/.test(value)) return undefined
    env[`DYNATOM_${name.toUpperCase()}`] = paths.has(name) ? fromCaller(value) : value
  }
  return { env, rest: split < 0 ? [] : args.slice(split + 1) }
}

/** vitest runs what any of the names that it is given matches, so that the whole suite is one only of none. */
function inSuite(suite, args) {
  const isName = (arg, i) => !arg.startsWith('-') && !/^-[^=]*$/.test(args[i - 1] ?? '')
  const scoped = args.map((arg, i) => (isName(arg, i) ? `tests/${suite}/${arg}` : arg))
  return args.some(isName) ? scoped : [`tests/${suite}/`, ...args]
}

/**
 * What gives the suite a network of its own where that can be had, if it builds and cuts one; it is told
 * which one is everybody's.
 */
function ownNetwork(suite) {
  const wrapper = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  const isPossible = () => spawnSync(wrapper[0], [...wrapper.slice(1), 'true']).status === 0
  if (suite !== 'cluster' || !isPossible()) return { wrapper: [], env: {} }
  return { wrapper, env: { DYNATOM_OUTER_NETWORK: readlinkSync('/proc/self/ns/net') } }
}

async function main([suite, ...args]) {
  if (options[suite] === undefined || !existsSync(inRoot('tests', suite))) {
    console.error(`Suites: ${Object.keys(options).join(', ')}.`)
    return 1
  }
  const parsed = parse(suite, args)
  if (parsed === undefined) {
    console.error(usage(suite))
    return 1
  }
  const prepared = (await installIfNeeded()) || (await buildIfNeeded())
  if (prepared !== 0) return prepared
  // Before the files of the suite, of which several begin at once.
  if (suite === 'console') await installChromium()
  const vitest = inRoot('node_modules', '.bin', 'vitest')
  const config = inRoot('tests', 'suites.config.ts')
  const command = [process.execPath, vitest, 'run', '--config', config]
  const { wrapper, env } = ownNetwork(suite)
  const [program, ...rest] = [...wrapper, ...command, ...inSuite(suite, parsed.rest)]
  return run(program, rest, { env: { ...parsed.env, ...env } })
}

process.exitCode = await main(process.argv.slice(2))
