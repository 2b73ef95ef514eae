import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb'
import { sendNoTokenUnlessGiven } from './sendNoToken.ts'
import type { Defects } from './defects.ts'
import type { IsolationLevel, ItemRead, ItemWrite, Operation } from './history.ts'
import type { HistoryRecorder } from './historyRecorder.ts'
import { outcomeOfError, type Failure } from './outcomeOfError.ts'
import type { RunFigures } from './runFigures.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { ServerUnderTest } from './serverUnderTest.ts'

/** One request, how it is sent and what its answers mean. */
export interface Call<Output> {
  readonly description: string
  /** 'serializable' when absent. */
  readonly level?: IsolationLevel
  /** `level` when absent. */
  readonly levelOnRefusal?: IsolationLevel
  send(sdk: DynamoDBClient, options: { abortSignal: AbortSignal }): Promise<Output>
  /** What it writes when it is carried out. */
  readonly writes?: readonly ItemWrite[]
  /** What success tells about the items. */
  seen?(output: Output): Seen
  /** What a refusal tells about them. */
  seenOnRefusal?(error: unknown): readonly ItemRead[]
  /** It carries a ClientRequestToken, so it may be sent again and happens at most once. */
  readonly hasToken?: boolean
  /**
   * Each of its reads and writes, of which there are at most so many, is an operation of its own: they
   * are promised nothing together.
   */
  readonly parts?: number
}

export interface Seen {
  readonly reads?: readonly ItemRead[]
  /** The call's writes with what the answer told of the items before. */
  readonly writes?: readonly ItemWrite[]
  /** Writes that the answer says were not made. */
  readonly refusedWrites?: readonly ItemWrite[]
}

export type Answer<Output> =
  | { readonly outcome: 'ok'; readonly output: Output; readonly life: number }
  | (Failure & { readonly life: number })

/** The end of a call as it was recorded; `invoked` and `completed` are positions in the history. */
export type Result<Output> = Answer<Output> & {
  readonly invoked: number
  readonly completed: number | undefined
}

/** What the clients report besides the history. */
export interface ClientReports {
  readonly figures: RunFigures
  readonly defects: Defects
  /** Told of each answer, be it a success or an error: to which call it came, and after how long. */
  readonly answered?: (description: string, milliseconds: number) => void
}

/** How often a client hurts its own requests. */
export interface Disturbances {
  /** Probability that a request has a time-out so short that it may run out. */
  readonly timeOut: number
  /** Probability that the client's connections are reset while a request is under way. */
  readonly reset: number
  /** When that happens: at most so many milliseconds after the request was sent. */
  readonly withinMs: number
}

/** Where a request goes, and in which life of the server; of several, which of them it is. */
export type Address = Pick<ServerUnderTest, 'endpoint' | 'life'>

/** What a client must know of the server, or of several. */
export interface Server extends Address {
  /** Resolves when one is there to be asked. */
  ready(): Promise<void>
  /** Which one is asked next, where there are several. */
  choose?(): Address
  /** What a server has begun may take place when it is gone: others have its store. */
  readonly isOutlived?: boolean
}

export interface ClientOptions {
  readonly number: number
  readonly server: Server
  readonly recorder: HistoryRecorder
  readonly random: SeededRandom
  readonly reports: ClientReports
  readonly disturbances: Disturbances
  /** How long a request may go without an answer before that is a defect. */
  readonly patienceMs?: number
  /** How long it waits for an answer before it sees for itself; `patienceMs` when absent. */
  readonly givesUpMs?: number
  /** Whether a failure is one that this server may show; of those with no answer none is asked. */
  readonly expects?: (failure: Failure) => boolean
}

const defaultPatienceMs = 30_000
const resends = 6
const resendAfterUnknown = 0.8
const resendAfterSuccess = 0.1
const sentTwiceAtOnce = 0.05
const inProgressPauseMs = 3

/** One client with an AWS SDK and connections of its own. */
export class Client {
  readonly number: number
  readonly recorder: HistoryRecorder
  readonly random: SeededRandom
  readonly #server: Server
  readonly #reports: ClientReports
  readonly #disturbances: Disturbances
  readonly #patienceMs: number
  readonly #givesUpMs: number | undefined
  readonly #expects: (failure: Failure) => boolean
  /** By the life of the server. */
  readonly #connections = new Map<number, Connections>()

