import { expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { requestText } from '../../packages/server/src/testing/rawExchange.ts'
import { converse, sayAndEnd, sayAndReset } from './conversation.ts'
import { HostileServer } from './hostileServer.ts'
import { hostileRequest } from './hostileMix.ts'
import { Pipeline } from './pipeline.ts'
import { runSeed, suiteOption } from './suiteOptions.ts'

/*
 * Resident memory of the built server before and after many hostile requests. "Before" is after a warm-up
 * with requests of the same kinds, in which V8 compiles what is used and bounded memories fill up. Under
 * load the resident memory goes up and down by a fifth with the rounds of the garbage collector, which says
 * nothing of what is left behind. So both figures are taken, in the same way, when all requests have been
 * answered and the server has collected its garbage, and the heap that is then in use is compared as well.
 * The warm-up does not grow with the run: what every request leaves behind must not hide in it.
 */

const seed = runSeed('memory')
const requests = suiteOption('REQUESTS', 1_000_000)
/** After so long no more are sent, however many there were. */
const longestMs = suiteOption('SECONDS', Infinity) * 1000
/** A run whose time is bounded begins after the least with which both figures have come to rest. */
const warmUpRequests = longestMs === Infinity ? 100_000 : 40_000
/** Requests between two samples. */
const sampleInterval = 5000
const connectionCount = 4
/** Requests that are sent on a connection before the first answer is waited for. */
const depth = 50
const greatestGrowth = 1.2

const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2)

/** How many answers had each status. */
type Statuses = Record<string, number>

interface Sent {
  /** Resident memory in bytes, now and then. */
  readonly samples: readonly number[]
  readonly statuses: Statuses
  readonly count: number
}

/** Connections with whole requests on them, and beside them others that break in all ways. */
class HostileLoad {
  #sent = 0
  readonly #server: HostileServer
  readonly #random: SeededRandom
  readonly #connections: readonly Pipeline[]

  private constructor(server: HostileServer, connections: readonly Pipeline[]) {
    this.#server = server
    this.#random = new SeededRandom(seed)
    this.#connections = connections
  }

  static async start(server: HostileServer): Promise<HostileLoad> {
    const opened = Array.from({ length: connectionCount }, () => Pipeline.connect(server.endpoint))
    return new HostileLoad(server, await Promise.all(opened))
  }

  /** Sends so many requests, or as many as there is time for; resolves when they have been answered. */
  async send(count: number, mostMs: number = Infinity): Promise<Sent> {
    const samples: number[] = []
    const statuses: Statuses = {}
    const begin = this.#sent
    const startMs = performance.now()
    let nextSample = begin + sampleInterval
    while (this.#sent < begin + count && performance.now() - startMs < mostMs) {
      await Promise.all([this.#sendRound(statuses), this.#breakConnection()])
      if (this.#sent < nextSample) continue
      samples.push(this.#server.residentBytes())
      nextSample += sampleInterval
    }
    return { samples, statuses, count: this.#sent - begin }
  }

  async #sendRound(statuses: Statuses): Promise<void> {
    const replies = this.#connections.flatMap((connection) =>
      Array.from({ length: depth }, () =>
        connection.send(hostileRequest(this.#sent++, this.#random)),
      ),
    )
    for (const { status } of await Promise.all(replies)) {
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }

  async #breakConnection(): Promise<void> {
    const text = requestText('ListTables', `{"Limit":${this.#sent}}`)
    const beginning = text.slice(0, this.#random.below(text.length))
    const acts = [sayAndReset(beginning), sayAndEnd(beginning), sayAndEnd(`${beginning}\0${text}`)]
    await converse(this.#server.endpoint, this.#random.pick(acts))
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

test('hostile requests leave no memory behind', async () => {
  const server = await HostileServer.startCollectable()
  const load = await HostileLoad.start(server)
  const warmUp = await load.send(warmUpRequests)
  const before = await server.collectedBytes()
  const startMs = performance.now()
  const run = await load.send(requests, longestMs)
  const seconds = (performance.now() - startMs) / 1000
  const after = await server.collectedBytes()
  load.close()
  const curve = [...warmUp.samples, ...run.samples].filter((_, i) => i % 5 === 4).map(megabytes)
  console.log(
    `memory: resident ${megabytes(before.resident)} MB before, ${megabytes(after.resident)} MB after ` +
      `${run.count} requests; heap in use ${megabytes(before.heap)} MB, ${megabytes(after.heap)} MB; ` +
      `${Math.round(run.count / seconds)} requests a second; under load, every ${5 * sampleInterval} ` +
      `requests: ${curve.join(' ')} MB`,
    run.statuses,
  )
  const statuses = Object.keys({ ...warmUp.statuses, ...run.statuses })
  expect(statuses.filter((status) => Number(status) >= 500)).toEqual([])
  expect(run.statuses['200']).toBeGreaterThan(run.count * 0.3)
  expect(run.statuses['400']).toBeGreaterThan(run.count * 0.3)
  expect(after.resident / before.resident).toBeLessThan(greatestGrowth)
  expect(after.heap / before.heap).toBeLessThan(greatestGrowth)
  await server.expectUnharmed()
})
