import pg from 'pg'
import { isServerError, type ServerError } from './failures.ts'
import type { PostgresHost, PostgresSettings } from './postgresSettings.ts'
import { cutOff, rowsOf, sessionConfig } from './session.ts'

/** A node that takes writes, with the number of its history: a later leader has a greater one. */
export interface Leader {
  readonly host: PostgresHost
  readonly timeline: number
}

/** What a look at all hosts has found. */
export interface LeaderSearch {
  readonly leader: Leader | undefined
  /** What hosts have said instead of answering; of those that did answer nothing. */
  readonly refusals: readonly ServerError[]
  /** Why hosts could not be asked. */
  readonly failures: readonly Error[]
}

const probeTimeoutMs = 2000

/** Whether the node takes writes, and its timeline, which names of its log files begin with. */
const probeText = `SELECT CASE
  WHEN pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean THEN NULL
  ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END`

/**
 * Asks all hosts at once. Of two that take writes the one with the later history leads; one with a
 * history before `leastTimeline` led once and does not know that it is over.
 */
export async function findLeader(
  settings: PostgresSettings,
  leastTimeline: number,
): Promise<LeaderSearch> {
  const answers = await Promise.allSettled(
    settings.hosts.map(async (host) => ({ host, timeline: await timelineOf(settings, host) })),
  )
  let leader: Leader | undefined
  const refusals: ServerError[] = []
  const failures: Error[] = []
  for (const answer of answers) {
    if (answer.status === 'rejected') {
      const error: unknown = answer.reason
      if (isServerError(error)) refusals.push(error)
      else failures.push(error as Error)
      continue
    }
    const { host, timeline = -1 } = answer.value
    if (timeline < leastTimeline || timeline <= (leader?.timeline ?? 0)) continue
    leader = { host, timeline }
  }
  return { leader, refusals, failures }
}

/** Undefined of a node that takes no writes. */
async function timelineOf(
  settings: PostgresSettings,
  host: PostgresHost,
): Promise<number | undefined> {
  const client = new pg.Client({
    ...sessionConfig(settings, host),
    connectionTimeoutMillis: probeTimeoutMs,
    query_timeout: probeTimeoutMs,
  })
  // What it says after the answer is of no concern.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const [row] = await rowsOf(client, { text: probeText })
    const timeline = row?.[0]
    return typeof timeline === 'string' ? Number.parseInt(timeline, 16) : undefined
  } finally {
    cutOff(client)
  }
}
