import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { requestTooLarge } from '../errors/protocolErrors.ts'
import { unparsableBody } from '../errors/wireErrors.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest } from './rawMessage.ts'

/**
 * The body as text, inflated if it is gzip. Throws SerializationException for corrupt gzip and for
 * bytes that are no UTF-8, and the error for large bodies if it inflates beyond `maxBodyBytes`.
 */
export function bodyTextOf(request: RawRequest, maxBodyBytes: number): string {
  const body =
    headerOf(request, 'content-encoding')?.toLowerCase() === 'gzip'
      ? inflate(request.body, maxBodyBytes)
      : request.body
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw unparsableBody()
  return bytes.toString('utf8')
}

function inflate(body: Uint8Array, maxBodyBytes: number): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: maxBodyBytes })
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error
    throw isTooLarge ? requestTooLarge(maxBodyBytes) : unparsableBody()
  }
}
