import { isUtf8 } from 'node:buffer'
import { unparsableBody } from '../errors/wireErrors.ts'

/** The bytes of a body as text. Throws SerializationException for bytes that are no UTF-8. */
export function textOfBody(body: Uint8Array): string {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw unparsableBody()
  return bytes.toString('utf8')
}
