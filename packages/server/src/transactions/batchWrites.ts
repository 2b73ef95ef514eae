import { FoundationFailed } from '../commits/committer.ts'
import { asError } from '../invariant.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { maxBatchWaitMs, maxBundledImageBytes, maxConflictWaitMs } from '../limits.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { Credit } from './byteCredits.ts'
import { nameOfItem } from './claims.ts'
import { CommitBuilder } from './commitBuilder.ts'
import { imageAfter } from './evaluateAction.ts'
import { Foundations } from './foundations.ts'
import type { PassingWrite } from './points.ts'
import type { SingleWrites } from './singleWrites.ts'
import {
  errorUnlessRetried,
  pass,
  readImage,
  submit,
  type Submission,
  type WritePath,
} from './writePath.ts'
import type { WriteAction, WriteResult } from './writePlan.ts'

/** Told what became of a write, by its position in its batch; an error, where it was not done. */
export type TellOutcome = (position: number, outcome: WriteResult | Error) => void

/** What is asked for. */
interface Batch {
  readonly actions: readonly WriteAction[]
  readonly tell: TellOutcome
}

/** Writes of a batch that are done together. */
interface Together extends PassingWrite {
  readonly kind: 'write'
  readonly actions: readonly WriteAction[]
  /** Where they are in their batch. */
  readonly positions: readonly number[]
  /** The names of their items among claims. */
  readonly names: readonly string[]
  readonly results: WriteResult[]
}

/** The same, handed over. */
interface Handed {
  readonly together: Together
  readonly credit: Credit
  readonly submission: Submission
}

/**
 * The writes of a batch. Each is one of its own, but those that nothing stands in the way of are
 * judged in one step and handed over as one commit, so that one promise and one set of notes stand
 * for all of them. Nobody else comes to their items meanwhile, so there is nothing to claim; from
 * then on others build on what they leave. What refuses the commit may be of one of them: then each
 * is done by itself, as are those that have to wait.
 */
export class BatchWrites {
  readonly #path: WritePath
  readonly #writes: SingleWrites

  constructor(path: WritePath, writes: SingleWrites) {
    this.#path = path
    this.#writes = writes
  }

