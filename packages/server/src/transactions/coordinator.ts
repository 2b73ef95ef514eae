import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { conditionalCheckFailed, transactionConflict } from '../errors/itemErrors.ts'
import { resourceNotFound } from '../errors/tableErrors.ts'
import {
  conflictReason,
  noReason,
  onlyReason,
  transactionCanceled,
  validationReason,
} from '../errors/transactionErrors.ts'
import { maxBundledWrites } from '../limits.ts'
import type { StorageEngine } from '../storage/engine.ts'
import type { GroupCommit } from '../storage/groupCommit.ts'
import { ItemImage } from '../tables/itemImage.ts'
import type { Table } from '../tables/table.ts'
import { CommitBuilder, conditionHolds, imageAfter } from './evaluateAction.ts'
import { ItemClaims, type BusyItem, type PendingWrite } from './itemClaims.ts'
import { replayUnitsOf } from './replayUnits.ts'
import { RequestTokens } from './requestTokens.ts'
import { judgeTransaction } from './judgeTransaction.ts'
import type {
  InvalidAction,
  ReadAction,
  TransactionPlan,
  TransactionResult,
  WriteAction,
  WriteResult,
} from './writePlan.ts'

export interface CoordinatorOptions {
  readonly engine: StorageEngine
  readonly commits: GroupCommit
  readonly clock: Clock
}

/**
 * The only write path of items. What happens when two requests are at one item at once (behaviour digest
 * 1.3):
 *
 * - Single-item writes never conflict. The first goes to the store; those that arrive before it is durable
 *   wait, and are then evaluated one after another on the image in memory and committed together, so an
 *   item that everybody writes costs one flush for many writes and no update is lost.
 * - A transaction holds all its items from the moment it is accepted until its commit is durable. A
 *   single-item write of a held item is refused, and so is a transaction that needs one, at that position.
 *   Single-item writes that were there first are waited for; they keep no one waiting in turn.
 * - TransactGetItems is refused at the position of any item with an unfinished write.
 * - Other reads look at the last committed state and never wait.
 *
 * INVARIANT: the images that conditions and changes are evaluated on cannot change before the commit that
 * follows from them, because every other writer of the item waits or is refused. Commits have one total
 * order, and a client is answered only after its commit is durable: isolation is strictly serializable.
 */
export class Coordinator {
  readonly #engine: StorageEngine
  readonly #commits: GroupCommit
  readonly #claims = new ItemClaims()
  readonly #tokens: RequestTokens

  constructor(options: CoordinatorOptions) {
    this.#engine = options.engine
    this.#commits = options.commits
    this.#tokens = new RequestTokens(options.engine, options.commits, options.clock)
  }

  start(): void {
    this.#tokens.startPurging()
  }

  stop(): Promise<void> {
    return this.#tokens.stopPurging()
  }

  /** The last committed image of an item. */
  async read(rowKey: Buffer): Promise<ItemImage | undefined> {
    return ItemImage.ofStored(await this.#engine.get(rowKey))
  }

  /**
   * One single-item write. Rejects with ConditionalCheckFailedException, TransactionConflictException, a
   * ValidationException of the update, or ResourceNotFoundException when the table was deleted meanwhile.
   */
  write(action: WriteAction): Promise<WriteResult> {
    const name = ItemClaims.nameOf(action.rowKey)
    const busy = this.#claims.find(name)
    if (busy?.held === true) return Promise.reject(transactionConflict())
    return new Promise((resolve, reject) => {
      const pending: PendingWrite = { action, resolve, reject }
      if (busy !== undefined) busy.waiting.push(pending)
      else void this.#writeAll(name, this.#claims.startWriting(name), pending)
    })
  }

  /** Carries out the first write of an item and then, in bundles, all that gather while it lasts. */
  async #writeAll(name: string, busy: BusyItem, first: PendingWrite): Promise<void> {
    let tell = await this.#writeBundle([first])
    while (busy.waiting.length > 0) {
      tell()
      const bundle = busy.waiting.splice(0, maxBundledWrites)
      tell = await this.#writeBundle(bundle)
    }
    // Freed before the clients are told, so that none of them meets a conflict with its own past write.
    this.#claims.endWriting(name, busy)
    tell()
  }

