import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { busySeconds, cpuSeconds, treeSeconds } from './cpuSeconds.mjs'
import { generateLoad } from './measurement.mjs'
import { portOf, runDynatom, serverArguments } from './startDynatom.mjs'
import { median } from './statistics.mjs'

const warmupMs = 2000
/** How much longer the load goes on than the processor's time is looked at, at both ends. */
const marginMs = 500

/** A server on the store of a node, which it reaches by `port`. */
export class PostgresServer {
  /** `env`: what its environment has beside that of this process. */
  static async start(node, { port = node.port, schema = 'dynatom', env = {} } = {}) {
    const place = `${node.user}@${node.host}:${port}/${node.database}`
    const engine = `postgres://${place}?schema=${schema}`
    const server = new PostgresServer()
    const args = [...serverArguments, '--engine', engine]
    server.child = runDynatom(args, { PGPASSWORD: node.password, ...env })
    server.port = await portOf(server.child)
    return server
  }

  async stop() {
    if (this.child.exitCode !== null) return
    const exited = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    await exited
  }
}

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0)

/**
 * What `measured` gives (by name, seconds so far) used from now on, in a second, and the share of
 * all processors that others than this run took, of which the numbers say something too.
 */
export async function usedDuring(seconds, measured) {
  const look = () => ({
    ...Object.fromEntries(Object.entries(measured).map(([name, used]) => [name, used()])),
    others: busySeconds() - treeSeconds(process.pid),
  })
  const startedAtMs = performance.now()
  const begin = look()
  await delay(seconds * 1000)
  const end = look()
  const elapsed = (performance.now() - startedAtMs) / 1000
  const perSecond = Object.keys(begin).map((name) => [name, (end[name] - begin[name]) / elapsed])
  return Object.fromEntries(perSecond)
}

/** What is said of `others` of all measurements. */
export function othersText(measurements) {
  const shares = measurements.map(({ others }) => others)
  const [middle, most] = [median(shares), Math.max(...shares)].map((share) => share.toFixed(2))
  return `Processors that others kept busy: ${middle}, and ${most} at most.`
}

/**
 * Has each of the servers asked over so many connections at once, each for items of its own. Gives
 * the rate of all together, the seconds of processor time of servers and nodes for one request, and
 * how many processors others kept busy.
 */
export async function measureServers(servers, nodes, { workload, connections, seconds }) {
  const durationMs = seconds * 1000 + 2 * marginMs
  const jobs = servers.map(({ port }, part) => {
    const place = { port, part, parts: servers.length }
    return generateLoad({ workload, ...place, connections, warmupMs, durationMs })
  })
  const loading = Promise.all(jobs)
  loading.catch(() => undefined)
  await delay(warmupMs + marginMs)
  const used = await usedDuring(seconds, {
    servers: () => sum(servers.map(({ child }) => cpuSeconds(child.pid))),
    ...Object.fromEntries(nodes.map((node, i) => [`node ${i}`, () => node.cpuSeconds()])),
  })
  const results = await loading
  for (const { unexpectedStatuses } of results) {
    if (Object.keys(unexpectedStatuses).length === 0) continue
    throw new Error(`${workload}: ${JSON.stringify(unexpectedStatuses)}`)
  }
  const rate = sum(results.map(({ requestsPerSecond }) => requestsPerSecond))
  const nodeCpu = nodes.map((_, i) => used[`node ${i}`] / rate)
  return { rate, serverCpu: used.servers / rate, nodeCpu, others: used.others }
}

/** Has the code of servers compiled before anything is measured. */
export async function warmUp(servers, workloads, { connections, durationMs }) {
  for (const workload of workloads) {
    await Promise.all(
      servers.map(({ port }, part) => {
        const place = { port, part, parts: servers.length }
        return generateLoad({ workload, ...place, connections, warmupMs: 0, durationMs })
      }),
    )
  }
}
