import type { Outcome } from '../../isolation/history.ts'
import type { Item } from '../../model/attributes.ts'
import { requestOf } from '../../model/requests.ts'
import type { BegunOperation, PartOutcome } from '../checks/historyRecorder.ts'
import { newCall, type ServerCall } from '../checks/serverCall.ts'
import type { Delivery } from '../world/network.ts'
import type { Owner } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import type { Body } from '../world/simulatedServer.ts'
import type { IntendedPart, Intent } from './intent.ts'
import { nothingSeen, seenInError, seenInResponse } from './seen.ts'
import { nameIn } from './tables.ts'

const maxAttempts = 4

/** What came of a request in the end. */
export interface Performed {
  readonly outcome: Outcome
  readonly body: Body | undefined
}

/** One attempt of a request: what the client learnt, and what the checks know of it. */
interface Attempt {
  readonly delivery: Delivery
  readonly call: ServerCall
}

/** A client of the simulated world: sends requests and writes down what it did and saw. */
export class Client {
  readonly number: number
  readonly owner: Owner
  readonly #world: World
  #lastId = 0

  constructor(world: World, number: number) {
    this.#world = world
    this.number = number
    this.owner = { name: `client ${number}`, alive: true }
  }

  /** An id that no other write has. */
  newId(): string {
    this.#lastId += 1
    return `${this.number}.${this.#lastId}`
  }

  pause(maxMs: number): Promise<void> {
    const { scheduler, random } = this.#world
    return scheduler.pause(this.owner, 'goes on', random.below(maxMs + 1))
  }

  /**
   * Does what is intended. A request with a token is sent again while its outcome is open; and
   * `twice` sends it twice at once.
   */
  async perform(intent: Intent, twice = false): Promise<Performed> {
    const { recorder, tokensInUse } = this.#world
    tokensInUse.count += 1
    const begun = recorder.begin(this.number, intent.parts)
    const attempts = twice
      ? await Promise.all([this.#attempt(intent), this.#attempt(intent)])
      : [await this.#attempt(intent)]
    while (this.#triesAgain(intent, attempts)) {
      await this.pause(20)
      attempts.push(await this.#attempt(intent))
    }
    const outcomes = begun.map((operation) => this.#outcomeOf(intent, operation, attempts))
    recorder.end(begun, outcomes)
    tokensInUse.count -= 1
    return { outcome: overall(attempts), body: responseOf(attempts) }
  }

  /** Sends an answered transaction again: it must be a replay, so the history has it already. */
  async replay(intent: Intent): Promise<void> {
    const { tokensInUse, report } = this.#world
    tokensInUse.count += 1
    const { delivery } = await this.#attempt(intent)
    tokensInUse.count -= 1
    const answer = delivery.kind === 'answer' ? delivery.answer : undefined
    if (answer?.kind === 'error' && answer.type !== 'TransactionInProgressException') {
      report(
        `${intent.parts[0]?.description}\n  is refused as ${answer.type} when it is sent again`,
      )
    }
  }

  async #attempt({ operation, parts }: Intent): Promise<Attempt> {
    const call = newCall(parts.map(({ description }) => description).join('; '), operation)
    return {
      call,
      delivery: await this.#world.network.send(this.owner, call, requestOf(operation)),
    }
  }

  #triesAgain({ operation }: Intent, attempts: readonly Attempt[]): boolean {
    const last = attempts.at(-1) as Attempt
    if (attempts.length >= maxAttempts) return false
    if (last.delivery.kind === 'refused') return true
    const isOpen = overall(attempts) === 'unknown'
    const hasToken = operation.kind === 'TransactWriteItems' && operation.token !== undefined
    return isOpen && hasToken && this.#world.random.chance(0.8)
  }

  #outcomeOf(
    { operation }: Intent,
    { part }: BegunOperation,
    attempts: readonly Attempt[],
  ): PartOutcome {
    const outcome = overall(attempts)
    for (const { delivery, call } of attempts) {
      if (delivery.kind !== 'answer') continue
      const { answer } = delivery
      if (answer.kind === 'response') {
        const isLeft = operation.kind === 'BatchWriteItem' && isUnprocessed(part, answer.body)
        if (isLeft) return { outcome: call.isDoubtful ? 'unknown' : 'refused', ...nothingSeen }
        return { outcome, ...seenInResponse(operation, answer.body) }
      }
      if (answer.kind === 'error' && outcome === 'refused') {
        return { outcome, ...seenInError(operation, answer.type, answer.body) }
      }
    }
    return { outcome, ...nothingSeen }
  }
}

function responseOf(attempts: readonly Attempt[]): Body | undefined {
  for (const { delivery } of attempts) {
    if (delivery.kind === 'answer' && delivery.answer.kind === 'response')
      return delivery.answer.body
  }
  return undefined
}

/** What a client may believe after all attempts of one request. */
function overall(attempts: readonly Attempt[]): Outcome {
  const outcomes = attempts.map(outcomeOf)
  if (outcomes.includes('ok')) return 'ok'
  return outcomes.includes('unknown') ? 'unknown' : 'refused'
}

function outcomeOf({ delivery, call }: Attempt): Outcome {
  if (delivery.kind === 'refused') return 'refused'
  if (delivery.kind === 'lost') return 'unknown'
  const { answer } = delivery
  if (answer.kind === 'response') return 'ok'
  if (answer.kind === 'failed') return call.effect === 'refused' ? 'refused' : 'unknown'
  return answer.type === 'TransactionInProgressException' ? 'unknown' : 'refused'
}

type WriteRequest = { readonly PutRequest?: { Item: Item }; readonly DeleteRequest?: { Key: Item } }

/** Whether the write of a part of a batch came back. */
function isUnprocessed({ writes }: IntendedPart, body: Body): boolean {
  const left = body['UnprocessedItems'] as Readonly<Record<string, readonly WriteRequest[]>>
  return Object.entries(left).some(([table, requests]) =>
    requests.some(({ PutRequest, DeleteRequest }) => {
      const item = PutRequest?.Item ?? (DeleteRequest as { Key: Item }).Key
      return writes[0]?.key === nameIn(table, item)
    }),
  )
}
