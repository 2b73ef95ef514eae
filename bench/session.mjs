/** Starts and short sessions beside a bare Node: what a test of an application pays for. See docs/benchmarks.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bareMs, ColdTarget, freePort } from './coldTarget.mjs'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { markdownTable } from './report.mjs'
import { firstRequests, sessionKinds, table } from './sessionRequests.mjs'
import { median } from './statistics.mjs'

const usage = `npm run bench -- --session [options]
  --rounds N            starts of each (11)
  --node PROGRAM        the Node that all run on (this one)
  --beside FILE         what another build starts from, to be measured too
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const startFile = pathOf('../packages/server/dist/start/dynatom.cjs')
const floorFile = pathOf('fixedAnswer.mjs')
const turns = 50
const requestsOfKind = 300
const idleMs = 500
/** Times a bare Node that a start may take. */
const aims = { memory: 1.6, durable: 2 }

/** The builds, this one and another one if it is asked for, and what Node itself takes. */
function targetsOf(other, directory) {
  const builds = [['Dynatom', startFile], ...(other === undefined ? [] : [['Beside', other]])]
  const servers = builds.flatMap(([name, file], i) => [
    { title: `${name}, in memory`, aim: aims.memory, file, flags: ['--in-memory'] },
    {
      title: `${name}, durable`,
      aim: aims.durable,
      file,
      flags: ['--data-dir', join(directory, String(i))],
    },
  ])
  return [...servers, { title: '`node:net`, the same bytes to all', file: floorFile, flags: [] }]
}

async function start({ file, flags }, program) {
  const port = await freePort()
  return ColdTarget.start([program, file, 'start', '--port', String(port), ...flags], port)
}

/** One start, a table, 300 requests of six kinds, and the end. */
async function measureSession(target, program) {
  const server = await start(target, program)
  try {
    await new Promise((done) => setTimeout(done, idleMs))
    const { readyMs, readyCpuMs, residentMiB } = server
    const idleCpuMs = server.cpuMs - readyCpuMs
    await server.perform('CreateTable', table)
    for (let i = 0; i < turns; i++) {
      for (const { operation, request } of sessionKinds) await server.perform(operation, request(i))
    }
    const cpuMs = server.cpuMs - idleCpuMs
    await server.perform('DeleteTable', { TableName: table.TableName })
    return { readyMs, readyCpuMs, residentMiB, cpuMs }
  } finally {
    await server.stop()
  }
}

/** Processor time in microseconds of each of the first requests of one kind. */
async function measureFirst({ operation, request }, target, program) {
  const server = await start(target, program)
  try {
    await server.perform('CreateTable', table)
    const before = server.cpuMs
    for (let i = 0; i < requestsOfKind; i++) await server.perform(operation, request(i))
    const cost = ((server.cpuMs - before) * 1000) / requestsOfKind
    await server.perform('DeleteTable', { TableName: table.TableName })
    return cost
  } finally {
    await server.stop()
  }
}

async function measureRounds(targets, program, rounds) {
  const bare = []
  const sessions = targets.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    const bareTime = await bareMs(program)
    const measured = []
    for (const target of targets) measured.push(await measureSession(target, program))
    // The first round makes stores, and the caches of the system.
    if (round === 0) continue
    bare.push(bareTime)
    measured.forEach((each, i) => sessions[i].push(each))
  }
  return { bare, sessions }
}

function startTable(targets, { bare, sessions }) {
  const rows = targets.map(({ title, aim }, i) => {
    const of = (name) => median(sessions[i].map((session) => session[name]))
    const ratio = median(sessions[i].map(({ readyMs }, round) => readyMs / bare[round]))
    return [
      title,
      `${of('readyMs').toFixed(0)} ms`,
      `${ratio.toFixed(2)}${aim === undefined ? '' : ` (${aim.toFixed(1)})`}`,
      `${of('readyCpuMs').toFixed(0)} ms`,
      `${of('residentMiB').toFixed(0)} MiB`,
      `${of('cpuMs').toFixed(0)} ms`,
    ]
  })
  const head = [
    'Start',
    'until it answers',
    'ratio (aim)',
    'processor',
    'resident, idle',
    'session',
  ]
  const bareRow = ['`node -e 0`', `${median(bare).toFixed(0)} ms`, '1.00', '', '', '']
  return markdownTable(head, [bareRow, ...rows])
}

async function firstTable(targets, program, rounds) {
  const rows = []
  for (const kind of firstRequests) {
    const costs = targets.map(() => [])
    for (let round = 0; round < rounds; round++) {
      for (const [i, target] of targets.entries()) {
        costs[i].push(await measureFirst(kind, target, program))
      }
    }
    rows.push([kind.operation, ...costs.map((each) => `${median(each).toFixed(0)} µs`)])
  }
  const head = [`First ${requestsOfKind} of a kind, each`, ...targets.map(({ title }) => title)]
  return markdownTable(head, rows)
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    node: { type: 'string', default: process.execPath },
    beside: { type: 'string' },
    'data-dir': { type: 'string', default: tmpdir() },
    help: { type: 'boolean' },
  },
})
if (values.help) console.log(usage)
else {
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const dataDir = resolve(values['data-dir'])
  const directory = mkdtempSync(join(dataDir, 'dynatom-bench-'))
  try {
    const targets = targetsOf(values.beside && resolve(values.beside), directory)
    console.log(`${describeMachine(dataDir).join('\n')}\n`)
    console.log(startTable(targets, await measureRounds(targets, values.node, rounds)))
    console.log(`\n${await firstTable(targets, values.node, Math.ceil(rounds / 4))}`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