  constructor(options: ClientOptions) {
    this.number = options.number
    this.recorder = options.recorder
    this.random = options.random
    this.#server = options.server
    this.#reports = options.reports
    this.#disturbances = options.disturbances
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs
    this.#givesUpMs = options.givesUpMs
    this.#expects = options.expects ?? (() => false)
  }

  /** The SDK for what is no part of the history. */
  async sdk(): Promise<DynamoDBClient> {
    await this.#server.ready()
    return this.#connectionsTo(this.#address).sdk
  }

  get #address(): Address {
    return this.#server.choose?.() ?? this.#server
  }

  /** A new ClientRequestToken with the probability, otherwise none. */
  maybeToken(probability: number): string | undefined {
    return this.random.chance(probability) ? this.recorder.token() : undefined
  }

  /** Carries out a call and records it as one operation of the history. */
  async perform<Output>(call: Call<Output>): Promise<Result<Output>> {
    await this.#server.ready()
    const invoked = this.#positions(call)
    const answer = await this.#answerOf(call)
    const isOpen = answer.outcome === 'unknown' || answer.outcome === 'inProgress'
    const completed = isOpen ? undefined : this.#positions(call)
    const result = { ...answer, invoked, completed }
    this.#record(call, result)
    this.#reports.figures.addOperation(answer)
    const isBound = answer.outcome === 'ok' && call.hasToken === true
    if (isBound && this.random.chance(resendAfterSuccess)) await this.#replay(call)
    return result
  }

  /** The first of as many positions as the call's operations need. */
  #positions<Output>({ parts = 1 }: Call<Output>): number {
    const first = this.recorder.position()
    for (let i = 1; i < parts; i++) this.recorder.position()
    return first
  }

  #answerOf<Output>(call: Call<Output>): Promise<Answer<Output>> {
    if (call.hasToken !== true) return this.#send(call)
    return this.random.chance(sentTwiceAtOnce) ? this.#sendTwice(call) : this.#sendUntilKnown(call)
  }

  /**
   * Sends a call with a token until its outcome is known. A refusal after an attempt whose outcome is open
   * settles nothing while the process that may have that attempt lives: it may yet carry it out.
   */
  async #sendUntilKnown<Output>(call: Call<Output>): Promise<Answer<Output>> {
    let open: Answer<Output> | undefined
    for (let i = 0; i < resends; i++) {
      const answer = await this.#send(call)
      if (answer.outcome === 'ok') return answer
      if (answer.outcome === 'refused') {
        const isOver = open !== undefined && open.life < answer.life && !this.#server.isOutlived
        return open === undefined || isOver ? answer : open
      }
      if (answer.outcome === 'unknown' || open === undefined) open = answer
      if (!this.random.chance(resendAfterUnknown)) break
      if (answer.outcome === 'inProgress') await delay(inProgressPauseMs)
    }
    return open as Answer<Output>
  }

  async #sendTwice<Output>(call: Call<Output>): Promise<Answer<Output>> {
    const answers = await Promise.all([this.#send(call), this.#send(call)])
    const ranks = ['ok', 'unknown', 'inProgress', 'refused'] as const
    const best = ranks.flatMap((rank) => answers.filter(({ outcome }) => outcome === rank))
    return best[0] as Answer<Output>
  }

  /** The token of a success is bound to it: the same call succeeds again and does nothing. */
  async #replay<Output>(call: Call<Output>): Promise<void> {
    const answer = await this.#send(call)
    this.#reports.figures.replays += 1
    const isAnswered = answer.outcome !== 'ok' && answer.error instanceof DynamoDBServiceException
    if (isAnswered && answer.outcome !== 'unknown') {
      this.#reports.defects.add('replay', `${call.description} succeeded, then ${answer.name} came`)
    }
  }

  async #send<Output>(call: Call<Output>): Promise<Answer<Output>> {
    await this.#server.ready()
    const address = this.#address
    const { life } = address
    const { sdk, agent } = this.#connectionsTo(address)
    const aborter = new AbortController()
    const disturbance = this.#disturb(aborter, agent)
    const giveUp = this.#givesUpMs && setTimeout(() => aborter.abort(), this.#givesUpMs)
    const patience = setTimeout(() => {
      this.#reports.defects.add('silence', `${call.description} is not answered`)
      aborter.abort()
    }, this.#patienceMs)
    this.#reports.figures.requests += 1
    const sentMs = performance.now()
    const answered = (): void =>
      this.#reports.answered?.(call.description, performance.now() - sentMs)
    try {
      const output = await call.send(sdk, { abortSignal: aborter.signal })
      answered()
      return { outcome: 'ok', output, life }
    } catch (error) {
      const failure = outcomeOfError(error)
      if (error instanceof DynamoDBServiceException) answered()
      if (failure.unexpected && !this.#expects(failure)) {
        this.#reports.defects.add(
          'answer',
          `${call.description} was answered with ${String(error)}`,
        )
      }
      return { ...failure, life }
    } finally {
      clearTimeout(disturbance)
      clearTimeout(giveUp)
      clearTimeout(patience)
    }
  }

  /** Those to a life of the server, which has an address of its own. */
  #connectionsTo({ endpoint, life }: Address): Connections {
    const known = this.#connections.get(life)
    if (known !== undefined) return known
    if (this.#server.choose === undefined) this.close()
    const agent = new Agent({ keepAlive: true })
    const sdk = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      // A request that the SDK repeats by itself would be two requests of one operation.
      maxAttempts: 1,
      requestHandler: { httpAgent: agent },
    })
    if (this.number % 2 === 1) sendNoTokenUnlessGiven(sdk)
    const connections = { sdk, agent }
    this.#connections.set(life, connections)
    return connections
  }

  #disturb(aborter: AbortController, agent: Agent): NodeJS.Timeout | undefined {
    const { timeOut, reset, withinMs } = this.#disturbances
    const chosen = this.random.next()
    const afterMs = this.random.below(withinMs + 1)
    if (chosen < timeOut) return setTimeout(() => aborter.abort(), afterMs)
    if (chosen < timeOut + reset) return setTimeout(() => resetConnections(agent), afterMs)
    return undefined
  }

  #record<Output>(call: Call<Output>, result: Result<Output>): void {
    const { description, level = 'serializable', levelOnRefusal = level } = call
    const { invoked, completed } = result
    const known = result.outcome === 'inProgress' ? 'unknown' : result.outcome
    const { reads = [], writes = call.writes ?? [], refusedWrites = [] } = seenIn(call, result)
    const record = (part: Part, offset: number): void =>
      this.recorder.record({
        client: this.number,
        description,
        level: part.outcome === 'refused' ? levelOnRefusal : level,
        invoked: invoked + offset,
        ...(completed !== undefined && { completed: completed + offset }),
        ...part,
      })
    if (call.parts !== undefined) {
      const parts: Part[] = [
        ...reads.map((read): Part => ({ outcome: known, reads: [read], writes: [] })),
        ...writes.map((write): Part => ({ outcome: known, reads: [], writes: [write] })),
        ...refusedWrites.map((write): Part => ({ outcome: 'refused', reads: [], writes: [write] })),
      ]
      parts.forEach(record)
    } else if (reads.length > 0 || writes.length > 0) {
      // An operation that saw and wrote nothing would tell nothing.
      record({ outcome: known, reads, writes }, 0)
    }
  }

  close(): void {
    for (const { sdk, agent } of this.#connections.values()) {
      sdk.destroy()
      agent.destroy()
    }
    this.#connections.clear()
  }
}

interface Connections {
  readonly sdk: DynamoDBClient
  readonly agent: Agent
}

function resetConnections(agent: Agent): void {
  const sockets: (Socket | undefined)[] = Object.values(agent.sockets).flatMap((each) => each ?? [])
  for (const socket of sockets) socket?.resetAndDestroy()
}

type Part = Pick<Operation, 'outcome' | 'reads' | 'writes'>

function seenIn<Output>(call: Call<Output>, answer: Answer<Output>): Seen {
  if (answer.outcome === 'ok') return call.seen?.(answer.output) ?? {}
  if (answer.outcome === 'refused') return { reads: call.seenOnRefusal?.(answer.error) ?? [] }
  return {}
}
