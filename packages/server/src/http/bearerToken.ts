import { createHash, timingSafeEqual } from 'node:crypto'
import { headerOf, type RawRequest } from './rawMessage.ts'

/** Whether a request bears a token in its `authorization` header. */
export type BearerCheck = (request: RawRequest) => boolean

/**
 * Asks for `token`. Compares digests, so that neither content nor length of the token shows in the
 * time it takes.
 */
export function bearerCheck(token: string): BearerCheck {
  const digest = digestOf(token)
  return (request) => {
    const [, given] = /^Bearer +([^ ]+) *$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
    return given !== undefined && timingSafeEqual(digestOf(given), digest)
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest()
