import pg from 'pg'
import { holdProcess, type Clock } from '../../clock.ts'
import { StorageEnded, StorageFailure } from '../engine.ts'
import { fateOf, isCertificateFault, isFinalRefusal, NoLeader, refusal } from './failures.ts'
import { findLeader, type Leader, type LeaderSearch } from './leaderSearch.ts'
import { hostsText, type PostgresSettings } from './postgresSettings.ts'
import {
  cutOff,
  KnowingClient,
  rowsOf,
  sessionConfig,
  type Row,
  type Statement,
} from './session.ts'

const searchPauseMs = 200
const retryPauseMs = 50
const beatMs = 1000
const beatTimeoutMs = 3000

const doesNotLead = (): Error => new Error('the node does not lead')
const closed = (): StorageEnded => new StorageEnded('the store is closed')

/** The connections to one node for as long as it leads. */
interface Term {
  readonly leader: Leader
  readonly statements: pg.Pool
  readonly snapshots: pg.Pool
  /** All that are open. */
  readonly clients: Set<pg.PoolClient>
  /** Tell those who wait for one that the term is over: a pool that ends forgets them. */
  readonly waiting: Set<() => void>
}

/** A connection of which nobody else makes use until it is given back. */
export interface Lent {
  /** The rows of a statement. Rejects with what the client or the server says. */
  ask(statement: Statement): Promise<readonly Row[]>
  /** Gives it back; one that is `broken` is closed. */
  release(broken: boolean): void
  /** Tells that the node may not lead any more. Resolves when it is known which one does. */
  doubt(): Promise<void>
}

/**
 * Connections to the node of a cluster that leads, whichever that is. When it is not there any more
 * all connections to it are cut: what they wait for has to be asked of the next one.
 */
export class Connections {
  readonly #settings: PostgresSettings
  readonly #clock: Clock
  #term: Term | undefined
  #search: Promise<void> | undefined
  #lastSearch: LeaderSearch | undefined
  #leastTimeline = 0
  #isClosed = false

  constructor(settings: PostgresSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** Whether a node leads, as far as is known. */
  get hasLeader(): boolean {
    return this.#term !== undefined
  }

  /** What the last look for a leader has found; undefined before the first one is over. */
  get lastSearch(): LeaderSearch | undefined {
    return this.#lastSearch
  }

  /**
   * Waits for a node that leads. Rejects with NoLeader when there is none for long, or a node says
   * what only its operator can change.
   */
  async begin(): Promise<void> {
    const untilMs = this.#clock.monotonicMs() + this.#settings.leaderWaitMs
    const release = holdProcess()
    try {
      while (!this.hasLeader) {
        await this.#look()
        if (this.hasLeader) return
        if (this.#isHopeless() || this.#isOver(untilMs)) throw this.#noLeader()
      }
    } finally {
      release()
    }
  }

  /** Whether hosts have said what does not change by waiting. */
  #isHopeless(): boolean {
    const { refusals = [], failures = [] } = this.#lastSearch ?? {}
    if (refusals.some(isFinalRefusal)) return true
    const faults = failures.filter(isCertificateFault)
    return faults.length === this.#settings.hosts.length
  }

  /** The rows of a statement that may be asked again: of a read. Rejects with StorageFailure. */
  async ask(statement: Statement): Promise<readonly Row[]> {
    const untilMs = this.#clock.monotonicMs() + this.#settings.leaderWaitMs
    for (;;) {
      const lent = await this.lend('statements', untilMs)
      try {
        const rows = await lent.ask(statement)
        lent.release(false)
        return rows
      } catch (error) {
        const fate = fateOf(error)
        lent.release(fate !== 'refused' && fate !== 'again')
        if (fate === 'refused' || this.#isOver(untilMs)) throw refusal(error)
        if (fate !== 'again') await lent.doubt()
        await this.pause(retryPauseMs)
      }
    }
  }

  /**
   * A connection to the leader. Rejects with NoLeader when there is none until `untilMs`, of the
   * monotonic clock, and with StorageFailure when all are in use for that long.
   */
  async lend(
    kind: 'statements' | 'snapshots',
    untilMs: number = this.#clock.monotonicMs() + this.#settings.leaderWaitMs,
  ): Promise<Lent> {
    for (;;) {
      const term = await this.#leading(untilMs)
      try {
        return this.#lent(term, await this.#leadingClient(term, kind))
      } catch (error) {
        if (this.#isClosed) throw closed()
        if (this.#isOver(untilMs)) throw refusal(error)
        await this.#doubt(term)
        await this.pause(retryPauseMs)
      }
    }
  }

  /** What is behind an address may be another node than it was when that was asked. */
  async #leadingClient(term: Term, kind: 'statements' | 'snapshots'): Promise<pg.PoolClient> {
    const client = await this.#connected(term, kind)
    if ((client as pg.PoolClient & Pick<KnowingClient, 'isStandby'>).isStandby) {
      client.release(true)
      throw doesNotLead()
    }
    return client
  }

  /** Rejects when the term is over, whose connections are cut: one that comes later is not used. */
  #connected(term: Term, kind: 'statements' | 'snapshots'): Promise<pg.PoolClient> {
    const { waiting } = term
    return new Promise((resolve, reject) => {
      const tell = (): void => reject(doesNotLead())
      waiting.add(tell)
      term[kind].connect().then(
        (client) => {
          if (waiting.delete(tell)) resolve(client)
          else client.release(true)
        },
        (error: unknown) => {
          waiting.delete(tell)
          reject(error)
        },
      )
    })
  }

  #lent(term: Term, client: pg.PoolClient): Lent {
    return {
      ask: (statement) => rowsOf(client, statement),
      release: (broken) => client.release(broken),
      doubt: () => this.#doubt(term),
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.startTimer(ms, resolve))
  }

  #isOver(untilMs: number): boolean {
    return this.#isClosed || this.#clock.monotonicMs() >= untilMs
  }

