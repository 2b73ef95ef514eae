import { gunzipSync } from 'node:zlib'
import { requestTooLarge } from '../errors/protocolErrors.ts'
import { unparsableBody } from '../errors/wireErrors.ts'
import { maxRequestBodyBytes } from '../limits.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest } from './rawMessage.ts'

/**
 * The body as text, inflated if it is gzip. Bytes that are no UTF-8 become U+FFFD. Throws
 * SerializationException for corrupt gzip, and the error for large bodies if it inflates beyond 16
 * MB.
 */
export function bodyTextOf(request: RawRequest): string {
  const body =
    headerOf(request, 'content-encoding') === 'gzip' ? inflate(request.body) : request.body
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return bytes.toString('utf8')
}

function inflate(body: Uint8Array): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: maxRequestBodyBytes })
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error
    throw isTooLarge ? requestTooLarge() : unparsableBody()
  }
}
