import type { ItemChange } from '../changes/changeRecord.ts'
import { SumLimitExceeded } from '../commits/committer.ts'
import { itemCollectionSizeLimitExceeded } from '../errors/indexErrors.ts'
import { conditionalCheckFailed, transactionConflict } from '../errors/itemErrors.ts'
import { duplicateItem } from '../errors/statementErrors.ts'
import { InvariantViolation } from '../invariant.ts'
import { maxBundledImageBytes, maxBundledWrites } from '../limits.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { Credit } from './byteCredits.ts'
import { nameOfItem, type BusyItem, type PendingWrite } from './claims.ts'
import { CommitBuilder } from './commitBuilder.ts'
import { conditionHolds, imageAfter, sizeFault } from './evaluateAction.ts'
import { neededBytes } from './neededBytes.ts'
import type { PassingWrite } from './points.ts'
import {
  errorUnlessRetried,
  pass,
  readCollectionSizes,
  readImage,
  submit,
  type WritePath,
} from './writePath.ts'
import type { WriteAction, WriteResult } from './writePlan.ts'

/** The outcomes of writes that were evaluated together, and the item after them. */
interface Evaluation {
  readonly outcomes: readonly (WriteResult | Error)[]
  readonly image: ItemImage | undefined
}

/** Tells the clients of a bundle their outcomes. */
type Tell = () => void

/** Single-item writes: those of one item follow one another, and wait for each other in bundles. */
export class SingleWrites {
  readonly #path: WritePath

  constructor(path: WritePath) {
    this.#path = path
  }

  /** See Coordinator.write. */
  write(action: WriteAction): Promise<WriteResult> {
    return new Promise((resolve, reject) => this.#begin({ action, resolve, reject }))
  }

  /** As {@link write}, but an item that a transaction holds is waited for, `maxWaitMs` at most. */
  writePatiently(action: WriteAction, maxWaitMs: number): Promise<WriteResult> {
    const endMs = this.#path.clock.monotonicMs() + maxWaitMs
    return new Promise((resolve, reject) => this.#await({ action, resolve, reject }, endMs))
  }

  #begin(pending: PendingWrite): void {
    const { claims } = this.#path
    const name = nameOfItem(pending.action.rowKey)
    const busy = claims.find(name)
    if (busy?.held === true) pending.reject(transactionConflict())
    else if (busy !== undefined) busy.waiting.push(pending)
    else void this.#writeAll(name, claims.startWriting(name, pending))
  }

  /** Another transaction may have taken the item before a write that waits for it comes to it. */
  #await(pending: PendingWrite, endMs: number): void {
    const { claims, clock } = this.#path
    const busy = claims.find(nameOfItem(pending.action.rowKey))
    const leftMs = endMs - clock.monotonicMs()
    if (busy?.held !== true || leftMs <= 0) {
      this.#begin(pending)
      return
    }
    let isOver = false
    const goOn = (): void => {
      if (isOver) return
      isOver = true
      timer.cancel()
      this.#await(pending, endMs)
    }
    const timer = clock.startTimer(leftMs, goOn)
    busy.onReleased.push(goOn)
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
    this.#path.claims.endWriting(name, busy)
    tell()
  }

  /**
   * Takes as many of the waiting writes of one item as make a bundle, evaluates them in turn and
   * commits them as one. Gives the function that tells the outcomes, once the commit is durable; a
   * failed condition waits for it too, for it may have seen the bundle's own writes.
   */
  async #writeBundle(waiting: PendingWrite[]): Promise<Tell> {
    const { credits, engine } = this.#path
    const { action } = waiting[0] as PendingWrite
    const entered = credits.enter(() => neededBytes(engine, [action]))
    const credit = entered instanceof Promise ? await entered : entered
    try {
      for (let attempt = 1; ; attempt++) {
        const bundle = new Bundle(waiting)
        try {
          const outcomes = await this.#attempt(bundle, credit)
          return this.#tellOf(bundle, outcomes)
        } catch (error) {
          const met = { error, attempts: attempt }
          const final = await errorUnlessRetried(this.#path, met, [action.table])
          if (final !== undefined) return await this.#refuse(bundle, final)
        }
      }
    } finally {
      credits.leave(credit)
    }
  }

