/** One server on PostgreSQL beside pgbench, which does the bare work. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { schemaText } from '../packages/server/dist/storage/postgres/schema.js'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { bareSchema, fillBare, runPgbench, scripts } from './pgbench.mjs'
import { PostgresNode } from './postgresNode.mjs'
import { profiles } from './profilesTable.mjs'
import { markdownTable } from './report.mjs'
import { measureServers, othersText, PostgresServer, warmUp } from './serverLoad.mjs'
import { median } from './statistics.mjs'
import { loadTable } from './tableLoader.mjs'

const usage = `npm run bench -- --postgres [options]
  --rounds N        how often each is measured, in turns (3)
  --seconds N       how long one measurement is (6)
  --standbys N      nodes that the leader waits for, 0 or 1 (1)
  --node-options O  measure a second server, whose Node has these options, beside the first
  --data-dir DIR    where clusters are put during the run (the system's temporary directory)`

const connections = 64
/** How long each operation is asked for before anything is measured, so that its code is compiled. */
const firstMs = 10_000
const operations = ['GetItem', 'PutItem', 'TransactWriteItems of two']

async function sampleOf(node) {
  const { rows } = await node.query(`SELECT v::text AS value, h::text AS version
    FROM dynatom.entries WHERE length(v) > 300 AND k >= '\\x10' AND k < '\\x11' LIMIT 1`)
  return rows[0]
}

const micro = (seconds) => `${Math.round(seconds * 1e6)}`

function rowOf(operation, rounds) {
  const middle = (read) => median(rounds.map(read))
  const bare = middle(({ bare: { leaderCpu } }) => leaderCpu)
  const cpu = (round) => (round.own.serverCpu + round.own.leaderCpu) / round.bare.leaderCpu
  return [
    operation,
    Math.round(middle(({ bare: { rate } }) => rate)).toLocaleString('en-US'),
    Math.round(middle(({ own }) => own.rate)).toLocaleString('en-US'),
    middle(({ own, bare: { rate } }) => own.rate / rate).toFixed(2),
    micro(bare),
    micro(middle(({ own }) => own.leaderCpu)),
    micro(middle(({ own }) => own.serverCpu)),
    middle(cpu).toFixed(2),
  ]
}

/** The second server beside the first. */
function optionsRow(operation, rounds) {
  const middle = (read) => median(rounds.map(read))
  return [
    operation,
    micro(middle(({ own }) => own.serverCpu)),
    micro(middle(({ other }) => other.serverCpu)),
    middle(({ own, other }) => other.serverCpu / own.serverCpu).toFixed(2),
    middle(({ own, other }) => other.rate / own.rate).toFixed(2),
  ]
}

async function loadOf(server, node, load) {
  const { nodeCpu, ...measured } = await measureServers([server], [node], load)
  return { ...measured, leaderCpu: nodeCpu[0] }
}

async function measure(node, servers, { rounds, seconds }) {
  const sample = await sampleOf(node)
  await node.query(schemaText(bareSchema))
  await fillBare(node, profiles.itemCount, sample)
  const bareScripts = scripts(profiles.itemCount, sample)
  for (const server of servers) {
    await warmUp([server], operations, { connections, durationMs: firstMs })
  }
  const measured = new Map(operations.map((operation) => [operation, []]))
  for (let round = 0; round < rounds; round++) {
    for (const operation of operations) {
      const bare = await runPgbench(node, bareScripts[operation], { clients: connections, seconds })
      const load = { workload: operation, connections, seconds }
      const own = await loadOf(servers[0], node, load)
      const other = servers.length > 1 ? await loadOf(servers[1], node, load) : undefined
      measured.get(operation).push({ bare, own, other })
    }
  }
  return measured
}

function report(measured, nodeOptions) {
  const head = ['64 connections', 'pgbench, a second', 'Dynatom, a second', 'ratio']
  head.push('leader for pgbench, µs', 'leader, µs', 'server, µs', 'server and leader by leader')
  const rowsOf = (row) => [...measured].map(([operation, rounds]) => row(operation, rounds))
  console.log(markdownTable(head, rowsOf(rowOf)))
  if (nodeOptions !== undefined) {
    const headOfOptions = ['64 connections', 'server, µs', `with ${nodeOptions}, µs`]
    headOfOptions.push('ratio', 'ratio of rates')
    console.log(`\n${markdownTable(headOfOptions, rowsOf(optionsRow))}`)
  }
  const all = [...measured.values()].flat().flatMap(({ bare, own }) => [bare, own])
  console.log(`\n${othersText(all)}`)
}

async function main() {
  const option = (usual) => ({ type: 'string', default: usual })
  const { values } = parseArgs({
    options: {
      rounds: option('3'),
      seconds: option('6'),
      standbys: option('1'),
      'node-options': { type: 'string' },
      'data-dir': option(tmpdir()),
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const [seconds] = positiveIntegers(values.seconds, 'seconds')
  const nodes = [await PostgresNode.leader(values['data-dir'])]
  const servers = []
  try {
    if (values.standbys !== '0') nodes.push(await nodes[0].standby(values['data-dir']))
    const nodeOptions = values['node-options']
    servers.push(await PostgresServer.start(nodes[0]))
    if (nodeOptions !== undefined) {
      servers.push(await PostgresServer.start(nodes[0], { env: { NODE_OPTIONS: nodeOptions } }))
    }
    await loadTable(servers[0].port, profiles)
    const measured = await measure(nodes[0], servers, { rounds, seconds })
    console.log(`\n${describeMachine(values['data-dir']).join('\n')}\n`)
    report(measured, nodeOptions)
  } finally {
    for (const server of servers) await server.stop()
    for (const node of nodes.reverse()) await node.stop()
  }
}

await main()
