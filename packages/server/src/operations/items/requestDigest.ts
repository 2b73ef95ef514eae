import { createHash } from 'node:crypto'
import { invariant } from '../../invariant.ts'
import type { RequestToken } from '../../transactions/writePlan.ts'

/**
 * The token of a request: found again by operation and token text, and bound to `parameters`, whose
 * members may come in any order. REQUIRES: the attribute values in `parameters` are canonical.
 */
export function requestToken(
  operation: string,
  token: string | undefined,
  parameters: () => unknown,
): RequestToken | undefined {
  if (token === undefined) return undefined
  return {
    digest: sha256(`${operation}\n${token}`),
    requestDigest: Buffer.from(sha256(orderedJson(parameters()))).toString('base64'),
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

/** JSON with the members of every object in order of their names: equal for equal parameters. */
export function orderedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(orderedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) {
    invariant(value !== undefined, 'an absent member has no JSON')
    return JSON.stringify(value)
  }
  const map = value as Record<string, unknown>
  const members: string[] = []
  for (const name of Object.keys(map).sort()) {
    const member = map[name]
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${orderedJson(member)}`)
  }
  return `{${members.join(',')}}`
}
