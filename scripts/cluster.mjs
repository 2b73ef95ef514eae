/**
 * `npm run cluster`: three nodes of PostgreSQL with Patroni and etcd, three servers on them and one
 * address for the servers, on loopback, until Ctrl-C. See docs/cluster.md.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { defaultDirectory, openState, statePath } from './cluster/clusterState.mjs'
import { pidIn, pidLine } from './cluster/part.mjs'
import { installClusterPrograms } from './cluster/programs.mjs'
import { buildIfNeeded, installIfNeeded, startFile } from './workspace.mjs'

const usage = `Usage: npm run cluster -- [start|stop|wipe|install] [--yes] [--port N] [--directory PATH]

start   (or nothing) starts it, in a directory of its own, until Ctrl-C
stop    ends one that is running; its data stay
wipe    ends it and removes its data
install installs what it needs, and starts nothing
--yes   installs Debian's packages without asking
--port  where the address is, with 15 ports behind it for the parts; free ones when absent
--directory  where data, logs and passwords are: ${defaultDirectory()}`

const stopMs = 120_000
const pollMs = 200
const ownPid = 'cluster.pid'

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      port: { type: 'string' },
      directory: { type: 'string' },
    },
  })
  const [command = 'start', ...others] = positionals
  const port = values.port === undefined ? undefined : Number(values.port)
  const isPort = port === undefined || (Number.isInteger(port) && port > 0 && port < 65_520)
  const isKnown = Object.keys(commands).includes(command) && others.length === 0
  if (values.help || !isKnown || !isPort) return undefined
  const { directory, yes } = values
  const from = process.env.INIT_CWD ?? process.cwd()
  return {
    command,
    port,
    yes,
    directory: directory === undefined ? defaultDirectory() : resolve(from, directory),
  }
}

async function start({ directory, port, yes }) {
  if (pidIn(join(directory, ownPid)) !== undefined) {
    throw new Error(`The cluster in ${directory} is running: stop it first.`)
  }
  await installClusterPrograms(yes)
  const status = (await installIfNeeded()) || (await buildIfNeeded())
  if (status !== 0) throw new Error('The server could not be built.')
  // What a start that was killed has left would stand in the way.
  await endParts(directory)
  const state = await openState(directory, port)
  const tell = (text) => console.log(`${text} ...`)
  const { LocalCluster } = await import('./cluster/localCluster.mjs')
  const cluster = new LocalCluster({ directory, state, main: startFile, tell })
  writeFileSync(join(directory, ownPid), pidLine(process.pid))
  const told = new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, done)
  })
  try {
    const isUp = await Promise.race([cluster.start().then(() => true), told.then(() => false)])
    if (isUp) {
      console.log(description(cluster, directory))
      await told
    }
  } finally {
    tell('all is stopped')
    await cluster.stop()
    await endParts(directory)
    rmSync(join(directory, ownPid), { force: true })
  }
}

const description = (cluster, directory) => `
The cluster is ready: ${cluster.endpoint}
  servers     ${cluster.servers.map(({ endpoint }) => endpoint).join(', ')}
  PostgreSQL  ${cluster.store.address}
  passwords   ${statePath(directory)}
  logs, data  ${directory}
Ctrl-C stops all; npm run cluster -- wipe removes the data.
`

/** Ends what is left of parts whose cluster does not run any more. */
async function endParts(directory) {
  if (!existsSync(directory)) return
  const files = readdirSync(directory).filter((name) =>
    /^(server|postgres|etcd)\d\.pid$/.test(name),
  )
  // Servers first, and etcd when PostgreSQL has ended.
  for (const kind of ['server', 'postgres', 'etcd']) {
    const paths = files.filter((name) => name.startsWith(kind)).map((name) => join(directory, name))
    await Promise.all(paths.map(end))
  }
}

/** Ends the process that a file names. */
async function end(path) {
  const untilMs = Date.now() + stopMs
  for (let signal = 'SIGTERM'; ; signal = undefined) {
    const pid = pidIn(path)
    if (pid === undefined) break
    if (signal !== undefined) process.kill(pid, signal)
    if (Date.now() > untilMs) process.kill(pid, 'SIGKILL')
    await pause(pollMs)
  }
  rmSync(path, { force: true })
}

async function stop({ directory }) {
  await end(join(directory, ownPid))
  await endParts(directory)
}

async function wipe({ directory }) {
  await stop({ directory })
  if (!existsSync(directory)) return
  if (!existsSync(statePath(directory))) throw new Error(`There is no cluster in ${directory}.`)
  rmSync(directory, { recursive: true })
}

const install = ({ yes }) => installClusterPrograms(yes)

const commands = { start, stop, wipe, install }

try {
  const parsed = parse()
  if (parsed === undefined) {
    console.error(usage)
    process.exitCode = 1
  } else await commands[parsed.command](parsed)
} catch (error) {
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? usage : error.message)
  process.exitCode = 1
}
