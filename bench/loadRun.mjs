import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { LoadConnection } from './loadConnection.mjs'
import { percentile } from './statistics.mjs'

/** How long the requests in flight may take after the last one has been sent. */
const drainTimeoutMs = 10_000

/** Keeps a number of connections busy, each with one request in flight. */
class LoadRun {
  #pool
  #connections = []
  #inFlight = 0
  #phase = 'warmup'
  #latenciesMs = []
  #statusCounts = new Map()
  #fail
  #drained

  constructor(pool) {
    this.#pool = pool
    this.failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.drained = new Promise((resolve) => {
      this.#drained = resolve
    })
  }

  async open(port, count) {
    for (let i = 0; i < count; i++) this.#connections.push(this.#newConnection(port))
    await Promise.all(this.#connections.map(({ connection }) => connection.opened()))
  }

  start() {
    for (const slot of this.#connections) this.#send(slot)
  }

  enter(phase) {
    this.#phase = phase
  }

  close() {
    for (const { connection } of this.#connections) connection.close()
  }

  measurements() {
    const sortedMs = Float64Array.from(this.#latenciesMs).sort()
    return {
      requestCount: sortedMs.length,
      p50Ms: percentile(sortedMs, 0.5),
      p95Ms: percentile(sortedMs, 0.95),
      p99Ms: percentile(sortedMs, 0.99),
      unexpectedStatuses: Object.fromEntries(this.#statusCounts),
    }
  }

  #newConnection(port) {
    const slot = { connection: undefined, sentAtMs: 0 }
    slot.connection = new LoadConnection(port, {
      onResponse: (status) => this.#complete(slot, status),
      onFailure: (error) => this.#fail(error),
    })
    return slot
  }

  #send(slot) {
    this.#inFlight++
    slot.sentAtMs = performance.now()
    slot.connection.send(this.#pool.next())
  }

  /** Every status other than 200 is counted, in warm-up too; latencies in the measured phase. */
  #complete(slot, status) {
    this.#inFlight--
    if (status !== 200) this.#statusCounts.set(status, (this.#statusCounts.get(status) ?? 0) + 1)
    if (this.#phase === 'measured') this.#latenciesMs.push(performance.now() - slot.sentAtMs)
    if (this.#phase !== 'draining') this.#send(slot)
    else if (this.#inFlight === 0) this.#drained()
  }
}

async function phases(run, { warmupMs, durationMs }) {
  run.start()
  await delay(warmupMs)
  run.enter('measured')
  const cpuAtStart = process.cpuUsage()
  const startedAtMs = performance.now()
  await delay(durationMs)
  run.enter('draining')
  const elapsedMs = performance.now() - startedAtMs
  const cpu = process.cpuUsage(cpuAtStart)
  const timeout = new AbortController()
  await Promise.race([
    run.drained,
    delay(drainTimeoutMs, undefined, { signal: timeout.signal }).then(() => {
      throw new Error(`requests unanswered after ${drainTimeoutMs} ms`)
    }),
  ])
  timeout.abort()
  return { elapsedMs, generatorLoad: (cpu.user + cpu.system) / 1000 / elapsedMs }
}

/**
 * Loads the server at `port` with the requests of `pool` over `connections` connections: first
 * `warmupMs` that are not counted, then `durationMs` that are.
 *
 * Returns requests per second, latency percentiles in milliseconds, how often each status other
 * than 200 was answered, and `generatorLoad`: the share of one core that this process used. Near
 * 1 means that the numbers are those of the load generator. Rejects when a connection breaks.
 */
export async function runLoad(pool, { port, connections, warmupMs, durationMs }) {
  const run = new LoadRun(pool)
  try {
    await Promise.race([run.open(port, connections), run.failed])
    const window = await Promise.race([phases(run, { warmupMs, durationMs }), run.failed])
    const measurements = run.measurements()
    const requestsPerSecond = (measurements.requestCount * 1000) / window.elapsedMs
    return { ...measurements, requestsPerSecond, generatorLoad: window.generatorLoad }
  } finally {
    run.close()
  }
}
