import type { ControlError } from '../errors/controlErrors.ts'
import { buildResponse } from './buildResponse.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'

/** What an answer below `/_dynatom` says, as JSON. */
export interface ControlAnswer {
  readonly statusCode: number
  readonly content: object
}

/** An answer that no page of another origin may read, and nobody keeps. */
export function controlAnswer(
  request: RawRequest,
  requestId: string,
  { statusCode, content }: ControlAnswer,
): RawResponse {
  const body = Buffer.from(`${JSON.stringify(content)}\n`, 'utf8')
  const response = buildResponse(request, requestId, statusCode, body)
  const { headers } = response
  headers['content-type'] = 'application/json'
  headers['cache-control'] = 'no-store'
  return ownPagesOnly(response)
}

/** The answer to a request that is refused. */
export function controlRefusal(
  request: RawRequest,
  requestId: string,
  { kind: { name, statusCode }, message }: ControlError,
): RawResponse {
  const response = controlAnswer(request, requestId, {
    statusCode,
    content: { error: name, message },
  })
  if (statusCode === 401) response.headers['www-authenticate'] = 'Bearer'
  return response
}

/** The response for pages of this server alone, which take it for what it says that it is. */
export function ownPagesOnly(response: RawResponse): RawResponse {
  const { headers } = response
  headers['x-content-type-options'] = 'nosniff'
  headers['cross-origin-resource-policy'] = 'same-origin'
  delete headers['access-control-allow-origin']
  delete headers['access-control-expose-headers']
  return response
}
