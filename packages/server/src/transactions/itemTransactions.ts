import { LoopTurns } from '../clock.ts'
import { SumLimitExceeded } from '../commits/committer.ts'
import type { Tries } from '../commits/retries.ts'
import { transactionCanceled, type CancellationReason } from '../errors/transactionErrors.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import { maxBatchWaitMs, maxConflictWaitMs } from '../limits.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer, type Expectation, type MaybePromise } from '../storage/engine.ts'
import { nameOfItem } from './claims.ts'
import { CommitBuilder } from './commitBuilder.ts'
import { Foundations } from './foundations.ts'
import { HeldItems } from './heldItems.ts'
import type { Images } from './itemWrites.ts'
import {
  collectionReasons,
  judgeTransaction,
  type JudgedAction,
  type JudgedTransaction,
  type Judgement,
} from './judgeTransaction.ts'
import { withMeetings, type Meeting } from './meetings.ts'
import { neededBytes } from './neededBytes.ts'
import type { OrderedCommit } from './orderedImages.ts'
import type { PassingWrite } from './points.ts'
import { replayUnitsOf } from './replayUnits.ts'
import type { FoundToken, RequestTokens, TokenBinding } from './requestTokens.ts'
import {
  errorUnlessRetried,
  pass,
  readCollectionSizes,
  readImage,
  submit,
  type WritePath,
} from './writePath.ts'
import type { InvalidAction, TransactionPlan, TransactionResult, WriteAction } from './writePlan.ts'
import type { WriteWatcher } from './writeWatcher.ts'

/** A transaction with what its last attempt has found. */
interface Attempt {
  readonly tries: Tries
  readonly plan: TransactionPlan
  readonly write: PassingWrite
  /** The versions that the items were judged at; empty before the first attempt. */
  items: readonly Expectation[]
}

/** What goes with a transaction while it is judged and handed over. */
interface Handling {
  readonly commit: CommitBuilder
  readonly write: PassingWrite
  readonly held: HeldItems
}

/**
 * Transactions that write: each holds its items from before they are read until it has been handed
 * over, and the next one builds on what it writes. A large one holds them until it is durable.
 */
export class ItemTransactions {
  readonly #path: WritePath
  readonly #tokens: RequestTokens

  constructor(path: WritePath, tokens: RequestTokens) {
    this.#path = path
    this.#tokens = tokens
  }

  /** See Coordinator.transact. */
  transact(plan: TransactionPlan): Promise<TransactionResult> {
    const write: PassingWrite = { kind: 'transaction', actions: plan.actions }
    const outcome = this.#transactWithToken(plan, write)
    return this.#path.points === undefined ? outcome : this.#answered(outcome, write)
  }

  async #answered<T>(outcome: Promise<T>, write: PassingWrite): Promise<T> {
    try {
      return await outcome
    } finally {
      await pass(this.#path, 'answered', write)
    }
  }

  async #transactWithToken(plan: TransactionPlan, write: PassingWrite): Promise<TransactionResult> {
    const { token } = plan
    const tries = { attempts: 0, falls: 0 }
    const attempt: Attempt = { plan, write, items: [], tries }
    for (;;) {
      try {
        if (token === undefined) return await this.#transactOnce(attempt, undefined)
        return await this.#transactBound(attempt, this.#tokens.begin(token))
      } catch (error) {
        const final = await errorUnlessRetried(this.#path, { error, tries }, tablesOf(plan))
        if (final !== undefined) throw final
      }
    }
  }

  /** What is found under a token comes before all else; a distant store is not waited for. */
  async #transactBound(attempt: Attempt, binding: TokenBinding): Promise<TransactionResult> {
    const { found, isFirst, end } = binding
    const isAtHand = this.#path.engine.capabilities.syncReads
    found.catch(() => undefined)
    try {
      const replay = isAtHand || !isFirst ? replayOf(await found) : undefined
      return replay ?? (await this.#transactOnce(attempt, binding))
    } catch (error) {
      const replay = replayOf(await found)
      if (replay === undefined) throw error
      return replay
    } finally {
      end()
    }
  }

