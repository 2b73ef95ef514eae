import { examineStore, type StoreReport } from '../check/checkStore.ts'
import type { Clock } from '../clock.ts'
import { readStoreFormat } from '../layout/storeFormat.ts'
import { backfillRange, formatKey } from '../layout/storeKeys.ts'
import { catchUpMs } from '../limits.ts'
import { LogTaken, NotNow, type ChangeLog } from '../storage/changeLog.ts'
import {
  StorageConflict,
  StorageEnded,
  StorageFailure,
  type Bytes,
  type Snapshot,
  type StorageEngine,
} from '../storage/engine.ts'
import { MigrationFault, UnknownOutcome } from './migrationFault.ts'
import { StoreCopy, type Sweep } from './storeCopy.ts'
import {
  asOpened,
  claimTarget,
  isOpened,
  openTarget,
  type Beginning,
  type Claim,
  type Journey,
} from './targetStore.ts'

const waitMs = 1000
const progressMs = 1000
/** Before writes are stopped anew where something stood in the way, which took seconds. */
const heldUpMs = 30_000
/** Before each further attempt when an engine has failed, as while another node comes to lead. */
const usualPauses: readonly number[] = [1000, 2000, 4000, 8000, 16_000]

/** What becomes of a migration while it goes on. */
export type MigrationEvent =
  | { readonly kind: 'began'; readonly target: Beginning }
  | { readonly kind: 'copy'; readonly entries: number; readonly bytes: number }
  | { readonly kind: 'compare'; readonly entries: number; readonly bytes: number }
  | { readonly kind: 'checked'; readonly report: StoreReport }
  | { readonly kind: 'waiting'; readonly reason: 'work' | 'writes' | 'others' }
  /** An engine has failed; all is compared anew. */
  | { readonly kind: 'again'; readonly error: unknown }
  /** How long no write took effect. */
  | { readonly kind: 'moved'; readonly stoppedMs: number }
  /** The source is given up, but who waits to write there is not told. */
  | { readonly kind: 'notShutOut'; readonly error: unknown }

export interface MigrationOptions {
  readonly log: ChangeLog
  readonly target: StorageEngine
  readonly journey: Journey
  readonly clock: Clock
  readonly tell: (event: MigrationEvent) => void
  /** Whether somebody does the work in the background of the source while it is moved. */
  readonly isServed: boolean
  /** Throws when the migration is to end before the source is given up. */
  readonly goOn: () => void
  /**
   * Does the last step, beside which there may be something that is to be held up or changed. It
   * gives whether the source was given up.
   */
  readonly around?: (work: () => Promise<boolean>) => Promise<void>
  /** How long it waits before each attempt after an engine has failed; the usual if absent. */
  readonly pauses?: readonly number[]
}

type ClaimedOptions = MigrationOptions & Pick<Claim, 'fence'>

/**
 * Moves a store that is in use into another engine: brings everything, compares everything, proves
 * the copy consistent, and gives the source up for it. Rejects with MigrationFault, or with an
 * engine's error; then the source is what it was and goes on, unless the error says otherwise.
 * Whatever it comes to, the same call with the same journey goes on from there.
 */
export async function migrateStore(options: MigrationOptions): Promise<void> {
  const { pauses = usualPauses, tell } = options
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await move(options, attempt > 0)
    } catch (error) {
      // Nothing else changes the mark that each commit relies on.
      if (error instanceof StorageConflict) throw new MigrationFault(takenOver, { cause: error })
      const pauseMs = pauses[attempt]
      if (!mayPass(error) || pauseMs === undefined) throw error
      tell({ kind: 'again', error })
      await pause(options, pauseMs)
    }
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof StorageFailure &&
  !(error instanceof LogTaken) &&
  !(error instanceof StorageEnded)

async function move(options: MigrationOptions, isAgain: boolean): Promise<void> {
  const { log, target, journey, tell } = options
  if (isAgain && (await isOpened(target, journey))) return shutOut(options)
  // What may have been stopped when an engine failed goes on.
  if (isAgain) await log.resume()
  if (log.retiredTo === undefined) await requireStore(log)
  const { found, fence } = await claimTarget(target, journey, log.retiredTo)
  tell({ kind: 'began', target: found })
  // What was done before the last attempt ended.
  if (found === 'whole') return shutOut(options)
  // It was given up for a target that nobody has opened, so that it is the store.
  if (log.retiredTo !== undefined) await log.resume()
  const copy = new StoreCopy(log, target, fence)
  tell(await copy.sweep('copy', progressOf(options)))
  tell(await copy.sweep('compare', progressOf(options)))
  await checkTarget(copy, options)
  for (let outcome: Outcome = 'later'; outcome !== 'moved'; ) {
    outcome = await giveUp(copy, { ...options, fence })
    if (outcome !== 'moved') await pause(options, outcome === 'heldUp' ? heldUpMs : waitMs)
  }
  await shutOut(options)
}

/** Whether the source was given up; otherwise when it is to be tried again. */
type Outcome = 'moved' | 'later' | 'heldUp'

const doWork = async (work: () => Promise<boolean>): Promise<void> => void (await work())

/** Throws StoreUnavailable for a source of another format. */
async function requireStore(log: ChangeLog): Promise<void> {
  const { snapshot } = await log.next()
  try {
    if ((await readStoreFormat(snapshot)) === undefined) throw new MigrationFault(noStore)
  } finally {
    snapshot.close()
  }
}

function progressOf({ clock, tell, goOn }: MigrationOptions): (sweep: Sweep) => void {
  let toldMs = clock.monotonicMs()
  return ({ kind, entries, bytes }) => {
    goOn()
    const nowMs = clock.monotonicMs()
    if (nowMs - toldMs < progressMs) return
    toldMs = nowMs
    tell({ kind, entries, bytes })
  }
}

