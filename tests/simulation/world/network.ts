import type { ServerCall } from '../checks/serverCall.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import type { ServerHost, ServerProcess } from './serverHost.ts'
import type { ServerAnswer, SimulatedServer } from './simulatedServer.ts'

/** What a client learns of a request. */
export type Delivery =
  | { readonly kind: 'answer'; readonly answer: ServerAnswer }
  /** No answer: whatever happened, happened or may still happen. */
  | { readonly kind: 'lost' }
  /** The connection was refused: nothing happened. */
  | { readonly kind: 'refused' }

export interface Request {
  readonly name: string
  readonly body: object
}

export interface NetworkOptions {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly network: Owner
  readonly host: ServerHost
  readonly latencyMs: number
  readonly lossRate: () => number
  readonly impatienceRate: () => number
  /** Hands a request to a server. */
  readonly handOver: (
    call: ServerCall,
    server: SimulatedServer,
    request: Request,
  ) => Promise<ServerAnswer>
  readonly count: (kind: string) => void
  /** Told of each answer that reaches its client, with the step in which the request arrived. */
  readonly onDelivered: (arrivedAt: number) => void
}

interface Exchange {
  readonly call: ServerCall
  readonly request: Request
  readonly settle: (delivery: Delivery) => void
  /** The process that has the request, or had it. */
  process: ServerProcess | undefined
  /** The number of the step in which it reached that process. */
  arrivedAt: number
  isAnswered: boolean
}

const givesUpAfterMs = 200

/** Between clients and servers: requests and answers take their time and get lost. */
export class Network {
  readonly #options: NetworkOptions
  readonly #exchanges = new Set<Exchange>()
  #underWay = 0

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  /** Requests that are on their way to a server. */
  get underWay(): number {
    return this.#underWay
  }

  /** With `isPatient` the client does not give up while its request may still arrive. */
  send(client: Owner, call: ServerCall, request: Request, isPatient = false): Promise<Delivery> {
    const { scheduler, random, network, lossRate, impatienceRate, count } = this.#options
    return new Promise((resolve) => {
      const giveUp = (): void => resolve({ kind: 'lost' })
      const exchange: Exchange = {
        call,
        request,
        settle: resolve,
        process: undefined,
        arrivedAt: 0,
        isAnswered: false,
      }
      if (!isPatient && random.chance(impatienceRate())) {
        count('client gave up early')
        scheduler.schedule(client, 'gives up waiting', giveUp, random.below(givesUpAfterMs))
      }
      if (random.chance(lossRate())) {
        count('request lost')
        scheduler.schedule(client, 'gives up a lost request', giveUp, givesUpAfterMs)
        return
      }
      const label =
        scheduler.trace === undefined ? '' : `${client.name}'s ${call.description} arrives`
      this.#underWay += 1
      scheduler.schedule(network, label, () => this.#arrive(client, exchange), this.#latency())
    })
  }

  /** Requests that servers took and have not answered, for people. */
  unanswered(): string[] {
    return [...this.#exchanges]
      .filter(({ isAnswered }) => !isAnswered)
      .map(({ call }) => call.description)
  }

  /** The connections of a process are gone; answers that are on their way may still arrive. */
  disconnect(process: ServerProcess): void {
    const { scheduler, random, network } = this.#options
    for (const exchange of this.#exchanges) {
      if (exchange.process !== process) continue
      this.#exchanges.delete(exchange)
      if (exchange.isAnswered && random.chance(0.5)) continue
      const reset = (): void => exchange.settle({ kind: 'lost' })
      scheduler.schedule(network, 'a connection is reset', reset, this.#latency())
    }
  }

  #arrive(client: Owner, exchange: Exchange): void {
    const { host, scheduler, handOver, network, random, lossRate } = this.#options
    const { count, onDelivered } = this.#options
    this.#underWay -= 1
    const process = host.accepting
    if (process === undefined) {
      const refuse = (): void => exchange.settle({ kind: 'refused' })
      scheduler.schedule(client, 'a connection is refused', refuse)
      return
    }
    exchange.process = process
    exchange.arrivedAt = scheduler.steps
    this.#exchanges.add(exchange)
    const { call, request, settle } = exchange
    void handOver(call, process.server as SimulatedServer, request).then((answer) => {
      exchange.isAnswered = true
      const isLost = random.chance(lossRate())
      if (isLost) count('answer lost')
      const delivery: Delivery = isLost ? { kind: 'lost' } : { kind: 'answer', answer }
      const arrive = (): void => {
        this.#exchanges.delete(exchange)
        settle(delivery)
        if (!isLost) onDelivered(exchange.arrivedAt)
      }
      scheduler.schedule(network, this.#labelOf(client, call, answer), arrive, this.#latency())
    })
  }

  #labelOf(client: Owner, call: ServerCall, answer: ServerAnswer): string {
    if (this.#options.scheduler.trace === undefined) return ''
    const said = answer.kind === 'error' ? answer.type : answer.kind
    return `${said} arrives at ${client.name} for ${call.description}`
  }

  #latency(): number {
    return this.#options.random.below(this.#options.latencyMs + 1)
  }
}
