import type { Clock, Random } from '../clock.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'
import type { AuditRecord } from './auditRecord.ts'
import type { Route } from './route.ts'
import type { ServerLimits } from './serverLimits.ts'
import type { Authenticator } from './signature.ts'

/** One answered request, as the log sees it. */
export interface RequestLog {
  /**
   * What the client called for: the operation's name or, if it is of a service that is not here,
   * the whole target as it was sent. Empty if there was none.
   */
  readonly operation: string
  readonly tableName?: string
  readonly durationMs: number
  /** The error's name, without its namespace. */
  readonly errorName?: string
  readonly statusCode: number
  readonly requestId: string
  /** Capacity units, of the operations that consume any. */
  readonly consumedUnits?: number
  /** The key that signed it, where signatures are verified and this one was good. */
  readonly accessKeyId?: string
}

export interface ResponderOptions {
  readonly dispatcher: Dispatcher
  readonly region: string
  readonly random: Random
  readonly clock: Clock
  readonly authenticate: Authenticator
  /** The defaults when absent. Those of connections and arrival are the front's affair. */
  readonly limits?: ServerLimits
  /** Whether health checks are answered as DynamoDB Local does: with 400. False when absent. */
  readonly localHealth?: boolean
  /** How many jobs in the background fail at present: health tells. None when absent. */
  readonly failingJobs?: () => number
  /** Whether the store must not be used any more: health fails. Never when absent. */
  readonly isUnusable?: () => boolean
  /** Whether the store cannot be asked at present: health fails meanwhile. Never when absent. */
  readonly isOutOfReach?: () => boolean
  /** What is answered beside operations in JSON, in the order in which they are asked. */
  readonly routes?: readonly Route[]
  /** Called once for each request that got as far as its operation or the checks before it. */
  readonly onRequest?: (log: RequestLog) => void
  /** Called for each request that is refused, or that has changed tables. */
  readonly onAudit?: (record: AuditRecord) => void
  /** Called for each fault of the server's own; the client sees its request id only. */
  readonly onInternalError?: (requestId: string, error: unknown) => void
}
