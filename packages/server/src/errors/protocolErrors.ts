import { ApiError, protocolKind, type ErrorKind } from './apiError.ts'

/*
 * Errors of the layer in front of the operations: size and target of a request (behaviour digest
 * 4.4). Those of its signature are in authenticationErrors.ts.
 */

const unknownOperationKind = protocolKind('UnknownOperationException')
const requestTooLargeKind = protocolKind('RequestEntityTooLargeException', 413)
const serviceUnavailableKind = protocolKind('ServiceUnavailable', 503)

/** As DynamoDB Local spells it. */
const localMissingTokenKind: ErrorKind = {
  name: 'MissingAuthenticationToken',
  namespace: 'com.amazonaws.dynamodb.v20120810',
  statusCode: 400,
  messageMember: 'message',
}

/** A target that names no operation of any service. */
export function unknownOperation(): ApiError {
  return new ApiError(unknownOperationKind, undefined)
}

/** An operation of AWS that this server does not perform; the message is its own. */
export function operationUnavailable(operation: string): ApiError {
  return new ApiError(
    unknownOperationKind,
    `The operation ${operation} is not available in Dynatom yet.`,
  )
}

/** A body of more than `limitBytes`, 16 MB unless an operator says less, as sent or inflated. */
export function requestTooLarge(limitBytes: number): ApiError {
  const megabytes = limitBytes / 1024 ** 2
  const limit = Number.isInteger(megabytes) ? `${megabytes} MB` : `${limitBytes} bytes`
  return new ApiError(requestTooLargeKind, `Request size exceeded the limit of ${limit}`)
}

/** The server has as much in memory, or as many requests to perform, as it may; SDKs try again. */
export function serviceUnavailable(): ApiError {
  return new ApiError(serviceUnavailableKind, 'Service is temporarily unavailable')
}

/** What DynamoDB Local answers to a request that is not signed. */
export function localMissingAuthenticationToken(): ApiError {
  return new ApiError(
    localMissingTokenKind,
    'Request must contain either a valid (registered) AWS access key ID or X.509 certificate.',
  )
}
