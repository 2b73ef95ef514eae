import type { RefusedMeeting } from '../../operations/refusedMeeting.ts'
import { maxExplainedActions, maxNotedMeetings } from '../../limits.ts'
import { meetingsOf, type Meeting } from '../../transactions/meetings.ts'
import type { TransactionPlan, WriteAction } from '../../transactions/writePlan.ts'
import type { AnyAction } from '../../transactions/writeWatcher.ts'
import type { ExplainedAction, ExplainedHolder } from '../explanations/explanation.ts'
import { shownAction } from '../watch/shownAction.ts'

/** Who was there first, as far as it is known; when and doing what only while somebody looked. */
export type MetHolder = Pick<ExplainedHolder, 'operation' | 'actions'> & Partial<ExplainedHolder>

/** A position of a refused request at which it met somebody. */
export interface MetPosition extends ExplainedAction {
  readonly position: number
  readonly conflict?: MetHolder
}

/** A request that was refused because it met somebody. */
export interface NotedMeeting {
  readonly requestId: string
  readonly operation: string
  readonly caller?: string
  /** In ISO 8601. */
  readonly at: string
  readonly positions: readonly MetPosition[]
}

/**
 * What has met whom while nobody looked: the last of it, with keys alone and nothing of items.
 * INVARIANT: nothing of a request is held on to.
 */
export class NotedMeetings {
  #noted: NotedMeeting[] = []

  add({ operation, context, error }: RefusedMeeting, nowMs: number): void {
    const { requestId, accessKeyId } = context
    this.#noted.push({
      requestId,
      operation,
      ...(accessKeyId !== '' && { caller: accessKeyId }),
      at: new Date(nowMs).toISOString(),
      positions: (meetingsOf(error) ?? []).slice(0, maxExplainedActions).flatMap(metPosition),
    })
    if (this.#noted.length > maxNotedMeetings) this.#noted.shift()
  }

  /** From the last on. */
  list(): readonly NotedMeeting[] {
    return this.#noted.toReversed()
  }

  clear(): void {
    this.#noted = []
  }
}

function metPosition({ wanted, position, holder }: Meeting): readonly MetPosition[] {
  const shown = shownWithKey(wanted)
  if (shown === undefined) return []
  return [{ ...shown, position, ...(holder !== undefined && { conflict: shownHolder(holder) }) }]
}

function shownHolder(holder: TransactionPlan | WriteAction): MetHolder {
  if (!('actions' in holder)) {
    const shown = shownWithKey(holder)
    return { operation: 'write', actions: shown === undefined ? [] : [shown] }
  }
  const { operation = 'transaction', context, actions } = holder
  const { requestId, accessKeyId = '' } = context ?? {}
  const more = actions.length - maxExplainedActions
  return {
    ...(requestId !== undefined && { requestId }),
    operation,
    ...(accessKeyId !== '' && { caller: accessKeyId }),
    actions: actions.slice(0, maxExplainedActions).flatMap((each) => shownWithKey(each) ?? []),
    ...(more > 0 && { more }),
  }
}

/** Undefined for what was invalid. A read has its key with it. */
function shownWithKey(action: AnyAction): ExplainedAction | undefined {
  if ('invalid' in action || 'change' in action) return shownAction(action, undefined, 0)
  const { table, key } = action
  return key && { action: 'Get', table: table.name, key }
}
