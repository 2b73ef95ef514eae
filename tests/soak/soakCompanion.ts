import type { Companion } from '../isolation/companion.ts'
import type { Defects } from '../isolation/defects.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { ServerUnderTest } from '../isolation/serverUnderTest.ts'
import { LatencyHistogram } from './latencyHistogram.ts'
import type { MemoryValues } from './memoryGrowth.ts'
import { probeProcess, probeStore } from './probes.ts'
import { kindOfRequest } from './requestKind.ts'
import { emptyLatencies, type Gauges, type Sample } from './sample.ts'
import { SampleSeries } from './sampleSeries.ts'
import { StandingLoad } from './standingLoad.ts'

export interface SoakCompanionOptions {
  readonly seed: number
  readonly dataDirectory: string
  readonly writers: number
  readonly readers: number
  /** At the ends of epochs, when so much time has passed. */
  readonly verifyEveryMs: number
  /** The store is checked between a kill and the next start after so many kills. */
  readonly checkEveryKills: number
  /** Called about once a second, after the sample was taken. */
  readonly onSample: () => void
}

const sampleMs = 1000
/** As many points as a chart can make use of. */
const mostSamples = 2000
/** Apart from the streams of the isolation clients. */
const randomStream = 999_999_999

/** Keeps the standing data under load, and measures the server and its clients every second. */
export class SoakCompanion implements Companion {
  readonly #options: SoakCompanionOptions
  readonly #series = new SampleSeries(mostSamples)
  readonly #startedMs = performance.now()
  #sampledMs = performance.now()
  #latencies = emptyLatencies()
  #kills = 0
  #readyMs: number | undefined
  #timer: NodeJS.Timeout | undefined
  #isSampling = false
  /** Between a kill and the next server's readiness there is nothing to measure. */
  #isDown = false
  #server!: ServerUnderTest
  #defects!: Defects
  #verifiedMs = performance.now()
  #life: number[] = []
  #longestLife: readonly number[] = []
  /** Undefined before {@link begin}. */
  standing: StandingLoad | undefined
  /** Kills of which the next server is ready, and how long each took. */
  readonly restarts: LatencyHistogram = new LatencyHistogram()
  /** How often the server was stopped in good order and started again. */
  stops = 0
  /** How often `dynatom check` ran between a kill and the next start. */
  checksBetweenLives = 0

  constructor(options: SoakCompanionOptions) {
    this.#options = options
  }

  get samples(): readonly Sample[] {
    return this.#series.samples
  }

  /** How many defects there are so far. */
  get defectCount(): number {
    return this.#defects?.count ?? 0
  }

  /** The server's own memory, about once a second, in the life of the process that lived longest. */
  get longestLife(): MemoryValues {
    return this.#life.length > this.#longestLife.length ? this.#life : this.#longestLife
  }

  async begin(server: ServerUnderTest, defects: Defects): Promise<void> {
    const { seed, writers, readers } = this.#options
    this.#server = server
    this.#defects = defects
    this.#timer = setInterval(() => void this.#sample(), sampleMs)
    const random = new SeededRandom(seed, randomStream)
    const answered = this.answered.bind(this)
    this.standing = new StandingLoad({ server, defects, random, writers, readers, answered })
    await this.standing.begin()
  }

  answered(description: string, milliseconds: number): void {
    this.#latencies[kindOfRequest(description)].add(milliseconds)
  }

  async whileDown(): Promise<void> {
    this.#isDown = true
    const { checkEveryKills } = this.#options
    if (this.#server.kills < (this.checksBetweenLives + 1) * checkEveryKills) return
    this.checksBetweenLives += 1
    const complaint = await this.#server.check()
    if (complaint !== undefined) this.#defects.add('dynatom check after a kill', complaint)
  }

  restarted(signal: 'SIGKILL' | 'SIGTERM', milliseconds: number): void {
    if (signal === 'SIGKILL') {
      this.restarts.add(milliseconds)
      this.#kills += 1
      this.#readyMs = Math.max(this.#readyMs ?? 0, milliseconds)
    } else this.stops += 1
    this.#longestLife = this.longestLife
    this.#life = []
    this.#isDown = false
  }

  async rest(): Promise<void> {
    await this.standing?.rest()
    if (performance.now() - this.#verifiedMs < this.#options.verifyEveryMs) return
    await this.standing?.verify()
    this.#verifiedMs = performance.now()
  }

  resume(): void {
    this.standing?.resume()
  }

  async end(): Promise<void> {
    await this.standing?.rest()
    await this.standing?.verify()
    await this.standing?.end()
    await this.#sample()
    this.stopSampling()
  }

  stopSampling(): void {
    clearInterval(this.#timer)
  }

  /** One sample at a time: a late one covers the time of those that were left out. */
  async #sample(): Promise<void> {
    if (this.#isSampling) return
    this.#isSampling = true
    const gauges = await this.#gauges()
    const memory = gauges.serverAnonymousBytes ?? gauges.serverResidentBytes
    if (memory !== undefined) this.#life.push(memory)
    const nowMs = performance.now()
    this.#series.add({
      startSeconds: (this.#sampledMs - this.#startedMs) / 1000,
      seconds: (nowMs - this.#sampledMs) / 1000,
      latencies: this.#latencies,
      kills: this.#kills,
      ...(this.#readyMs !== undefined && { readyMs: this.#readyMs }),
      gauges,
    })
    this.#sampledMs = nowMs
    this.#latencies = emptyLatencies()
    this.#kills = 0
    this.#readyMs = undefined
    this.#isSampling = false
    this.#options.onSample()
  }

  async #gauges(): Promise<Gauges> {
    const pid = this.#isDown ? undefined : this.#server.pid
    return {
      ...(pid !== undefined && (await probeProcess(pid))),
      ...probeStore(this.#options.dataDirectory),
      clientsResidentBytes: process.memoryUsage.rss(),
    }
  }
}
