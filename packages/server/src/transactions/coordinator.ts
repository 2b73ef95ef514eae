import { machineOf, type Clock } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { retriesAtOnce, type Retries } from '../commits/retries.ts'
import {
  conflictReason,
  noReason,
  onlyReason,
  transactionCanceled,
  validationReason,
} from '../errors/transactionErrors.ts'
import { ItemImage } from '../items/itemImage.ts'
import type { ExpiryOrder, Table } from '../schema/table.ts'
import type { Job } from '../upkeep/backgroundWork.ts'
import {
  maxBatchWaitMs,
  maxCommitAttempts,
  maxItemCollectionBytes,
  maxWriteBytes,
  ttlDelaySeconds,
} from '../limits.ts'
import type { MaybePromise, StorageEngine } from '../storage/engine.ts'
import { BatchWrites, type TellOutcome } from './batchWrites.ts'
import { ByteCredits } from './byteCredits.ts'
import { expiredItemsJob } from './expiredItems.ts'
import { ClaimQueue } from './claimQueue.ts'
import { nameOfItem, type Claims } from './claims.ts'
import { ItemTransactions, type DryRun } from './itemTransactions.ts'
import type { ItemPlace } from './itemWrites.ts'
import { LocalClaims } from './localClaims.ts'
import { withMeetings, type Meeting } from './meetings.ts'
import { OrderedImages } from './orderedImages.ts'
import type { Onlookers } from './onlookers.ts'
import type { Points } from './points.ts'
import { RequestTokens } from './requestTokens.ts'
import { SingleWrites } from './singleWrites.ts'
import type { TransactionConflicts } from './transactionConflicts.ts'
import { readCollectionSizes, type WritePath } from './writePath.ts'
import type { WriteWatcher } from './writeWatcher.ts'
import type {
  InvalidAction,
  ReadAction,
  RequestToken,
  TransactionPlan,
  TransactionResult,
  WriteAction,
  WriteResult,
} from './writePlan.ts'

export interface CoordinatorOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  /** Those of this process when absent. */
  readonly claims?: Claims
  /** Who looks at what writes go through; nobody when absent. */
  readonly points?: Points
  /** Who is told what happens at items; nobody when absent. */
  readonly watcher?: WriteWatcher
  /** Both, where they come and go; `points` and `watcher` are nobody's then. */
  readonly onlookers?: Onlookers | undefined
  /**
   * Reads the record of a table again, which somebody else may have changed: present where others
   * change tables too. Every commit relies on the records of its tables then.
   */
  readonly refreshTable?: (tableName: string) => Promise<void>
  /** How long after its expiry an item is removed; that of `limits.ts` when absent. */
  readonly expiryDelayMs?: number
  /** Told of each item that time to live has removed; nobody when absent. */
  readonly onExpired?: (table: Table) => void
  /** How what has met a change of somebody else is tried again; a few times when absent. */
  readonly retries?: Retries
  /** The limit of an item collection in bytes; DynamoDB's when absent. */
  readonly maxItemCollectionBytes?: number
  /** Most bytes of images in memory; those of `limits.ts` when absent. */
  readonly maxWriteBytes?: number
  /** Requests are refused when absent. */
  readonly conflicts?: TransactionConflicts
}

/**
 * The only write path of items. What happens when two requests are at one item at once (behaviour
 * digest 1.3):
 *
 * - Single-item writes never conflict. The first goes to the store; those that arrive before it
 *   is durable wait, and are then evaluated one after another on the image in memory and committed
 *   together, so an item that everybody writes costs one flush for many writes and no update is
 *   lost.
 * - A transaction holds all its items from the moment it is accepted until its commit has its place
 *   among all commits. A single-item write of a held item is refused, and so is a transaction that
 *   needs one, at that position; or both wait for their turn, where the server is told so.
 *   Single-item writes that were there first are waited for until they have theirs.
 * - What has its place is built upon before it is durable: the next write of an item is evaluated
 *   on what the last one leaves. It falls with it, and is evaluated again or fails too, when the
 *   store does not take that. Nobody is answered before everything is durable that the answer was
 *   found in.
 * - TransactGetItems is refused at the position of any item that somebody is at.
 * - Reads of every kind look at the last committed state and never wait.
 *
 * Where several servers share the store, each of them does so with its own requests. What another
 * one has changed meanwhile is found by the commit: a single-item write is evaluated again, and a
 * transaction is cancelled at the items that have changed.
 *
 * INVARIANT: the images that conditions and changes are evaluated on do not change before the
 * commit that follows from them has its place: every other writer of the item waits or is refused,
 * and the commit relies on the versions that were read. Commits take effect in one total order,
 * and a client is answered only after its commit is durable, and so all before it: isolation is
 * strictly serializable.
 */
