import {
  incompleteAuthorization,
  incompleteQuerySignature,
  malformedCredential,
  missingAuthenticationToken,
  signedTwice,
} from '../errors/protocolErrors.ts'
import type { SignatureHeaderParameter } from '../errors/protocolErrors.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest } from './rawMessage.ts'

/** What a request says of its signature, in Signature Version 4. Nothing of it is verified yet. */
export interface ParsedSignature {
  readonly accessKeyId: string
  /** Date, Region and service of the credential's scope. */
  readonly date: string
  readonly region: string
  readonly service: string
  /** Names in lower case, separated by semicolons. */
  readonly signedHeaders: string
  readonly signature: string
}

/** Decides whether a signed request is let in. */
export interface Authenticator {
  /** Throws an ApiError unless the signature is good. */
  authenticate(request: RawRequest, signature: ParsedSignature): void
}

/** Lets in whatever carries a complete signature, by any key. */
export const acceptAnyKey: Authenticator = { authenticate() {} }

const queryAlgorithm = 'X-Amz-Algorithm'
const queryParameters: readonly string[] = [
  queryAlgorithm,
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
]

/**
 * The signature of `request`, from its Authorization header or its query string. Throws
 * MissingAuthenticationToken, IncompleteSignature or InvalidSignature (behaviour digest 4.4).
 */
export function parseSignature(request: RawRequest): ParsedSignature {
  const authorization = headerOf(request, 'authorization')
  const query = signedQueryOf(request.url)
  if (authorization !== undefined && query !== undefined) throw signedTwice()
  if (query !== undefined) return parseQuery(query)
  if (authorization?.startsWith('AWS4-') !== true) throw missingAuthenticationToken()
  return parseHeader(authorization, isDated(request))
}

function isDated(request: RawRequest): boolean {
  return Boolean(headerOf(request, 'x-amz-date') ?? headerOf(request, 'date'))
}

/** The query string, if it means to sign the request. */
function signedQueryOf(url: string): URLSearchParams | undefined {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  const query = new URLSearchParams(url.slice(start + 1))
  return query.has(queryAlgorithm) ? query : undefined
}

function parseQuery(query: URLSearchParams): ParsedSignature {
  const missing = queryParameters.filter((name) => !query.get(name))
  if (missing.length > 0) throw incompleteQuerySignature(missing)
  return parseCredential(
    query.get('X-Amz-Credential') as string,
    query.get('X-Amz-SignedHeaders') as string,
    query.get('X-Amz-Signature') as string,
  )
}

function parseHeader(authorization: string, dated: boolean): ParsedSignature {
  const credential = parameterOf(authorization, 'Credential=')
  const signature = parameterOf(authorization, 'Signature=')
  const signedHeaders = parameterOf(authorization, 'SignedHeaders=')
  if (credential === '' || signature === '' || signedHeaders === '' || !dated) {
    const missing: SignatureHeaderParameter[] = []
    if (credential === '') missing.push('Credential')
    if (signature === '') missing.push('Signature')
    if (signedHeaders === '') missing.push('SignedHeaders')
    throw incompleteAuthorization(authorization, missing, !dated)
  }
  return parseCredential(credential, signedHeaders, signature)
}

/**
 * The value of the parameter that `prefix` begins, or '' if there is none. Parameters are separated
 * by a comma, a blank, or both.
 */
function parameterOf(authorization: string, prefix: string): string {
  let at = authorization.indexOf(prefix)
  while (at > 0 && !isSeparator(authorization.charCodeAt(at - 1))) {
    at = authorization.indexOf(prefix, at + 1)
  }
  if (at === -1) return ''
  const start = at + prefix.length
  let end = start
  while (end < authorization.length && !isSeparator(authorization.charCodeAt(end))) end += 1
  return authorization.slice(start, end)
}

function isSeparator(charCode: number): boolean {
  return charCode === 0x2c || charCode === 0x20
}

function parseCredential(
  credential: string,
  signedHeaders: string,
  signature: string,
): ParsedSignature {
  const parts = credential.split('/', 6)
  if (parts.length !== 5) throw malformedCredential(credential)
  const [accessKeyId, date, region, service] = parts as [string, string, string, string]
  return { accessKeyId, date, region, service, signedHeaders, signature }
}
