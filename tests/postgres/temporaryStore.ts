import { randomBytes } from 'node:crypto'
import { systemClock, systemRandom } from '../../packages/server/src/clock.ts'
import { PostgresEngine } from '../../packages/server/src/storage/postgres/postgresEngine.ts'
import {
  defaultSettings,
  type PostgresSettings,
} from '../../packages/server/src/storage/postgres/postgresSettings.ts'
import type { TemporaryCluster } from './temporaryCluster.ts'

/** A store of its own in `cluster`; several engines may open it. */
export class TemporaryStore {
  readonly #cluster: TemporaryCluster
  readonly settings: PostgresSettings
  readonly #engines: PostgresEngine[] = []
  /** What engines met in the background. */
  readonly faults: unknown[] = []

  constructor(cluster: TemporaryCluster, changes: Partial<PostgresSettings> = {}) {
    this.#cluster = cluster
    const { host, port, user, password, database } = cluster
    const schema = `store_${randomBytes(6).toString('hex')}`
    const place = { hosts: [{ host, port }], database, user, password, schema, tls: undefined }
    this.settings = { ...defaultSettings, ...place, ...changes }
  }

  /** The table of the entries, as SQL names it. */
  get entries(): string {
    return `${this.settings.schema}.entries`
  }

  async open(changes: Partial<PostgresSettings> = {}): Promise<PostgresEngine> {
    const engine = await PostgresEngine.open(
      { ...this.settings, ...changes },
      { clock: systemClock, random: systemRandom, onFault: (error) => this.faults.push(error) },
    )
    this.#engines.push(engine)
    return engine
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.close()))
    await this.#cluster.query(`DROP SCHEMA IF EXISTS ${this.settings.schema} CASCADE`)
  }
}
