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
import { sameBytes, type Bytes } from '../storage/engine.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import { growthOfCollection } from './commitBuilder.ts'
import { conditionHolds, imageAfter } from './evaluateAction.ts'
import type { InvalidAction, WriteAction, WriteResult } from './writePlan.ts'

export interface Judgement {
  /** One for each action; all `None` when the transaction may be committed. */
  readonly reasons: CancellationReason[]
  /** One for each action. Meaningful when all reasons are `None`. */
  readonly results: WriteResult[]
}

/**
 * Evaluates all actions of a transaction on the images that were read. Every false condition is
 * reported. A ValidationError ends the evaluation: only the first is reported, and conditions that
 * are false are not (behaviour digest 1.5). `held` marks the positions of items that another
 * transaction holds: with any, only an action that is invalid by itself ends the evaluation. Other
 * requests may go first between two actions. REQUIRES: the images stay as they are, so the items
 * are held, or nothing is committed on them.
 */
export async function judgeTransaction(
  actions: readonly (WriteAction | InvalidAction)[],
  images: readonly (ItemImage | undefined)[],
  held: readonly boolean[],
  turns: LoopTurns,
): Promise<Judgement> {
  const reasons: CancellationReason[] = []
  const results: WriteResult[] = []
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i] as WriteAction | InvalidAction
    const before = images[i]
    const turn = turns.next()
    if (turn !== undefined) await turn
    try {
      if ('invalid' in action) throw action.invalid
      if (held[i] === true) reasons.push(conflictReason)
      else if (!conditionHolds(action, before)) {
        reasons.push(failedConditionReason(action.returnOldOnFailure ? before?.encoded : undefined))
      } else {
        results[i] = { before, after: imageAfter(action, before) }
        reasons.push(noReason)
      }
    } catch (error) {
      if (!isValidationException(error)) throw error
      // What an action did to an item that may change before a retry says nothing beside a
      // conflict.
      if (!('invalid' in action) && held.includes(true)) {
        reasons.push(noReason)
        continue
      }
      return { reasons: onlyReason(actions.length, i, validationReason(error)), results: [] }
    }
  }
  return { reasons, results }
}

/**
 * The reasons when the item collection under `collectionKey` is full: all actions that let it grow.
 */
export function collectionReasons(
  actions: readonly WriteAction[],
  results: readonly WriteResult[],
  collectionKey: Bytes,
): CancellationReason[] {
  return actions.map((action, i) => {
    const { before, after } = results[i] as WriteResult
    const isMember =
      hasItemCollections(action.table) && sameBytes(itemCollectionKey(action.rowKey), collectionKey)
    const grows = isMember && growthOfCollection(action, before, after) > 0
    return grows ? collectionLimitReason : noReason
  })
}
