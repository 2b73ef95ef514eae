import { ApiError } from '../../../packages/server/src/errors/apiError.ts'
import type {
  PassingWrite,
  PointName,
  Points,
} from '../../../packages/server/src/transactions/points.ts'
import type {
  InvalidAction,
  ReadAction,
  TransactionPlan,
  TransactionResult,
  WriteAction,
} from '../../../packages/server/src/transactions/writePlan.ts'
import type { PlainOperation } from '../../model/operations.ts'
import type { Table } from '../../model/tables.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import type { SingleWrite } from '../../model/writes.ts'
import { ConflictGrounds } from './conflictGrounds.ts'
import { isRefusal, type ModelTables } from './modelTables.ts'
import { expiryOf } from './expiry.ts'
import { newCall, singleWriteOf, type ServerCall } from './serverCall.ts'
import type { TokenLedger } from './tokenLedger.ts'
import type { CoordinatorWatch, Watched } from './watchedCoordinator.ts'

/** A write that a coordinator was asked for, with what the model knows it by. */
export interface WatchedWrite {
  readonly call: ServerCall
  readonly operation: SingleWrite | TransactWriteItems
  /** The server's names of the items, one for each action. */
  readonly rows: readonly string[]
  /** The model's tables of the actions, each once. */
  readonly tables: readonly Table[]
  /** Where the request was, in the words of {@link ConflictGrounds}. */
  readonly places: readonly string[]
  readonly position: number
  readonly beganMs: number
  /** The server's actions. */
  readonly asked: readonly (WriteAction | InvalidAction)[]
  /** Its place among all that were handed over to be committed, when its server has died. */
  order?: number
}

/** Where a write has come to. */
interface Place {
  /** Grows from one write of an item to the next. */
  readonly ticket: number
  readonly isHandedOver: boolean
}

export interface WitnessOptions {
  readonly models: ModelTables
  readonly tokens: TokenLedger
  readonly nowMs: () => number
  readonly report: (finding: string) => void
  readonly count: (kind: string) => void
  /** Whether item collections can be full. */
  readonly isLimited: boolean
  /** Whether the store has failed so that what it refused may be in it when it is opened again. */
  readonly isBroken: () => boolean
}

const anyWriteAt = (row: string): string => `write ${row}`
const transactionAt = (row: string): string => `transaction ${row}`
const atToken = (token: string): string => `token ${token}`

/**
 * Follows the writes of the servers with the model, in the order in which they took effect, so that
 * the answers of concurrent clients can be compared too. That is the order in which they were judged
 * at their items: those that become durable together may be told in another. What died with its
 * server is settled by {@link settleAfterCrash}, from what the next server finds.
 */
export class Witness implements CoordinatorWatch, Points {
  readonly #options: WitnessOptions
  #grounds = new ConflictGrounds()
  readonly #pending = new Set<WatchedWrite>()
  /** Writes that a broken store refused. */
  #doubtful: WatchedWrite[] = []
  #current: ServerCall | undefined
  #writesOfCurrent = 0
  /** Grows with everything that a reader could notice. */
  #changes = 0
  #disturbances = 0
  #tickets = 0
  #places = new WeakMap<WriteAction | InvalidAction, Place>()
  #told: { readonly ticket: number; readonly settle: () => void }[] = []
  #looks: (() => void)[] = []

  constructor(options: WitnessOptions) {
    this.#options = options
  }

  /** Sees the writes pass the points of the server. */
  at(point: PointName, { actions }: PassingWrite): undefined {
    if (point !== 'judged' && point !== 'submitted') return
    for (const action of actions) {
      this.#tickets += 1
      this.#places.set(action, { ticket: this.#tickets, isHandedOver: point === 'submitted' })
    }
  }

  /** `look` is called when everything is settled that was told in this step. */
  whenSettled(look: () => void): void {
    this.#looks.push(look)
  }

  /** Nothing more is told in this step: what was is settled, in the order in which it took effect. */
  stepEnds(): void {
    const told = this.#told.splice(0).sort((a, b) => a.ticket - b.ticket)
    for (const { settle } of told) settle()
    for (const look of this.#looks.splice(0)) look()
  }

  #tellRefused(write: WatchedWrite, error: unknown): void {
    const isBroken = this.#options.isBroken()
    this.#tell(write, () => this.#refused(write, error, isBroken))
  }