  async #transactOnce(
    attempt: Attempt,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
    const { plan, write } = attempt
    const holding = this.#hold(attempt)
    const held = holding instanceof Promise ? await holding : holding
    try {
      if (held.drained !== undefined) await held.drained
      const claimed = pass(this.#path, 'claimed', write)
      if (claimed !== undefined) await claimed
      if (attempt.items.length > 0 && this.#path.refreshTable !== undefined) {
        const changed = await this.#changedSince(attempt)
        if (changed.includes(true)) return await this.#refuseHeld(plan, changed)
      }
      return await this.#commitTransaction(attempt, held, binding)
    } finally {
      held.release()
    }
  }

  /**
   * Takes the items of a transaction, now or when it is its turn. Rejects with the cancellation
   * when some of them are held and it may not wait, or not any longer.
   */
  #hold({ plan, tries }: Attempt): MaybePromise<HeldItems> {
    const path = this.#path
    const { conflicts, claims, queue } = path
    const names = plan.actions.map(nameOfAction)
    // What was handed over before and has fallen is not refused for those that fell with it.
    const mayWait = conflicts === 'queue' || tries.falls > 0
    const isInTheWay = (name: string | undefined): boolean =>
      name !== undefined && (claims.isHeld(name) || (mayWait && queue.isWanted(name)))
    const held = names.map(isInTheWay)
    if (!held.includes(true)) return new HeldItems(path, names, plan)
    if (!mayWait) return this.#refuseHeld(plan, held)
    return new Promise((resolve, reject) => {
      const isWaiting = queue.wait({
        names: names.filter((name) => name !== undefined),
        bytes: neededBytes(path.engine, plan.actions),
        maxWaitMs: conflicts === 'queue' ? maxConflictWaitMs : maxBatchWaitMs,
        enter: () => resolve(new HeldItems(path, names, plan)),
        giveUp: () => this.#refuseHeld(plan, names.map(isInTheWay)).catch(reject),
      })
      if (!isWaiting) this.#refuseHeld(plan, held).catch(reject)
    })
  }

  /**
   * The positions of items that have changed since the attempt before, which met a conflict:
   * another server was at them.
   */
  async #changedSince({ plan, items }: Attempt): Promise<readonly boolean[]> {
    const found = await this.#path.engine.read(items.map(({ key }) => key))
    const changed = new Set(items.filter(({ version }, i) => found[i]?.version !== version))
    const names = new Set([...changed].map(({ key }) => nameOfItem(asBuffer(key))))
    return plan.actions.map((action) => names.has(nameOfAction(action) ?? ''))
  }

  /**
   * The reasons of a transaction that met another one; its other actions are judged all the same,
   * on one committed state.
   */
  async #refuseHeld({ actions }: TransactionPlan, held: readonly boolean[]): Promise<never> {
    const met = this.#meetingsAt(actions, held)
    const reasons = await this.#judgeCommitted(actions, held)
    throw withMeetings(transactionCanceled([...reasons]), met)
  }

  #meetingsAt(actions: TransactionPlan['actions'], held: readonly boolean[]): readonly Meeting[] {
    const { claims } = this.#path
    return actions.flatMap((wanted, position) => {
      if (held[position] !== true || 'invalid' in wanted) return []
      const holder = claims.find(nameOfItem(wanted.rowKey))?.holder
      return [{ wanted, position, holder }]
    })
  }

  /**
   * The reasons against actions on the last committed state, where those `held` are in conflict;
   * what was found there goes into `images`.
   */
  async #judgeCommitted(
    actions: TransactionPlan['actions'],
    held: readonly boolean[],
    images?: (ItemImage | undefined)[],
  ): Promise<readonly CancellationReason[]> {
    const { watcher, engine, clock } = this.#path
    if (watcher !== undefined) tellConflicts(watcher, actions, held)
    const snapshot = engine.snapshot()
    try {
      const { reasons } = await judgeTransaction({
        actions,
        imageOf({ rowKey }, position) {
          const stored = snapshot.get(rowKey)
          const image =
            stored instanceof Promise
              ? stored.then((bytes) => ItemImage.ofStored(bytes))
              : ItemImage.ofStored(stored)
          return images === undefined ? image : noted(images, position, image)
        },
        held,
        turns: new LoopTurns(clock),
        watcher,
      })
      return reasons
    } finally {
      snapshot.close()
    }
  }

  /** See Coordinator.dryRun. */
  async dryRun(actions: TransactionPlan['actions']): Promise<DryRun> {
    const { claims } = this.#path
    const images: (ItemImage | undefined)[] = []
    const held = actions.map(nameOfAction).map((name) => name !== undefined && claims.isHeld(name))
    const reasons = await this.#judgeCommitted(actions, held, images)
    return { reasons, images }
  }

  /** A large transaction takes as much as all large writes together, and so none is beside it. */
  async #commitTransaction(
    attempt: Attempt,
    held: HeldItems,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
    const { plan, write } = attempt
    const { credits, engine, clock, maxItemCollectionBytes } = this.#path
    const entered = credits.enter(() => neededBytes(engine, plan.actions))
    const credit = entered instanceof Promise ? await entered : entered
    try {
      const commit = new CommitBuilder(maxItemCollectionBytes, clock)
      attempt.items = commit.items
      const judging = this.#judge(plan, { commit, write, held })
      const judged = judging instanceof Promise ? await judging : judging
      credits.update(credit, commit.listedBytes)
      if (binding !== undefined) {
        const found = await binding.found
        if (found.kind === 'done') return replayed(found.units)
        const units = judged.map(({ sizeBytes }) => replayUnitsOf(sizeBytes))
        this.#tokens.bind(commit, { ...found, token: binding.token }, units)
      }
      const actions = plan.actions as readonly WriteAction[]
      return await this.#submit(actions, judged, { commit, write, held })
    } finally {
      credits.leave(credit)
    }
  }

  /**
   * What the actions will do, at once where the store answers at once. Throws or rejects with the
   * cancellation when there is a reason for it.
   */
  #judge({ actions }: TransactionPlan, handling: Handling): MaybePromise<readonly JudgedAction[]> {
    const { engine, clock, points, watcher } = this.#path
    const { commit, write, held } = handling
    const foundations = new Foundations()
    commit.buildOn(foundations)
    const judgedWith = (imageOf: JudgedTransaction['imageOf']): MaybePromise<Judgement> =>
      judgeTransaction({
        actions,
        imageOf,
        names: held.names,
        held: [],
        turns: new LoopTurns(clock),
        commit,
        watcher,
        ...(points !== undefined && { onImages: noting(write) }),
      })
    const judgement = engine.capabilities.syncReads
      ? judgedWith(({ rowKey }, i) =>
          readImage(this.#path, { rowKey, name: held.names[i] as string }, foundations),
        )
      : this.#imagesAtOnce(actions, handling, foundations).then(judgedWith)
    return judgement instanceof Promise
      ? judgement.then((judged) => this.#conclude(judged, handling, foundations))
      : this.#conclude(judgement, handling, foundations)
  }

  #conclude(
    judgement: Judgement,
    handling: Handling,
    foundations: Foundations,
  ): MaybePromise<readonly JudgedAction[]> {
    const { write } = handling
    write.reasons = judgement.reasons
    const passed = pass(this.#path, 'judged', write)
    if (!isSound(judgement)) return this.#cancel(judgement, passed, { ...handling, foundations })
    return passed === undefined ? judgement.judged : passed.then(() => judgement.judged)
  }

  /** A cancellation is told once all is durable that its reasons were found in. */
  async #cancel(
    { reasons }: Judgement,
    passed: Promise<void> | undefined,
    { held, foundations }: Handling & { readonly foundations: Foundations },
  ): Promise<never> {
    if (passed !== undefined) await passed
    held.release()
    await foundations.durable()
    throw transactionCanceled([...reasons])
  }

  /** A distant store is asked once for all images that are not at hand. */
  async #imagesAtOnce(
    actions: readonly (WriteAction | InvalidAction)[],
    { held }: Handling,
    foundations: Foundations,
  ): Promise<JudgedTransaction['imageOf']> {
    const images = new Map<number, ItemImage | undefined>()
    const positions: number[] = []
    for (const [i, action] of actions.entries()) {
      const ordered =
        'invalid' in action ? undefined : this.#path.images.find(held.names[i] as string)
      if (ordered !== undefined) {
        foundations.add(ordered.commit)
        images.set(i, ordered.image)
      } else if (!('invalid' in action)) positions.push(i)
    }
    const keys = positions.map((i) => (actions[i] as WriteAction).rowKey)
    const found = keys.length === 0 ? [] : await this.#path.engine.read(keys)
    positions.forEach((i, at) => images.set(i, ItemImage.ofVersioned(found[at])))
    return (_, position) => images.get(position)
  }

  async #submit(
    actions: readonly WriteAction[],
    judged: readonly JudgedAction[],
    { commit, write, held }: Handling,
  ): Promise<TransactionResult> {
    const path = this.#path
    const tables = actions.map(({ table }) => table)
    // Collections that nothing changes have no size in the results of the commit.
    const isCounted = tables.some(hasItemCollections)
    const mayBeUnchanged = isCounted && judged.some(({ growth }) => growth === 0)
    const unchanged = mayBeUnchanged
      ? await readCollectionSizes(
          path.engine,
          actions.map((action, i) => (judged[i]?.growth === 0 ? action : undefined)),
        )
      : []
    let ordered: OrderedCommit | undefined
    try {
      const submission = submit(path, write, commit, tables)
      ordered = submission.ordered
      if (ordered !== undefined) held.release()
      const results = await submission.committed
      const durable = pass(path, 'durable', write)
      if (durable !== undefined) await durable
      return {
        kind: 'committed',
        results: judged.map(({ units }, i) => ({
          units,
          collectionBytes: isCounted
            ? (commit.collectionBytes(results, (actions[i] as WriteAction).rowKey) ?? unchanged[i])
            : undefined,
        })),
      }
    } catch (error) {
      if (!(error instanceof SumLimitExceeded)) throw error
      throw transactionCanceled(collectionReasons(actions, judged, error.key))
    } finally {
      if (ordered !== undefined) path.images.settled(ordered)
    }
  }
}

