import { recentConflictMs, maxShownConflicts, maxShownTransactions } from '../../limits.ts'
import type {
  ExplainedHolder,
  ExplainedPosition,
  Explanation,
} from '../explanations/explanation.ts'
import type { Watch } from './lookout.ts'
import type { Sight } from './sight.ts'

/** Two that were at one item at once, of which one was refused. */
export interface MetConflict {
  /** When it was refused, in ISO 8601. */
  readonly at: string
  readonly table: string
  /** As DynamoDB JSON. */
  readonly key: NonNullable<ExplainedPosition['key']>
  readonly refused: {
    readonly requestId: string
    readonly operation: string
    /** The access key id that signed. */
    readonly caller?: string
    /** Which entry of the request, from 0, and what it was to do. */
    readonly position: number
    readonly action?: ExplainedPosition['action']
  }
  /** Who was there first; absent where that is not known, as of another server of the store. */
  readonly met?: ExplainedHolder
}

/** What becomes of transactions now, and what has met whom. */
export interface TransactionsInSight {
  /** Since when it is known what has met whom, in ISO 8601. */
  readonly since: string
  /** Those that hold items or wait for them, the oldest first. */
  readonly unfinished: readonly ExplainedHolder[]
  /** Those of the last ten minutes, from the last on. */
  readonly conflicts: readonly MetConflict[]
}

/** Of all that is known what an asker may see. */
export async function transactionsInSight(
  { session, sinceMs }: Watch,
  sight: Sight,
): Promise<TransactionsInSight> {
  const unfinished: ExplainedHolder[] = []
  for (const holder of session.watch.unfinished()) {
    const seen = await sight.holder(holder)
    if (seen !== undefined) unfinished.push(seen)
    if (unfinished.length >= maxShownTransactions) break
  }
  unfinished.sort((one, other) => other.forMs - one.forMs)
  const since = new Date(sinceMs).toISOString()
  return { since, unfinished, conflicts: await conflictsInSight(session, sight) }
}

async function conflictsInSight(
  { meetings, host }: Watch['session'],
  sight: Sight,
): Promise<MetConflict[]> {
  const oldest = new Date(host.clock.nowMs() - recentConflictMs).toISOString()
  const found: MetConflict[] = []
  for (const explanation of meetings.list(Infinity)) {
    if (explanation.at < oldest) break
    for (const position of explanation.positions) {
      const conflict = await conflictAt(explanation, position, sight)
      if (conflict !== undefined) found.push(conflict)
      if (found.length >= maxShownConflicts) return found
    }
  }
  return found
}

/** Undefined for a position that met nobody, and for an item that is not to be seen. */
async function conflictAt(
  { at, requestId, operation, caller }: Explanation,
  { code, position, action, table, key, conflict }: ExplainedPosition,
  sight: Sight,
): Promise<MetConflict | undefined> {
  if (conflict === undefined && code !== 'TransactionConflict') return undefined
  if (table === undefined || key === undefined) return undefined
  if (!(await sight.seesItem(table, key))) return undefined
  const met = conflict && (await sight.holder(conflict))
  return {
    at,
    table,
    key,
    refused: {
      requestId,
      operation,
      ...(caller !== undefined && { caller }),
      position,
      ...(action !== undefined && { action }),
    },
    ...(met !== undefined && { met }),
  }
}