  async #attempt(bundle: Bundle, credit: Credit): Promise<readonly (WriteResult | Error)[]> {
    const path = this.#path
    const place = bundle.firstAction
    const claimed = pass(path, 'claimed', bundle)
    if (claimed !== undefined) await claimed
    // Those that arrive in the same moment join the bundle meanwhile, however the store answers.
    const before = await readImage(path, place.rowKey)
    const { outcomes, image } = evaluateBundle(bundle.waiting, before)
    bundle.judge(outcomes)
    const judged = pass(path, 'judged', bundle)
    if (judged !== undefined) await judged
    const steps = recordedSteps(bundle, outcomes)
    if (image === before && steps === undefined) {
      path.credits.update(credit, before?.heldBytes ?? 0)
      const [collectionBytes] = await readCollectionSizes(path.engine, [place])
      return withCollection(outcomes, collectionBytes)
    }
    const commit = new CommitBuilder(path.maxItemCollectionBytes, path.clock)
    commit.addItem(place, { before, after: image }, steps && { steps })
    const heldBytes = (before?.heldBytes ?? 0) + (image?.heldBytes ?? 0)
    path.credits.update(credit, heldBytes + commit.listedBytes)
    const results = await submit(path, bundle, commit, [place.table])
    const durable = pass(path, 'durable', bundle)
    if (durable !== undefined) await durable
    return withCollection(outcomes, commit.collectionBytes(results, place.rowKey))
  }

  #tellOf(bundle: Bundle, outcomes: readonly (WriteResult | Error)[]): Tell {
    const pending = bundle.take()
    return () => {
      const passed = pass(this.#path, 'answered', bundle)
      if (passed === undefined) tellOutcomes(pending, outcomes)
      else passed.then(() => tellOutcomes(pending, outcomes), rejectAll(pending))
    }
  }

  /** Writes that are too much for their item collection together may fit it one by one. */
  async #refuse(bundle: Bundle, error: unknown): Promise<Tell> {
    const exceeded = error instanceof SumLimitExceeded
    const pending = bundle.take()
    if (!exceeded || pending.length === 1) {
      const reject = rejectAll(pending)
      return () => reject(exceeded ? itemCollectionSizeLimitExceeded() : error)
    }
    const tells: Tell[] = []
    for (const each of pending) tells.push(await this.#writeBundle([each]))
    return () => {
      for (const tell of tells) tell()
    }
  }
}

/** The first writes of one item that wait: all of them until it is known how many are judged. */
class Bundle implements PassingWrite {
  readonly kind = 'write'
  readonly waiting: PendingWrite[]
  actions: readonly WriteAction[]
  results?: readonly (WriteResult | Error)[]

  constructor(waiting: PendingWrite[]) {
    this.waiting = waiting
    this.actions = waiting.map(({ action }) => action)
  }

  get firstAction(): WriteAction {
    return (this.waiting[0] as PendingWrite).action
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
    return error instanceof Error ? error : new InvariantViolation(String(error))
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
  for (const { action } of waiting) {
    const outcome = evaluateSingle(action, image)
    if (!(outcome instanceof Error)) image = outcome.after
    outcomes.push(outcome)
    sizeBytes += image?.sizeBytes ?? 0
    if (outcomes.length === maxBundledWrites || sizeBytes >= maxBundledImageBytes) break
  }
  return { outcomes, image }
}

/**
 * What a stream is told of the writes of a bundle, each by itself; undefined when the table has
 * none, or when one write is all that there is to tell.
 */
function recordedSteps(
  { actions, firstAction }: Bundle,
  outcomes: readonly (WriteResult | Error)[],
): readonly ItemChange[] | undefined {
  if (firstAction.table.stream === undefined || outcomes.length === 1) return undefined
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
