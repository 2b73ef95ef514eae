import { createHash } from 'node:crypto'
import { invalidNextToken } from '../../errors/metricErrors.ts'

/**
 * A token that goes on where an answer ended: `place`, sealed with a digest of the request that it
 * belongs to. `request` is that request without its token.
 */
export function encodePageToken(request: object, place: object): string {
  const text = JSON.stringify([digestOf(request), place])
  return Buffer.from(text, 'utf8').toString('base64url')
}

/**
 * The inverse of {@link encodePageToken}. Throws InvalidNextToken for the token of another request.
 */
export function decodePageToken(request: object, token: string): unknown {
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    throw invalidNextToken()
  }
  if (!Array.isArray(content) || content.length !== 2) throw invalidNextToken()
  const [digest, place] = content as [unknown, unknown]
  if (digest !== digestOf(request)) throw invalidNextToken()
  return place
}

function digestOf(request: object): string {
  const hash = createHash('sha256').update('page of metrics').update(JSON.stringify(request))
  return hash.digest('base64url').slice(0, 22)
}
