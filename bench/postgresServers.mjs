/** Three servers on one store in PostgreSQL beside one of them. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { DelayedWay } from './delayedWay.mjs'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { PostgresNode } from './postgresNode.mjs'
import { profiles } from './profilesTable.mjs'
import { markdownTable } from './report.mjs'
import { measureServers, othersText, PostgresServer, warmUp } from './serverLoad.mjs'
import { median } from './statistics.mjs'
import { loadTable } from './tableLoader.mjs'

const usage = `npm run bench -- --postgres-servers [options]
  --rounds N          how often each is measured, in turns (3)
  --seconds N         how long one measurement is (5)
  --connections N     connections to each server, one request in flight on each (64)
  --far-connections N the same where the way to PostgreSQL is long (16)
  --delay-ms N        how much later what is sent arrives then, in each direction (5)
  --apart             measure three servers with a store of each's own instead, near: what three
                      cost each other that share nothing but the machine
  --data-dir DIR      where clusters are put during the run (the system's temporary directory)`

const serverCount = 3
const firstMs = 8000
const operations = ['GetItem', 'PutItem', 'TransactWriteItems of two']

const micro = (seconds) => `${Math.round(seconds * 1e6)}`
const whole = (rate) => Math.round(rate).toLocaleString('en-US')
const postgresOf = ({ nodeCpu }) => nodeCpu.reduce((all, each) => all + each, 0)

/** Rounds of one server and of all, in turns, by operation. */
async function inTurns(servers, nodes, { workloads, connections, rounds, seconds }) {
  await warmUp(servers, workloads, { connections, durationMs: firstMs })
  const measured = new Map(workloads.map((workload) => [workload, []]))
  for (let round = 0; round < rounds; round++) {
    for (const workload of workloads) {
      const load = { workload, connections, seconds }
      // Each of them is the one for a round.
      const one = await measureServers([servers[round % serverCount]], nodes, load)
      const all = await measureServers(servers, nodes, load)
      measured.get(workload).push({ one, all })
    }
  }
  return measured
}

function rowOf([operation, rounds]) {
  const middle = (read) => median(rounds.map(read))
  const ratio = (read) => middle(({ one, all }) => read(all) / read(one)).toFixed(2)
  const columns = [
    [({ rate }) => rate, whole],
    [({ serverCpu }) => serverCpu, micro],
    [postgresOf, micro],
  ]
  const cells = columns.flatMap(([read, text]) => [
    `${text(middle(({ one }) => read(one)))}, ${text(middle(({ all }) => read(all)))}`,
    ratio(read),
  ])
  return [operation, ...cells]
}

function report(load, measured) {
  const head = [load, 'a second, one and three', 'ratio', 'servers, µs', 'ratio']
  head.push('PostgreSQL, µs', 'ratio')
  console.log(markdownTable(head, [...measured].map(rowOf)))
  const rounds = [...measured.values()].flat().flatMap(({ one, all }) => [one, all])
  console.log(`\n${othersText(rounds)}\n`)
}

async function started(node, port, schemaOf = () => 'dynatom') {
  const servers = []
  for (let i = 0; i < serverCount; i++) {
    servers.push(await PostgresServer.start(node, { port, schema: schemaOf(i) }))
  }
  return servers
}

async function measureNear(nodes, { isApart, ...options }) {
  const schemaOf = isApart ? (i) => `dynatom${i}` : undefined
  const servers = await started(nodes[0], nodes[0].port, schemaOf)
  try {
    for (const { port } of isApart ? servers : servers.slice(0, 1)) await loadTable(port, profiles)
    const { connections } = options
    const measured = await inTurns(servers, nodes, { workloads: operations, ...options })
    report(`${connections} connections to each`, measured)
  } finally {
    for (const server of servers) await server.stop()
  }
}

async function measureFar(nodes, { farConnections, delayMs, ...options }) {
  const way = await DelayedWay.open(nodes[0].port, delayMs)
  let servers = []
  try {
    servers = await started(nodes[0], way.port)
    const load = { ...options, workloads: operations, connections: farConnections }
    const measured = await inTurns(servers, nodes, load)
    report(`${farConnections} connections to each, ${delayMs} ms each way`, measured)
  } finally {
    for (const server of servers) await server.stop()
    way.close()
  }
}

function optionsOf(args) {
  const usual = { rounds: 3, seconds: 5, connections: 64, 'far-connections': 16, 'delay-ms': 5 }
  const numbers = Object.entries(usual).map(([name, number]) => [
    name,
    { type: 'string', default: String(number) },
  ])
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(numbers),
      'data-dir': { type: 'string', default: tmpdir() },
      apart: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  const number = (name) => positiveIntegers(values[name], name)[0]
  return {
    help: values.help,
    isApart: values.apart,
    dataDir: values['data-dir'],
    rounds: number('rounds'),
    seconds: number('seconds'),
    connections: number('connections'),
    farConnections: number('far-connections'),
    delayMs: number('delay-ms'),
  }
}

async function main() {
  const { help, dataDir, ...options } = optionsOf(process.argv.slice(2))
  if (help) return console.log(usage)
  const nodes = [await PostgresNode.leader(dataDir)]
  try {
    nodes.push(await nodes[0].standby(dataDir))
    console.log(`\n${describeMachine(dataDir).join('\n')}\n`)
    await measureNear(nodes, options)
    if (!options.isApart) await measureFar(nodes, options)
  } finally {
    for (const node of nodes.reverse()) await node.stop()
  }
}

await main()
