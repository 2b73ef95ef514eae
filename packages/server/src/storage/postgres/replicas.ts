import pg from 'pg'
import type { Clock, Timer } from '../../clock.ts'
import type { Lent } from './connections.ts'
import type { PostgresSettings } from './postgresSettings.ts'
import { cutOff, KnowingClient, rowsOf, sessionConfig } from './session.ts'

const lookMs = 2000

/** A node that follows and is sent what the leader writes; one that is cut off grows old. */
const followsText = `SELECT pg_is_in_recovery() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver)`

interface Node {
  readonly pool: pg.Pool
  readonly clients: Set<pg.PoolClient>
  isUsable: boolean
}

/** Connections to the nodes of a cluster that follow, each lent in turn. */
export class Replicas {
  readonly #nodes: readonly Node[]
  readonly #clock: Clock
  #next = 0
  #timer: Timer | undefined
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
      return { pool, clients, isUsable: false }
    })
  }

  /** Looks which nodes follow, now and from time to time. Resolves after the first look. */
  async start(): Promise<void> {
    await this.#look()
    if (this.#isClosed) return
    this.#timer = this.#clock.startTimer(lookMs, () => void this.start())
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

  async #look(): Promise<void> {
    await Promise.all(
      this.#nodes.map(async (node) => {
        const isUsable = await follows(node)
        node.isUsable = isUsable && !this.#isClosed
      }),
    )
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    for (const { pool, clients } of this.#nodes) {
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