export class Coordinator {
  readonly #path: WritePath
  readonly #tokens: RequestTokens
  readonly #writes: SingleWrites
  readonly #batches: BatchWrites
  readonly #transactions: ItemTransactions
  readonly #expiryDelayMs: number
  readonly #onExpired: (table: Table) => void

  constructor(options: CoordinatorOptions) {
    const { engine, commits, clock, claims = new LocalClaims() } = options
    const { onlookers = { points: options.points, watcher: options.watcher } } = options
    this.#path = {
      engine,
      commits,
      clock,
      claims,
      queue: new ClaimQueue(claims, machineOf(clock)),
      conflicts: options.conflicts ?? 'refuse',
      images: new OrderedImages(engine),
      credits: new ByteCredits(options.maxWriteBytes ?? maxWriteBytes),
      get points() {
        return onlookers.points
      },
      get watcher() {
        return onlookers.watcher
      },
      refreshTable: options.refreshTable,
      retries: options.retries ?? retriesAtOnce(maxCommitAttempts),
      maxItemCollectionBytes: options.maxItemCollectionBytes ?? maxItemCollectionBytes,
    }
    this.#tokens = new RequestTokens(engine, commits, clock)
    this.#expiryDelayMs = options.expiryDelayMs ?? ttlDelaySeconds * 1000
    this.#onExpired = options.onExpired ?? (() => {})
    this.#writes = new SingleWrites(this.#path)
    this.#batches = new BatchWrites(this.#path, this.#writes)
    this.#transactions = new ItemTransactions(this.#path, this.#tokens)
  }

  /** The work that keeps the store free of what transactions leave. */
  upkeep(): Job {
    return this.#tokens.purge()
  }

  /**
   * The work that removes the items of a table as they expire, in the order that it keeps; it looks
   * for them every `intervalMs()` milliseconds.
   */
  expiryOf(table: Table, order: ExpiryOrder, intervalMs: () => number): Job {
    const { engine, clock } = this.#path
    const delayMs = this.#expiryDelayMs
    const write = (action: WriteAction): Promise<WriteResult> => this.write(action)
    const onExpired = this.#onExpired
    return expiredItemsJob({ engine, clock, table, order, delayMs, intervalMs, write, onExpired })
  }

  /** The last committed image of an item; at once when the engine reads at once. */
  read(rowKey: Buffer): MaybePromise<ItemImage | undefined> {
    const stored = this.#path.engine.get(rowKey)
    return stored instanceof Promise
      ? stored.then((bytes) => ItemImage.ofStored(bytes))
      : ItemImage.ofStored(stored)
  }

  /** The last committed images of several items, each by itself. */
  readMany(rowKeys: readonly Buffer[]): MaybePromise<(ItemImage | undefined)[]> {
    const stored = this.#path.engine.getMany(rowKeys)
    return stored instanceof Promise ? stored.then(imagesOf) : imagesOf(stored)
  }

  /**
   * The bytes of the item collections that items belong to, their local index entries included, as
   * they are now; undefined where collections have no limit.
   */
  readCollectionSizes(
    actions: readonly (ItemPlace | InvalidAction)[],
  ): Promise<readonly (number | undefined)[]> {
    return readCollectionSizes(this.#path.engine, actions)
  }

  /**
   * One single-item write. Rejects with ConditionalCheckFailedException,
   * TransactionConflictException, ItemCollectionSizeLimitExceededException, a ValidationException
   * of the update, or ResourceNotFoundException when the table was deleted meanwhile.
   */
  write(action: WriteAction): Promise<WriteResult> {
    this.#path.watcher?.entered([action])
    return this.#writes.write(action)
  }

  /**
   * One write of a batch: as {@link write}, but where a transaction holds the item it waits for
   * that a while, because clients seldom send again what a batch gives back.
   */
  writeOfBatch(action: WriteAction): Promise<WriteResult> {
    this.#path.watcher?.entered([action])
    if (this.#path.conflicts === 'queue') return this.#writes.write(action)
    return this.#writes.writePatiently(action, maxBatchWaitMs)
  }

  /**
   * The writes of a batch: each as {@link writeOfBatch}, and `tell` is told what becomes of it.
   * Resolves when all have been told. REQUIRES: the actions name distinct items.
   */
  writeBatch(actions: readonly WriteAction[], tell: TellOutcome): Promise<void> {
    this.#path.watcher?.entered(actions)
    return this.#batches.write(actions, tell)
  }

  /**
   * A DynamoDB transaction, all or nothing. Rejects with TransactionCanceledException and its
   * reasons, TransactionInProgressException or IdempotentParameterMismatchException. REQUIRES: the
   * actions name distinct items.
   */
  transact(plan: TransactionPlan): Promise<TransactionResult> {
    this.#path.watcher?.entered(plan.actions, plan.token)
    return this.#transactions.transact(plan)
  }

  /**
   * What {@link transact} would find at the items as they were last committed, without a claim and
   * without a change. What a commit alone can find, such as a full item collection, it does not.
   */
  dryRun(actions: TransactionPlan['actions']): Promise<DryRun> {
    this.#path.watcher?.entered(actions)
    return this.#transactions.dryRun(actions)
  }

  /** Whether {@link transact} would do nothing new for a plan with this token. */
  knowsToken(token: RequestToken): Promise<boolean> {
    return this.#tokens.isKnown(token)
  }

  /**
   * Reads items in one committed state. Throws TransactionCanceledException at the positions of
   * items that somebody is at, unless conflicts wait, or whose keys are wrong.
   */
  readTransaction(
    actions: readonly (ReadAction | InvalidAction)[],
  ): MaybePromise<(ItemImage | undefined)[]> {
    const invalid = actions.findIndex((action) => 'invalid' in action)
    if (invalid >= 0) {
      const reason = validationReason((actions[invalid] as InvalidAction).invalid)
      throw transactionCanceled(onlyReason(actions.length, invalid, reason))
    }
    const { claims, conflicts, watcher } = this.#path
    const keys = (actions as readonly ReadAction[]).map(({ rowKey }) => rowKey)
    if (conflicts === 'queue') return this.readMany(keys)
    const busy = keys.map((rowKey) => claims.isBusy(nameOfItem(rowKey)))
    if (busy.includes(true)) {
      if (watcher !== undefined) this.#tellConflicts(watcher, actions as readonly ReadAction[])
      const refusal = transactionCanceled(
        busy.map((isBusy) => (isBusy ? conflictReason : noReason)),
      )
      throw withMeetings(refusal, this.#meetingsOfReads(actions as readonly ReadAction[]))
    }
    return this.readMany(keys)
  }

  #meetingsOfReads(actions: readonly ReadAction[]): readonly Meeting[] {
    const { claims } = this.#path
    return actions.flatMap((wanted, position) => {
      const name = nameOfItem(wanted.rowKey)
      if (!claims.isBusy(name)) return []
      const item = claims.find(name)
      return [{ wanted, position, holder: item?.holder ?? item?.waiting[0]?.action }]
    })
  }

  #tellConflicts(watcher: WriteWatcher, actions: readonly ReadAction[]): void {
    const { claims } = this.#path
    watcher.entered(actions)
    for (const wanted of actions) {
      const name = nameOfItem(wanted.rowKey)
      if (!claims.isBusy(name)) continue
      const item = claims.find(name)
      const writing = item?.held === true ? undefined : item?.waiting[0]?.action
      watcher.conflicted({ wanted, name, writing })
    }
  }
}

const imagesOf = (stored: readonly (Uint8Array | undefined)[]): (ItemImage | undefined)[] =>
  stored.map((bytes) => ItemImage.ofStored(bytes))
