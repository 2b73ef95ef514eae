import { LoopTurns } from '../clock.ts'
import { SumLimitExceeded } from '../commits/committer.ts'
import { transactionCanceled } from '../errors/transactionErrors.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer, type Expectation } from '../storage/engine.ts'
import { nameOfItem } from './claims.ts'
import { CommitBuilder } from './commitBuilder.ts'
import type { Images } from './itemWrites.ts'
import {
  collectionReasons,
  judgeTransaction,
  type JudgedAction,
  type JudgedTransaction,
} from './judgeTransaction.ts'
import { neededBytes } from './neededBytes.ts'
import type { PassingWrite } from './points.ts'
import { replayUnitsOf } from './replayUnits.ts'
import type { RequestTokens, TokenBinding } from './requestTokens.ts'
import {
  errorUnlessRetried,
  pass,
  readCollectionSizes,
  readImage,
  submit,
  type WritePath,
} from './writePath.ts'
import type { InvalidAction, TransactionPlan, TransactionResult, WriteAction } from './writePlan.ts'

/** A transaction with what its last attempt has found. */
interface Attempt {
  readonly plan: TransactionPlan
  readonly write: PassingWrite
  /** The versions that the items were judged at; empty before the first attempt. */
  items: readonly Expectation[]
}

/** Transactions that write: each holds its items from before they are read until it is durable. */
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
    const attempt: Attempt = { plan, write, items: [] }
    for (let attempts = 1; ; attempts++) {
      try {
        if (token === undefined) return await this.#transactOnce(attempt, undefined)
        const found = await this.#tokens.begin(token)
        if (found.kind === 'done') return { kind: 'replayed', readUnits: found.units }
        try {
          const binding = { token, version: found.version }
          return await this.#transactOnce(attempt, binding)
        } finally {
          this.#tokens.end(token)
        }
      } catch (error) {
        const final = await errorUnlessRetried(this.#path, { error, attempts }, tablesOf(plan))
        if (final !== undefined) throw final
      }
    }
  }

  async #transactOnce(
    attempt: Attempt,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
    const { claims } = this.#path
    const { plan, write } = attempt
    const names = plan.actions.map(nameOfAction)
    const held = names.map((name) => name !== undefined && claims.isHeld(name))
    if (held.includes(true)) return this.#refuseHeld(plan, held)
    const drained: Promise<void>[] = []
    for (const name of names) {
      const writes = name === undefined ? undefined : claims.hold(name)
      if (writes !== undefined) drained.push(writes)
    }
    try {
      if (drained.length > 0) await Promise.all(drained)
      const claimed = pass(this.#path, 'claimed', write)
      if (claimed !== undefined) await claimed
      if (attempt.items.length > 0 && this.#path.refreshTable !== undefined) {
        const changed = await this.#changedSince(attempt)
        if (changed.includes(true)) return await this.#refuseHeld(plan, changed)
      }
      return await this.#commitTransaction(attempt, binding)
    } finally {
      for (const name of names) if (name !== undefined) claims.release(name)
    }
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
  async #refuseHeld(plan: TransactionPlan, held: readonly boolean[]): Promise<never> {
    const snapshot = this.#path.engine.snapshot()
    try {
      const { reasons } = await judgeTransaction({
        actions: plan.actions,
        imageOf({ rowKey }) {
          const stored = snapshot.get(rowKey)
          return stored instanceof Promise
            ? stored.then((bytes) => ItemImage.ofStored(bytes))
            : ItemImage.ofStored(stored)
        },
        held,
        turns: new LoopTurns(this.#path.clock),
      })
      throw transactionCanceled([...reasons])
    } finally {
      snapshot.close()
    }
  }

  /** A large transaction takes as much as all large writes together, and so none is beside it. */
  async #commitTransaction(
    attempt: Attempt,
    binding: TokenBinding | undefined,
  ): Promise<TransactionResult> {
    const { plan, write } = attempt
    const { credits, engine, clock, maxItemCollectionBytes } = this.#path
    const entered = credits.enter(() => neededBytes(engine, plan.actions))
    const credit = entered instanceof Promise ? await entered : entered
    try {
      const commit = new CommitBuilder(maxItemCollectionBytes, clock)
      attempt.items = commit.items
      const judged = await this.#judge(plan, commit, write)
      credits.update(credit, commit.listedBytes)
      if (binding !== undefined) {
        const units = judged.map(({ sizeBytes }) => replayUnitsOf(sizeBytes))
        this.#tokens.bind(commit, binding, units)
      }
      return await this.#submit(plan.actions as readonly WriteAction[], judged, { commit, write })
    } finally {
      credits.leave(credit)
    }
  }

  /** What the actions will do. Throws the cancellation when there is a reason for it. */
  async #judge(
    { actions }: TransactionPlan,
    commit: CommitBuilder,
    write: PassingWrite,
  ): Promise<readonly JudgedAction[]> {
    const { engine, clock, points } = this.#path
    const imageOf = engine.capabilities.syncReads
      ? ({ rowKey }: WriteAction) => readImage(this.#path, rowKey)
      : await this.#imagesAtOnce(actions)
    const { reasons, judged } = await judgeTransaction({
      actions,
      imageOf,
      held: [],
      turns: new LoopTurns(clock),
      commit,
      ...(points !== undefined && { onImages: noting(write) }),
    })
    write.reasons = reasons
    const passed = pass(this.#path, 'judged', write)
    if (passed !== undefined) await passed
    if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled([...reasons])
    return judged
  }

  /** A distant store is asked once for all images. */
  async #imagesAtOnce(
    actions: readonly (WriteAction | InvalidAction)[],
  ): Promise<JudgedTransaction['imageOf']> {
    const positions = actions.flatMap((action, i) => ('invalid' in action ? [] : [i]))
    const keys = positions.map((i) => (actions[i] as WriteAction).rowKey)
    const found = await this.#path.engine.read(keys)
    const images = new Map(positions.map((i, at) => [i, ItemImage.ofVersioned(found[at])]))
    return (_, position) => images.get(position)
  }

  async #submit(
    actions: readonly WriteAction[],
    judged: readonly JudgedAction[],
    { commit, write }: { readonly commit: CommitBuilder; readonly write: PassingWrite },
  ): Promise<TransactionResult> {
    const path = this.#path
    const tables = actions.map(({ table }) => table)
    // Collections that nothing changes have no size in the results of the commit.
    const isCounted = tables.some(hasItemCollections)
    const unchanged = isCounted
      ? await readCollectionSizes(
          path.engine,
          actions.map((action, i) => (judged[i]?.growth === 0 ? action : undefined)),
        )
      : []
    try {
      const results = await submit(path, write, commit, tables)
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
    }
  }
}

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
