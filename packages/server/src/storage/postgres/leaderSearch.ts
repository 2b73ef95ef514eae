import pg from 'pg'
import type { Clock, Timer } from '../../clock.ts'
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
/** How long others have to answer when one leads, which may not know that this is over. */
const graceMs = 250
/** When a host that does not lead is asked again, as long as another one keeps silent. */
const againMs = 200

/** Whether the node takes writes, and its timeline, which names of its log files begin with. */
const probeText = `SELECT CASE
  WHEN pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean THEN NULL
  ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END`

/** What a search goes by. */
export interface SearchSurroundings {
  /** A node with a history before it led once and does not know that it is over. */
  readonly leastTimeline: number
  readonly clock: Clock
  /** Called when the search is over and a host then says that it leads with a later history. */
  readonly onLater: () => void
  /** The timeline of a host that takes writes; that which the host itself says when absent. */
  readonly timelineOf?: (host: PostgresHost) => Promise<number | undefined>
}

/**
 * Asks all hosts at once. Of two that take writes the one with the later history leads. A host that
 * keeps silent is waited for as long as no other one leads, and a moment longer: meanwhile those
 * that have answered are asked again, for one of them may have begun to lead.
 */
export function findLeader(
  settings: PostgresSettings,
  surroundings: SearchSurroundings,
): Promise<LeaderSearch> {
  const { timelineOf = (host) => askedTimeline(settings, host) } = surroundings
  return new Promise((resolve) => {
    new Search(settings.hosts, { ...surroundings, timelineOf, resolve }).begin()
  })
}

/** The timeline of one that takes writes, undefined of one that takes none; or what it met. */
type Answer = { readonly timeline: number | undefined } | { readonly error: unknown }

interface SearchOptions extends Required<SearchSurroundings> {
  readonly resolve: (search: LeaderSearch) => void
}

class Search {
  readonly #hosts: readonly PostgresHost[]
  readonly #options: SearchOptions
  /** The last answer of each host that has given one. */
  readonly #answers = new Map<PostgresHost, Answer>()
  #grace: Timer | undefined
  /** What was found, once that is told. */
  #told: LeaderSearch | undefined

  constructor(hosts: readonly PostgresHost[], options: SearchOptions) {
    this.#hosts = hosts
    this.#options = options
  }

  begin(): void {
    for (const host of this.#hosts) void this.#ask(host)
  }

  async #ask(host: PostgresHost): Promise<void> {
    const answer = await this.#answerOf(host)
    const { clock, leastTimeline, onLater } = this.#options
    const timeline = timelineIn(answer)
    if (this.#told !== undefined) {
      const { leader } = this.#told
      if (leader !== undefined && timeline > leader.timeline) onLater()
      return
    }
    this.#answers.set(host, answer)
    if (this.#answers.size === this.#hosts.length) return this.#tell()
    if (timeline >= leastTimeline) this.#grace ??= clock.startTimer(graceMs, () => this.#tell())
    else clock.startTimer(againMs, () => void (this.#told ?? this.#ask(host)))
  }

  #answerOf(host: PostgresHost): Promise<Answer> {
    return this.#options.timelineOf(host).then(
      (timeline) => ({ timeline }),
      (error: unknown) => ({ error }),
    )
  }

  #tell(): void {
    if (this.#told !== undefined) return
    this.#grace?.cancel()
    this.#told = this.#found()
    this.#options.resolve(this.#told)
  }

  #found(): LeaderSearch {
    let leader: Leader | undefined
    const refusals: ServerError[] = []
    const failures: Error[] = []
    for (const [host, answer] of this.#answers) {
      const timeline = timelineIn(answer)
      if ('error' in answer) {
        if (isServerError(answer.error)) refusals.push(answer.error)
        else failures.push(answer.error as Error)
      } else if (timeline >= this.#options.leastTimeline && timeline > (leader?.timeline ?? 0)) {
        leader = { host, timeline }
      }
    }
    return { leader, refusals, failures }
  }
}

/** Below that of any node for one that takes no writes. */
const timelineIn = (answer: Answer): number => ('error' in answer ? -1 : (answer.timeline ?? -1))

/** Undefined of a node that takes no writes. */
async function askedTimeline(
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
