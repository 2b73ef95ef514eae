import { recentConflictMs, maxShownConflicts, maxShownTransactions } from '../../limits.ts'
import type { ExplainedHolder, ExplainedPosition } from '../explanations/explanation.ts'
import type { Watch } from './lookout.ts'
import type { MetHolder, NotedMeeting } from './notedMeetings.ts'
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
  readonly met?: MetHolder
}

/** What becomes of transactions now, and what has met whom. */
export interface TransactionsInSight {
  /** Since when refusals are noted, in ISO 8601; of conflicts the last are known anyway. */
  readonly since: string
  /** Those that hold items or wait for them, the oldest first. */
  readonly unfinished: readonly ExplainedHolder[]
  /** Those of the last ten minutes, from the last on. */
  readonly conflicts: readonly MetConflict[]
}

/** Of all that is known what an asker may see. */
export async function transactionsInSight(
  watch: Watch,
  sight: Sight,
): Promise<TransactionsInSight> {
  const { session, sinceMs } = watch
  const unfinished: ExplainedHolder[] = []
  for (const holder of session.watch.unfinished()) {
    const seen = await sight.holder(holder)
    if (seen !== undefined) unfinished.push(seen)
    if (unfinished.length >= maxShownTransactions) break
  }
  unfinished.sort((one, other) => other.forMs - one.forMs)
  const since = new Date(sinceMs).toISOString()
  return { since, unfinished, conflicts: await conflictsInSight(watch, sight) }
}

async function conflictsInSight(
  { session: { meetings, host }, before }: Watch,
  sight: Sight,
): Promise<MetConflict[]> {
  const oldest = new Date(host.clock.nowMs() - recentConflictMs).toISOString()
  const found: MetConflict[] = []
  for (const refused of [...meetings.list(Infinity), ...before]) {
    if (refused.at < oldest) break
    for (const position of refused.positions) {
      const conflict = await conflictAt(refused, position, sight)
      if (conflict !== undefined) found.push(conflict)
      if (found.length >= maxShownConflicts) return found
    }
  }
  return found
}

const conflicted = 'TransactionConflict'

/** One of somebody who was watched, or was noted while nobody looked: they have met for sure. */
type RefusedPosition = Omit<ExplainedPosition, 'code' | 'conflict'> & {
  readonly code?: string
  readonly conflict?: MetHolder
}

/** Undefined for a position that met nobody, and for an item that is not to be seen. */
async function conflictAt(
  { at, requestId, operation, caller }: Omit<NotedMeeting, 'positions'>,
  { code, position, action, table, key, conflict }: RefusedPosition,
  sight: Sight,
): Promise<MetConflict | undefined> {
  if (conflict === undefined && (code ?? conflicted) !== conflicted) return undefined
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