const wait = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.startTimer(ms, resolve))

async function pause({ clock, goOn }: MigrationOptions, ms: number): Promise<void> {
  const untilMs = clock.monotonicMs() + ms
  for (let left = ms; left > 0; left = untilMs - clock.monotonicMs()) {
    goOn()
    await wait(clock, Math.min(left, waitMs))
  }
}

/** Proves one state of the target consistent while it goes on. */
async function checkTarget(copy: StoreCopy, options: MigrationOptions): Promise<void> {
  const { target, clock, tell, goOn } = options
  let mark: Bytes | undefined
  let checked: Snapshot | undefined
  await copy.follow(async (source) => {
    mark = await source.get(formatKey)
    checked = target.snapshot()
    // Before the first read it may be of any moment.
    await checked.get(formatKey)
  })
  const end: { error?: unknown } = {}
  const opened = asOpened(checked as Snapshot, mark as Bytes, () => {
    if (end.error !== undefined) throw end.error
  })
  const check: { report?: StoreReport; error?: unknown; isOver: boolean } = { isOver: false }
  const ended = examineStore({ snapshot: () => opened }).then(
    (report) => Object.assign(check, { report, isOver: true }),
    (error: unknown) => Object.assign(check, { error, isOver: true }),
  )
  try {
    while (!check.isOver) {
      goOn()
      await copy.follow()
      await Promise.race([ended, wait(clock, waitMs)])
    }
  } catch (error) {
    // Nobody may read a store that is closed.
    end.error = error
    await ended
    throw error
  }
  const { report, error } = check
  if (report === undefined) throw error
  tell({ kind: 'checked', report })
  if (report.findingCount === 0) return
  const [first] = report.findings
  throw new MigrationFault(
    `The check has ${report.findingCount} findings, the first of them ${first?.kind} ` +
      `${first?.key}: ${first?.detail}; nothing was given up. ` +
      'See what dynatom check says of the source.',
  )
}

async function giveUp(copy: StoreCopy, options: ClaimedOptions): Promise<Outcome> {
  const { clock, tell, goOn, around = doWork } = options
  for (let attempt = 1; ; attempt += 1) {
    goOn()
    const begunMs = clock.monotonicMs()
    await copy.follow()
    if (clock.monotonicMs() - begunMs < catchUpMs) break
    if (attempt % 20 === 0) tell({ kind: 'waiting', reason: 'writes' })
  }
  if (!(await isAtRest(copy, options))) return 'later'
  goOn()
  const step: { outcome: Outcome } = { outcome: 'later' }
  const begunMs = clock.monotonicMs()
  await around(async () => {
    step.outcome = await lastStep(copy, options)
    return step.outcome === 'moved'
  })
  const { outcome } = step
  if (outcome === 'moved') tell({ kind: 'moved', stoppedMs: clock.monotonicMs() - begunMs })
  if (outcome === 'heldUp') tell({ kind: 'waiting', reason: 'others' })
  return outcome
}

/**
 * What one server has begun in one kind of store another one cannot go on with in the other: an
 * index that is being built is counted in another way.
 */
async function isAtRest(copy: StoreCopy, { tell, isServed }: MigrationOptions): Promise<boolean> {
  const state = { isAtRest: true }
  await copy.follow(async (source) => {
    state.isAtRest = await isStateAtRest(source)
  })
  if (state.isAtRest) return true
  if (!isServed) throw new MigrationFault(unfinishedWork)
  tell({ kind: 'waiting', reason: 'work' })
  return false
}

async function isStateAtRest(source: Snapshot): Promise<boolean> {
  const format = await readStoreFormat(source)
  if (format?.orderedUpTo !== undefined) return false
  for await (const _ of source.range(backfillRange)) return false
  return true
}

/** With nobody writing: the last changes, and one commit that makes the target the store. */
async function lastStep(
  copy: StoreCopy,
  { log, target, journey, fence }: ClaimedOptions,
): Promise<Outcome> {
  const state: { isAtRest: boolean; mark?: Bytes; isOpening: boolean } = {
    isAtRest: true,
    isOpening: false,
  }
  try {
    await log.stop()
    await copy.follow(async (source) => {
      state.isAtRest = await isStateAtRest(source)
      state.mark = (await source.get(formatKey)) as Bytes
    })
    if (!state.isAtRest) {
      await log.resume()
      return 'later'
    }
    await log.retire(journey.to)
    state.isOpening = true
    await openTarget(target, state.mark as Bytes, { journey, fence })
    return 'moved'
  } catch (error) {
    if (state.isOpening && (await isOpenedSurely(target, journey))) return 'moved'
    await log.resume()
    if (error instanceof NotNow) return 'heldUp'
    throw error
  }
}

/** Throws when nobody can tell, for then nobody may write into either of the two. */
async function isOpenedSurely(target: StorageEngine, journey: Journey): Promise<boolean> {
  try {
    return await isOpened(target, journey)
  } catch (cause) {
    throw new UnknownOutcome(
      'The target went away in the last step, and nobody takes writes; ' +
        'run dynatom migrate again with the same --from and --to.',
      { cause },
    )
  }
}

async function shutOut({ log, tell }: MigrationOptions): Promise<void> {
  try {
    await log.shutOut()
  } catch (error) {
    tell({ kind: 'notShutOut', error })
  }
}

const takenOver = 'Another dynatom migrate moves this store by now.'

const noStore = 'There is no store to be moved.'

const unfinishedWork =
  'The store has work that is not done, such as an index that is being built; ' +
  'start a server on it and run dynatom migrate while it runs.'
