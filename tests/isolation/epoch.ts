import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import {
  Client,
  type ClientOptions,
  type ClientReports,
  type Disturbances,
  type Server,
} from './client.ts'
import type { History } from './history.ts'
import { HistoryRecorder } from './historyRecorder.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Workload } from './workload.ts'
import { makeWorkload, type WorkloadName } from './workloads.ts'

/** What the clients of an epoch ask, and how that is harmed meanwhile. */
export interface Target {
  /** What a client asks. */
  serverOf(client: number): Server
  /** Does harm until `over`, and no longer than it takes to mend it. */
  harm(random: SeededRandom, over: AbortSignal): Promise<void>
  /** How often something was killed. */
  readonly kills: number
  /** How clients are with it, where they are not as always. */
  readonly manners?: Pick<ClientOptions, 'givesUpMs' | 'expects' | 'patienceMs'>
}

export interface EpochOptions {
  readonly number: number
  readonly target: Target
  readonly reports: ClientReports
  readonly seed: number
  readonly clients: number
  readonly harms: boolean
  readonly workloads: readonly WorkloadName[]
  /** How long the clients are at work. */
  readonly workMs: number
  /** Ends the work early. */
  readonly stopWhen: () => boolean
}

const calm: Disturbances = { timeOut: 0, reset: 0, withinMs: 0 }
const rough: Disturbances = { timeOut: 0.01, reset: 0.005, withinMs: 10 }

/** A part of a run with tables and a history of its own. */
export class Epoch {
  readonly #options: EpochOptions
  readonly #recorder: HistoryRecorder
  readonly #workloads: readonly Workload[]
  #untilMs = 0
  #isBroken = false

  private constructor(options: EpochOptions) {
    const { number, reports, workloads, seed } = options
    this.#options = options
    this.#recorder = new HistoryRecorder(seed, number)
    this.#workloads = workloads.map((name) =>
      makeWorkload(name)({ epoch: number, defects: reports.defects }),
    )
  }

  /** Sets up, lets the clients work, reads everything, removes the tables and gives the history. */
  static async run(options: EpochOptions): Promise<History> {
    const epoch = new Epoch(options)
    await epoch.#guarded(() => epoch.#prepare())
    await epoch.#work()
    await epoch.#guarded(() => epoch.#finish())
    return epoch.#recorder.history()
  }

  /**
   * What the work cannot go on after is a defect too, told once, though all clients meet it; the history
   * is checked still.
   */
  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#isBroken) return
    try {
      await work()
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (!this.#isBroken) this.#options.reports.defects.add('failure', text)
      this.#isBroken = true
    }
  }

  #client(number: number, disturbances: Disturbances): Client {
    const { target, reports, seed, number: epoch } = this.#options
    const random = new SeededRandom(seed, epoch * 1000 + number)
    const common = { number, recorder: this.#recorder, random, reports, disturbances }
    return new Client({ ...common, server: target.serverOf(number), ...target.manners })
  }

  /** Performs what belongs to no client, undisturbed. */
  async #calmly(work: (client: Client) => Promise<void>): Promise<void> {
    const client = this.#client(this.#options.clients, calm)
    try {
      await work(client)
    } finally {
      client.close()
    }
  }

  #prepare(): Promise<void> {
    return this.#calmly(async (client) => {
      for (const { tables } of this.#workloads) {
        for (const table of tables) await (await client.sdk()).send(new CreateTableCommand(table))
      }
    })
  }

  async #work(): Promise<void> {
    const startedMs = performance.now()
    this.#untilMs = startedMs + this.#options.workMs
    const numbers = Array.from({ length: this.#options.clients }, (_, i) => i)
    const over = new AbortController()
    const harm = this.#options.harms ? this.#harm(over.signal) : Promise.resolve()
    await Promise.all(numbers.map((number) => this.#guarded(() => this.#runClient(number))))
    over.abort()
    await harm
    this.#options.reports.figures.workMs += performance.now() - startedMs
  }

  #isOver(): boolean {
    const { stopWhen } = this.#options
    return this.#isBroken || performance.now() >= this.#untilMs || stopWhen()
  }

  async #runClient(number: number): Promise<void> {
    const client = this.#client(number, rough)
    try {
      while (!this.#isOver()) await client.random.pick(this.#workloads).step(client)
    } finally {
      client.close()
    }
  }

  #harm(over: AbortSignal): Promise<void> {
    const { seed, number, target } = this.#options
    return this.#guarded(() => target.harm(new SeededRandom(seed, number * 1000 + 999), over))
  }

  #finish(): Promise<void> {
    return this.#calmly(async (client) => {
      for (const workload of this.#workloads) await workload.finish(client)
      for (const { TableName } of this.#workloads.flatMap(({ tables }) => tables)) {
        await (await client.sdk()).send(new DeleteTableCommand({ TableName }))
      }
    })
  }
}
