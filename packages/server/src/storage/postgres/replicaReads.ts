import type { Clock } from '../../clock.ts'
import type { Bytes, OlderReads, Snapshot } from '../engine.ts'
import type { Connections } from './connections.ts'
import { valueOf, type EntryReads } from './entryReads.ts'
import { GatheredReads } from './gatheredReads.ts'
import { PostgresSnapshot } from './postgresSnapshot.ts'
import type { RangePages } from './rangePages.ts'
import type { Replicas } from './replicas.ts'
import type { Row, Statement } from './session.ts'

export interface ReplicaReadsParts {
  readonly replicas: Replicas
  readonly connections: Connections
  readonly reads: EntryReads
  readonly pages: RangePages
  readonly clock: Clock
}

/** Reads of the nodes that follow, and of the leader where there is none, or it does not answer. */
export class ReplicaReads implements OlderReads {
  readonly #parts: ReplicaReadsParts
  readonly #gathered: GatheredReads

  constructor(parts: ReplicaReadsParts) {
    this.#parts = parts
    const { reads, clock } = parts
    this.#gathered = new GatheredReads((keys) => reads.rows(this.#ask, keys), clock)
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return (await this.#gathered.read(keys)).map(valueOf)
  }

  snapshot(): Snapshot {
    const { replicas, connections, reads, pages } = this.#parts
    return new PostgresSnapshot({
      lend: async () => (await replicas.lend()) ?? connections.lend('snapshots'),
      lendInstead: () => connections.lend('snapshots'),
      reads,
      pages,
    })
  }

  readonly #ask = async (statement: Statement): Promise<readonly Row[]> => {
    const { replicas, connections } = this.#parts
    const lent = await replicas.lend()
    if (lent === undefined) return connections.ask(statement)
    try {
      const rows = await lent.ask(statement)
      lent.release(false)
      return rows
    } catch {
      lent.release(true)
      await lent.doubt()
      return connections.ask(statement)
    }
  }
}
