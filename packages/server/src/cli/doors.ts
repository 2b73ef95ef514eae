import type { RootKey } from '../access/rootKey.ts'
import { systemClock, systemRandom, type Clock } from '../clock.ts'
import { ConsoleDoor } from '../http/consoleDoor.ts'
import { ControlDoor, isControl, isWatch } from '../http/controlDoor.ts'
import type { BoundAddress } from '../http/listen.ts'
import { createNodeServer, type NodeServer } from '../http/nodeServer.ts'
import { OwnHosts } from '../http/ownHosts.ts'
import { createRequestIds } from '../http/requestIds.ts'
import type { Responder } from '../http/respond.ts'
import type { ServerLimits } from '../http/serverLimits.ts'
import type { Authenticator } from '../http/signature.ts'
import type { TlsFiles } from '../http/tlsPair.ts'
import type { TlsEvent, WatchedTls } from '../http/watchedTls.ts'
import type { Lab } from '../lab/lab.ts'
import type { Lookout } from '../lab/looks/lookout.ts'
import type { Namespaces } from './namespaces/namespaces.ts'
import type { OpenLab } from '../lab/openLab.ts'
import { aboutServer } from './aboutServer.ts'
import type { DatabaseOptions } from './databaseOptions.ts'
import { isLoopbackHost } from './exposure.ts'
import { createInProcessFront, type InProcessHandler } from './inProcessHandler.ts'
import {
  checkChangesOptions,
  TableChanges,
  type Changes,
  type ChangesOptions,
  type ChangeSource,
} from './tableChanges.ts'
import { defaultHosts, defaultPort, defaultRegion } from './settings.ts'
import { watchDoor, watchOf } from './watchDoor.ts'

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
  /** Speak HTTPS, by these files. They are read again when they change. */
  readonly tls?: TlsOptions
}

export interface TlsOptions extends TlsFiles {
  /** Called when a new certificate is in force, or is refused. */
  readonly onEvent?: (event: TlsEvent) => void
}

export interface ListeningAddress {
  /** What clients take as their endpoint, such as `http://127.0.0.1:8000`. */
  readonly endpoint: string
  readonly port: number
}

