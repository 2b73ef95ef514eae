import type { RootKey } from '../access/rootKey.ts'
import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import type { AuditRecord } from '../http/auditRecord.ts'
import { namespacePrefix } from '../access/namespaceName.ts'
import { createRequestIds } from '../http/requestIds.ts'
import { createResponder, type RequestLog } from '../http/respond.ts'
import type { ServerLimits } from '../http/serverLimits.ts'
import { acceptAnyKey, requireSignature } from '../http/signature.ts'
import type { TlsEvent } from '../http/watchedTls.ts'
import { DeferredMetrics } from '../observe/deferredMetrics.ts'
import type { Explanation } from '../lab/explanations/explanation.ts'
import type { FaultRule } from '../lab/faults/faultRule.ts'
import type { Lab } from '../lab/lab.ts'
import type { LabHost, LabSession } from '../lab/labSession.ts'
import { Lookout } from '../lab/looks/lookout.ts'
import type { OpenLab } from '../lab/openLab.ts'
import type { EventualLag, LagDistribution } from '../lab/time/eventualLag.ts'
import type { HeldDatabase } from '../lab/time/labTime.ts'
import { StoreUnavailable, type StorageEngine } from '../storage/engine.ts'
import { WorkFailures, type WorkEvent } from '../upkeep/workFailures.ts'
import { openChangeSource } from './changeSource.ts'
import {
  checkOptions,
  type AuthOptions,
  type DatabaseOptions,
  type LabDatabaseOptions,
} from './databaseOptions.ts'
import { composeParts, type DatabaseParts, type PartsOptions } from './databaseParts.ts'
import {
  openDoors,
  type ClientConfig,
  type Database,
  type DatabaseNamespaces,
  type LabDatabase,
  type ListeningAddress,
  type ListenOptions,
  type MoveOptions,
  type StoreBehindDoors,
  type TlsOptions,
} from './doors.ts'
import type { MakeSet } from './engineSet.ts'
import type { IdentitiesChange } from './identities/identitiesChange.ts'
import { IdentitiesUnusable } from './identities/identitiesUnusable.ts'
import type { OpenAccessKeys } from './identities/openAccessKeys.ts'
import { ContentUnusable } from '../seeding/contentUnusable.ts'
import type { ContentTable, SeedSource } from '../seeding/readContent.ts'
import { furnish, readInitialContent, type TableDefinition } from './initialContent.ts'
import { metricsDoors } from './metricsDoors.ts'
import { CountedResponder } from './namespaces/countedResponder.ts'
import { namespaceDirectory } from './namespaces/namespaceDirectory.ts'
import { MovableStore } from './migration/movableStore.ts'
import { Namespaces, type OpenNamespace } from './namespaces/namespaces.ts'
import { openEngine } from './openEngine.ts'
import { performBy, type OpenStore } from './openStore.ts'
import { watchOf } from './watchDoor.ts'
import { ReplaceableStore } from './replaceableStore.ts'
import { defaultDataDirectory, defaultRegion } from './settings.ts'
import type { AttributeValue, ChangeRecord } from './streamRecord.ts'
import type { Changes, ChangesOptions } from './tableChanges.ts'

export {
  ContentUnusable,
  IdentitiesUnusable,
  StoreUnavailable,
  type AttributeValue,
  type AuditRecord,
  type AuthOptions,
  type ChangeRecord,
  type Changes,
  type ChangesOptions,
  type ClientConfig,
  type Clock,
  type Database,
  type DatabaseOptions,
  type EventualLag,
  type Explanation,
  type FaultRule,
  type IdentitiesChange,
  type Lab,
  type LagDistribution,
  type LabDatabase,
  type LabDatabaseOptions,
  type ListeningAddress,
  type ListenOptions,
  type MoveOptions,
  type Random,
  type RequestLog,
  type RootKey,
  type SeedSource,
  type ServerLimits,
  type TableDefinition,
  type TlsEvent,
  type TlsOptions,
  type WorkEvent,
}

/**
 * Opens a database. Rejects with `StoreUnavailable`, whose message is a sentence for the operator,
 * when the data directory cannot be used: not writable, in use, damaged, or of an unknown format;
 * with `IdentitiesUnusable`, another such sentence, for a file of identities that is not taken, and
 * with `ContentUnusable` for tables and items that are not;
 * with a TypeError or RangeError for options that do not exist or cannot be.
 */
