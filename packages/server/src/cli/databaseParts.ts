import { Catalog } from '../catalog/catalog.ts'
import type { CatalogFeed } from '../catalog/catalogFeed.ts'
import { StreamLogs } from '../changes/streamLog.ts'
import { StreamReader } from '../changes/streamReader.ts'
import type { Clock, Random } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { OrderedSets } from '../layout/orderedSets.ts'
import { ensureStoreFormat } from '../layout/storeFormat.ts'
import type { DatabaseMetrics } from '../observe/databaseMetrics.ts'
import type { Gate } from '../operations/access/refuseUnpermitted.ts'
import { createDispatcher } from '../operations/dispatcher.ts'
import { dynamodb, dynamodbStreams } from '../operations/registry.ts'
import type { Performer } from '../operations/performer.ts'
import type { ReadLag } from '../operations/readConsistency.ts'
import type { Services } from '../operations/services.ts'
import { invariant } from '../invariant.ts'
import { defaultStreamShardHours, defaultStreamShards, tokenPurgeIntervalMs } from '../limits.ts'
import { ItemReader } from '../reads/itemReader.ts'
import type { EventualReads } from '../reads/eventualReads.ts'
import type { Bytes, StorageEngine } from '../storage/engine.ts'
import { Coordinator, type CoordinatorOptions } from '../transactions/coordinator.ts'
import type { Points } from '../transactions/points.ts'
import type { TransactionConflicts } from '../transactions/transactionConflicts.ts'
import type { WriteWatcher } from '../transactions/writeWatcher.ts'
import { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { setOrdering } from '../upkeep/setOrdering.ts'
import { startStreamUpkeep } from '../upkeep/streamUpkeep.ts'
import { startTableUpkeep } from '../upkeep/tableUpkeep.ts'
import { WorkFailures } from '../upkeep/workFailures.ts'
import { layersOf, type ValidationLayer } from '../validation/layers.ts'
import { updateLimitOf } from '../validation/updateLimit.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'
import { localSet, type EngineSet, type MakeSet } from './engineSet.ts'
import { openPastStates, type PastStates } from './pastStates.ts'
import { defaultAccountId } from './settings.ts'
import { LateVectors, type VectorModes } from './lateVectors.ts'

export interface PartsOptions extends VectorModes {
  readonly engine: StorageEngine
  readonly clock: Clock
  /** Says when a group of commits begins; `clock` when absent. */
  readonly commitClock?: Clock
  readonly random: Random
  readonly region: string
  /** Names the account in ARNs; when absent, the one that the store was made with. */
  readonly accountId?: string
  readonly reservedWords: 'refuse' | 'allow'
  /** The validation layer to answer with; that of the Region when absent. */
  readonly validation?: ValidationLayer
  readonly delayTransientStatuses: boolean
  /** How long expired items stay, in seconds; that of `limits.ts` when absent. */
  readonly ttlDelaySeconds?: number
  /** How many open shards a new stream has; one when absent. */
  readonly streamShards?: number
  /** After how many hours an open shard of a stream gets a child; four when absent. */
  readonly streamShardHours?: number
  /** What becomes of a request that needs an item of a transaction; refused when absent. */
  readonly transactionConflicts?: TransactionConflicts
  /** Told of the background work that fails. */
  readonly failures?: WorkFailures
  /** Told of faults that no request can be answered with. */
  readonly onFault?: (error: unknown) => void
  /** Makes what varies with the engine; for a store of this process alone when absent. */
  readonly makeSet?: MakeSet
  /** Who counts what happens; nobody when absent. */
  readonly metrics?: DatabaseMetrics
  /** Asked about each request that has a principal; nobody has one when absent. */
  readonly gate?: Gate
  /** Whether reads can be made to lag; false when absent. */
  readonly keepsPast?: boolean
  /** Performs requests in the place of their handlers; nobody when absent. */
  readonly performer?: Performer
  /** Who looks at what writes go through; nobody when absent. */
  readonly points?: Points
  /** Who is told what happens at items; nobody when absent. */
  readonly watcher?: WriteWatcher
  /** Makes a coordinator of another kind, or with other limits; the usual one when absent. */
  readonly makeCoordinator?: (options: CoordinatorOptions) => Coordinator
}

type Unsealed<Sealed> = { -readonly [Name in keyof Sealed]: Sealed[Name] }

const hourMs = 60 * 60 * 1000

/** All of a database that knows nothing of HTTP. */
export interface DatabaseParts {
  readonly services: Services
  readonly dispatcher: Dispatcher
  readonly work: BackgroundWork
  /** What all reads go through. */
  readonly engine: StorageEngine
  readonly commits: Committer
  /**
   * From then on requests are refused beyond the throughput of their tables. The code for it is
   * loaded by those alone who ask for it.
   */
  enforceThroughput(): Promise<void>
  /**
   * Lets eventually consistent reads answer from earlier states from now on; from the last one for
   * undefined. REQUIRES: those are kept.
   */
  letReadsLag(lag: ReadLag | undefined): void
  /** Resolves when nothing is left to do but what waits for its time. */
  settled(): Promise<void>
  /**
   * Ends what is done in the background and closes the engine. REQUIRES: all requests have been
   * answered, and no further ones come.
   */
  close(): Promise<void>
}

/**
 * Puts a database together on an engine that is open. Rejects with StoreUnavailable when the store
 * has another format, or with the engine's error; the engine is the caller's to close then.
 */
export async function composeParts(options: PartsOptions): Promise<DatabaseParts> {
  const { clock, random, region, reservedWords, metrics, failures = new WorkFailures() } = options
  const { engine, set, past, olderSets, accountId } = await openSet(options)
  const { committer: commits, claims, feed, numbers, leases, sharesTables, retries } = set
  const catalog = await Catalog.open({
    engine,
    commits,
    clock,
    feed,
    numbers,
    retries,
    streamLogs: new StreamLogs(clock, random, options.streamShards ?? defaultStreamShards),
    region,
    accountId,
    delayTransientStatuses: options.delayTransientStatuses,
  })
  const work = new BackgroundWork({ clock, leases, failures })
  const makeCoordinator = options.makeCoordinator ?? ((given) => new Coordinator(given))
  const coordinator = makeCoordinator({
    engine,
    commits,
    clock,
    claims,
    retries,
    ...asked(options),
    ...(metrics !== undefined && { onExpired: ({ name }) => metrics.expired(name) }),
    ...(sharesTables && { refreshTable: (name: string) => catalog.refresh(name) }),
  })
  await startTableUpkeep({ engine, commits, clock, catalog, work, sharesTables, coordinator })
  const streams = new StreamReader(engine)
  const shardAgeMs = (options.streamShardHours ?? defaultStreamShardHours) * hourMs
  await startStreamUpkeep({ engine, commits, clock, catalog, streams, work, shardAgeMs })
  work.start(coordinator.upkeep(), tokenPurgeIntervalMs)
  for (const job of set.jobs(catalog)) work.start(job)
  if (olderSets !== undefined) startSetOrdering(olderSets, options.engine, { work, commits })
  metrics?.follow(catalog)
  const layerOf = layersOf(region, options.validation)
  const bystanders = { observer: metrics, gate: options.gate, performer: options.performer }
  const vectors = new LateVectors({ engine, commits, clock }, catalog, options)
  const services: Unsealed<Services> = {
    catalog,
    coordinator,
    reader: new ItemReader(engine),
    eventual: olderSets === undefined ? await replicaReads(engine, feed) : undefined,
    clock,
    random,
    region,
    reservedWords,
    updateLimit: updateLimitOf(layerOf('UpdateItem')),
    vectors: () => vectors.open(),
    streams,
    ...(sharesTables && { catchUp: () => catalog.catchUp() }),
  }
  return {
    services,
    work,
    engine,
    commits,
    enforceThroughput: () => enforceThroughput(services),
    letReadsLag(lag) {
      invariant(past !== undefined, 'earlier states are kept')
      services.eventual = past.readsBy(lag)
    },
    settled: () => settleParts(work, vectors, metrics),
    dispatcher: createDispatcher([dynamodb, dynamodbStreams], services, layerOf, bystanders),
    close: () => closeParts({ work, commits, catalog, engine, metrics, vectors }),
  }
}

/** What everything else is built on. */
interface OpenSet {
  readonly engine: StorageEngine
  readonly set: EngineSet
  readonly past: PastStates | undefined
  /** Present while sets of an older store are not in order. */
  readonly olderSets: OrderedSets | undefined
  readonly accountId: string
}

async function openSet(options: PartsOptions): Promise<OpenSet> {
  const { clock, random, makeSet = localSet } = options
  const format = await ensureStoreFormat(options.engine, options.accountId ?? defaultAccountId)
  const olderSets = format.orderedUpTo && new OrderedSets(options.engine)
  const store = olderSets ?? options.engine
  const past = options.keepsPast === true ? await openPastStates(store, clock) : undefined
  const engine = past?.engine ?? store
  const set = await makeSet(engine, {
    clock: options.commitClock ?? clock,
    random,
    onFault: options.onFault ?? (() => undefined),
  })
  return { engine, set, past, olderSets, accountId: options.accountId ?? format.accountId }
}

/** What the options say of a coordinator. */
function asked({
  ttlDelaySeconds,
  points,
  watcher,
  transactionConflicts: conflicts,
}: PartsOptions): Partial<CoordinatorOptions> {
  return {
    ...(ttlDelaySeconds !== undefined && { expiryDelayMs: ttlDelaySeconds * 1000 }),
    ...(points !== undefined && { points }),
    ...(watcher !== undefined && { watcher }),
    ...(conflicts !== undefined && { conflicts }),
  }
}

/** Eventually consistent reads of copies of the store, where the engine has them. */
async function replicaReads(
  engine: StorageEngine,
  { isKnown }: CatalogFeed,
): Promise<EventualReads | undefined> {
  const { older } = engine
  if (older === undefined || isKnown === undefined) return undefined
  const { EventualReads: Reads } = await import('../reads/eventualReads.ts')
  const { ReplicaStates } = await import('../reads/replicaStates.ts')
  const newest = {
    getMany: async (keys: readonly Bytes[]) => engine.getMany(keys),
    snapshot: () => engine.snapshot(),
  }
  return new Reads(new ReplicaStates({ older, newest, isKnown }), () => 0)
}

async function enforceThroughput(services: Unsealed<Services>): Promise<void> {
  const { Throttle } = await import('../operations/throughput/throttle.ts')
  services.throttle = new Throttle(services.clock)
}

async function settleParts(
  work: BackgroundWork,
  vectors: LateVectors,
  metrics: DatabaseMetrics | undefined,
): Promise<void> {
  await work.settled()
  await vectors.caughtUp()
  await metrics?.counted?.()
}

async function closeParts({
  work,
  commits,
  catalog,
  engine,
  metrics,
  vectors,
}: Pick<DatabaseParts, 'work' | 'commits' | 'engine'> &
  Pick<Services, 'catalog'> & {
    readonly metrics: DatabaseMetrics | undefined
    readonly vectors: LateVectors
  }): Promise<void> {
  metrics?.end()
  await vectors.close()
  await work.close()
  await commits.settled()
  await catalog.close()
  await engine.close()
}

/** Puts the sets of an older store in order; until then `olderSets` does on their way out. */
function startSetOrdering(
  olderSets: OrderedSets,
  engine: StorageEngine,
  { work, commits }: { readonly work: BackgroundWork; readonly commits: Committer },
): void {
  work.start(setOrdering({ engine, commits, whenDone: () => olderSets.end() }))
}
