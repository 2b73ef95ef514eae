import type { ItemChange } from '../changes/changeRecord.ts'
import { SumLimitExceeded } from '../commits/committer.ts'
import { itemCollectionSizeLimitExceeded } from '../errors/indexErrors.ts'
import {
  conditionalCheckFailed,
  isFailedCondition,
  transactionConflict,
} from '../errors/itemErrors.ts'
import { duplicateItem } from '../errors/statementErrors.ts'
import { asError } from '../invariant.ts'
import {
  maxBatchWaitMs,
  maxBundledImageBytes,
  maxBundledWrites,
  maxConflictWaitMs,
} from '../limits.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { Credit } from './byteCredits.ts'
import { nameOfItem, type BusyItem, type PendingWrite } from './claims.ts'
import { CommitBuilder } from './commitBuilder.ts'
import { conditionHolds, imageAfter, sizeFault } from './evaluateAction.ts'
import { Foundations } from './foundations.ts'
import { withMeetings } from './meetings.ts'
import { neededBytes } from './neededBytes.ts'
import type { OrderedCommit } from './orderedImages.ts'
import type { PassingWrite } from './points.ts'
import {
  errorUnlessRetried,
  pass,
  readCollectionSizes,
  readImage,
  requireKnown,
  submit,
  type Submission,
  type WritePath,
} from './writePath.ts'
import type { WriteAction, WriteResult } from './writePlan.ts'
import type { WriteWatcher } from './writeWatcher.ts'

/** The outcomes of writes that were evaluated together, and the item after them. */
interface Evaluation {
  readonly outcomes: readonly (WriteResult | Error)[]
  readonly image: ItemImage | undefined
}

/** Writes that have been worked out, and handed over if there is anything to commit. */
interface Handed {
  readonly outcomes: readonly (WriteResult | Error)[]
  readonly foundations: Foundations
  /** Present when there is something to commit. */
  readonly commit?: CommitBuilder
  readonly submission?: Submission
}

/**
 * Single-item writes: those of one item follow one another. While some are on their way to the disk
 * the next ones wait, to be made together, unless a transaction waits for them.
 */
export class SingleWrites {
  readonly #path: WritePath

  constructor(path: WritePath) {
    this.#path = path
  }

