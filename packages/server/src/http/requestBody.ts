import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { requestTooLarge } from '../errors/protocolErrors.ts'
import { unparsableBody } from '../errors/wireErrors.ts'
import { maxRequestBodyBytes } from '../limits.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest } from './rawMessage.ts'

/**
 * The body as text, inflated if it is gzip. Throws SerializationException for corrupt gzip and for
 * bytes that are no UTF-8, and the error for large bodies if it inflates beyond 16 MB.
 */
export function bodyTextOf(request: RawRequest): string {
  const body =
    headerOf(request, 'content-encoding')?.toLowerCase() === 'gzip'
      ? inflate(request.body)
      : request.body
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw unparsableBody()
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
