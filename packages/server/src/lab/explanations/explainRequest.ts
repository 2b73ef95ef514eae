import { ApiError } from '../../errors/apiError.ts'
import type { CancellationReason } from '../../errors/transactionErrors.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import { requestedKeys } from '../../operations/requestedKeys.ts'
import { rowKeyOfItem } from '../../items/primaryKey.ts'
import type { AnyAction } from '../../transactions/writeWatcher.ts'
import { keyIn, shownAction } from '../watch/shownAction.ts'
import type { Finding, TrackedRequest } from '../watch/trackedRequest.ts'
import type { ExplainedPosition, Explanation } from './explanation.ts'

/** How a request ended: with an error, or with the answer that was given. */
export type Outcome = { readonly error: unknown } | { readonly response: object }

/** What a batch tells of its entries that failed. */
interface BatchResponse {
  readonly Responses?: readonly { readonly Error?: { readonly Code?: string } }[]
  readonly UnprocessedItems?: object
}

/**
 * Why a request was refused, or entries of one that was answered; undefined if it was not, or for
 * a reason that has no more to it than its text.
 */
export function explainRequest(
  request: TrackedRequest,
  outcome: Outcome,
  nowMs: number,
): Explanation | undefined {
  const { asked, fault, findings, inProgress } = request
  if (asked === undefined) return undefined
  if (findings === undefined && fault === undefined && !('error' in outcome)) return undefined
  const { requestId, accessKeyId } = asked.context
  const about = {
    requestId,
    operation: asked.operation.name,
    ...(accessKeyId !== '' && { caller: accessKeyId }),
    at: new Date(nowMs).toISOString(),
  }
  if (!('error' in outcome)) {
    const positions = positionsInAnswer(request, asked, outcome.response)
    return positions.length === 0 ? undefined : { ...about, positions }
  }
  const { error } = outcome
  if (!(error instanceof ApiError)) {
    return fault === undefined ? undefined : { ...about, fault, positions: [] }
  }
  const { name } = error.kind
  const refused = { ...about, error: name, message: error.message }
  if (fault !== undefined) return { ...refused, fault, positions: positionsOf(request, error) }
  if (name === 'TransactionInProgressException' && inProgress !== undefined) {
    return { ...refused, positions: [], inProgress }
  }
  const positions = positionsOf(request, error)
  return positions.length === 0 ? undefined : { ...refused, positions }
}

/** One for each action of a transaction, otherwise for what was found. */
function positionsOf(request: TrackedRequest, error: ApiError): ExplainedPosition[] {
  const reasons = error.members?.['CancellationReasons'] as
    | readonly CancellationReason[]
    | undefined
  const { actions, asked } = request
  if (reasons !== undefined) {
    return reasons.map((reason, i) => positionOf(request, actions[i], { position: i, reason }))
  }
  const Code = error.kind.name.replace(/Exception$/, '')
  return found(request).map(([action, finding]) => {
    const position = positionIn(asked, action)
    const reason = { Code: finding.code === 'TransactionConflict' ? finding.code : Code }
    return positionOf(request, action, { position, reason })
  })
}

/** The entries of a batch that have failed, though others may not have. */
function positionsInAnswer(
  request: TrackedRequest,
  asked: PermittedRequest,
  response: BatchResponse,
): ExplainedPosition[] {
  const { Responses, UnprocessedItems } = response
  return found(request).flatMap(([action, { code }]) => {
    const position = positionIn(asked, action)
    const failed = Responses?.[position]?.Error?.Code
    const isFailed = failed !== undefined || Object.keys(UnprocessedItems ?? {}).length > 0
    if (!isFailed) return []
    return [positionOf(request, action, { position, reason: { Code: failed ?? code } })]
  })
}

const found = ({ findings }: TrackedRequest): readonly [AnyAction, Finding][] => [
  ...(findings?.entries() ?? []),
]

interface Told {
  readonly position: number
  readonly reason: { readonly Code: string; readonly Message?: string | undefined }
}

function positionOf(
  { asked, findings }: TrackedRequest,
  action: AnyAction | undefined,
  { position, reason: { Code: code, Message: message } }: Told,
): ExplainedPosition {
  const shown = (action && shownAction(action, asked, position)) ?? keyAt(asked, position)
  const { itemExists, condition, conflict } = (action && findings?.get(action)) ?? {}
  return {
    position,
    ...shown,
    code,
    ...(message !== undefined && { message }),
    ...(itemExists !== undefined && { itemExists }),
    ...(condition !== undefined && { condition }),
    ...(conflict !== undefined && { conflict }),
  }
}

/** What is known of an action that did not come to be one. */
function keyAt(
  asked: PermittedRequest | undefined,
  position: number,
): Pick<ExplainedPosition, 'table' | 'key'> {
  const named = asked && requestedKeys(asked).find((each) => each.position === position)
  if (named === undefined) return {}
  return { table: named.table.name, key: keyIn(named.table, named.attributes) }
}

/** Which entry of a request names the item of an action. */
function positionIn(asked: PermittedRequest | undefined, action: AnyAction): number {
  if (asked === undefined || !('rowKey' in action)) return 0
  const entry = requestedKeys(asked).find(
    ({ table, attributes }) =>
      table === action.table && isRow(action.rowKey, () => rowKeyOfItem(table, attributes)),
  )
  return entry?.position ?? 0
}

function isRow(rowKey: Buffer, other: () => Buffer): boolean {
  try {
    return rowKey.equals(other())
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}
