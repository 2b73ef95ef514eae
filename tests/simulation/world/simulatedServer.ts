import { ApiError } from '../../../packages/server/src/errors/apiError.ts'
import { createHandlers } from '../../../packages/server/src/operations/registry.ts'
import {
  StorageConflict,
  StorageFailure,
  type StorageEngine,
} from '../../../packages/server/src/storage/engine.ts'
import { GroupCommit } from '../../../packages/server/src/commits/groupCommit.ts'
import { Catalog } from '../../../packages/server/src/catalog/catalog.ts'
import { ItemReader } from '../../../packages/server/src/reads/itemReader.ts'
import { ensureStoreFormat } from '../../../packages/server/src/layout/storeFormat.ts'
import type { Coordinator } from '../../../packages/server/src/transactions/coordinator.ts'
import {
  createDispatcher,
  type Dispatcher,
} from '../../../packages/server/src/operations/dispatcher.ts'
import { encodeError } from '../../../packages/server/src/wire/errorBody.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seededRandom.ts'

export type Body = Readonly<Record<string, unknown>>

/** What a server says to a request. `failed`: a fault of the store or of the server itself. */
export type ServerAnswer =
  | { readonly kind: 'response'; readonly body: Body }
  | { readonly kind: 'error'; readonly type: string; readonly body: Body }
  | { readonly kind: 'failed'; readonly error: Error }

export type CoordinatorFactory = (
  options: ConstructorParameters<typeof Coordinator>[0],
) => Coordinator

export interface ServerSurroundings {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly owner: Owner
  readonly delayTransientStatuses: boolean
  readonly makeCoordinator: CoordinatorFactory
}

const region = 'us-east-1'

/** The server without sockets, put together as `cli/createDatabase.ts` does it. */
export class SimulatedServer {
  readonly catalog: Catalog
  readonly #engine: StorageEngine
  readonly #commits: GroupCommit
  readonly #coordinator: Coordinator
  readonly #dispatcher: Dispatcher
  #underWay = 0
  #onIdle: (() => void) | undefined
  #isClosing = false

  private constructor(
    parts: { engine: StorageEngine; commits: GroupCommit; catalog: Catalog },
    { scheduler, random, owner, makeCoordinator }: ServerSurroundings,
  ) {
    const { engine, commits, catalog } = parts
    this.#engine = engine
    this.#commits = commits
    this.catalog = catalog
    const clock = scheduler.clockOf(owner)
    this.#coordinator = makeCoordinator({ engine, commits, clock })
    this.#coordinator.start()
    const reader = new ItemReader(engine)
    const coordinator = this.#coordinator
    const services = { catalog, coordinator, reader, clock, random, region }
    this.#dispatcher = createDispatcher(createHandlers({ ...services, reservedWords: 'refuse' }))
  }

  /** Opens the store as a process that starts does. Rejects when the store fails. */
  static async open(
    engine: StorageEngine,
    surroundings: ServerSurroundings,
  ): Promise<SimulatedServer> {
    const clock = surroundings.scheduler.clockOf(surroundings.owner)
    await ensureStoreFormat(engine)
    const commits = new GroupCommit(engine, clock)
    const { delayTransientStatuses } = surroundings
    const accountId = '000000000000'
    const options = { engine, commits, clock, region, accountId, delayTransientStatuses }
    const catalog = await Catalog.open(options)
    return new SimulatedServer({ engine, commits, catalog }, surroundings)
  }

  /** Whether new requests are taken. */
  get isAccepting(): boolean {
    return !this.#isClosing
  }

  /** The coordinator has been asked for all writes of the request when this returns. */
  async call(operation: string, request: object): Promise<ServerAnswer> {
    this.#underWay += 1
    try {
      const context = { requestId: 'R', region, accessKeyId: 'K' }
      const bytes = await this.#dispatcher.dispatch(operation, JSON.stringify(request), context)
      return { kind: 'response', body: parsed(bytes) }
    } catch (error) {
      if (!(error instanceof ApiError)) return { kind: 'failed', error: error as Error }
      return { kind: 'error', type: error.kind.name, body: errorBody(error) }
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#onIdle?.()
    }
  }

  /** Answers what is under way and releases the store. */
  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#coordinator.stop()
    await this.#commits.settled()
    await this.catalog.close()
    await this.#engine.close()
  }
}

/** The errors of a store, which a client sees as InternalServerError; any other is a bug. */
export function isStoreError(error: Error): boolean {
  return error instanceof StorageFailure || error instanceof StorageConflict
}

const parsed = (bytes: Uint8Array): Body => JSON.parse(Buffer.from(bytes).toString('utf8')) as Body

/** As the tests of the server see it: `__type` without its namespace. */
function errorBody(error: ApiError): Body {
  return { ...parsed(encodeError(error)), __type: error.kind.name }
}
