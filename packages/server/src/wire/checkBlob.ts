import {
  base64Character,
  base64LastCharacter,
  base64Length,
  blobNotString,
  unexpectedStructure,
  unrecognizedCollection,
} from '../errors/wireErrors.ts'

/**
 * Checks that `value` is a blob: base64 in canonical form, which has padding, no foreign characters
 * and no bits beyond the last byte. So two blobs are equal when their texts are.
 */
export function checkBlob(value: unknown): void {
  if (typeof value === 'string') {
    if (Buffer.from(value, 'base64').toString('base64') !== value) throw faultOf(value)
    return
  }
  if (Array.isArray(value)) throw unrecognizedCollection('class java.nio.ByteBuffer')
  if (typeof value === 'object') throw unexpectedStructure()
  throw blobNotString()
}

/** REQUIRES: `text` is not canonical base64. */
function faultOf(text: string): Error {
  if (text.length % 4 !== 0) return base64Length(text.length)
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const foreign = /[^A-Za-z0-9+/]/.exec(text.slice(0, text.length - padding))
  return foreign === null ? base64LastCharacter() : base64Character(foreign[0])
}
