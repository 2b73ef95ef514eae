import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import { createNodeServer, type NodeServer } from '../http/nodeServer.ts'
import { createResponder, type RequestLog, type Responder } from '../http/respond.ts'
import type { ServerLimits } from '../http/serverLimits.ts'
import { acceptAnyKey } from '../http/signature.ts'
import { StoreUnavailable, type StorageEngine } from '../storage/engine.ts'
import { WorkFailures, type WorkEvent } from '../upkeep/workFailures.ts'
import { checkOptions, type DatabaseOptions } from './databaseOptions.ts'
import { composeParts, type PartsOptions } from './databaseParts.ts'
import { createInProcessFront, type InProcessHandler } from './inProcessHandler.ts'
import { warningsOfNotices } from './noticeWarnings.ts'
import { openEngine } from './openEngine.ts'
import { defaultHosts, defaultPort, defaultRegion } from './settings.ts'

export {
  StoreUnavailable,
  type Clock,
  type DatabaseOptions,
  type Random,
  type RequestLog,
  type ServerLimits,
  type WorkEvent,
}

/**
 * What a client of the AWS SDK for JavaScript v3 is made with: `new DynamoDBClient(clientConfig)`.
 */
export interface ClientConfig {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly requestHandler: InProcessHandler
}

export interface ListenOptions {
  /** 8000 when absent; 0 takes a free port. */
  readonly port?: number
  /** One address or several: 127.0.0.1 and ::1 when absent. */
  readonly host?: string | readonly string[]
}

export interface ListeningAddress {
  /** What clients take as their endpoint, such as `http://127.0.0.1:8000`. */
  readonly endpoint: string
  readonly port: number
}

/** An open database. */
export interface Database {
  /** For clients in this process: their requests do not go through a socket. */
  clientConfig(): ClientConfig
  /**
   * Serves HTTP until {@link close}. Rejects with the system's error, with its `code`, when the
   * port cannot be had.
   */
  listen(options?: ListenOptions): Promise<ListeningAddress>
  /**
   * Answers the requests under way, refuses further ones, makes everything durable and releases the
   * data directory.
   */
  close(): Promise<void>
  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens a database. Rejects with `StoreUnavailable`, whose message is a sentence for the operator,
 * when the data directory cannot be used: not writable, in use, damaged, or of an unknown format;
 * with a TypeError or RangeError for options that do not exist or cannot be.
 */
export async function createDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const limits = checkOptions(options)
  const failures = new WorkFailures(options.onBackgroundWork)
  const engine = await openEngine({ ...options, failures })
  try {
    return await composeDatabase(engine, options, limits, { failures })
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** What a database may be composed of besides its engine; the usual parts when absent. */
export type OtherParts = Pick<PartsOptions, 'failures' | 'makeSet' | 'points'>

/** A database on an engine that is open; it is closed with the database. */
export async function composeDatabase(
  engine: StorageEngine,
  options: DatabaseOptions,
  limits: ServerLimits,
  others: OtherParts = {},
): Promise<Database> {
  const { failures = new WorkFailures(options.onBackgroundWork) } = others
  const clock = options.clock ?? systemClock
  const random = options.random ?? systemRandom
  const region = options.region ?? defaultRegion
  const parts = await composeParts({
    ...others,
    engine,
    clock,
    random,
    region,
    ...(options.accountId !== undefined && { accountId: options.accountId }),
    reservedWords: options.reservedWords ?? 'refuse',
    delayTransientStatuses: options.delayTransientStatuses ?? false,
    failures,
    notify: warningsOfNotices(options.onWarning ?? (() => {})),
    onFault: (error) => options.onInternalError?.('none', error),
  })
  const responder = createResponder({
    dispatcher: parts.dispatcher,
    region,
    random,
    clock,
    authenticate: acceptAnyKey,
    limits,
    localHealth: options.localHealth ?? false,
    failingJobs: () => failures.count,
    ...(options.onRequest !== undefined && { onRequest: options.onRequest }),
    ...(options.onInternalError !== undefined && { onInternalError: options.onInternalError }),
  })
  return openDatabase(responder, { region, clock, limits }, () => parts.close())
}

/** The doors of a database; `closeStore` runs once, when the last request has been answered. */
function openDatabase(
  responder: Responder,
  { region, clock, limits }: { region: string; clock: Clock; limits: ServerLimits },
  closeStore: () => Promise<void>,
): Database {
  const inProcess = createInProcessFront(responder, limits)
  const servers: NodeServer[] = []
  let closed: Promise<void> | undefined
  const isClosed = (): boolean => closed !== undefined

  async function closeAll(): Promise<void> {
    await Promise.all([inProcess.close(), ...servers.map((server) => server.close())])
    await closeStore()
  }
  const close = (): Promise<void> => (closed ??= closeAll())

  return {
    clientConfig: () => ({
      endpoint: 'http://localhost',
      region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: inProcess.handler,
    }),
    async listen({ port = defaultPort, host = defaultHosts }: ListenOptions = {}) {
      if (isClosed()) throw new Error('The database is closed.')
      const server = createNodeServer(responder, limits, clock)
      const addresses = await server.listen(port, typeof host === 'string' ? [host] : host)
      if (isClosed()) {
        await server.close()
        throw new Error('The database is closed.')
      }
      servers.push(server)
      const [first] = addresses
      if (first === undefined) throw new Error('No address to listen on.')
      return { endpoint: endpointOf(first.host, first.port), port: first.port }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An address that stands for all of the machine is reached by its loopback. */
function endpointOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