  /**
   * Single-item writes of one item, evaluated in turn and committed as one. Gives the function that tells
   * the outcomes, once the commit is durable; a failed condition waits for it too, for it may have seen the
   * bundle's own writes.
   */
  async #writeBundle(bundle: readonly PendingWrite[]): Promise<() => void> {
    const { action } = bundle[0] as PendingWrite
    try {
      const before = await this.read(action.rowKey)
      const outcomes: (WriteResult | Error)[] = []
      let image = before
      for (const pending of bundle) {
        const outcome = evaluateSingle(pending.action, image)
        if (!(outcome instanceof Error)) image = outcome.after
        outcomes.push(outcome)
      }
      if (image !== before) {
        const commit = new CommitBuilder()
        commit.addItem(action, before, image)
        await this.#submit(commit, [action.table])
      }
      return () => {
        bundle.forEach(({ resolve, reject }, i) => {
          const outcome = outcomes[i] as WriteResult | Error
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        })
      }
    } catch (error) {
      return () => {
        for (const { reject } of bundle) reject(error)
      }
    }
  }

  /**
   * A DynamoDB transaction, all or nothing. Rejects with TransactionCanceledException and its reasons,
   * TransactionInProgressException or IdempotentParameterMismatchException. REQUIRES: the actions name
   * distinct items.
   */
  async transact(plan: TransactionPlan): Promise<TransactionResult> {
    const { token } = plan
    if (token === undefined) return this.#transactOnce(plan)
    const units = await this.#tokens.begin(token)
    if (units !== undefined) return { kind: 'replayed', units }
    try {
      return await this.#transactOnce(plan)
    } finally {
      this.#tokens.end(token)
    }
  }

  async #transactOnce(plan: TransactionPlan): Promise<TransactionResult> {
    const names = plan.actions.map(nameOfAction)
    if (names.some((name) => name !== undefined && this.#claims.isHeld(name))) {
      return this.#refuseHeld(plan, names)
    }
    const drained: Promise<void>[] = []
    for (const name of names) {
      const writes = name === undefined ? undefined : this.#claims.hold(name)
      if (writes !== undefined) drained.push(writes)
    }
    try {
      if (drained.length > 0) await Promise.all(drained)
      return await this.#commitTransaction(plan)
    } finally {
      for (const name of names) if (name !== undefined) this.#claims.release(name)
    }
  }

  /** The reasons of a transaction that met another one; its other actions are judged all the same. */
  async #refuseHeld(
    plan: TransactionPlan,
    names: readonly (string | undefined)[],
  ): Promise<TransactionResult> {
    const held = names.map((name) => name !== undefined && this.#claims.isHeld(name))
    const judgement = judgeTransaction(plan.actions, await this.#readImages(plan), held)
    throw transactionCanceled(judgement.reasons)
  }

  async #commitTransaction(plan: TransactionPlan): Promise<TransactionResult> {
    const { reasons, results } = judgeTransaction(plan.actions, await this.#readImages(plan), [])
    if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons)
    const actions = plan.actions as readonly WriteAction[]
    const commit = new CommitBuilder()
    actions.forEach((action, i) => {
      const { before, after } = results[i] as WriteResult
      commit.addItem(action, before, after)
    })
    if (plan.token !== undefined) {
      const units = replayUnitsOf(actions, results)
      for (const write of this.#tokens.writesOf(plan.token, units)) commit.writes.push(write)
    }
    await this.#submit(
      commit,
      actions.map(({ table }) => table),
    )
    return { kind: 'committed', results }
  }

  async #readImages(plan: TransactionPlan): Promise<(ItemImage | undefined)[]> {
    const images: (ItemImage | undefined)[] = []
    for (const action of plan.actions) {
      images.push('invalid' in action ? undefined : await this.read(action.rowKey))
    }
    return images
  }

  /**
   * Reads items in one committed state. Rejects with TransactionCanceledException at the positions of items
   * with unfinished writes, or whose keys are wrong.
   */
  async readTransaction(
    actions: readonly (ReadAction | InvalidAction)[],
  ): Promise<(ItemImage | undefined)[]> {
    const invalid = actions.findIndex((action) => 'invalid' in action)
    if (invalid >= 0) {
      const reason = validationReason((actions[invalid] as InvalidAction).invalid)
      throw transactionCanceled(onlyReason(actions.length, invalid, reason))
    }
    const keys = (actions as readonly ReadAction[]).map(({ rowKey }) => rowKey)
    const busy = keys.map((rowKey) => this.#claims.isBusy(rowKey))
    if (busy.includes(true)) {
      throw transactionCanceled(busy.map((isBusy) => (isBusy ? conflictReason : noReason)))
    }
    const snapshot = this.#engine.snapshot()
    try {
      const stored = await snapshot.getMany(keys)
      return stored.map((bytes) => ItemImage.ofStored(bytes))
    } finally {
      snapshot.close()
    }
  }

  /** A write that was evaluated before its table was deleted must not leave rows behind. */
  #submit(commit: CommitBuilder, tables: readonly Table[]): Promise<void> {
    if (tables.some(({ dropped }) => dropped)) return Promise.reject(resourceNotFound())
    return this.#commits.submit(commit)
  }
}

function nameOfAction(action: WriteAction | InvalidAction): string | undefined {
  return 'invalid' in action ? undefined : ItemClaims.nameOf(action.rowKey)
}

/** The outcome of one single-item write on `before`; an error is returned, for its client alone. */
function evaluateSingle(action: WriteAction, before: ItemImage | undefined): WriteResult | Error {
  try {
    if (!conditionHolds(action, before)) {
      return conditionalCheckFailed(action.returnOldOnFailure ? before?.encoded : undefined)
    }
    return { before, after: imageAfter(action, before) }
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}
