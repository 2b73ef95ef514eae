import { unknownOperation } from '../errors/protocolErrors.ts'
import { invariant } from '../invariant.ts'
import type { RequestContext } from './requestContext.ts'
import { checkConstraints } from '../wire/checkConstraints.ts'
import { decodeRequest } from '../wire/decodeRequest.ts'
import { encodeResponse } from '../wire/encodeResponse.ts'
import { operationNames } from '../wire/serviceModel.ts'

/** Performs one operation on a request that is decoded and keeps the constraints of the model. */
export type OperationHandler = (
  request: Record<string, unknown>,
  context: RequestContext,
) => unknown

/** What a log wants to know of a request; filled in as it is learnt. */
export interface RequestTrace {
  /** One table, or several joined by commas. */
  tableName?: string
  /** Capacity units, of the operations that consume any. */
  consumedUnits?: number
}

export interface Dispatcher {
  /** Whether there is a handler for `operation`. */
  performs(operation: string): boolean
  /** Whether `operation` only reads: it never waits for a commit. */
  isRead(operation: string): boolean
  /**
   * The body of the response to `bodyText`. Rejects with an ApiError, or with anything else for a
   * fault of our own. A synchronous handler has run when this returns.
   */
  dispatch(
    operation: string,
    bodyText: string,
    context: RequestContext,
    trace?: RequestTrace,
  ): Promise<Uint8Array>
}

/** The names of DynamoDB's operations that read, and of no others. */
const readName = /^(BatchGet|Describe|Get|List|Query|Scan|TransactGet)/

/**
 * A dispatcher for the operations that `handlers` names; all others are unknown to it. REQUIRES:
 * names of the service model.
 */
export function createDispatcher(handlers: Readonly<Record<string, OperationHandler>>): Dispatcher {
  const handlersByName = new Map(Object.entries(handlers))
  const readNames = new Set(Object.keys(handlers).filter((name) => readName.test(name)))
  // Reads the model, which the first request would wait for otherwise.
  const modelled = operationNames()
  for (const name of handlersByName.keys()) {
    invariant(modelled.has(name), `${name} is an operation of the model`)
  }
  return {
    performs: (operation) => handlersByName.has(operation),
    isRead: (operation) => readNames.has(operation),
    dispatch(operation, bodyText, context, trace) {
      try {
        const handler = handlersByName.get(operation)
        if (handler === undefined) throw unknownOperation()
        const request = decodeRequest(operation, bodyText)
        if (trace !== undefined) traceRequest(trace, request)
        checkConstraints(operation, request, bodyText.length)
        const response = handler(request, context)
        if (response instanceof Promise) {
          return response.then((settled) => encodeTraced(settled, context, trace))
        }
        return Promise.resolve(encodeTraced(response, context, trace))
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
}

function encodeTraced(
  response: unknown,
  context: RequestContext,
  trace: RequestTrace | undefined,
): Uint8Array {
  invariant(typeof response === 'object' && response !== null, 'a response is an object')
  if (trace !== undefined && context.consumedUnits !== undefined) {
    trace.consumedUnits = context.consumedUnits
  }
  return encodeResponse(response)
}

function traceRequest(trace: RequestTrace, request: Record<string, unknown>): void {
  const { TableName, TransactItems, RequestItems } = request
  if (typeof TableName === 'string') trace.tableName = TableName
  else if (Array.isArray(TransactItems)) traceTables(trace, namesInTransaction(TransactItems))
  else if (typeof RequestItems === 'object' && RequestItems !== null) {
    traceTables(trace, Object.keys(RequestItems))
  }
}

function traceTables(trace: RequestTrace, tableNames: Iterable<string>): void {
  const names = [...new Set(tableNames)]
  if (names.length > 0) trace.tableName = names.join(',')
}

/** The tables of TransactItems, each entry of which has its table inside its action. */
function namesInTransaction(entries: readonly object[]): string[] {
  return entries.flatMap((entry) =>
    Object.values(entry as Record<string, { readonly TableName?: unknown }>).flatMap(
      ({ TableName }) => (typeof TableName === 'string' ? [TableName] : []),
    ),
  )
}