  /** See Coordinator.write. */
  write(action: WriteAction): Promise<WriteResult> {
    return this.writePatiently(action, this.#path.conflicts === 'queue' ? maxConflictWaitMs : 0)
  }

  /** As {@link write}, but an item that a transaction holds is waited for, `maxWaitMs` at most. */
  writePatiently(action: WriteAction, maxWaitMs: number): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      const tries = { attempts: 0, falls: 0 }
      this.#begin({ action, resolve, reject, tries, isAlone: false }, maxWaitMs)
    })
  }

  #begin(pending: PendingWrite, maxWaitMs: number): void {
    const { claims, queue, watcher } = this.#path
    const name = nameOfItem(pending.action.rowKey)
    const busy = claims.find(name)
    if (busy?.held === true) {
      const isWaiting =
        maxWaitMs > 0 &&
        queue.wait({
          names: [name],
          bytes: neededBytes(this.#path.engine, [pending.action]),
          maxWaitMs,
          enter: () => this.#begin(pending, 0),
          giveUp: () => this.#begin(pending, 0),
        })
      if (isWaiting) return
      const { action: wanted } = pending
      watcher?.conflicted({ wanted, name, writing: undefined })
      const met = [{ wanted, position: 0, holder: busy.holder }]
      pending.reject(withMeetings(transactionConflict(), met))
    } else if (busy !== undefined) busy.waiting.push(pending)
    else void this.#writeBundle(name, claims.startWriting(name, pending))
  }

  /**
   * Writes that were begun before are worked out anew. The first of those that wait may be being
   * worked out just now, so these come behind them.
   */
  #beginAgain(bundle: readonly PendingWrite[]): void {
    const [first] = bundle as readonly [PendingWrite]
    const busy = this.#path.claims.find(nameOfItem(first.action.rowKey))
    if (busy?.writing === true) busy.waiting.push(...bundle)
    else for (const pending of bundle) this.#begin(pending, maxBatchWaitMs)
  }

  /** The next bundle of an item, if any write waits. */
  #goOn(name: string, busy: BusyItem): void {
    busy.goOn = undefined
    if (busy.isTakenOver) return
    if (busy.waiting.length > 0) void this.#writeBundle(name, busy)
    else this.#path.claims.endWriting(name, busy)
  }

  /**
   * Takes as many of the waiting writes of one item as make a bundle, evaluates them in turn and
   * commits them as one. Their clients are told when it is durable, a failed condition too, for it
   * may have seen the bundle's own writes. The next bundle is made then, from all that has come
   * meanwhile; at once when a transaction waits for it.
   */
  async #writeBundle(name: string, busy: BusyItem): Promise<void> {
    const { credits, engine, images } = this.#path
    const { action } = busy.waiting[0] as PendingWrite
    const entered = credits.enter(() => neededBytes(engine, [action]))
    const credit = entered instanceof Promise ? await entered : entered
    const bundle = new Bundle(busy.waiting)
    let pending: readonly PendingWrite[] | undefined
    let ordered: OrderedCommit | undefined
    let isOver = false
    const goOn = (): void => {
      if (!isOver) this.#goOn(name, busy)
      isOver = true
    }
    try {
      const handed = await this.#attempt(name, bundle, credit)
      const { submission } = handed
      pending = bundle.take()
      ordered = submission?.ordered
      if (submission === undefined || ordered !== undefined) {
        busy.goOn = goOn
        if (busy.held) goOn()
      }
      this.#tell(bundle, pending, await this.#durable(bundle, handed))
    } catch (error) {
      pending ??= bundle.take()
      await this.#tryAgain(pending, error)
    } finally {
      if (ordered !== undefined) images.settled(ordered)
      credits.leave(credit)
    }
    goOn()
  }

  async #attempt(name: string, bundle: Bundle, credit: Credit): Promise<Handed> {
    const path = this.#path
    const { place } = bundle
    const claimed = pass(path, 'claimed', bundle)
    if (claimed !== undefined) await claimed
    const foundations = new Foundations()
    // Those that arrive in the same moment join the bundle meanwhile, however the store answers.
    const before = await readImage(path, { rowKey: place.rowKey, name }, foundations)
    const { outcomes, image } = evaluateBundle(bundle.waiting, before)
    if (path.watcher !== undefined) tellRefusals(path.watcher, bundle, before, outcomes)
    bundle.judge(outcomes)
    const judged = pass(path, 'judged', bundle)
    if (judged !== undefined) await judged
    const steps = recordedSteps(bundle, outcomes)
    if (image === before && steps === undefined) {
      path.credits.update(credit, before?.heldBytes ?? 0)
      const [[collectionBytes]] = await Promise.all([
        readCollectionSizes(path.engine, [place]),
        requireKnown(path, place.table),
      ])
      return { outcomes: withCollection(outcomes, collectionBytes), foundations }
    }
    const commit = new CommitBuilder(path.maxItemCollectionBytes, path.clock)
    commit.addItem(place, { before, after: image }, { name, ...(steps && { steps }) })
    commit.buildOn(foundations)
    const heldBytes = (before?.heldBytes ?? 0) + (image?.heldBytes ?? 0)
    path.credits.update(credit, heldBytes + commit.listedBytes)
    const submission = submit(path, bundle, commit, [place.table])
    return { outcomes, foundations, commit, submission }
  }

  /** The outcomes, once everything is durable that they were found in. */
  async #durable(
    bundle: Bundle,
    { outcomes, foundations, commit, submission }: Handed,
  ): Promise<readonly (WriteResult | Error)[]> {
    if (submission === undefined || commit === undefined) {
      const durable = foundations.durable()
      if (durable !== undefined) await durable
      return outcomes
    }
    const results = await submission.committed
    const durable = pass(this.#path, 'durable', bundle)
    if (durable !== undefined) await durable
    return withCollection(outcomes, commit.collectionBytes(results, bundle.place.rowKey))
  }

  #tell(
    bundle: Bundle,
    pending: readonly PendingWrite[],
    outcomes: readonly (WriteResult | Error)[],
  ): void {
    const passed = pass(this.#path, 'answered', bundle)
    if (passed === undefined) tellOutcomes(pending, outcomes)
    else passed.then(() => tellOutcomes(pending, outcomes), rejectAll(pending))
  }

  /** Writes that are too much for their item collection together may fit it one by one. */
  async #tryAgain(bundle: readonly PendingWrite[], error: unknown): Promise<void> {
    if (error instanceof SumLimitExceeded) {
      if (bundle.length === 1) return rejectAll(bundle)(itemCollectionSizeLimitExceeded())
      for (const pending of bundle) pending.isAlone = true
      return this.#beginAgain(bundle)
    }
    const [{ action, tries }] = bundle as readonly [PendingWrite]
    const final = await errorUnlessRetried(this.#path, { error, tries }, [action.table])
    if (final !== undefined) return rejectAll(bundle)(final)
    for (const pending of bundle) Object.assign(pending.tries, tries)
    this.#beginAgain(bundle)
  }
}

