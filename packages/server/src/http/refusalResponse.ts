import type { ApiError } from '../errors/apiError.ts'
import { encodeError } from '../wire/errorBody.ts'
import { buildResponse } from './buildResponse.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'

/** The answer to a request that is refused before it comes to a responder. */
export function refusalResponse(
  request: RawRequest,
  requestId: string,
  error: ApiError,
): RawResponse {
  const response = buildResponse(request, requestId, error.kind.statusCode, encodeError(error))
  response.headers['content-type'] = 'application/x-amz-json-1.0'
  return response
}
