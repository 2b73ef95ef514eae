import { serviceUnavailable } from '../errors/protocolErrors.ts'
import { encodeError } from '../wire/errorBody.ts'
import type { RawResponse } from './rawMessage.ts'
import { retryAfterHeader } from './retryAfter.ts'

const body = encodeError(serviceUnavailable())

/** The answer to a request that a front has no room for; it has come to no operation. */
export function overloadResponse(retryAfterMs: number): RawResponse {
  return {
    statusCode: serviceUnavailable().kind.statusCode,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      [retryAfterHeader]: String(retryAfterMs),
    },
    body,
  }
}
