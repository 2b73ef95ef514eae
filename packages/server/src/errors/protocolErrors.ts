import { ApiError, protocolKind, type ErrorKind } from './apiError.ts'

/*
 * Errors of the layer in front of the operations: size, target and signature of a request
 * (behaviour digest 4.4).
 */

const unknownOperationKind = protocolKind('UnknownOperationException')
const requestTooLargeKind = protocolKind('RequestEntityTooLargeException', 413)
const serviceUnavailableKind = protocolKind('ServiceUnavailable', 503)
const missingTokenKind = protocolKind('MissingAuthenticationTokenException')
const incompleteSignatureKind = protocolKind('IncompleteSignatureException')
const invalidSignatureKind = protocolKind('InvalidSignatureException')

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

/** Neither a header nor a query string that signs the request. */
export function missingAuthenticationToken(): ApiError {
  return new ApiError(missingTokenKind, 'Request is missing Authentication Token')
}

/** What DynamoDB Local answers to a request that is not signed. */
export function localMissingAuthenticationToken(): ApiError {
  return new ApiError(
    localMissingTokenKind,
    'Request must contain either a valid (registered) AWS access key ID or X.509 certificate.',
  )
}

/** A header and a query string that both sign the request. */
export function signedTwice(): ApiError {
  return new ApiError(
    invalidSignatureKind,
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  )
}

/** The parameters of the Authorization header, in the order in which missing ones are listed. */
export type SignatureHeaderParameter = 'Credential' | 'Signature' | 'SignedHeaders'

/** An Authorization header that lacks `missing`, or a request that is signed without a date. */
export function incompleteAuthorization(
  authorization: string,
  missing: readonly SignatureHeaderParameter[],
  dateMissing: boolean,
): ApiError {
  let message = ''
  for (const name of missing) message += `Authorization header requires '${name}' parameter. `
  if (dateMissing) {
    message +=
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  }
  return new ApiError(incompleteSignatureKind, `${message}Authorization=${authorization}`)
}

/** A signed query string that lacks the parameters `missing`. */
export function incompleteQuerySignature(missing: readonly string[]): ApiError {
  let message = ''
  for (const name of missing) {
    message += `AWS query-string parameters must include '${name}'. `
  }
  return new ApiError(incompleteSignatureKind, `${message}Re-examine the query-string parameters.`)
}

/** A credential that is not `key/date/region/service/aws4_request`. */
export function malformedCredential(credential: string): ApiError {
  return new ApiError(
    incompleteSignatureKind,
    'Credential must have exactly 5 slash-delimited elements, ' +
      `e.g. keyid/date/region/service/term, got '${credential}'`,
  )
}
