import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import { createResponder, type RequestLog } from '../http/respond.ts'
import type { ServerLimits } from '../http/serverLimits.ts'
import { acceptAnyKey } from '../http/signature.ts'
import { createHandlers } from '../operations/registry.ts'
import { StoreUnavailable, type StorageEngine } from '../storage/engine.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { Catalog } from '../catalog/catalog.ts'
import { ItemReader } from '../reads/itemReader.ts'
import { ensureStoreFormat } from '../layout/storeFormat.ts'
import { Coordinator } from '../transactions/coordinator.ts'
import { createDispatcher } from '../operations/dispatcher.ts'
import { checkOptions, type DatabaseOptions } from './databaseOptions.ts'
import {
  openDoors,
  type ClientConfig,
  type Database,
  type ListeningAddress,
  type ListenOptions,
} from './doors.ts'
import { furnish, type TableDefinition } from './initialContent.ts'
import { openEngine } from './openEngine.ts'
import { performBy, type OpenStore } from './openStore.ts'
import { ReplaceableStore } from './replaceableStore.ts'
import { defaultAccountId, defaultRegion } from './settings.ts'

export {
  StoreUnavailable,
  type ClientConfig,
  type Clock,
  type Database,
  type DatabaseOptions,
  type ListeningAddress,
  type ListenOptions,
  type Random,
  type RequestLog,
  type ServerLimits,
  type TableDefinition,
}

/**
 * Opens a database. Rejects with `StoreUnavailable`, whose message is a sentence for the operator,
 * when the data directory cannot be used: not writable, in use, damaged, or of an unknown format;
 * with a TypeError or RangeError for options that do not exist or cannot be.
 */
export async function createDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const limits = checkOptions(options)
  const open = (): Promise<OpenStore> => openFurnished(options, limits)
  const first = await open()
  if (options.inMemory !== true) return openDoors(first, options, limits)
  const store = new ReplaceableStore(first)
  return openDoors(store, options, limits, () => store.replace(open))
}

async function openFurnished(options: DatabaseOptions, limits: ServerLimits): Promise<OpenStore> {
  const engine = await openEngine(options)
  let store: OpenStore | undefined
  try {
    store = await composeStore(engine, options, limits)
    await furnish(store, options, options.clock ?? systemClock)
    return store
  } catch (error) {
    await (store ?? engine).close()
    throw error
  }
}

/** A database on an engine that is open; it is closed with the database. */
export async function composeDatabase(
  engine: StorageEngine,
  options: DatabaseOptions,
  limits: ServerLimits,
): Promise<Database> {
  return openDoors(await composeStore(engine, options, limits), options, limits)
}

/** Everything that is built on an engine. */
async function composeStore(
  engine: StorageEngine,
  options: DatabaseOptions,
  limits: ServerLimits,
): Promise<OpenStore> {
  const clock = options.clock ?? systemClock
  const random = options.random ?? systemRandom
  const region = options.region ?? defaultRegion
  const storeAccountId = await ensureStoreFormat(engine, options.accountId ?? defaultAccountId)
  const commits = new GroupCommit(engine, clock)
  const catalog = await Catalog.open({
    engine,
    commits,
    clock,
    region,
    accountId: options.accountId ?? storeAccountId,
    delayTransientStatuses: options.delayTransientStatuses ?? false,
  })
  const coordinator = new Coordinator({ engine, commits, clock })
  coordinator.start()
  const reservedWords = options.reservedWords ?? 'refuse'
  const reader = new ItemReader(engine)
  const services = { catalog, coordinator, reader, clock, random, region, reservedWords }
  const handlers = createHandlers(services)
  const dispatcher = createDispatcher(handlers)
  const responder = createResponder({
    dispatcher,
    region,
    random,
    clock,
    authenticate: acceptAnyKey,
    limits,
    localHealth: options.localHealth ?? false,
    ...(options.onRequest !== undefined && { onRequest: options.onRequest }),
    ...(options.onInternalError !== undefined && { onInternalError: options.onInternalError }),
  })
  const close = async (): Promise<void> => {
    await coordinator.stop()
    await commits.settled()
    await catalog.close()
    await engine.close()
  }
  return { responder, perform: performBy(dispatcher, region), close }
}
