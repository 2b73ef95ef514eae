import type { Responder } from '../http/respond.ts'
import type { Authenticator } from '../http/signature.ts'
import { invariant } from '../invariant.ts'
import type { ChangesOptions, ChangeSource } from './tableChanges.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'
import { requestText } from '../wire/requestText.ts'

/** An open engine and all that makes it DynamoDB, without a door. */
export interface OpenStore {
  readonly responder: Responder
  /** Decides whose requests are let in. */
  readonly authenticate: Authenticator
  /** Performs an operation for the database itself. Rejects with an ApiError. */
  perform(operation: string, request: object): Promise<Record<string, unknown>>
  /** See Database.rollOverStream. */
  rollOverStream(tableName: string): Promise<void>
  /** See Database.changes. Where nothing is waited for, it begins with the call. */
  changes(tableName: string, options: ChangesOptions): Promise<ChangeSource>
  /** See DatabaseParts.enforceThroughput. */
  enforceThroughput(): Promise<void>
  /** Makes everything durable and closes the engine. REQUIRES: no request is under way. */
  close(): Promise<void>
}

/** The `perform` of a store whose operations are those of `dispatcher`. */
export function performBy(dispatcher: Dispatcher, region: string): OpenStore['perform'] {
  return async (operation, request) => {
    const served = dispatcher.find(`DynamoDB_20120810.${operation}`)
    invariant(served !== undefined, `${operation} is an operation of DynamoDB`)
    const context = { requestId: '', region, accessKeyId: '' }
    const body = await served.perform(requestText(request), context)
    return JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>
  }
}
