import type { Catalog } from '../catalog/catalog.ts'
import { localFeed, type CatalogFeed } from '../catalog/catalogFeed.ts'
import { LocalNumbers, type TableNumbers } from '../catalog/tableNumbers.ts'
import type { Clock, Random } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { retriesAtOnce, type Retries } from '../commits/retries.ts'
import { maxCommitAttempts } from '../limits.ts'
import type { StorageEngine } from '../storage/engine.ts'
import type { Claims } from '../transactions/claims.ts'
import { LocalClaims } from '../transactions/localClaims.ts'
import type { Job } from '../upkeep/backgroundWork.ts'
import { localLeases, type Leases } from '../upkeep/leases.ts'

/**
 * What varies with the way a store is had, as one set: parts of different sets do not go together.
 * Operations, expressions, the rules of transactions and reads are the same with every set.
 */
export interface EngineSet {
  readonly engine: StorageEngine
  readonly committer: Committer
  readonly claims: Claims
  readonly feed: CatalogFeed
  readonly numbers: TableNumbers
  readonly leases: Leases
  /** Whether others change tables too, so that every commit relies on the records of its own. */
  readonly sharesTables: boolean
  /** How what has met a change of somebody else is tried again. */
  readonly retries: Retries
  /** Work in the background that belongs to the set. */
  jobs(catalog: Catalog): readonly Job[]
}

export interface SetSurroundings {
  readonly clock: Clock
  readonly random: Random
  /** Told of faults that no request can be answered with. */
  readonly onFault: (error: unknown) => void
}

/** Makes a set on an engine that is open. Rejects with the engine's error. */
export type MakeSet = (engine: StorageEngine, surroundings: SetSurroundings) => Promise<EngineSet>

/** The set of a store that this process has to itself. */
export const localSet: MakeSet = async (engine, { clock, onFault }) => ({
  engine,
  committer: new GroupCommit(engine, clock, onFault),
  claims: new LocalClaims(),
  feed: localFeed,
  numbers: await LocalNumbers.open(engine),
  leases: localLeases,
  sharesTables: false,
  retries: retriesAtOnce(maxCommitAttempts),
  jobs: () => [],
})