  #tell({ asked }: WatchedWrite, settle: () => void): void {
    const place = asked[0] && this.#places.get(asked[0])
    this.#told.push({ ticket: place?.ticket ?? this.#tickets, settle })
  }

  /** What `dispatch` asks a coordinator for before it returns is of `call`. */
  during<T>(call: ServerCall, dispatch: () => T): T {
    this.#current = call
    this.#writesOfCurrent = 0
    try {
      return dispatch()
    } finally {
      this.#current = undefined
    }
  }

  /** Stays the same while nothing is written; undefined while something is. */
  quietSince(): number | undefined {
    return this.#pending.size === 0 && this.#disturbances === 0 ? this.#changes : undefined
  }

  /** Something else that reads could notice begins; the function tells that it has ended. */
  disturb(): () => void {
    this.#disturbances += 1
    this.#changes += 1
    return () => {
      this.#disturbances -= 1
      this.#changes += 1
    }
  }

  writeBegins(action: WriteAction): Watched<unknown> {
    const { call, index } = this.#currentCall()
    const operation = singleWriteOf(call.operation as PlainOperation, index)
    const write = this.#begin(call, operation, [action])
    return {
      done: () => this.#tell(write, () => this.#done(write)),
      refused: (error) => this.#tellRefused(write, error),
    }
  }

  expiryBegins(action: WriteAction): Watched<unknown> {
    const operation = expiryOf(action)
    const call = newCall(`the expiry of ${JSON.stringify(operation.action)}`, operation)
    const write = this.#begin(call, operation, [action])
    return {
      done: () => {
        this.#options.count('expired')
        this.#tell(write, () => this.#done(write))
      },
      refused: (error) => {
        this.#options.count('expiry refused')
        this.#tellRefused(write, error)
      },
    }
  }

  transactionBegins(plan: TransactionPlan): Watched<TransactionResult> {
    const { call } = this.#currentCall()
    const write = this.#begin(call, call.operation as TransactWriteItems, plan.actions)
    return {
      done: ({ kind }) => this.#tell(write, () => this.#transacted(write, kind === 'replayed')),
      refused: (error) => this.#tellRefused(write, error),
    }
  }

  readBegins(actions: readonly (ReadAction | InvalidAction)[]): Watched<unknown> {
    const { call } = this.#currentCall()
    const rows = actions.map(rowOf)
    const position = this.#grounds.now()
    return {
      done: () => {},
      refused: (error) => {
        const met = (row: string): boolean => this.#grounds.hadCompany(anyWriteAt(row), position, 0)
        if (error instanceof ApiError) this.#isConflict(call, error, rows, met)
      },
    }
  }

  /** The process is gone with what was under way; gives that, in the order of its arrival. */
  processDied(): WatchedWrite[] {
    this.stepEnds()
    const left = [...this.#doubtful, ...this.#pending]
    for (const write of left) {
      const place = write.asked[0] && this.#places.get(write.asked[0])
      if (place?.isHandedOver === true) write.order = place.ticket
    }
    this.#doubtful = []
    this.#pending.clear()
    this.#changes += 1
    this.#grounds = new ConflictGrounds()
    return left
  }

  /** What was under way when a process died turned out to have taken effect. */
  tookEffect({ call, operation, tables, beganMs }: WatchedWrite): void {
    this.#changes += 1
    call.effect = 'done'
    this.#options.models.perform(operation, tables)
    this.#options.tokens.bind(operation, beganMs)
  }

  #currentCall(): { call: ServerCall; index: number } {
    const call = this.#current
    if (call === undefined)
      throw new Error('a coordinator is asked after the request was handed over')
    const index = this.#writesOfCurrent
    this.#writesOfCurrent += 1
    return { call, index }
  }

  #begin(
    call: ServerCall,
    operation: WatchedWrite['operation'],
    actions: readonly (WriteAction | InvalidAction)[],
  ): WatchedWrite {
    const rows = actions.map(rowOf)
    const tables = new Set<Table>()
    for (const action of actions) {
      if (!('table' in action)) continue
      tables.add(this.#options.models.table(action.table.number, action.table.name))
    }
    const places = rows.map(anyWriteAt)
    if (operation.kind === 'TransactWriteItems') {
      places.push(...rows.map(transactionAt))
      if (operation.token !== undefined) places.push(atToken(operation.token))
    }
    const position = this.#grounds.begin(places)
    const beganMs = this.#options.nowMs()
    const write = {
      call,
      operation,
      rows,
      tables: [...tables],
      places,
      position,
      beganMs,
      asked: actions,
    }
    this.#pending.add(write)
    this.#changes += 1
    return write
  }

  #end(write: WatchedWrite): void {
    this.#pending.delete(write)
    this.#grounds.end(write.places)
    this.#changes += 1
  }

  #transacted(write: WatchedWrite, isReplay: boolean): void {
    const { tokens, count } = this.#options
    const operation = write.operation as TransactWriteItems
    if (isReplay) count('token: replayed')
    if (isReplay && tokens.isUnexplained(operation)) {
      write.call.effect = 'done'
      return this.#end(write)
    }
    const verdict = tokens.judge(operation, write.beganMs, isReplay)
    if (verdict !== undefined) this.#report(write.call, verdict)
    this.#done(write)
    if (!isReplay) tokens.bind(operation, write.beganMs)
  }

  #done(write: WatchedWrite): void {
    this.#end(write)
    const { call, operation, tables } = write
    call.effect = 'done'
    const expected = this.#options.models.perform(operation, tables)
    if (isRefusal(expected)) {
      this.#report(call, `was done, and the model refuses it: ${JSON.stringify(expected)}`)
    }
    if (call.operation === operation) call.expected = expected
  }

  #refused(write: WatchedWrite, error: unknown, isBroken: boolean): void {
    const { call, operation, tables } = write
    const isFault = !(error instanceof ApiError)
    if (isFault && isBroken) {
      call.isDoubtful = true
      this.#doubtful.push(write)
    } else if (call.operation === operation) call.effect = 'refused'
    const isExplained = isFault || this.#isExplained(write, error)
    this.#end(write)
    if (isExplained) return
    const expected = this.#options.models.perform(operation, tables)
    if (!isRefusal(expected)) this.#report(call, `was refused, and the model does it: ${error}`)
    if (call.operation === operation) call.expected = expected
  }

  /** Whether an error comes from others who were there, of whom the model knows nothing. */
  #isExplained(
    { call, operation, rows, position, beganMs }: WatchedWrite,
    error: ApiError,
  ): boolean {
    const met = (place: string, own: number): boolean =>
      this.#grounds.hadCompany(place, position, own)
    if (operation.kind === 'SingleWrite') {
      const [row] = rows as [string]
      return this.#isConflict(call, error, rows, () => met(transactionAt(row), 0))
    }
    const { token } = operation
    if (token !== undefined) {
      const { name } = error.kind
      const hadTwin = met(atToken(token), 1)
      if (name === 'TransactionInProgressException') {
        if (!hadTwin) this.#report(call, 'is told to be in progress, and is not')
        return true
      }
      if (name === 'IdempotentParameterMismatchException' && hadTwin) return true
      if (this.#options.tokens.isUncertain(operation, beganMs)) return true
    }
    return this.#isConflict(call, error, rows, (row) => met(transactionAt(row), 1))
  }

  /** Whether `error` tells of a conflict; reports one for which there was no reason. */
  #isConflict(
    call: ServerCall,
    error: ApiError,
    rows: readonly string[],
    met: (row: string) => boolean,
  ): boolean {
    const { name } = error.kind
    if (name === 'ResourceNotFoundException') return true
    const reasons = reasonsOf(error)
    const told = [name, ...reasons]
    if (told.some((each) => each.startsWith('ItemCollectionSizeLimitExceeded'))) {
      this.#options.count(`collection full: ${call.operation?.kind}`)
      if (!this.#options.isLimited) this.#report(call, 'is told of a limit that nobody can reach')
      return true
    }
    const concerned =
      name === 'TransactionConflictException'
        ? rows
        : rows.filter((_, i) => reasons[i] === 'TransactionConflict')
    for (const row of concerned) {
      if (!met(row)) this.#report(call, 'met a conflict, and nobody was there')
    }
    if (concerned.length > 0) this.#options.count(`conflict: ${call.operation?.kind}`)
    return concerned.length > 0
  }

  #report(call: ServerCall, text: string): void {
    this.#options.report(`${call.description}\n  ${text}`)
  }
}

const rowOf = (action: WriteAction | ReadAction | InvalidAction): string =>
  'rowKey' in action ? action.rowKey.toString('latin1') : ''

function reasonsOf({ members }: ApiError): readonly string[] {
  const reasons = members?.['CancellationReasons'] as readonly { Code: string }[] | undefined
  return reasons?.map(({ Code }) => Code) ?? []
}
