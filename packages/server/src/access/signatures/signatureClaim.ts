import type { ApiError } from '../../errors/apiError.ts'
import {
  incompleteAuthorization,
  incompleteQuerySignature,
  malformedAuthorization,
  missingAuthenticationToken,
  signedTwice,
} from '../../errors/authenticationErrors.ts'
import type { SignatureHeaderParameter } from '../../errors/authenticationErrors.ts'
import { firstHeaderOf, type SignedRequest } from './signedRequest.ts'

/** What a request says of its signature. Nothing of it is verified yet. */
export interface SignatureClaim {
  readonly form: 'header' | 'query'
  readonly algorithm: string
  /** Meant to be `key/date/region/service/aws4_request`. */
  readonly credential: string
  /** Names in lower case, separated by semicolons. */
  readonly signedHeaders: string
  readonly signature: string
  /** As it was sent: of the query, of X-Amz-Date, or of Date. */
  readonly date: string
  /** Whether `date` is that of a Date header, which may be in HTTP's own form. */
  readonly isHttpDate: boolean
  /** Of the query form: for how many seconds it holds, if it says so. */
  readonly expires: string | undefined
  readonly sessionToken: string | undefined
}

/** How much is asked of a header: `strict` refuses parts that are no `name=value`. */
export type Strictness = 'strict' | 'lenient'

const queryAlgorithm = 'X-Amz-Algorithm'
const queryParameters: readonly string[] = [
  queryAlgorithm,
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
]

/**
 * What `request` claims, by its Authorization header or its query string; or
 * MissingAuthenticationToken, IncompleteSignature or InvalidSignature (behaviour digest 4.4).
 */
export function claimOf(request: SignedRequest, strictness: Strictness): SignatureClaim | ApiError {
  const authorization = firstHeaderOf(request, 'authorization')
  const query = signedQueryOf(request.url)
  if (authorization !== undefined && query !== undefined) return signedTwice()
  if (query !== undefined) return claimOfQuery(query)
  if (authorization?.startsWith('AWS4-') !== true) return missingAuthenticationToken()
  return claimOfHeader(request, authorization, strictness)
}

/** The query string, if it means to sign the request. */
function signedQueryOf(url: string): URLSearchParams | undefined {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  const query = new URLSearchParams(url.slice(start + 1))
  return query.has(queryAlgorithm) ? query : undefined
}

function claimOfQuery(query: URLSearchParams): SignatureClaim | ApiError {
  const missing = queryParameters.filter((name) => !query.get(name))
  if (missing.length > 0) return incompleteQuerySignature(missing)
  const valueOf = (name: string): string => query.get(name) ?? ''
  return {
    form: 'query',
    algorithm: valueOf(queryAlgorithm),
    credential: valueOf('X-Amz-Credential'),
    signedHeaders: valueOf('X-Amz-SignedHeaders'),
    signature: valueOf('X-Amz-Signature'),
    date: valueOf('X-Amz-Date'),
    isHttpDate: false,
    expires: query.get('X-Amz-Expires') ?? undefined,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
  }
}

function claimOfHeader(
  request: SignedRequest,
  authorization: string,
  strictness: Strictness,
): SignatureClaim | ApiError {
  const malformed = strictness === 'strict' ? malformedPartOf(authorization) : undefined
  if (malformed !== undefined) return malformedAuthorization(malformed, authorization)
  const credential = parameterOf(authorization, 'Credential=')
  const signature = parameterOf(authorization, 'Signature=')
  const signedHeaders = parameterOf(authorization, 'SignedHeaders=')
  const amzDate = firstHeaderOf(request, 'x-amz-date')
  const date = amzDate ?? firstHeaderOf(request, 'date') ?? ''
  if (credential === '' || signature === '' || signedHeaders === '' || date === '') {
    const missing: SignatureHeaderParameter[] = []
    if (credential === '') missing.push('Credential')
    if (signature === '') missing.push('Signature')
    if (signedHeaders === '') missing.push('SignedHeaders')
    return incompleteAuthorization(authorization, missing, date === '')
  }
  return {
    form: 'header',
    algorithm: authorization.slice(0, endOfPart(authorization, 0)),
    credential,
    signedHeaders,
    signature,
    date,
    isHttpDate: amzDate === undefined,
    expires: undefined,
    sessionToken: firstHeaderOf(request, 'x-amz-security-token'),
  }
}

/**
 * The value of the parameter that `prefix` begins, or '' if there is none; the first if there are
 * several. The algorithm and the parameters are separated by a comma, a blank, or both.
 */
function parameterOf(authorization: string, prefix: string): string {
  let end = endOfPart(authorization, 0)
  while (end < authorization.length) {
    const start = end + 1
    end = endOfPart(authorization, start)
    if (authorization.startsWith(prefix, start)) {
      return authorization.slice(start + prefix.length, end)
    }
  }
  return ''
}

/** The first part behind the algorithm that has no equals sign. */
function malformedPartOf(authorization: string): string | undefined {
  let end = endOfPart(authorization, 0)
  while (end < authorization.length) {
    const start = end + 1
    end = endOfPart(authorization, start)
    const equals = authorization.indexOf('=', start)
    if (end > start && (equals === -1 || equals > end)) return authorization.slice(start, end)
  }
  return undefined
}

/** Where the part that begins at `start` ends: at a comma, a blank, or the end of all. */
function endOfPart(authorization: string, start: number): number {
  const comma = authorization.indexOf(',', start)
  const blank = authorization.indexOf(' ', start)
  if (comma === -1) return blank === -1 ? authorization.length : blank
  return blank === -1 ? comma : Math.min(comma, blank)
}
