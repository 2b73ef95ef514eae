import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../clock.ts'
import { explainCondition } from '../../expressions/explainCondition.ts'
import { namesReadByCondition } from '../../expressions/namesRead.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { maxExplainedActions } from '../../limits.ts'
import type { PassingWrite, PointName, Points } from '../../transactions/points.ts'
import type { RequestToken, WriteAction } from '../../transactions/writePlan.ts'
import type { AnyAction, Conflict, WriteWatcher } from '../../transactions/writeWatcher.ts'
import type { ExplainedHolder } from '../explanations/explanation.ts'
import { shownAction } from './shownAction.ts'
import { TrackedRequest, type Stage } from './trackedRequest.ts'

/** Asked where a transaction is to stop. A promise holds it up; what it is of is told. */
export type StopsAt = (request: TrackedRequest, point: PointName) => Promise<void> | undefined

interface Holder {
  readonly request: TrackedRequest
  readonly sinceMs: number
}

/**
 * Knows which request each write is of, and who holds which item. What becomes of a request is
 * noted with it. INVARIANT: nothing is kept of a request that has ended.
 */
export class RequestWatch implements WriteWatcher, Points {
  readonly letsWritesPass = true
  readonly #clock: Clock
  readonly #stopsAt: StopsAt
  readonly #current = new AsyncLocalStorage<TrackedRequest>()
  readonly #byAction = new WeakMap<AnyAction, TrackedRequest>()
  readonly #byActions = new WeakMap<readonly unknown[], TrackedRequest>()
  readonly #holders = new Map<string, Holder>()
  readonly #byToken = new Map<string, TrackedRequest>()
  readonly #underWay = new Set<TrackedRequest>()

  constructor(clock: Clock, stopsAt: StopsAt) {
    this.#clock = clock
    this.#stopsAt = stopsAt
  }

  /** Does `work` in the course of `request`. */
  run<Result>(request: TrackedRequest, work: () => Result): Result {
    return this.#current.run(request, work)
  }

  /** The request in whose course this is called, if it is one's. */
  get current(): TrackedRequest | undefined {
    return this.#current.getStore()
  }

  /** A request is about to be performed. */
  began(request: TrackedRequest): void {
    this.#underWay.add(request)
  }

  /** A request has been answered. */
  ended(request: TrackedRequest): void {
    this.#underWay.delete(request)
    const { token } = request
    if (token !== undefined && this.#byToken.get(token) === request) this.#byToken.delete(token)
  }

  entered(actions: readonly AnyAction[], token?: RequestToken): void {
    const request = this.current ?? new TrackedRequest('time to live', this.#clock.nowMs())
    for (const action of actions) this.#byAction.set(action, request)
    this.#byActions.set(actions, request)
    request.actions = request.actions.length === 0 ? actions : [...request.actions, ...actions]
    if (token !== undefined) this.#noteToken(request, token)
  }

  #noteToken(request: TrackedRequest, { digest }: RequestToken): void {
    const token = Buffer.from(digest).toString('latin1')
    request.token = token
    const other = this.#byToken.get(token)
    if (other === undefined) this.#byToken.set(token, request)
    else request.inProgress = this.#shown({ request: other, sinceMs: other.startMs })
  }

  held(actions: readonly AnyAction[], names: readonly (string | undefined)[]): void {
    const sinceMs = this.#clock.nowMs()
    names.forEach((name, i) => {
      const request = this.#byAction.get(actions[i] as AnyAction)
      if (name !== undefined && request !== undefined) this.#holders.set(name, { request, sinceMs })
    })
  }

  released(names: readonly (string | undefined)[]): void {
    for (const name of names) if (name !== undefined) this.#holders.delete(name)
  }

  conditionFailed(action: WriteAction, before: ItemImage | undefined): void {
    const { condition } = action
    const attributes = condition && before?.attributesOf(() => namesReadByCondition(condition))
    this.#byAction.get(action)?.find(action, {
      code: 'ConditionalCheckFailed',
      itemExists: before !== undefined,
      condition: condition && explainCondition(condition, attributes),
    })
  }

  conflicted({ wanted, name, writing }: Conflict): void {
    const conflict = writing === undefined ? this.holderOf(name) : this.#writerOf(writing)
    this.#byAction.get(wanted)?.find(wanted, { code: 'TransactionConflict', conflict })
  }

  /** Who holds an item, by its name among claims. */
  holderOf(name: string): ExplainedHolder | undefined {
    const holder = this.#holders.get(name)
    return holder && this.#shown(holder)
  }

  /** The transactions that write and have come to their items and not to their end. */
  unfinished(): readonly ExplainedHolder[] {
    const found = new Map<TrackedRequest, number>()
    for (const request of this.#underWay) {
      const isTransaction = transactions.includes(request.operation)
      if (isTransaction && request.actions.length > 0) found.set(request, request.startMs)
    }
    for (const { request, sinceMs } of this.#holders.values()) found.set(request, sinceMs)
    return [...found].map(([request, sinceMs]) => this.#shown({ request, sinceMs }))
  }

  /** Nobody is to be told any more: it is no longer followed which request does what. */
  end(): void {
    this.#current.disable()
  }

  #writerOf(action: WriteAction): ExplainedHolder | undefined {
    const request = this.#byAction.get(action)
    return request && this.#shown({ request, sinceMs: request.startMs })
  }

  #shown({ request, sinceMs }: Holder): ExplainedHolder {
    const { asked, operation, actions } = request
    const { requestId, accessKeyId } = asked?.context ?? {}
    return {
      ...(requestId !== undefined && { requestId }),
      operation,
      ...(accessKeyId !== undefined && { caller: accessKeyId }),
      since: new Date(sinceMs).toISOString(),
      forMs: this.#clock.nowMs() - sinceMs,
      doing: doingOf(request),
      actions: actions
        .slice(0, maxExplainedActions)
        .flatMap((action, i) => shownAction(action, asked, i) ?? []),
      ...(actions.length > maxExplainedActions && { more: actions.length - maxExplainedActions }),
    }
  }

  at(point: PointName, { kind, actions }: PassingWrite): Promise<void> | undefined {
    if (kind !== 'transaction') return undefined
    const request = this.#byActions.get(actions)
    if (request === undefined) return undefined
    request.stage = point
    const stopped = this.#stopsAt(request, point)
    if (stopped === undefined) return undefined
    request.stoppedAt = point
    return stopped.finally(() => {
      request.stoppedAt = undefined
    })
  }
}

const transactions: readonly string[] = ['TransactWriteItems', 'ExecuteTransaction']

const doings: Readonly<Record<Stage, string>> = {
  begun: 'waiting for the writes that were there before it',
  claimed: 'evaluating its conditions',
  judged: 'handing over its commit',
  submitted: 'waiting for its commit to be durable',
  durable: 'answering; it is committed',
  answered: 'answered',
}

const stops: Readonly<Record<Stage, string>> = {
  begun: 'before it began',
  claimed: 'before its conditions are evaluated',
  judged: 'before its commit',
  submitted: 'while its commit is made',
  durable: 'after its commit',
  answered: 'before its answer',
}

function doingOf({ operation, stage, stoppedAt }: TrackedRequest): string {
  if (operation === 'hold') return 'holding its items until the lab releases them'
  return stoppedAt === undefined ? doings[stage] : `stopped by the lab ${stops[stoppedAt]}`
}