  async #leading(untilMs: number): Promise<Term> {
    for (;;) {
      if (this.#isClosed) throw closed()
      if (this.#term !== undefined) return this.#term
      const search = this.#look()
      const leftMs = Math.max(1, untilMs - this.#clock.monotonicMs())
      await Promise.race([search, this.pause(leftMs)])
      if (this.#term === undefined && this.#isOver(untilMs)) throw this.#noLeader()
    }
  }

  #noLeader(): StorageFailure {
    const hosts = hostsText(this.#settings.hosts)
    return new NoLeader(`no node of PostgreSQL takes writes: ${hosts}`)
  }

  /** Looks whether the node of `term` still leads, and which one does if it does not. */
  async #doubt(term: Term): Promise<void> {
    if (this.#term !== term) return
    await this.#look()
  }

  /** One look at the hosts is under way at a time; it ends when it is known whether one leads. */
  #look(): Promise<void> {
    this.#search ??= this.#lookOnce().finally(() => (this.#search = undefined))
    return this.#search
  }

  async #lookOnce(): Promise<void> {
    const search = await findLeader(this.#settings, {
      leastTimeline: this.#leastTimeline,
      clock: this.#clock,
      onLater: () => void (this.#isClosed || this.#look()),
    })
    this.#lastSearch = search
    const { leader } = search
    const term = this.#term
    if (this.#isClosed) return
    if (leader === undefined) {
      // A node that has no room for a question more is there.
      const isFull = search.refusals.some((error) => fateOf(error) === 'again')
      if (term !== undefined && !isFull) this.#end(term)
      return this.pause(searchPauseMs)
    }
    const isSame = leader.host === term?.leader.host && leader.timeline === term.leader.timeline
    if (isSame) return
    if (term !== undefined) this.#end(term)
    this.#begin(leader)
  }

  #begin(leader: Leader): void {
    this.#leastTimeline = leader.timeline
    const { maxConnections, maxSnapshots } = this.#settings
    const config = sessionConfig(this.#settings, leader.host)
    const clients = new Set<pg.PoolClient>()
    const poolOf = (max: number, pipeline: boolean): pg.Pool => {
      const pool = new pg.Pool({ ...config, max, pipeline, Client: KnowingClient })
      // A connection that breaks while nobody uses it is replaced.
      pool.on('error', () => undefined)
      pool.on('connect', (client) => {
        clients.add(client)
        // Whoever waits for an answer is told by that.
        client.on('error', () => undefined)
      })
      pool.on('remove', (client) => void clients.delete(client))
      return pool
    }
    const term: Term = {
      leader,
      clients,
      waiting: new Set(),
      statements: poolOf(maxConnections, false),
      // Its first read is sent with the begin of the transaction.
      snapshots: poolOf(maxSnapshots, true),
    }
    this.#term = term
    this.#beat(term)
  }

  #end(term: Term): void {
    if (this.#term === term) this.#term = undefined
    for (const client of term.clients) cutOff(client)
    for (const tell of term.waiting) tell()
    term.waiting.clear()
    for (const pool of [term.statements, term.snapshots]) void pool.end().catch(() => undefined)
  }

  /** Asks the node again and again whether it leads: statements alone may wait for long. */
  #beat(term: Term): void {
    this.#clock.startTimer(beatMs, () => {
      if (this.#term !== term) return
      void this.#isLeading(term)
        .then((leads) => (leads ? undefined : this.#doubt(term)))
        .finally(() => this.#beat(term))
    })
  }

  async #isLeading(term: Term): Promise<boolean> {
    const asked = term.statements
      .query({ text: 'SELECT pg_is_in_recovery()', rowMode: 'array' })
      .then(
        ({ rows }) => rows[0]?.[0] === 'f',
        () => false,
      )
    return Promise.race([asked, this.pause(beatTimeoutMs).then(() => false)])
  }

  /** Ends all connections. A pool ends with its last snapshot, which nobody waits for. */
  close(): void {
    this.#isClosed = true
    if (this.#term !== undefined) this.#end(this.#term)
  }
}