const replayed = (readUnits: readonly number[]): TransactionResult => ({
  kind: 'replayed',
  readUnits,
})

const replayOf = (found: FoundToken): TransactionResult | undefined =>
  found.kind === 'done' ? replayed(found.units) : undefined

async function noted(
  images: (ItemImage | undefined)[],
  position: number,
  read: MaybePromise<ItemImage | undefined>,
): Promise<ItemImage | undefined> {
  const image = await read
  images[position] = image
  return image
}

/** What a transaction would come to. */
export interface DryRun {
  /** One for each action. */
  readonly reasons: readonly CancellationReason[]
  /** By position, of those that were looked at: undefined where there is no item. */
  readonly images: readonly (ItemImage | undefined)[]
}

function tellConflicts(
  watcher: WriteWatcher,
  actions: TransactionPlan['actions'],
  held: readonly boolean[],
): void {
  for (const [i, action] of actions.entries()) {
    if (held[i] !== true || 'invalid' in action) continue
    const name = nameOfItem(action.rowKey)
    watcher.conflicted({ wanted: action, name, writing: undefined })
  }
}

const isSound = ({ reasons }: Judgement): boolean => reasons.every(({ Code }) => Code === 'None')

const tablesOf = ({ actions }: TransactionPlan): Table[] =>
  actions.flatMap((action) => ('invalid' in action ? [] : [action.table]))

const nameOfAction = (action: WriteAction | InvalidAction): string | undefined =>
  'invalid' in action ? undefined : nameOfItem(action.rowKey)

/** Keeps the images for whoever looks at the points. */
function noting(write: PassingWrite): (position: number, images: Images) => void {
  const results: (Images | undefined)[] = []
  write.results = results
  return (position, images) => {
    results[position] = images
  }
}