export interface MoveOptions {
  /** Told how it goes on, a line at a time. */
  readonly onProgress?: (line: string) => void
  /** Ends it before the store is given up. */
  readonly signal?: AbortSignal
  /** Has the password of the engine (PGPASSWORD, PGPASSFILE); that of this process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** An open database. */
export interface Database {
  /** What tests need beside DynamoDB; undefined unless it was asked for. */
  readonly lab: Lab | undefined
  /** For clients in this process: their requests do not go through a socket. */
  clientConfig(): ClientConfig
  /**
   * Serves HTTP, or HTTPS, until {@link close}. Rejects with the system's error, with its `code`,
   * when the port cannot be had; with a sentence for a certificate or a key that cannot be used.
   */
  listen(options?: ListenOptions): Promise<ListeningAddress>
  /**
   * Makes everything as it was after `createDatabase`: tables, items, client request tokens.
   * Requests under way are answered before, later ones after; clients and addresses stay. Rejects
   * for a database on disk.
   */
  reset(): Promise<void>
  /**
   * Closes the open shards of a table's stream now and opens a child for each, as their age does
   * otherwise: for tests of consumers, which must finish parents before children. Does nothing for
   * a table without a stream. Rejects for a table that is not there.
   */
  rollOverStream(tableName: string): Promise<void>
  /**
   * The changes of a table with a stream, from this call on, in the order in which they are
   * committed: one record for each, as GetRecords of the SDK gives it. Ends with `return()` (or
   * `break`), the signal, `reset`, `close`, and behind the last record of a stream that is disabled
   * or whose table is deleted. Its `next` rejects for a table that is not there or has no stream,
   * and when records were not asked for before they were 24 hours old.
   */
  changes(tableName: string, options?: ChangesOptions): Changes
  /**
   * A database of its own within this one, made when it is first asked for: the one that clients
   * with the access key id `dynatom-NAME` have. Rejects with RangeError for what cannot be a name,
   * and where signatures are verified.
   */
  namespace(name: string): Promise<Database>
  /** The names of the namespaces that there are, in order. */
  namespaces(): Promise<readonly string[]>
  /** Closes a namespace and forgets its data. Resolves to whether it was there. */
  dropNamespace(name: string): Promise<boolean>
  /**
   * Moves the store of a data directory into `engine`, an empty one that several servers share
   * (docs/cluster.md), while requests go on, and goes on with it there; the directory is given up.
   * Rejects with a sentence when that cannot be; then the store is where it was, unless it says
   * otherwise, and the same call goes on from there.
   */
  moveTo(engine: string, options?: MoveOptions): Promise<void>
  /**
   * Answers the requests under way, refuses further ones, makes everything durable and releases the
   * data directory.
   */
  close(): Promise<void>
  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A database with its lab. */
export interface LabDatabase extends Database {
  readonly lab: Lab
  namespace(name: string): Promise<LabDatabase>
}

/** What a database may have besides its store. */
export interface DoorOptions {
  /** Makes all as it was at the start; there is no way to when absent. */
  readonly reset?: (() => Promise<void>) | undefined
  /** Moves the store; it cannot be moved when absent. */
  readonly moveTo?: ((engine: string, options: MoveOptions) => Promise<void>) | undefined
  readonly lab?: OpenLab | undefined
  /** Where the console looks from. */
  readonly lookout?: Lookout | undefined
  /** None where signatures are verified, and in a namespace. */
  readonly namespaces?: DatabaseNamespaces | undefined
  /** What its clients sign with; any key when absent. */
  readonly accessKeyId?: string | undefined
}

export type DatabaseNamespaces = Namespaces<Database>

/** What the doors of a database lead to. */
export interface StoreBehindDoors {
  readonly responder: Responder
  readonly authenticate: Authenticator
  rollOverStream(tableName: string): Promise<void>
  changes(tableName: string, options: ChangesOptions): Promise<ChangeSource>
  /** Called once, when the last request has been answered. */
  close(): Promise<void>
}

/** For clients of a database that lets in any. */
const anyKey: RootKey = { accessKeyId: 'local', secretAccessKey: 'local' }

/** A database, and how its store is changed for another one. */
export interface Doors {
  readonly database: Database
  /** Ends what waits for changes, or for the lab, before `replace` does it. */
  replacing(replace: () => Promise<void>): Promise<void>
}

/** The ways to a store. */
export function openDoors(
  store: StoreBehindDoors,
  options: DatabaseOptions,
  limits: ServerLimits,
  { reset = refuseReset, moveTo = refuseMove, ...others }: DoorOptions,
): Doors {
  const { clock = systemClock, auth } = options
  const { lab, lookout, namespaces, accessKeyId } = others
  const besides = { limits, lab, lookout, namespaces }
  const { hosts, responder } = controlled(store, options, besides)
  const needsAllHeaders = auth !== undefined
  const inProcess = createInProcessFront(responder, limits, clock)
  const servers: NodeServer[] = []
  const iterations = new OpenIterations(store, clock)
  let closed: Promise<void> | undefined
  const refuseClosed = (): void => {
    if (closed !== undefined) throw new Error('The database is closed.')
  }

  async function closeAll(): Promise<void> {
    lab?.session.letGo()
    lookout?.close()
    await iterations.end()
    await Promise.all([inProcess.close(), ...servers.map((server) => server.close())])
    await namespaces?.close()
    await store.close()
  }
  const close = (): Promise<void> => (closed ??= closeAll())

  async function replacing(replace: () => Promise<void>): Promise<void> {
    refuseClosed()
    lab?.session.letGo()
    await iterations.end()
    await replace()
  }

  const database: Database = {
    lab: lab?.lab,
    clientConfig: () => clientConfigOf(options, inProcess.handler, accessKeyId),
    async listen(given = {}) {
      refuseClosed()
      refuseOpenConsole(options, hostsOf(given))
      const tls = given.tls && (await openTls(given.tls, clock))
      const server = createNodeServer(responder, { limits, clock, tls, needsAllHeaders })
      hosts.listensOn(hostsOf(given))
      const address = await listenBy(server, given)
      if (closed !== undefined) await server.close()
      refuseClosed()
      servers.push(server)
      return address
    },
    reset: () => replacing(reset),
    async rollOverStream(tableName) {
      refuseClosed()
      await store.rollOverStream(tableName)
    },
    changes(tableName, given = {}) {
      refuseClosed()
      checkChangesOptions(given)
      return iterations.begin(tableName, given)
    },
    moveTo: async (engine, given = {}) => (refuseClosed(), moveTo(engine, given)),
    ...namespaceDoors(namespaces),
    close,
    [Symbol.asyncDispose]: close,
  }
  return { database, replacing }
}

/** The iterations over changes that have not ended. */
class OpenIterations {
  readonly #store: Pick<StoreBehindDoors, 'changes'>
  readonly #clock: Clock
  readonly #open = new Set<TableChanges>()

