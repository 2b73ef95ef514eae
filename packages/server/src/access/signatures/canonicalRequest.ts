import { hash } from 'node:crypto'
import { maxKnownListLength, maxKnownLists } from '../../limits.ts'
import { bytesOf, SignedValues, type SignedRequest } from './signedRequest.ts'

/**
 * What a signature covers of a request, with a character for each byte that was sent: method, path,
 * query, the headers that `signedHeaders` lists, that list, and the digest of the body (IAM guide,
 * "Create a signed AWS API request"). Undefined when one of those headers is not there.
 */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: string,
): string | undefined {
  const values = new SignedValues(request)
  let text = `${request.method}\n${canonicalUrl(request.url)}\n`
  for (const name of namesOf(signedHeaders)) {
    const value = values.of(name)
    if (value === undefined) return undefined
    text += `${name}:${value}\n`
  }
  return `${text}\n${signedHeaders}\n${hash('sha256', request.body, 'hex')}`
}

/** Clients sign the same headers again and again. */
const knownLists = new Map<string, readonly string[]>()

function namesOf(signedHeaders: string): readonly string[] {
  const known = knownLists.get(signedHeaders)
  if (known !== undefined) return known
  const names = signedHeaders.split(';')
  if (signedHeaders.length > maxKnownListLength) return names
  if (knownLists.size >= maxKnownLists) knownLists.clear()
  knownLists.set(signedHeaders, names)
  return names
}

/** Path and query, a line each. */
function canonicalUrl(url: string): string {
  if (url === '/') return '/\n'
  const start = url.indexOf('?')
  const path = start === -1 ? url : url.slice(0, start)
  return `${canonicalPath(path)}\n${start === -1 ? '' : canonicalQuery(url.slice(start + 1))}`
}

/**
 * Without `.`, `..` and empty segments, and each segment encoded once more than it was sent: so it
 * is for every service but S3.
 */
export function canonicalPath(path: string): string {
  if (!path.startsWith('/')) return encoded(path)
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment))
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${end}`
}

/**
 * The parameters by name, then value, each decoded and encoded in the one way; without the
 * signature itself, of which there may be one.
 */
export function canonicalQuery(query: string): string {
  const parameters: { readonly name: string; readonly value: string }[] = []
  let hasSignature = false
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = reencoded(equals === -1 ? part : part.slice(0, equals))
    if (name === 'X-Amz-Signature' && !hasSignature) hasSignature = true
    else {
      const value = equals === -1 ? '' : reencoded(part.slice(equals + 1))
      parameters.push({ name, value })
    }
  }
  parameters.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
  return parameters.map(({ name, value }) => `${name}=${value}`).join('&')
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const unreserved = /^[\w.~-]*$/
const reserved = /[^\w.~-]/g
const escapedOrReserved = /%[0-9A-Fa-f]{2}|[^\w.~-]/g

/** `text` with everything but letters, digits and `-._~` as `%XX`, `%` itself too. */
function encoded(text: string): string {
  return unreserved.test(text) ? text : bytesOf(text).replaceAll(reserved, encodedByte)
}

/** The same of what is encoded in any way: `%XX` stands for a byte, `+` for a blank. */
function reencoded(text: string): string {
  if (unreserved.test(text)) return text
  return bytesOf(text).replaceAll(escapedOrReserved, (match) => {
    if (match.length === 1) return encodedByte(match === '+' ? ' ' : match)
    const character = String.fromCharCode(Number.parseInt(match.slice(1), 16))
    return unreserved.test(character) ? character : encodedByte(character)
  })
}

const encodedByte = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
