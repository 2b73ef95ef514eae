import { UnprocessedError } from '../errors/unprocessedError.ts'
import type { Session } from '../session/session.ts'

/** How many requests of a batch are under way at once. */
const mostAtOnce = 4

/** What a batch is made of. */
export interface BatchPlan<Action, Key extends string> {
  /** The actions by what tells them apart in answers, in the order in which they were given. */
  readonly actions: ReadonlyMap<Key, Action>
  /** The most that one request has. */
  readonly chunkSize: number
  /** Sends a request with these actions; gives the keys of those that were not processed. */
  readonly send: (keys: readonly Key[]) => Promise<readonly Key[]>
}

/**
 * Sends all actions of a batch in as many requests as they need, and what was not processed again,
 * after a pause that grows while nothing is processed.
 * @throws UnprocessedError when several requests in a row have processed nothing of what was
 *   left
 */
export async function runBatch<Action, Key extends string>(
  session: Session,
  { actions, chunkSize, send }: BatchPlan<Action, Key>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const keys = [...actions.keys()]
  const chunks: Key[][] = []
  for (let i = 0; i < keys.length; i += chunkSize) chunks.push(keys.slice(i, i + chunkSize))
  const unprocessed = new Set<Key>()
  const work = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      for (const key of await sendAll(session, chunk, send, signal)) unprocessed.add(key)
    }
  }
  await Promise.all(Array.from({ length: mostAtOnce }, work))
  if (unprocessed.size === 0) return
  const left = [...actions].filter(([key]) => unprocessed.has(key)).map(([, action]) => action)
  throw new UnprocessedError(left, actions.size, session.backoff.attempts)
}

/** Gives the keys that were not processed in the end. */
async function sendAll<Key>(
  session: Session,
  chunk: readonly Key[],
  send: (keys: readonly Key[]) => Promise<readonly Key[]>,
  signal: AbortSignal | undefined,
): Promise<readonly Key[]> {
  const { backoff } = session
  let left = chunk
  for (let attempt = 1; ; attempt++) {
    const still = await send(left)
    if (still.length < left.length) attempt = 1
    left = still
    if (left.length === 0 || attempt >= backoff.attempts) return left
    await backoff.wait(attempt, signal)
  }
}