export function createDatabase(options: LabDatabaseOptions): Promise<LabDatabase>
export function createDatabase(options?: DatabaseOptions): Promise<Database>
export async function createDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const limits = checkOptions(options)
  const content = await readInitialContent(options, options)
  // A namespace is a store of its own, which nobody makes for all servers at once.
  if (options.auth !== undefined || options.engine !== undefined) {
    return (await openOne(options, { content, limits })).database
  }
  const namespaces: DatabaseNamespaces = new Namespaces({
    open: (name) => openOne(optionsOfNamespace(options, name), { content, limits }, { name }),
    dataDirectory: options.inMemory === true ? undefined : dataDirectoryOf(options),
    nextRequestId: createRequestIds(options.random ?? systemRandom),
    onFault: (requestId, error) => options.onInternalError?.(requestId, error),
  })
  return (await openOne(options, { content, limits }, { namespaces })).database
}

/** What is known of a database before it is opened. */
interface Prepared {
  readonly content: readonly ContentTable[]
  readonly limits: ServerLimits
}

/** Whether it has namespaces, or is one. */
interface Standing {
  readonly namespaces?: DatabaseNamespaces
  readonly name?: string
}

/** A database by itself: the main one, or that of a namespace. */
async function openOne(
  options: DatabaseOptions,
  { content, limits }: Prepared,
  { namespaces, name }: Standing = {},
): Promise<OpenNamespace<Database>> {
  const isInMemory = options.inMemory === true
  // The lab asks what is opened here when it is used, which nobody can before.
  const reset = (): Promise<void> => doors.database.reset()
  const restore = (held: HeldDatabase): Promise<void> => doors.replacing(() => replace(held))
  const lab = await loadLab(options, { isInMemory, reset, restore, namespaces })
  const shown = options.lab === true ? lab : undefined
  const lookout = lookoutOf(options, lab, { isInMemory, reset, restore })
  const open = (held?: HeldDatabase): Promise<ComposedStore> =>
    openFurnished(options, content, { limits, lab, lookout }, held)
  const first = await open()
  const store = isInMemory ? new ReplaceableStore(first) : undefined
  const replace = async (held: HeldDatabase | undefined): Promise<void> =>
    store?.replace(() => open(held))
  const movableStore = (): MovableStore =>
    new MovableStore({
      first,
      engine: first.engine,
      directory: dataDirectoryOf(options),
      open: (engine, address) => openMoved(engine, address, options, { limits, lab, lookout }),
      replacing: (work) => doors.replacing(work),
      endNamespaces: () => namespaces?.endChoice(),
      onLost: (error) => options.onStoreFailure?.(error),
    })
  const counted = new CountedResponder((store ?? first).responder)
  const movable = isMovable(options, name) ? movableStore() : undefined
  const served = movable ?? store ?? first
  const behind = name === undefined ? served : endingIdle(served, counted)
  const doors = openDoors(behind, options, limits, {
    reset: store && (() => replace(lab?.session.time.beginning)),
    moveTo: movable && ((address, given) => movable.moveTo(address, given)),
    lab: shown,
    lookout,
    namespaces,
    accessKeyId: name === undefined ? undefined : `${namespacePrefix}${name}`,
  })
  const { database } = doors
  return {
    database,
    respond: counted.respond,
    surface: shown?.surface,
    watch: lookout && watchOf(lookout),
    close: () => database.close(),
  }
}

/** The store of a namespace, which is asked past its own doors too. */
const endingIdle = (store: StoreBehindDoors, counted: CountedResponder): StoreBehindDoors => ({
  responder: counted.respond,
  authenticate: store.authenticate,
  rollOverStream: (tableName) => store.rollOverStream(tableName),
  changes: (tableName, given) => store.changes(tableName, given),
  async close() {
    await counted.idle()
    await store.close()
  },
})

/** A namespace has a directory of its own in that of its database. */
const optionsOfNamespace = (options: DatabaseOptions, name: string): DatabaseOptions =>
  options.inMemory === true
    ? options
    : { ...options, dataDirectory: namespaceDirectory(dataDirectoryOf(options), name) }

const dataDirectoryOf = ({ dataDirectory = defaultDataDirectory }: DatabaseOptions): string =>
  dataDirectory

