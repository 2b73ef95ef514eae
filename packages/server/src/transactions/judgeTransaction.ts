import { isValidationException } from '../errors/apiError.ts'
import {
  conflictReason,
  failedConditionReason,
  noReason,
  onlyReason,
  validationReason,
  type CancellationReason,
} from '../errors/transactionErrors.ts'
import type { ItemImage } from '../tables/itemImage.ts'
import { conditionHolds, imageAfter } from './evaluateAction.ts'
import type { InvalidAction, WriteAction, WriteResult } from './writePlan.ts'

export interface Judgement {
  /** One for each action; all `None` when the transaction may be committed. */
  readonly reasons: CancellationReason[]
  /** One for each action. Meaningful when all reasons are `None`. */
  readonly results: WriteResult[]
}

/**
 * Evaluates all actions of a transaction on the images that were read. Every false condition is reported.
 * A ValidationError ends the evaluation: only the first is reported, and conditions that are false are not
 * (behaviour digest 1.5). `held` marks the positions of items that another transaction holds.
 */
export function judgeTransaction(
  actions: readonly (WriteAction | InvalidAction)[],
  images: readonly (ItemImage | undefined)[],
  held: readonly boolean[],
): Judgement {
  const reasons: CancellationReason[] = []
  const results: WriteResult[] = []
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i] as WriteAction | InvalidAction
    const before = images[i]
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
      return { reasons: onlyReason(actions.length, i, validationReason(error)), results: [] }
    }
  }
  return { reasons, results }
}
