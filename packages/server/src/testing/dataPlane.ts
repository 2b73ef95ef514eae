import { systemClock, systemRandom, type Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { createHandlers } from '../operations/registry.ts'
import type { StorageEngine } from '../storage/engine.ts'
import { GroupCommit } from '../storage/groupCommit.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { Catalog } from '../tables/catalog.ts'
import { ItemReader } from '../tables/itemReader.ts'
import { Coordinator } from '../transactions/coordinator.ts'
import { createDispatcher } from '../wire/dispatcher.ts'
import { encodeError } from '../wire/errorBody.ts'

export interface DataPlaneOptions {
  readonly engine?: StorageEngine
  readonly clock?: Clock
  readonly reservedWords?: 'refuse' | 'allow'
}

/** A database without a socket: requests and responses as they are on the wire. */
export interface DataPlane {
  /**
   * The response of an operation, or the body of its error with `__type` cut to the error's name.
   */
  call(operation: string, request: object): Promise<Record<string, unknown>>
  /** Creates an on-demand table with keys such as `pk:S` and `sk:N`. */
  createTable(name: string, keys: readonly string[], more?: object): Promise<void>
}

/** Opens a database, in memory unless an engine is given. */
export async function openDataPlane(options: DataPlaneOptions = {}): Promise<DataPlane> {
  const { engine = new MemoryEngine(), clock = systemClock, reservedWords = 'refuse' } = options
  const commits = new GroupCommit(engine, systemClock)
  const region = 'us-east-1'
  const catalog = await Catalog.open({
    engine,
    commits,
    clock,
    region,
    accountId: '000000000000',
    delayTransientStatuses: false,
  })
  const coordinator = new Coordinator({ engine, commits, clock })
  const dispatcher = createDispatcher(
    createHandlers({
      catalog,
      coordinator,
      reader: new ItemReader(engine),
      clock,
      random: systemRandom,
      region,
      reservedWords,
    }),
  )
  async function call(operation: string, request: object): Promise<Record<string, unknown>> {
    const context = { requestId: 'R', region, accessKeyId: 'K' }
    const body = await dispatcher
      .dispatch(operation, JSON.stringify(request), context)
      .catch((error: unknown) => {
        if (error instanceof ApiError) return encodeError(error)
        throw error
      })
    const response = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>
    const type = response['__type']
    if (typeof type === 'string') response['__type'] = type.slice(type.indexOf('#') + 1)
    return response
  }
  return {
    call,
    async createTable(name, keys, more = {}) {
      const definitions = keys.map((key) => key.split(':') as [string, string])
      const response = await call('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: definitions.map(([AttributeName, AttributeType]) => ({
          AttributeName,
          AttributeType,
        })),
        KeySchema: definitions.map(([AttributeName], i) => ({
          AttributeName,
          KeyType: i === 0 ? 'HASH' : 'RANGE',
        })),
        ...more,
      })
      if ('__type' in response) throw new Error(JSON.stringify(response))
    },
  }
}
