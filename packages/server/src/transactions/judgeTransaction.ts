import type { Units } from '../capacity/usage.ts'
import { consumedByWrite } from '../capacity/writeCapacity.ts'
import type { LoopTurns } from '../clock.ts'
import { isValidationException } from '../errors/apiError.ts'
import { collectionLimitReason } from '../errors/indexErrors.ts'
import {
  conflictReason,
  failedConditionReason,
  noReason,
  onlyReason,
  validationReason,
  type CancellationReason,
} from '../errors/transactionErrors.ts'
import { duplicateItemReason } from '../errors/statementErrors.ts'
import { maxUnpausedBytes } from '../limits.ts'
import { sameBytes, type Bytes, type MaybePromise } from '../storage/engine.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import type { CommitBuilder } from './commitBuilder.ts'
import { conditionHolds, imageAfter } from './evaluateAction.ts'
import { growthOfCollection, type Images } from './itemWrites.ts'
import type { InvalidAction, WriteAction } from './writePlan.ts'
import type { WriteWatcher } from './writeWatcher.ts'

/** The table pays each write of a transaction twice: to prepare it and to commit it. */
const tableFactor = 2

/** What an action will do, without the images, which may be large. */
export interface JudgedAction {
  readonly units: Units
  /** Size of the larger image. */
  readonly sizeBytes: number
  /** By how much the item's collection grows; 0 where there are none. */
  readonly growth: number
}

export interface Judgement {
  /** One for each action; all `None` when the transaction may be committed. */
  readonly reasons: readonly CancellationReason[]
  /** One for each action. Meaningful when all reasons are `None`. */
  readonly judged: readonly JudgedAction[]
}

/** What a judgement works with. */
export interface JudgedTransaction {
  readonly actions: readonly (WriteAction | InvalidAction)[]
  /** The image of an action's item, which stays as it is until the judgement has been used. */
  readonly imageOf: (action: WriteAction, position: number) => MaybePromise<ItemImage | undefined>
  /** The names of the items among claims, by position. */
  readonly names?: readonly (string | undefined)[]
  /**
   * The positions of items that another transaction holds: with any, only an action that is invalid
   * by itself ends the evaluation.
   */
  readonly held: readonly boolean[]
  /** Other requests may go first between two steps of a transaction that sees much. */
  readonly turns: LoopTurns
  /** Where the actions go as long as there is no reason against it. */
  readonly commit?: CommitBuilder
  /** Told of each condition that is false. */
  readonly watcher?: WriteWatcher | undefined
  /** Told of the images of each action that may be carried out. */
  readonly onImages?: (position: number, images: Images) => void
}

/**
 * Evaluates all actions of a transaction, one after the other, and lets go of the images of each.
 * One that sees little, in a store that answers at once, is judged at once.
 * Every false condition is reported. A ValidationError ends the evaluation: only the first is
 * reported, and conditions that are false are not (behaviour digest 1.5).
 */
export function judgeTransaction(transaction: JudgedTransaction): MaybePromise<Judgement> {
  return inTurns(judgingOf(transaction))
}

/** Goes through steps that give what is to be waited for before the next, if anything is. */
function inTurns(steps: Generator<Promise<void> | undefined, Judgement>): MaybePromise<Judgement> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    if (step.value !== undefined) return step.value.then(() => inTurns(steps))
  }
}

function* judgingOf(
  transaction: JudgedTransaction,
): Generator<Promise<void> | undefined, Judgement> {
  const { actions, held, turns, imageOf } = transaction
  const judging = new Judging(transaction)
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i] as WriteAction | InvalidAction
    try {
      if ('invalid' in action) throw action.invalid
      if (held[i] === true) {
        judging.reasons.push(conflictReason)
        continue
      }
      if (judging.isLong) yield turns.next()
      let before = imageOf(action, i)
      if (before instanceof Promise) {
        yield before.then((read) => {
          before = read
        })
      }
      const found = before as ItemImage | undefined
      judging.seenBytes += found?.sizeBytes ?? 0
      if (found?.isUnprepared === true && judging.isLong) yield found.prepare(turns)
      if (judging.isLong) yield turns.next()
      if (!judging.conditionHolds(action, found)) continue
      if (judging.isLong) yield turns.next()
      const images = { before: found, after: imageAfter(action, found) }
      judging.seenBytes += images.after?.sizeBytes ?? 0
      if (judging.isLong) yield turns.next()
      judging.accept(action, i, images)
    } catch (error) {
      if (!isValidationException(error)) throw error
      // What an action did to an item that may change before a retry says nothing beside a
      // conflict.
      if (!('invalid' in action) && held.includes(true)) {
        judging.reasons.push(noReason)
        continue
      }
      return { reasons: onlyReason(actions.length, i, validationReason(error)), judged: [] }
    }
  }
  return judging
}

/** The judgement of a transaction while its actions are evaluated. */
class Judging implements Judgement {
  readonly reasons: CancellationReason[] = []
  readonly judged: JudgedAction[] = []
  readonly #transaction: JudgedTransaction
  #isSound = true
  /** Bytes of the images so far. */
  seenBytes = 0

  constructor(transaction: JudgedTransaction) {
    this.#transaction = transaction
  }

  /** Whether it has seen so much that others go first between its steps. */
  get isLong(): boolean {
    return this.seenBytes > maxUnpausedBytes
  }

  conditionHolds(action: WriteAction, before: ItemImage | undefined): boolean {
    if (conditionHolds(action, before)) return true
    this.#isSound = false
    this.#transaction.watcher?.conditionFailed(action, before)
    if (action.insertsOnly === true) {
      this.reasons.push(duplicateItemReason)
      return false
    }
    const shown = action.returnOldOnFailure ? before?.encoded : undefined
    this.reasons.push(failedConditionReason(shown))
    return false
  }

  /** Notes what an action will do, as long as there is no reason against the transaction. */
  accept(action: WriteAction, position: number, images: Images): void {
    const transaction = this.#transaction
    const { commit, onImages } = transaction
    this.reasons.push(noReason)
    onImages?.(position, images)
    if (commit === undefined || !this.#isSound) return
    commit.addItem(action, images, {
      again: () => imagesAgain(transaction, action, position),
      name: transaction.names?.[position],
    })
    const { before, after } = images
    this.judged[position] = {
      units: consumedByWrite(action, images, tableFactor),
      sizeBytes: Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0),
      growth: hasItemCollections(action.table) ? growthOfCollection(action, images) : 0,
    }
  }
}

async function imagesAgain(
  { turns, imageOf }: JudgedTransaction,
  action: WriteAction,
  position: number,
): Promise<Images> {
  await turnOf(turns)
  const read = imageOf(action, position)
  const before = read instanceof Promise ? await read : read
  if (before?.isUnprepared === true) await before.prepare(turns)
  await turnOf(turns)
  const after = imageAfter(action, before)
  await turnOf(turns)
  return { before, after }
}

async function turnOf(turns: LoopTurns): Promise<void> {
  const turn = turns.next()
  if (turn !== undefined) await turn
}

/**
 * The reasons when the item collection under `collectionKey` is full: all actions that let it grow.
 */
export function collectionReasons(
  actions: readonly WriteAction[],
  judged: readonly JudgedAction[],
  collectionKey: Bytes,
): CancellationReason[] {
  return actions.map((action, i) => {
    const isMember =
      hasItemCollections(action.table) && sameBytes(itemCollectionKey(action.rowKey), collectionKey)
    const grows = isMember && (judged[i] as JudgedAction).growth > 0
    return grows ? collectionLimitReason : noReason
  })
}
