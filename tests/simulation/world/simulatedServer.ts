import {
  composeParts,
  type DatabaseParts,
  type PartsOptions,
} from '../../../packages/server/src/cli/databaseParts.ts'
import { ApiError } from '../../../packages/server/src/errors/apiError.ts'
import {
  StorageConflict,
  StorageFailure,
  type StorageEngine,
} from '../../../packages/server/src/storage/engine.ts'
import type { Catalog } from '../../../packages/server/src/catalog/catalog.ts'
import { performOperation } from '../../../packages/server/src/testing/performOperation.ts'
import { encodeError } from '../../../packages/server/src/wire/errorBody.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'

export type Body = Readonly<Record<string, unknown>>

/** What a server says to a request. `failed`: a fault of the store or of the server itself. */
export type ServerAnswer =
  | { readonly kind: 'response'; readonly body: Body }
  | { readonly kind: 'error'; readonly type: string; readonly body: Body }
  | { readonly kind: 'failed'; readonly error: Error }

export type CoordinatorFactory = NonNullable<PartsOptions['makeCoordinator']>

export interface ServerSurroundings {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly owner: Owner
  readonly delayTransientStatuses: boolean
  readonly streamShards?: number
  /** The usual one when absent. */
  readonly makeCoordinator?: CoordinatorFactory
  /** For a store of this server alone when absent. */
  readonly makeSet?: NonNullable<PartsOptions['makeSet']>
  readonly points?: NonNullable<PartsOptions['points']>
  readonly transactionConflicts?: 'refuse' | 'queue'
  readonly failures?: NonNullable<PartsOptions['failures']>
  readonly onFault?: (error: unknown) => void
}

const region = 'us-east-1'
const accountId = '000000000000'

/** The server without sockets. */
export class SimulatedServer {
  readonly #parts: DatabaseParts
  #underWay = 0
  #onIdle: (() => void) | undefined
  #isClosing = false

  private constructor(parts: DatabaseParts) {
    this.#parts = parts
  }

  /** Opens the store as a process that starts does. Rejects when the store fails. */
  static async open(
    engine: StorageEngine,
    { scheduler, owner, ...surroundings }: ServerSurroundings,
  ): Promise<SimulatedServer> {
    const clock = scheduler.clockOf(owner)
    const naming = { region, accountId }
    return new SimulatedServer(
      await composeParts({ engine, clock, ...naming, reservedWords: 'refuse', ...surroundings }),
    )
  }

  get catalog(): Catalog {
    return this.#parts.services.catalog
  }

  /** Rejects when the store fails, or the table is not there. */
  async rollOverStream(tableName: string): Promise<void> {
    await this.catalog.rollOverStream(this.catalog.tableForControl(tableName))
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
      const { dispatcher } = this.#parts
      const bodyText = JSON.stringify(request)
      const bytes = await performOperation(dispatcher, operation, bodyText, context)
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
    await this.#parts.close()
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
