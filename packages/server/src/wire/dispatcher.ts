import type { Principal } from '../access/accessKeys.ts'
import type { ToldDecision } from '../access/refusalOfRequest.ts'
import type { ConnectionContext } from '../access/permissions/accessContext.ts'
import type { ApiError } from '../errors/apiError.ts'

/**
 * What an operation does: `read` and `write` items, `describe` tables and settings, `control` them.
 */
export type Access = 'read' | 'write' | 'describe' | 'control'

/** Whether an operation only looks: it never waits for a commit. */
export function onlyReads(access: Access): boolean {
  return access === 'read' || access === 'describe'
}

/** What an operation is told about the request beside its parameters. */
export interface RequestContext {
  /** 52 characters, sent to the client as `x-amzn-requestid`. */
  readonly requestId: string
  /** The Region that the server plays, as in ARNs. */
  readonly region: string
  /** The access key id that signed the request. */
  readonly accessKeyId: string
  /** Who that key is for; undefined where signatures are not verified. */
  readonly principal?: Principal | undefined
  /** Where it comes from, as policies may ask of one that has a `principal`. */
  readonly sender?:
    | Pick<ConnectionContext, 'sourceIp' | 'userAgent' | 'secureTransport'>
    | undefined
  /** Told what was decided about the request, if somebody writes it down. */
  readonly onDecision?: ((told: ToldDecision) => void) | undefined
  /** The host, and the port if any, that the client asked. */
  readonly host?: string | undefined
}

/** What a log wants to know of a request; filled in as it is learnt. */
export interface RequestTrace {
  /** One table, or several joined by commas, as the request names them. */
  tableName?: string
  /** Capacity units, of the operations that consume any. */
  consumedUnits?: number
}

/** One operation that this server performs. */
export interface ServedOperation {
  /** As in the service model: `GetItem`. */
  readonly name: string
  readonly access: Access
  /** What AWS calls the service in signatures: `dynamodb`. */
  readonly signingName: string
  /**
   * The body of the response to `bodyText`, at once if the operation waits for nothing. Throws, or
   * rejects with, an ApiError, or anything else for a fault of our own.
   */
  perform(
    bodyText: string,
    context: RequestContext,
    trace?: RequestTrace,
  ): Uint8Array | Promise<Uint8Array>
}

/** What a front serves: the operations of all services that share its port. */
export interface Dispatcher {
  /** The operation of a target such as `DynamoDB_20120810.GetItem`; undefined if it is not here. */
  find(target: string): ServedOperation | undefined
  /** The error for a target that {@link find} does not know. */
  refusalOf(target: string): ApiError
  /**
   * How a log names a target: what stands behind the prefix of a service that is served here, else
   * all of it.
   */
  nameOf(target: string): string
}
