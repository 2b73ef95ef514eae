import { hash } from 'node:crypto'
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
    digest: hash('sha256', `${operation}\n${token}`, 'buffer'),
    requestDigest: hash('sha256', orderedJson(parameters()), 'base64'),
  }
}

/** What JSON has between quotes as it is, which is most of what is asked. */
const plainText = /^[\w .:#-]*$/

const quoted = (text: string): string => (plainText.test(text) ? `"${text}"` : JSON.stringify(text))

/** JSON with the members of every object in order of their names: equal for equal parameters. */
export function orderedJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) {
    invariant(value !== undefined, 'an absent member has no JSON')
    return JSON.stringify(value)
  }
  return Array.isArray(value) ? orderedArray(value) : orderedObject(value)
}

function orderedArray(array: readonly unknown[]): string {
  let text = '['
  for (let i = 0; i < array.length; i++) text += `${i > 0 ? ',' : ''}${orderedJson(array[i])}`
  return `${text}]`
}

function orderedObject(map: object): string {
  const names = Object.keys(map)
  if (names.length > 1) names.sort()
  let text = ''
  for (const name of names) {
    const member = (map as Readonly<Record<string, unknown>>)[name]
    if (member === undefined) continue
    text += `${text === '' ? '' : ','}${quoted(name)}:${orderedJson(member)}`
  }
  return `{${text}}`
}