/** Not loaded by a database without it, and by one whose refusals nobody wants explained. */
async function loadLab(
  { lab = false, onExplanation, clock = systemClock }: DatabaseOptions,
  host: Pick<LabHost, 'isInMemory' | 'reset' | 'restore' | 'namespaces'>,
): Promise<OpenLab | undefined> {
  if (!lab && onExplanation === undefined) return undefined
  const { openLab } = await import('../lab/openLab.ts')
  return openLab({ ...host, clock, onExplanation })
}

/** Where the console looks from; without either nobody ever does. */
function lookoutOf(
  { console: isShown, clock = systemClock }: DatabaseOptions,
  lab: OpenLab | undefined,
  host: Pick<LabHost, 'isInMemory' | 'reset' | 'restore'>,
): Lookout | undefined {
  if (isShown === false && lab === undefined) return undefined
  const open = async (): Promise<LabSession> => {
    const { LabSession: Session } = await import('../lab/labSession.ts')
    return new Session({ ...host, clock })
  }
  return new Lookout({ clock, open, lab: lab?.session })
}

/** What a store is opened with, and who stands beside it. */
interface StoreBesides {
  readonly limits: ServerLimits
  readonly lab: OpenLab | undefined
  readonly lookout: Lookout | undefined
}

/** Not loaded by a server that has its store to itself. */
const loadSharedSet = async (): Promise<MakeSet> => (await import('./sharedSet.ts')).sharedSet

/** A store with what a database has from the start, or with what was held. */
async function openFurnished(
  options: DatabaseOptions,
  content: readonly ContentTable[],
  { limits, lab, lookout }: StoreBesides,
  held?: HeldDatabase,
): Promise<ComposedStore> {
  const failures = new WorkFailures(options.onBackgroundWork)
  const onFault = (error: unknown): void => options.onInternalError?.('none', error)
  const engine = await openEngine({
    ...options,
    failures,
    onFault,
    ...(held && { state: held.engine }),
  })
  const time = options.lab === true ? lab?.session.time.begin(held) : undefined
  const makeSet = options.engine === undefined ? {} : { makeSet: await loadSharedSet() }
  const onlookers = lookout && { onlookers: lookout }
  const others = { failures, ...makeSet, ...onlookers, ...(time && { clock: time.clock }) }
  let store: ComposedStore | undefined
  try {
    store = await composeStore(engine, options, limits, others)
    if (held === undefined) await furnish(store, content, options.clock ?? systemClock)
    // What a database has from the start was never asked of its tables.
    if (options.enforceThroughput === true) await store.enforceThroughput()
    lab?.session.attach(store.parts, time)
    lookout?.attach(store.parts)
    return store
  } catch (error) {
    await (store ?? engine).close()
    throw error
  }
}

/** Whether its store is one of a directory that nothing else depends on. */
const isMovable = ({ inMemory, engine, lab }: DatabaseOptions, name: string | undefined): boolean =>
  inMemory !== true && engine === undefined && lab !== true && name === undefined

/** A store that was moved, with what stands beside the one before. */
async function openMoved(
  engine: StorageEngine,
  address: string,
  given: DatabaseOptions,
  { limits, lookout }: StoreBesides,
): Promise<OpenStore> {
  const options = { ...given, engine: address }
  const onlookers = lookout && { onlookers: lookout }
  const others = { makeSet: await loadSharedSet(), ...onlookers }
  const store = await composeStore(engine, options, limits, others)
  if (options.enforceThroughput === true) await store.enforceThroughput()
  lookout?.attach(store.parts)
  return store
}

/** What a database may be composed of besides its engine; the usual parts when absent. */
export type OtherParts = Pick<PartsOptions, 'failures' | 'makeSet' | 'points' | 'onlookers'> & {
  /** The clock of a database that has one of its own; it keeps earlier states, too. */
  readonly clock?: Clock
}

/** A database on an engine that is open; it is closed with the database. */
export async function composeDatabase(
  engine: StorageEngine,
  options: DatabaseOptions,
  limits: ServerLimits,
  others: OtherParts = {},
): Promise<Database> {
  const store = await composeStore(engine, options, limits, others)
  if (options.enforceThroughput === true) await store.enforceThroughput()
  return openDoors(store, options, limits, {}).database
}

