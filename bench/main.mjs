/** Benchmark of Dynatom beside a bare node:http echo, dynalite and dynoxide. See docs/benchmarks.md. */
import { resolve } from 'node:path'
import { optionsUsage, chosen, readOptions, stringOption } from './options.mjs'
import { peerRatios } from './peerRatios.mjs'
import { profiles } from './profilesTable.mjs'
import { orders } from './readWorkloads.mjs'
import { runSuite } from './suite.mjs'
import { loadTable } from './tableLoader.mjs'
import { buildDynoxide, hasDynoxide } from './dynoxide.mjs'
import { besideKinds, nativePeers, startTarget, targetKinds } from './targets.mjs'
import { workloads } from './workloads.mjs'

const operationNames = [...new Set(workloads.map(({ operation }) => operation))]

const allKinds = hasDynoxide() ? [...targetKinds, ...nativePeers] : targetKinds

const usage = `npm run bench -- [options]
  --operations LIST     operations to measure (all): ${operationNames.join(',')}
  --targets LIST        targets to measure (all): ${allKinds.map(({ name }) => name).join(',')}
  --beside FILE         what another build starts from, to be measured too, in memory and durable
  --beside-name NAME    what that is called
${optionsUsage}
npm run bench -- --growth --help shows the options of another suite: how speed depends on size;
so does --streams --help: what the stream of a table costs`

/** What Dynatom wants to reach, as a share of the echo's requests per second. */
const aims = [
  { workload: 'GetItem', target: 'dynatom', minimumRatio: 0.7, connections: [1, 64] },
  { workload: 'PutItem', target: 'dynatom', minimumRatio: 0.5, connections: [64] },
]

async function start(kind, dataDir, onStart) {
  const target = await startTarget(kind, dataDir)
  onStart(target)
  if (!kind.isDatabase) return
  for (const table of [profiles, orders]) await loadTable(target.port, table)
}

function suiteOf(args) {
  const { values, options } = readOptions(args, {
    operations: stringOption,
    targets: stringOption,
    beside: stringOption,
    'beside-name': stringOption,
  })
  const list = (option, known, property) => chosen(values[option], known, { option, property })
  const kinds = [...list('targets', allKinds, 'name')]
  if (values.beside !== undefined) {
    kinds.push(...besideKinds(resolve(values.beside), values['beside-name'] ?? values.beside))
  }
  if (!options.help && kinds.some((kind) => nativePeers.includes(kind))) buildDynoxide()
  const suite = {
    targetKinds: kinds,
    workloads: list('operations', workloads, 'operation'),
    start,
    baseline: { name: 'echo', title: 'the echo' },
    aims,
    compare: peerRatios,
    block: 'comparison',
    flags: [],
  }
  return { options, suite }
}

await runSuite(process.argv.slice(2), usage, suiteOf)
