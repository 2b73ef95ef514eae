import { createHash, createHmac } from 'node:crypto'

/** Who signs, and for what. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
  readonly service: string
}

/** What is signed: a request without a query string. */
export interface UnsignedRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case, `host` among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers of a request with its signature: Signature Version 4 of AWS ("Create a signed AWS API
 * request" of the IAM guide), all headers signed. `timeMs` is the time in milliseconds since the
 * epoch.
 */
export function signedHeaders(
  { method, path, headers: given, body }: UnsignedRequest,
  signer: Signer,
  timeMs: number,
): Record<string, string> {
  const time = new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const { sessionToken } = signer
  const headers: Record<string, string> = { ...given, 'x-amz-date': time }
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken
  const names = Object.keys(headers).sort()
  const canonical = [
    method,
    path,
    '',
    ...names.map((name) => `${name}:${(headers[name] as string).trim()}`),
    '',
    names.join(';'),
    digestOf(body),
  ].join('\n')
  const date = time.slice(0, 8)
  const scope = `${date}/${signer.region}/${signer.service}/aws4_request`
  const text = [algorithm, time, scope, digestOf(canonical)].join('\n')
  const key = [date, signer.region, signer.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${signer.secretAccessKey}`,
  )
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const credential = `Credential=${signer.accessKeyId}/${scope}`
  const authorization = `${algorithm} ${credential}, SignedHeaders=${names.join(';')}, `
  return { ...headers, authorization: `${authorization}Signature=${signature}` }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
