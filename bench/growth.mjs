/** How the speed and the footprint of Dynatom depend on its size. See docs/benchmarks.md. */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { residentBytes, storeBytes } from './footprint.mjs'
import { footprintTable } from './footprintTable.mjs'
import { growthWorkloads } from './growthWorkloads.mjs'
import { chosen, optionsUsage, positiveIntegers, readOptions, stringOption } from './options.mjs'
import { ordersTable } from './ordersTable.mjs'
import { progress, runSuite } from './suite.mjs'
import { loadTable } from './tableLoader.mjs'
import { startsTable } from './startsTable.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --growth [options]
  --sizes LIST          numbers of items (10000,100000,1000000; with --quick 1000,10000)
  --operations LIST     operations to measure (all): GetItem,Query,PutItem
${optionsUsage}`

/** What is left to do after the last answer is done by then. */
const settleMs = 1000
const startRounds = 5

const dynatom = targetKinds.find(({ name }) => name === 'dynatom')

function sizedKind(itemCount) {
  const title = `${itemCount.toLocaleString('en-US')} items`
  return { ...dynatom, name: String(itemCount), title, itemCount }
}

/** A server with a store of its own for each size: each round measures all of them. */
async function start(kind, dataDir, onStart) {
  const target = await startTarget(kind, dataDir)
  onStart(target)
  const emptyBytes = residentBytes(target.pid)
  const startedAtMs = performance.now()
  await loadTable(target.port, ordersTable(kind.itemCount))
  const loadMs = performance.now() - startedAtMs
  await delay(settleMs)
  target.footprint = {
    loadMs,
    storeBytes: storeBytes(target.dataDir),
    resident: { empty: emptyBytes, loaded: residentBytes(target.pid) },
  }
  progress(`  loaded in ${Math.round(loadMs / 1000)} s`)
}

/** Starts after clean stops, of all sizes and of an empty store in turns. Puts new targets in place of `targets`. */
async function measureStarts(targets, dataDir) {
  const empty = { ...dynatom, name: 'empty', title: 'empty' }
  const all = [await startTarget(empty, dataDir), ...targets]
  const starts = all.map(({ kind }) => ({ title: kind.title, readyMs: [] }))
  try {
    for (let round = 0; round < startRounds; round++) {
      progress(`starts, round ${round + 1}`)
      for (const [i, { readyMs }] of starts.entries()) {
        await delay(settleMs)
        all[i] = await all[i].restart()
        readyMs.push(all[i].readyMs)
      }
    }
  } finally {
    const [first, ...others] = all
    targets.splice(0, targets.length, ...others)
    await first.stop()
  }
  return starts
}

async function notes(targets, dataDir) {
  for (const { pid, footprint } of targets) footprint.resident.measured = residentBytes(pid)
  const footprints = footprintTable(targets)
  return [footprints, startsTable(await measureStarts(targets, dataDir))]
}

function suiteOf(args) {
  const { values, options } = readOptions(args, { sizes: stringOption, operations: stringOption })
  const usual = values.quick ? '1000,10000' : '10000,100000,1000000'
  const sizes = [...new Set(positiveIntegers(values.sizes ?? usual, 'sizes'))]
  const kinds = sizes.sort((a, b) => a - b).map(sizedKind)
  const choice = { option: 'operations', property: 'operation' }
  const workloads = chosen(values.operations, growthWorkloads, choice)
  const aims = workloads.map(({ name }) => ({
    workload: name,
    target: kinds.at(-1).name,
    minimumRatio: 0.9,
    connections: options.connections,
  }))
  const suite = {
    targetKinds: kinds,
    workloads,
    start,
    baseline: kinds[0],
    aims,
    block: 'growth',
    flags: ['--growth'],
    notes: (targets) => notes(targets, options.dataDir),
  }
  return { options, suite }
}

await runSuite(process.argv.slice(2), usage, suiteOf)
