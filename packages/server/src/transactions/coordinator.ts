import { LoopTurns, type Clock } from '../clock.ts'
import { itemCollectionSizeLimitExceeded } from '../errors/indexErrors.ts'
import { conditionalCheckFailed, transactionConflict } from '../errors/itemErrors.ts'
import { resourceNotFound } from '../errors/tableErrors.ts'
import {
  conflictReason,
  noReason,
  onlyReason,
  transactionCanceled,
  validationReason,
} from '../errors/transactionErrors.ts'
import { InvariantViolation } from '../invariant.ts'
import {
  maxBundledImageBytes,
  maxBundledWrites,
  maxCommitAttempts,
  maxItemCollectionBytes,
} from '../limits.ts'
import { StorageConflict, type MaybePromise, type StorageEngine } from '../storage/engine.ts'
import { decodeCounter, SumLimitExceeded, type GroupCommit } from '../commits/groupCommit.ts'
import { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { CommitBuilder } from './commitBuilder.ts'
import { conditionHolds, imageAfter } from './evaluateAction.ts'
import { ItemClaims, type BusyItem, type PendingWrite } from './itemClaims.ts'
import { replayUnitsOf } from './replayUnits.ts'
import type { Job } from '../upkeep/backgroundWork.ts'
import { RequestTokens, type TokenBinding } from './requestTokens.ts'
import { collectionReasons, judgeTransaction, type Judgement } from './judgeTransaction.ts'
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
  /** The limit of an item collection in bytes; DynamoDB's when absent. */
  readonly maxItemCollectionBytes?: number
}

/**
 * The only write path of items. What happens when two requests are at one item at once (behaviour
 * digest 1.3):
 *
 * - Single-item writes never conflict. The first goes to the store; those that arrive before it
 *   is durable wait, and are then evaluated one after another on the image in memory and committed
 *   together, so an item that everybody writes costs one flush for many writes and no update is
 *   lost.
 * - A transaction holds all its items from the moment it is accepted until its commit is durable.
 *   A single-item write of a held item is refused, and so is a transaction that needs one, at that
 *   position. Single-item writes that were there first are waited for; they keep no one waiting in
 *   turn.
 * - TransactGetItems is refused at the position of any item with an unfinished write.
 * - Other reads look at the last committed state and never wait.
 *
 * INVARIANT: the images that conditions and changes are evaluated on cannot change before the
 * commit that follows from them, because every other writer of the item waits or is refused.
 * Commits have one total order, and a client is answered only after its commit is durable:
 * isolation is strictly serializable.
 */
export class Coordinator {
  readonly #engine: StorageEngine
  readonly #commits: GroupCommit
  readonly #clock: Clock
  readonly #claims = new ItemClaims()
  readonly #tokens: RequestTokens
  readonly #maxItemCollectionBytes: number

  constructor(options: CoordinatorOptions) {
    this.#engine = options.engine
    this.#commits = options.commits
    this.#clock = options.clock
    this.#tokens = new RequestTokens(options.engine, options.commits, options.clock)
    this.#maxItemCollectionBytes = options.maxItemCollectionBytes ?? maxItemCollectionBytes
  }

  /** The work that keeps the store free of what transactions leave. */
  upkeep(): Job {
    return this.#tokens.purge()
  }

  /** The last committed image of an item; at once when the engine reads at once. */
  read(rowKey: Buffer): MaybePromise<ItemImage | undefined> {
    const stored = this.#engine.get(rowKey)
    return stored instanceof Promise
      ? stored.then((bytes) => ItemImage.ofStored(bytes))
      : ItemImage.ofStored(stored)
  }

  /** The bytes of the item collection that an item belongs to, its local index entries included. */
  async readCollectionSize(rowKey: Buffer): Promise<number> {
    const stored = await this.#engine.get(itemCollectionKey(rowKey))
    return stored === undefined ? 0 : (decodeCounter(stored)[0] as number)
  }

  /**
   * One single-item write. Rejects with ConditionalCheckFailedException,
   * TransactionConflictException, ItemCollectionSizeLimitExceededException, a ValidationException
   * of the update, or ResourceNotFoundException when the table was deleted meanwhile.
   */
  write(action: WriteAction): Promise<WriteResult> {
    const name = ItemClaims.nameOf(action.rowKey)
    const busy = this.#claims.find(name)
    if (busy?.held === true) return Promise.reject(transactionConflict())
    return new Promise((resolve, reject) => {
      const pending: PendingWrite = { action, resolve, reject }
      if (busy !== undefined) busy.waiting.push(pending)
      else void this.#writeAll(name, this.#claims.startWriting(name, pending))
    })
  }

