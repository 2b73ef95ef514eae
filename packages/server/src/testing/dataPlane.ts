import type { MakeSet } from '../cli/engineSet.ts'
import type { Clock } from '../clock.ts'
import type { StorageEngine } from '../storage/engine.ts'
import type { Points } from '../transactions/points.ts'
import type { ValidationLayer } from '../validation/layers.ts'
import { openIndexedDatabase } from './indexedDatabase.ts'

export interface DataPlaneOptions {
  readonly engine?: StorageEngine
  readonly makeSet?: MakeSet
  readonly clock?: Clock
  readonly reservedWords?: 'refuse' | 'allow'
  readonly validation?: ValidationLayer
  readonly region?: string
  readonly points?: Points
  readonly transactionConflicts?: 'refuse' | 'queue'
}

/** A database without a socket: requests and responses as they are on the wire. */
export interface DataPlane {
  /**
   * The response of an operation, or the body of its error with `__type` cut to the error's name.
   */
  call(operation: string, request: object): Promise<Record<string, unknown>>
  /** Starts no further work in the background. */
  endWork(): Promise<void>
  /** Creates an on-demand table with keys such as `pk:S` and `sk:N`. */
  createTable(name: string, keys: readonly string[], more?: object): Promise<void>
}

/** Opens a database, in memory unless an engine is given. */
export async function openDataPlane(options: DataPlaneOptions = {}): Promise<DataPlane> {
  const { call, work } = await openIndexedDatabase(options)
  return {
    call,
    endWork: () => work.close(),
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
