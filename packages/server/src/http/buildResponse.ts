import { crc32 } from 'node:zlib'
import { headerOf } from './rawMessage.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'

const emptyBody: Uint8Array = new Uint8Array(0)

/**
 * A response with the headers of every response, and `fullBody` unless the method is HEAD: the
 * headers are the same then. The checksum is that of what is sent, so of the coded body.
 */
export function buildResponse(
  request: RawRequest,
  requestId: string,
  statusCode: number,
  fullBody: Uint8Array,
): RawResponse {
  const headers: Record<string, string> = {
    'x-amzn-requestid': requestId,
    'x-amz-crc32': String(crc32(fullBody)),
    'content-length': String(fullBody.length),
  }
  if (request.headers['origin'] !== undefined) {
    headers['access-control-allow-origin'] = '*'
    headers['access-control-expose-headers'] = 'x-amzn-requestid,x-amz-crc32'
  }
  return { statusCode, headers, body: request.method === 'HEAD' ? emptyBody : fullBody }
}

/** The answer to a browser that asks whether it may send a request of another origin. */
export function preflightResponse(request: RawRequest, requestId: string): RawResponse {
  const response = buildResponse(request, requestId, 200, emptyBody)
  const { headers } = response
  headers['access-control-allow-origin'] = '*'
  headers['access-control-max-age'] = '172800'
  const method = headerOf(request, 'access-control-request-method')
  if (method !== undefined) headers['access-control-allow-methods'] = method
  const names = headerOf(request, 'access-control-request-headers')
  if (names !== undefined) headers['access-control-allow-headers'] = names
  return response
}
