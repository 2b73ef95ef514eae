import pg from 'pg'
import type { Clock, Timer } from '../../clock.ts'
import type { Lent } from './connections.ts'
import type { PostgresSettings } from './postgresSettings.ts'
import { cutOff, KnowingClient, rowsOf, sessionConfig } from './session.ts'

const lookMs = 2000
/** How long a start waits for the first look. */
const firstLookMs = 500

/** A node that follows and is sent what the leader writes; one that is cut off grows old. */
const followsText = `SELECT pg_is_in_recovery() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver)`

interface Node {
  readonly pool: pg.Pool
  readonly clients: Set<pg.PoolClient>
  isUsable: boolean
  /** Until the next look. */
  timer: Timer | undefined
}

/** Connections to the nodes of a cluster that follow, each lent in turn. */
export class Replicas {
  readonly #nodes: readonly Node[]
  readonly #clock: Clock
  #next = 0
  #isClosed = false

  constructor(settings: PostgresSettings, clock: Clock) {
    this.#clock = clock
    this.#nodes = settings.hosts.map((host) => {
      const clients = new Set<pg.PoolClient>()
      const pool = new pg.Pool({
        ...sessionConfig(settings, host),
        max: settings.maxSnapshots,
        pipeline: true,
        Client: KnowingClient,
      })
      pool.on('error', () => undefined)
      pool.on('connect', (client) => {
        clients.add(client)
        client.on('error', () => undefined)
      })
      pool.on('remove', (client) => void clients.delete(client))
      return { pool, clients, isUsable: false, timer: undefined }
    })
  }

  /**
   * Looks which nodes follow, now and from time to time, at each by itself. Resolves after the
   * first look, and soon in any case: one that keeps silent may be looked at for longer.
   */
  async start(): Promise<void> {
    const looks = this.#nodes.map((node) => this.#lookAt(node))
    const isTime = new Promise<void>((resolve) => this.#clock.startTimer(firstLookMs, resolve))
    await Promise.race([Promise.all(looks), isTime])
  }

  /** A connection to a node that follows; undefined when none can be had. */
  async lend(): Promise<Lent | undefined> {
    const usable = this.#nodes.filter(({ isUsable }) => isUsable)
    const node = usable[this.#next++ % Math.max(1, usable.length)]
    if (node === undefined) return undefined
    const doubt = (): Promise<void> => {
      node.isUsable = false
      return Promise.resolve()
    }
    try {
      const client = await node.pool.connect()
      return {
        ask: (statement) => rowsOf(client, statement),
        release: (broken) => client.release(broken),
        doubt,
      }
    } catch {
      await doubt()
      return undefined
    }
  }

  async #lookAt(node: Node): Promise<void> {
    const isUsable = await follows(node)
    if (this.#isClosed) return
    node.isUsable = isUsable
    node.timer = this.#clock.startTimer(lookMs, () => void this.#lookAt(node))
  }

  close(): void {
    this.#isClosed = true
    for (const node of this.#nodes) {
      const { pool, clients, timer } = node
      node.isUsable = false
      timer?.cancel()
      for (const client of clients) cutOff(client)
      void pool.end().catch(() => undefined)
    }
  }
}

async function follows({ pool }: Node): Promise<boolean> {
  try {
    const { rows } = await pool.query<[string]>({ text: followsText, rowMode: 'array' })
    return rows[0]?.[0] === 't'
  } catch {
    return false
  }
}