/** The first writes of one item that wait: all of them until it is known how many are judged. */
class Bundle implements PassingWrite {
  readonly kind = 'write'
  readonly waiting: PendingWrite[]
  /** The item, as the first of its writes. */
  readonly place: WriteAction
  actions: readonly WriteAction[]
  results?: readonly (WriteResult | Error)[]

  constructor(waiting: PendingWrite[]) {
    this.waiting = waiting
    this.actions = waiting.map(({ action }) => action)
    this.place = this.actions[0] as WriteAction
  }

  judge(results: readonly (WriteResult | Error)[]): void {
    this.results = results
    this.actions = this.waiting.slice(0, results.length).map(({ action }) => action)
  }

  /** The writes of the bundle, which wait no longer. */
  take(): readonly PendingWrite[] {
    return this.waiting.splice(0, this.actions.length)
  }
}

/** Tells of the conditions that were false, each with the image that it was evaluated on. */
function tellRefusals(
  watcher: WriteWatcher,
  { waiting }: Bundle,
  before: ItemImage | undefined,
  outcomes: readonly (WriteResult | Error)[],
): void {
  let image = before
  for (const [i, outcome] of outcomes.entries()) {
    const { action } = waiting[i] as PendingWrite
    if (!(outcome instanceof Error)) image = outcome.after
    else if (isFailedCondition(outcome)) watcher.conditionFailed(action, image)
  }
}

/** The outcome of one single-item write on `before`; an error is returned, for its client alone. */
function evaluateSingle(action: WriteAction, before: ItemImage | undefined): WriteResult | Error {
  try {
    if (!conditionHolds(action, before)) {
      if (action.insertsOnly === true) return duplicateItem()
      const fault = sizeFault(action, before)
      if (fault !== undefined) return fault
      return conditionalCheckFailed(action.returnOldOnFailure ? before?.encoded : undefined)
    }
    return { before, after: imageAfter(action, before) }
  } catch (error) {
    // A fault of our own fails the write that it happened in, not its neighbours.
    return asError(error)
  }
}

/**
 * The outcomes of the first writes of `waiting`, as many as make a bundle, and the item after them.
 */
function evaluateBundle(
  waiting: readonly PendingWrite[],
  before: ItemImage | undefined,
): Evaluation {
  const outcomes: (WriteResult | Error)[] = []
  let image = before
  let sizeBytes = 0
  for (const { action, isAlone } of waiting) {
    if (isAlone && outcomes.length > 0) break
    const outcome = evaluateSingle(action, image)
    if (!(outcome instanceof Error)) image = outcome.after
    outcomes.push(outcome)
    sizeBytes += image?.sizeBytes ?? 0
    if (outcomes.length === maxBundledWrites || sizeBytes >= maxBundledImageBytes) break
    if (isAlone) break
  }
  return { outcomes, image }
}

/**
 * What a stream is told of the writes of a bundle, each by itself; undefined when the table has
 * none, or when one write is all that there is to tell.
 */
function recordedSteps(
  { actions, place }: Bundle,
  outcomes: readonly (WriteResult | Error)[],
): readonly ItemChange[] | undefined {
  if (place.table.stream === undefined || outcomes.length === 1) return undefined
  const steps: ItemChange[] = []
  outcomes.forEach((outcome, i) => {
    if (outcome instanceof Error) return
    const { before, after } = outcome
    if (before === after) return
    steps.push({ before, after, byService: actions[i]?.byService })
  })
  return steps.length === 0 ? undefined : steps
}

function withCollection(
  outcomes: readonly (WriteResult | Error)[],
  collectionBytes: number | undefined,
): readonly (WriteResult | Error)[] {
  if (collectionBytes === undefined) return outcomes
  return outcomes.map((each) => (each instanceof Error ? each : { ...each, collectionBytes }))
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

const rejectAll =
  (pending: readonly PendingWrite[]) =>
  (error: unknown): void => {
    for (const { reject } of pending) reject(error)
  }