  /**
   * Carries out the writes of an item in bundles, until none has come while the last one was made.
   */
  async #writeAll(name: string, busy: BusyItem): Promise<void> {
    let tell = await this.#writeBundle(busy.waiting)
    while (busy.waiting.length > 0) {
      tell()
      tell = await this.#writeBundle(busy.waiting)
    }
    // Freed before the clients are told, so that none of them meets a conflict with its own past
    // write.
    this.#claims.endWriting(name, busy)
    tell()
  }

  /**
   * Takes as many of the waiting writes of one item as make a bundle, evaluates them in turn and
   * commits them as one. Gives the function that tells the outcomes, once the commit is durable; a
   * failed condition waits for it too, for it may have seen the bundle's own writes.
   */
  async #writeBundle(waiting: PendingWrite[]): Promise<() => void> {
    const { action } = waiting[0] as PendingWrite
    for (let attempt = 1; ; attempt++) {
      let count = waiting.length
      try {
        const before = await this.read(action.rowKey)
        const { outcomes, image } = evaluateBundle(waiting, before)
        count = outcomes.length
        if (image !== before) {
          const commit = new CommitBuilder(this.#maxItemCollectionBytes)
          commit.addItem(action, before, image)
          await this.#submit(commit, [action.table])
        }
        const bundle = waiting.splice(0, count)
        return () => tellOutcomes(bundle, outcomes)
      } catch (error) {
        if (error instanceof StorageConflict && attempt < maxCommitAttempts) continue
        return this.#refuseBundle(waiting.splice(0, count), error)
      }
    }
  }

  /** Writes that are too much for their item collection together may fit it one by one. */
  async #refuseBundle(bundle: readonly PendingWrite[], error: unknown): Promise<() => void> {
    const exceeded = error instanceof SumLimitExceeded
    const tells: (() => void)[] = []
    if (exceeded && bundle.length > 1) {
      for (const pending of bundle) tells.push(await this.#writeBundle([pending]))
    } else {
      const reason = exceeded ? itemCollectionSizeLimitExceeded() : error
      for (const { reject } of bundle) tells.push(() => reject(reason))
    }
    return () => {
      for (const tell of tells) tell()
    }
  }

  /**
   * A DynamoDB transaction, all or nothing. Rejects with TransactionCanceledException and its
   * reasons, TransactionInProgressException or IdempotentParameterMismatchException. REQUIRES: the
   * actions name distinct items.
   */
  async transact(plan: TransactionPlan): Promise<TransactionResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#transactWithToken(plan)
      } catch (error) {
        if (!(error instanceof StorageConflict) || attempt === maxCommitAttempts) throw error
      }
    }
  }

  async #transactWithToken(plan: TransactionPlan): Promise<TransactionResult> {
    const { token } = plan
    if (token === undefined) return this.#transactOnce(plan, undefined)
    const found = await this.#tokens.begin(token)
    if (found.kind === 'done') return { kind: 'replayed', readUnits: found.units }
    try {
      return await this.#transactOnce(plan, { token, stored: found.stored })
    } finally {
      this.#tokens.end(token)
    }
  }

  async #transactOnce(
    plan: TransactionPlan,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
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
      return await this.#commitTransaction(plan, binding)
    } finally {
      for (const name of names) if (name !== undefined) this.#claims.release(name)
    }
  }

  /**
   * The reasons of a transaction that met another one; its other actions are judged all the same.
   */
  async #refuseHeld(
    plan: TransactionPlan,
    names: readonly (string | undefined)[],
  ): Promise<TransactionResult> {
    const held = names.map((name) => name !== undefined && this.#claims.isHeld(name))
    const { reasons } = await this.#judge(plan, held)
    throw transactionCanceled(reasons)
  }

  async #commitTransaction(
    plan: TransactionPlan,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
    const { reasons, results } = await this.#judge(plan, [])
    if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons)
    const actions = plan.actions as readonly WriteAction[]
    const commit = new CommitBuilder(this.#maxItemCollectionBytes)
    actions.forEach((action, i) => {
      const { before, after } = results[i] as WriteResult
      commit.addItem(action, before, after)
    })
    if (binding !== undefined) {
      this.#tokens.bind(commit, binding, replayUnitsOf(results))
    }
    const tables = actions.map(({ table }) => table)
    try {
      await this.#submit(commit, tables)
    } catch (error) {
      if (!(error instanceof SumLimitExceeded)) throw error
      throw transactionCanceled(collectionReasons(actions, results, error.key))
    }
    return { kind: 'committed', results }
  }

  async #judge(plan: TransactionPlan, held: readonly boolean[]): Promise<Judgement> {
    const images = await this.#readImages(plan)
    return judgeTransaction(plan.actions, images, held, new LoopTurns(this.#clock))
  }

  async #readImages(plan: TransactionPlan): Promise<(ItemImage | undefined)[]> {
    const images: (ItemImage | undefined)[] = []
    for (const action of plan.actions) {
      images.push('invalid' in action ? undefined : await this.read(action.rowKey))
    }
    return images
  }

  /**
   * Reads items in one committed state. Rejects with TransactionCanceledException at the positions
   * of items with unfinished writes, or whose keys are wrong.
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
    // A fault of our own fails the write that it happened in, not its neighbours.
    return error instanceof Error ? error : new InvariantViolation(String(error))
  }
}

/**
 * The outcomes of the first writes of `waiting`, as many as make a bundle, and the item after them.
 */
function evaluateBundle(
  waiting: readonly PendingWrite[],
  before: ItemImage | undefined,
): { outcomes: (WriteResult | Error)[]; image: ItemImage | undefined } {
  const outcomes: (WriteResult | Error)[] = []
  let image = before
  let sizeBytes = 0
  for (const { action } of waiting) {
    const outcome = evaluateSingle(action, image)
    if (!(outcome instanceof Error)) image = outcome.after
    outcomes.push(outcome)
    sizeBytes += image?.sizeBytes ?? 0
    if (outcomes.length === maxBundledWrites || sizeBytes >= maxBundledImageBytes) break
  }
  return { outcomes, image }
}

function tellOutcomes(
  bundle: readonly PendingWrite[],
  outcomes: readonly (WriteResult | Error)[],
): void {
  bundle.forEach(({ resolve, reject }, i) => {
    const outcome = outcomes[i] as WriteResult | Error
    if (outcome instanceof Error) reject(outcome)
    else resolve(outcome)
  })
}
