import { createHash, createHmac } from 'node:crypto'
import type { AccessKey } from '../access/accessKeys.ts'
import type { RawRequest } from '../http/rawMessage.ts'

/** A request that is to be signed, as a client has it. */
export interface PlainRequest {
  readonly method: string
  /** Without a query string, and without anything to encode. */
  readonly path: string
  /** Names in lower case, each once, with single blanks. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export interface SigningTerms {
  readonly key: Pick<AccessKey, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
  readonly region: string
  readonly service: string
  readonly timeMs: number
  /** The headers that the signature covers; all of them when absent. */
  readonly signed?: readonly string[]
  /** What stands for the body; its digest when absent. */
  readonly bodyDigest?: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

/** The date of a signature: `20130301T000000Z`. */
export const signatureDate = (timeMs: number): string =>
  new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** `request` as a server receives it, signed by its Authorization header. */
export function signedByHeader(request: PlainRequest, terms: SigningTerms): RawRequest {
  const date = signatureDate(terms.timeMs)
  const { sessionToken } = terms.key
  const token = sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }
  const headers = { ...request.headers, 'x-amz-date': date, ...token }
  const names = [...(terms.signed ?? Object.keys(headers))].sort()
  const signature = signatureOf({ ...request, headers }, '', names, terms)
  const authorization =
    `${algorithm} Credential=${terms.key.accessKeyId}/${scopeOf(terms)}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`
  return received({ ...request, headers: { ...headers, authorization } }, request.path)
}

/** The same by its query string, to hold for `expires` seconds if that is given. */
export function signedByQuery(
  request: PlainRequest,
  terms: SigningTerms,
  expires?: number | string,
): RawRequest {
  const names = [...(terms.signed ?? Object.keys(request.headers))].sort()
  const { sessionToken } = terms.key
  const query = Object.entries({
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${terms.key.accessKeyId}/${scopeOf(terms)}`,
    'X-Amz-Date': signatureDate(terms.timeMs),
    ...(expires !== undefined && { 'X-Amz-Expires': String(expires) }),
    ...(sessionToken !== undefined && { 'X-Amz-Security-Token': sessionToken }),
    'X-Amz-SignedHeaders': names.join(';'),
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const signature = signatureOf(request, query, names, terms)
  return received(request, `${request.path}?${query}&X-Amz-Signature=${signature}`)
}

function received({ method, headers, body }: PlainRequest, url: string): RawRequest {
  const rawHeaders = Object.entries(headers).flat()
  return { method, url, headers, rawHeaders, body: Buffer.from(body) }
}

const scopeOf = ({ timeMs, region, service }: SigningTerms): string =>
  `${signatureDate(timeMs).slice(0, 8)}/${region}/${service}/aws4_request`

function signatureOf(
  { method, path, headers, body }: PlainRequest,
  query: string,
  names: readonly string[],
  terms: SigningTerms,
): string {
  const lines = names.map((name) => `${name}:${headers[name]}`)
  const { bodyDigest = digestOf(body) } = terms
  const canonical = [method, path, query, ...lines, '', names.join(';'), bodyDigest].join('\n')
  const text = [algorithm, signatureDate(terms.timeMs), scopeOf(terms), digestOf(canonical)]
  const key = scopeOf(terms)
    .split('/')
    .reduce<string | Uint8Array>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${terms.key.secretAccessKey}`,
    )
  return createHmac('sha256', key).update(text.join('\n')).digest('hex')
}
