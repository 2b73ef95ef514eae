import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureReport } from '../isolation/failureReport.ts'
import { renderChart } from '../soak/svgChart.ts'
import { leaderDies } from './harmedCluster.ts'
import { isPrivateNetwork } from './network.ts'
import { runCluster, type ClusterRun } from './runCluster.ts'
import { serviceChart } from './serviceChart.ts'

/**
 * `npm run test:cluster`: AWS clients of three servers on a PostgreSQL of three nodes. Leaders and
 * servers are killed, servers stand still for longer than their leases last, machines are cut off; what
 * the clients saw is checked for strict serializability, and the store for agreeing with itself.
 *
 * --seconds N    how long the clients are at work (60)
 * --seed N       what they choose to do, and what harm is done (another one each time)
 * --clients N    how many there are (12)
 * --output PATH  a directory for the chart of the service, `service.svg`
 */
const setting = (name: string): string | undefined => process.env[`DYNATOM_${name}`]

const seconds = Number(setting('SECONDS') ?? 60)
const seed = Number(setting('SEED') ?? Math.floor(Math.random() * 2 ** 31))
const clients = Number(setting('CLIENTS') ?? 12)
const output = setting('OUTPUT')
const epochSeconds = 60
const mostOutageMs = 15_000

const startedMs = performance.now()
const tell = (text: string): void => {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${text}`)
}

function report({ figures, outages, done, perSecond, directory, ...run }: ClusterRun): void {
  console.log(`seed ${seed}: ${figures.summary()}`)
  for (const [what, count] of done) console.log(`  ${count} x ${what}`)
  for (const { what, ms } of outages) console.log(`  ${(ms / 1000).toFixed(1)} s: ${what}`)
  if (output !== undefined) {
    const path = join(output, 'service.svg')
    writeFileSync(path, renderChart(serviceChart({ perSecond, outages, seed })))
    console.log(`the chart: ${path}`)
  }
  const description = { seconds, seed, clients, dataDirectory: directory }
  const wrong = failureReport({ figures, ...run }, description)
  if (wrong !== undefined) expect.fail(wrong)
}

test('what clients see of a cluster that is harmed is strictly serializable', async () => {
  if (!isPrivateNetwork()) tell('there are no network namespaces here: nothing is cut off')
  const run = await runCluster({ seconds, seed, clients, epochSeconds, tell })
  report(run)
  const deaths = run.outages.filter(({ what }) => what.startsWith(leaderDies))
  if (seconds >= 10) expect(deaths.length, 'deaths of leaders').toBeGreaterThan(0)
  expect(deaths.filter(({ ms }) => ms > mostOutageMs)).toEqual([])
  expect(run.figures.outcomes.unknown).toBeGreaterThan(0)
})