  /** See Coordinator.writeBatch. */
  async write(actions: readonly WriteAction[], tell: TellOutcome): Promise<void> {
    const batch = { actions, tell }
    const together = this.#mayBeTogether ? this.#freeOnes(actions) : undefined
    const handed = together && this.#handOver(together)
    if (handed === undefined) return this.#eachAlone(batch, actions.keys())
    const { positions } = handed.together
    if (positions.length === actions.length) return this.#settle(batch, handed)
    const isTogether = new Set(positions)
    const others = [...actions.keys()].filter((i) => !isTogether.has(i))
    await Promise.all([this.#settle(batch, handed), this.#eachAlone(batch, others)])
  }

  /** Whether the store answers at once, what was handed over is built upon, and nobody holds up. */
  get #mayBeTogether(): boolean {
    const { engine, commits, points } = this.#path
    if (!commits.isOrdered || !engine.capabilities.syncReads) return false
    return points === undefined || points.letsWritesPass === true
  }

  /**
   * The writes whose items nobody is at. The size of an item collection is told to each of its
   * writes as it is after that one, and refuses that one alone.
   */
  #freeOnes(actions: readonly WriteAction[]): Together | undefined {
    const { claims } = this.#path
    const free: WriteAction[] = []
    const positions: number[] = []
    const names: string[] = []
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i] as WriteAction
      const { table, rowKey, condition } = action
      const name = nameOfItem(rowKey)
      if (condition !== undefined || hasItemCollections(table)) continue
      if (claims.find(name) !== undefined) continue
      free.push(action)
      positions.push(i)
      names.push(name)
    }
    if (free.length < 2) return undefined
    return { kind: 'write', actions: free, positions, names, results: [] }
  }

  /**
   * Judges the writes and hands them over, all in this step. Undefined when they are too much for
   * that, change nothing, or when a fault shows: each by itself meets its own.
   */
  #handOver(together: Together): Handed | undefined {
    const path = this.#path
    const { credits, maxItemCollectionBytes, clock } = path
    const credit = credits.enterAtOnce()
    if (credit === undefined) return undefined
    let submission: Submission | undefined
    try {
      const commit = new CommitBuilder(maxItemCollectionBytes, clock)
      const heldBytes = this.#judge(together, commit)
      if (heldBytes === undefined) return undefined
      credits.update(credit, heldBytes + commit.listedBytes)
      const tables = together.actions.map(({ table }) => table)
      submission = submit(path, together, commit, tables)
      return { together, credit, submission }
    } catch {
      return undefined
    } finally {
      if (submission === undefined) credits.leave(credit)
    }
  }

  /** Gives the bytes of the images; undefined for too many, or when nothing changes. */
  #judge(together: Together, commit: CommitBuilder): number | undefined {
    const path = this.#path
    const { actions, names, results } = together
    void pass(path, 'claimed', together)
    const foundations = new Foundations()
    commit.buildOn(foundations)
    let heldBytes = 0
    let imageBytes = 0
    let hasChange = false
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i] as WriteAction
      const name = names[i] as string
      // A store that answers at once gives no promise.
      const before = readImage(path, { rowKey: action.rowKey, name }, foundations) as
        | ItemImage
        | undefined
      const after = imageAfter(action, before)
      imageBytes += (before?.sizeBytes ?? 0) + (after?.sizeBytes ?? 0)
      if (imageBytes > maxBundledImageBytes) return undefined
      const result = { before, after }
      if (before !== after) hasChange = true
      commit.addItem(action, result, { name })
      heldBytes += (before?.heldBytes ?? 0) + (after?.heldBytes ?? 0)
      results.push(result)
    }
    void pass(path, 'judged', together)
    return hasChange && !commit.isPostponed ? heldBytes : undefined
  }

  /** Tells the outcomes once they are durable. */
  async #settle(batch: Batch, { together, credit, submission }: Handed): Promise<void> {
    const path = this.#path
    try {
      await submission.committed
      const durable = pass(path, 'durable', together)
      if (durable !== undefined) await durable
    } catch (error) {
      // Those who do it again build on something else, and count by themselves.
      this.#settled(submission, credit)
      return this.#refused(batch, together, error)
    }
    this.#settled(submission, credit)
    const { positions, results } = together
    for (let i = 0; i < positions.length; i++) {
      batch.tell(positions[i] as number, results[i] as WriteResult)
    }
    const answered = pass(path, 'answered', together)
    if (answered !== undefined) await answered
  }

  #settled({ ordered }: Submission, credit: Credit): void {
    const { images, credits } = this.#path
    if (ordered !== undefined) images.settled(ordered)
    credits.leave(credit)
  }

  /** The writes by themselves, unless what they were built on says that none may be tried again. */
  async #refused(batch: Batch, { positions, actions }: Together, error: unknown): Promise<void> {
    if (error instanceof FoundationFailed) {
      const tables = actions.map(({ table }) => table)
      const tries = { attempts: 0, falls: 0 }
      const final = await errorUnlessRetried(this.#path, { error, tries }, tables)
      if (final !== undefined) {
        for (const position of positions) batch.tell(position, asError(final))
        return
      }
    }
    await this.#eachAlone(batch, positions)
  }

  async #eachAlone({ actions, tell }: Batch, positions: Iterable<number>): Promise<void> {
    const maxWaitMs = this.#path.conflicts === 'queue' ? maxConflictWaitMs : maxBatchWaitMs
    const told = Array.from(positions, (position) =>
      this.#writes.writePatiently(actions[position] as WriteAction, maxWaitMs).then(
        (result) => tell(position, result),
        (error: unknown) => tell(position, asError(error)),
      ),
    )
    await Promise.all(told)
  }
}