/** A store and what it is made of. */
interface ComposedStore extends OpenStore {
  readonly parts: DatabaseParts
  /** What it was composed on. */
  readonly engine: StorageEngine
}

/** Tells of faults that no request can be answered with. */
function faultsOf({ onInternalError, onStoreFailure }: DatabaseOptions): (error: unknown) => void {
  let isGone = false
  return (error) => {
    if (isGone) return
    onInternalError?.('none', error)
    // Another server has raised its format, or it was moved: nothing here can be done with it.
    isGone = error instanceof StoreUnavailable
    if (error instanceof StoreUnavailable) onStoreFailure?.(error)
  }
}

/** Everything that is built on an engine. */
async function composeStore(
  engine: StorageEngine,
  options: DatabaseOptions,
  limits: ServerLimits,
  others: OtherParts,
): Promise<ComposedStore> {
  const { failures = new WorkFailures(options.onBackgroundWork) } = others
  const machine = options.clock ?? systemClock
  const clock = others.clock ?? machine
  const random = options.random ?? systemRandom
  const region = options.region ?? defaultRegion
  const onFault = faultsOf(options)
  const metrics = options.metrics === false ? undefined : new DeferredMetrics({ clock, onFault })
  const { auth } = options
  const gate = auth && (await import('../operations/access/refuseUnpermitted.ts')).refuseUnpermitted
  const parts = await composeParts({
    ...others,
    ...(gate !== undefined && { gate }),
    ...(metrics !== undefined && { metrics }),
    engine,
    clock,
    ...(others.clock !== undefined && { keepsPast: true }),
    random,
    region,
    ...(options.accountId !== undefined && { accountId: options.accountId }),
    reservedWords: options.reservedWords ?? 'refuse',
    ...modesOf(options),
    delayTransientStatuses: options.delayTransientStatuses ?? false,
    maxTables: limits.maxTables,
    ...(options.ttlDelaySeconds !== undefined && { ttlDelaySeconds: options.ttlDelaySeconds }),
    ...(options.streamShards !== undefined && { streamShards: options.streamShards }),
    ...(options.streamShardHours !== undefined && { streamShardHours: options.streamShardHours }),
    failures,
    onFault,
  })
  const keys = auth && (await openKeys(auth, parts, machine))
  const authenticate = keys === undefined ? acceptAnyKey : requireSignature(keys, region, machine)
  const responder = createResponder({
    ...metricsDoors(metrics, parts.dispatcher, { ...options, clock }),
    region,
    random,
    clock: machine,
    authenticate,
    limits,
    localHealth: options.localHealth ?? false,
    failingJobs: () => failures.count,
    isUnusable: () => failures.isFatal,
    isOutOfReach: () => engine.isAvailable === false,
    ...(options.onRequest !== undefined && { onRequest: options.onRequest }),
    ...(options.onAudit !== undefined && { onAudit: options.onAudit }),
    ...(options.onInternalError !== undefined && { onInternalError: options.onInternalError }),
  })
  const perform = performBy(parts.dispatcher, region)
  const { catalog } = parts.services
  return {
    parts,
    engine,
    responder,
    authenticate,
    perform,
    rollOverStream: async (tableName) => catalog.rollOverStream(catalog.tableForControl(tableName)),
    enforceThroughput: () => parts.enforceThroughput(),
    changes: (tableName, given) => openChangeSource(parts, tableName, given),
    close() {
      keys?.close()
      return parts.close()
    },
  }
}

/** What the options choose between. */
const modesOf = (options: DatabaseOptions): Partial<PartsOptions> => ({
  ...(options.validation !== undefined && { validation: options.validation }),
  ...(options.transactionConflicts !== undefined && {
    transactionConflicts: options.transactionConflicts,
  }),
  ...(options.vectorSearch !== undefined && { vectorSearch: options.vectorSearch }),
  ...(options.onExactSearch !== undefined && { onExactSearch: options.onExactSearch }),
})

/** Closes `parts` when there are no keys to be had. */
async function openKeys(
  auth: AuthOptions,
  parts: DatabaseParts,
  clock: Clock,
): Promise<OpenAccessKeys> {
  try {
    const { openAccessKeys } = await import('./identities/openAccessKeys.ts')
    return await openAccessKeys(auth, parts.services.catalog.names.accountId, clock)
  } catch (error) {
    await parts.close()
    throw error
  }
}