  constructor(store: Pick<StoreBehindDoors, 'changes'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  begin(tableName: string, options: ChangesOptions): Changes {
    const source = this.#store.changes(tableName, options)
    const whenEnded = (ended: TableChanges): void => void this.#open.delete(ended)
    const changes = new TableChanges(source, this.#clock, options, whenEnded)
    if (!changes.isEnded) this.#open.add(changes)
    return changes
  }

  async end(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.close()))
  }
}

const clientConfigOf = (
  { region = defaultRegion, auth }: DatabaseOptions,
  requestHandler: InProcessHandler,
  accessKeyId: string = anyKey.accessKeyId,
): ClientConfig => ({
  endpoint: 'http://localhost',
  region,
  credentials: credentialsOf(auth?.rootKey ?? { ...anyKey, accessKeyId }),
  requestHandler,
})

const credentialsOf = ({ accessKeyId, secretAccessKey }: RootKey): ClientConfig['credentials'] => ({
  accessKeyId,
  secretAccessKey,
})

/** What is under `/_dynatom`, and the console, have another way, which outlasts a store. */
function controlled(
  store: StoreBehindDoors,
  options: DatabaseOptions,
  besides: Pick<DoorOptions, 'lab' | 'lookout' | 'namespaces'> & { limits: ServerLimits },
): { readonly hosts: OwnHosts; readonly responder: Responder } {
  const { random = systemRandom, onInternalError } = options
  const { limits, lab, lookout, namespaces } = besides
  const nextRequestId = createRequestIds(random)
  const hosts = new OwnHosts()
  const onFault = (requestId: string, error: unknown): void => onInternalError?.(requestId, error)
  const all = { maxBodyBytes: limits.maxBodyBytes, hosts, onFault }
  const control = new ControlDoor({
    ...all,
    surface: lab && (namespaces?.surface(lab.surface) ?? lab.surface),
    token: options.controlToken,
    needsToken: options.auth !== undefined,
  })
  const main = lookout && watchOf(lookout)
  const surface = main && (namespaces?.watch(main) ?? main)
  const watch = surface && watchDoor(options, { ...all, surface, store })
  const about = (): Promise<object> => aboutServer(options, { lab, namespaces, hosts })
  const consoleDoor = new ConsoleDoor({ isWanted: options.console, hosts, about, onFault })
  const answer = namespaces?.responder(store.responder) ?? store.responder
  const answerOthers: Responder = async (request) => {
    if (consoleDoor.isAskedBy(request)) {
      const answered = await consoleDoor.answer(request, nextRequestId())
      if (answered !== undefined) return answered
    }
    if (!isControl(request)) return answer(request)
    const door = watch !== undefined && consoleDoor.isOpen && isWatch(request) ? watch : control
    return door.answer(request, nextRequestId())
  }
  const responder: Responder = (request) => {
    const isOperation = request.method === 'POST' && (request.url === '/' || !isControl(request))
    if (isOperation) return answer(request)
    return answerOthers(request)
  }
  return { hosts, responder }
}

const namespaceDoors = (
  namespaces: DatabaseNamespaces | undefined,
): Pick<Database, 'namespace' | 'namespaces' | 'dropNamespace'> => ({
  namespace: async (name) => (await namespacesOf(namespaces).get(name)).database,
  namespaces: async () => namespacesOf(namespaces).list(),
  dropNamespace: async (name) => namespacesOf(namespaces).drop(name),
})

/** Throws where there are none. */
function namespacesOf(namespaces: DatabaseNamespaces | undefined): DatabaseNamespaces {
  if (namespaces !== undefined) return namespaces
  throw new Error('Neither a namespace nor a database that verifies signatures has namespaces.')
}

function refuseReset(): Promise<void> {
  return Promise.reject(
    new Error('Only a database in memory can be reset; this one has its data in a directory.'),
  )
}

function refuseMove(): Promise<void> {
  return Promise.reject(new Error('Only the store of a data directory without a lab is moved.'))
}

/** Throws where the console would be shown to strangers. */
function refuseOpenConsole(options: DatabaseOptions, hosts: readonly string[]): void {
  if (options.console !== true || options.auth !== undefined || hosts.every(isLoopbackHost)) return
  throw new Error('Beyond loopback the console needs a database that verifies signatures: auth.')
}

/** Has a server listen, or closes it. */
async function listenBy(server: NodeServer, options: ListenOptions): Promise<ListeningAddress> {
  const { port = defaultPort, tls } = options
  try {
    const [first] = await server.listen(port, hostsOf(options))
    if (first === undefined) throw new Error('No address to listen on.')
    const scheme = tls === undefined ? 'http' : 'https'
    return { endpoint: `${scheme}://${reachedAt(first)}`, port: first.port }
  } catch (error) {
    await server.close()
    throw error
  }
}

const hostsOf = ({ host = defaultHosts }: ListenOptions): readonly string[] =>
  typeof host === 'string' ? [host] : host

/** An address that stands for all of the machine is reached by its loopback. */
function reachedAt({ host, port }: BoundAddress): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`
  if (host === '::') return `[::1]:${port}`
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Not loaded by a server without TLS. */
async function openTls(
  { certFile, keyFile, onEvent }: TlsOptions,
  clock: Clock,
): Promise<WatchedTls> {
  const watched = await import('../http/watchedTls.ts')
  return watched.WatchedTls.open({ certFile, keyFile, onEvent, clock })
}
