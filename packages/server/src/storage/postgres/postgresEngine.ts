import type { Clock, Random, Timer } from '../../clock.ts'
import type { ChangeLog, MovableEngine } from '../changeLog.ts'
import {
  StorageEnded,
  type OlderReads,
  type Bytes,
  type Expectation,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../engine.ts'
import { versionOf } from './commitRequest.ts'
import { Commits } from './commits.ts'
import { Connections } from './connections.ts'
import { EntryReads, valueOf, versionedOf } from './entryReads.ts'
import { GatheredReads } from './gatheredReads.ts'
import { isWithoutTable } from './failures.ts'
import { requireInPlace } from './movingNote.ts'
import { prepareStore } from './prepareStore.ts'
import { PostgresChangeLog } from './postgresChangeLog.ts'
import { PostgresSnapshot } from './postgresSnapshot.ts'
import type { PostgresSettings } from './postgresSettings.ts'
import { RangePages } from './rangePages.ts'
import type { Row, Statement } from './session.ts'
import { ReplicaReads } from './replicaReads.ts'
import { Replicas } from './replicas.ts'
import { Settlement } from './settlement.ts'

const tidyMs = 60_000

export interface EngineSurroundings {
  readonly clock: Clock
  readonly random: Random
  /** Told what went wrong in the background. */
  readonly onFault: (error: unknown) => void
}

/** Connections to the leader, and to those that follow if they are read. */
interface EngineConnections {
  readonly connections: Connections
  readonly replicas: Replicas | undefined
}

/**
 * One server's share of a store in a PostgreSQL cluster, of which it uses the node that leads. A
 * commit is one statement (`schema.ts`), a read another one. See docs/decisions/postgres.md.
 */
export class PostgresEngine implements MovableEngine {
  readonly capabilities = { durable: true, shared: true, syncReads: false } as const
  readonly older?: OlderReads
  readonly #connections: Connections
  readonly #schema: string
  readonly #replicas: Replicas | undefined
  readonly #commits: Commits
  readonly #settlement: Settlement
  readonly #reads: EntryReads
  readonly #gathered: GatheredReads
  readonly #pages: RangePages
  readonly #surroundings: EngineSurroundings
  readonly #underWay = new Set<Promise<void>>()
  #tidying: Timer | undefined
  #closed: Promise<void> | undefined

  private constructor(
    { connections, replicas }: EngineConnections,
    settings: PostgresSettings,
    surroundings: EngineSurroundings,
  ) {
    const { schema, statementTimeoutMs, leaderWaitMs } = settings
    const { clock, random } = surroundings
    this.#connections = connections
    this.#schema = schema
    this.#surroundings = surroundings
    this.#settlement = new Settlement(connections, schema, random)
    this.#commits = new Commits({
      connections,
      settlement: this.#settlement,
      schema,
      statementTimeoutMs,
      leaderWaitMs,
      clock,
    })
    this.#reads = new EntryReads(schema)
    this.#gathered = new GatheredReads((keys) => this.#reads.rows(this.#ask, keys), clock)
    this.#pages = new RangePages(schema)
    this.#replicas = replicas
    if (replicas !== undefined) {
      const parts = { replicas, connections, reads: this.#reads, pages: this.#pages }
      this.older = new ReplicaReads({ ...parts, clock })
    }
    this.#tidyLater()
  }

  /**
   * Opens the store, and makes it where there is none. Rejects with StoreUnavailable and a sentence
   * for the operator.
   */
  static async open(
    settings: PostgresSettings,
    surroundings: EngineSurroundings,
  ): Promise<PostgresEngine> {
    const connections = new Connections(settings, surroundings.clock)
    try {
      await prepareStore(connections, settings)
    } catch (error) {
      connections.close()
      throw error
    }
    const replicas = settings.readsReplicas ? new Replicas(settings, surroundings.clock) : undefined
    await replicas?.start()
    return new PostgresEngine({ connections, replicas }, settings, surroundings)
  }

  async get(key: Bytes): Promise<Bytes | undefined> {
    const [row] = await this.#gathered.read([key])
    return valueOf(row)
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return (await this.#gathered.read(keys)).map(valueOf)
  }

  versionOf(value: Bytes): Version {
    return versionOf(value)
  }

  async read(keys: readonly Bytes[]): Promise<(Versioned | undefined)[]> {
    return (await this.#gathered.read(keys)).map(versionedOf)
  }

  readonly #ask = async (statement: Statement): Promise<readonly Row[]> => {
    try {
      return await this.#connections.ask(statement)
    } catch (error) {
      if (isWithoutTable(error)) await this.#requireInPlace()
      throw error
    }
  }

  /** A store that is being given up has no table either, and may have it again. */
  async #requireInPlace(): Promise<void> {
    const ask = (statement: Statement): Promise<readonly Row[]> => this.#connections.ask(statement)
    await requireInPlace(ask, { schema: this.#schema, isMoving: true })
  }

  /** What is committed from now on, by whichever server. Rejects with StorageFailure. */
  changeLog(): Promise<ChangeLog> {
    return PostgresChangeLog.open({
      connections: this.#connections,
      schema: this.#schema,
      random: this.#surroundings.random,
      clock: this.#surroundings.clock,
      snapshot: () => this.snapshot(),
    })
  }

  snapshot(): PostgresSnapshot {
    return new PostgresSnapshot({
      lend: () => this.#connections.lend('snapshots'),
      reads: this.#reads,
      pages: this.#pages,
    })
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new StorageEnded('the store is closed'))
    const committed = this.#commits.make(expectations, writes)
    const ended = committed.then(
      () => undefined,
      () => undefined,
    )
    this.#underWay.add(ended)
    void ended.then(() => this.#underWay.delete(ended))
    return committed
  }

  /** Whether a node leads, as far as is known. */
  get isAvailable(): boolean {
    return this.#connections.hasLeader
  }

  #tidyLater(): void {
    this.#tidying = this.#surroundings.clock.startTimer(tidyMs, () => {
      this.#settlement.tidy().then(
        () => this.#closed ?? this.#tidyLater(),
        (error: unknown) => {
          if (this.#closed !== undefined) return
          this.#surroundings.onFault(error)
          this.#tidyLater()
        },
      )
    })
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#tidying?.cancel()
    if (this.#connections.hasLeader) await Promise.all(this.#underWay)
    this.#replicas?.close()
    this.#connections.close()
  }
}
