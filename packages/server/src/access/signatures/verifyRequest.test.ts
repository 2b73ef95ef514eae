import { describe, expect, it } from 'vitest'
import { principalOfRoot } from '../rootKey.ts'
import { ApiError } from '../../errors/apiError.ts'
import {
  signatureDate,
  signedByHeader,
  signedByQuery,
  type PlainRequest,
  type SigningTerms,
} from '../../testing/requestSigner.ts'
import type { AccessKey, AccessKeys } from '../accessKeys.ts'
import type { SignedRequest } from './signedRequest.ts'
import { SignatureVerifier } from './verifyRequest.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const principal = principalOfRoot('123456789012')
const reader: AccessKey = { accessKeyId: 'READER', secretAccessKey: 'a/b+c', principal }
const guest: AccessKey = {
  accessKeyId: 'GUEST',
  secretAccessKey: 'secret',
  sessionToken: 'FwoG/+==',
  expiresMs: nowMs + 1000,
  principal,
}
const keys: AccessKeys = {
  find: (id) => [reader, guest].find(({ accessKeyId }) => accessKeyId === id),
}
const expected = { region: 'us-east-1', service: 'dynamodb', nowMs }

const plain: PlainRequest = {
  method: 'POST',
  path: '/',
  headers: {
    host: 'localhost:8000',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.ListTables',
  },
  body: '{"Limit":1}',
}
const terms: SigningTerms = { key: reader, region: 'us-east-1', service: 'dynamodb', timeMs: nowMs }

function verify(request: SignedRequest, atMs: number = nowMs): AccessKey | string {
  const verified = new SignatureVerifier(keys).verify(request, { ...expected, nowMs: atMs })
  if (!(verified instanceof ApiError)) return verified
  expect(verified.kind).toMatchObject({
    namespace: 'com.amazon.coral.service',
    statusCode: 400,
    messageMember: 'message',
  })
  return `${verified.kind.name}: ${verified.message}`
}

/** A request whose header `name`, of any case, is another. */
function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  const headers = { ...request.headers, [name]: value }
  return { ...request, headers, rawHeaders: Object.entries(headers).flat() as string[] }
}

/** A signed request whose Authorization header is changed. */
function reworded(
  from: string | RegExp,
  to: string,
  change: Partial<SigningTerms> = {},
): SignedRequest {
  const request = signedByHeader(plain, { ...terms, ...change })
  const authorization = request.headers['authorization'] as string
  expect(authorization).toMatch(from)
  return withHeader(request, 'authorization', authorization.replace(from, to))
}

const wrong =
  'InvalidSignatureException: The request signature we calculated does not match the signature ' +
  'you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.'
const unknown =
  'UnrecognizedClientException: The security token included in the request is invalid.'
const wrongToken =
  'UnrecognizedClientException: The security token included in the request is invalid'
const expired = 'ExpiredTokenException: The security token included in the request is expired'

describe('a good signature', () => {
  it('is of a header, over all headers or few', () => {
    expect(verify(signedByHeader(plain, terms))).toBe(reader)
    expect(verify(signedByHeader(plain, { ...terms, signed: ['host'] }))).toBe(reader)
  })

  it('is of a query string', () => {
    expect(verify(signedByQuery(plain, terms))).toBe(reader)
    expect(verify(signedByQuery(plain, terms, 60))).toBe(reader)
    expect(verify(signedByQuery(plain, { ...terms, key: guest }, 60))).toBe(guest)
  })

  it('is of temporary keys with their token', () => {
    expect(verify(signedByHeader(plain, { ...terms, key: guest }))).toBe(guest)
  })

  it('is dated by Date where there is no X-Amz-Date, in either form', () => {
    const dates = [signatureDate(nowMs), new Date(nowMs).toUTCString()]
    for (const date of dates) {
      const dated = { ...plain, headers: { ...plain.headers, date } }
      const signed = signedByHeader(dated, { ...terms, signed: ['date', 'host'] })
      const headers: Record<string, string> = { ...(signed.headers as Record<string, string>) }
      delete headers['x-amz-date']
      const rawHeaders = Object.entries(headers).flat()
      expect(verify({ ...signed, headers, rawHeaders })).toBe(reader)
    }
  })

  it('is remembered for no longer than its secret', () => {
    const others = { current: reader }
    const verifier = new SignatureVerifier({ find: () => others.current })
    const request = signedByHeader(plain, terms)
    expect(verifier.verify(request, expected)).toBe(reader)
    others.current = { ...reader, secretAccessKey: 'other' }
    expect(verifier.verify(request, expected)).toMatchObject({ name: 'InvalidSignatureException' })
    const renewed = signedByHeader(plain, { ...terms, key: others.current })
    expect(verifier.verify(renewed, expected)).toBe(others.current)
  })
})

describe('the headers of a request', () => {
  const signed = signedByHeader({ ...plain, headers: { ...plain.headers, 'x-a': 'b c,d' } }, terms)

  /** As it was signed but for `x-a`, which was sent in the lines `sent`. */
  function sentAs(sent: readonly string[]): SignedRequest {
    const { rawHeaders = [] } = signed
    const at = rawHeaders.indexOf('x-a')
    const others = [...rawHeaders.slice(0, at), ...rawHeaders.slice(at + 2)]
    const lines = [...sent.flatMap((value) => ['X-A', value]), ...others]
    return { ...signed, headers: { ...signed.headers, 'x-a': sent.join(', ') }, rawHeaders: lines }
  }

  it('may be repeated, and have other blanks', () => {
    expect(verify(sentAs(['b c,d']))).toBe(reader)
    expect(verify(sentAs(['b c', 'd']))).toBe(reader)
    expect(verify(sentAs(['  b \t c', 'd  ']))).toBe(reader)
    expect(verify(sentAs(['  b   c,d ']))).toBe(reader)
  })

  it('have all of their lines, in order', () => {
    for (const sent of [['d', 'b c'], ['b c'], ['b c', 'd', ''], ['bc', 'd'], ['b c', 'D'], []]) {
      expect(verify(sentAs(sent)), JSON.stringify(sent)).toBe(wrong)
    }
  })

  it('that are dropped where they are repeated still count', () => {
    const request = signedByHeader(plain, terms)
    const rawHeaders = [...(request.rawHeaders ?? []), 'Content-Type', 'text/plain']
    expect(verify({ ...request, rawHeaders })).toBe(wrong)
    const hosts = [...(request.rawHeaders ?? []), 'HOST', 'elsewhere']
    expect(verify({ ...request, rawHeaders: hosts })).toBe(wrong)
  })

  it('that are signed have to be there, empty ones too', () => {
    const empty = signedByHeader({ ...plain, headers: { ...plain.headers, 'x-a': '' } }, terms)
    expect(verify(empty)).toBe(reader)
    const { 'x-a': _, ...headers } = empty.headers
    expect(
      verify({ ...empty, headers, rawHeaders: Object.entries(headers).flat() as string[] }),
    ).toBe(wrong)
    expect(verify(reworded('SignedHeaders=', 'SignedHeaders=constructor;__proto__;'))).toBe(wrong)
  })

  it('are bytes', () => {
    const text = 'ö'
    const sent = Buffer.from(text, 'utf8').toString('latin1')
    const request = signedByHeader({ ...plain, headers: { ...plain.headers, 'x-a': text } }, terms)
    expect(verify(withHeader(request, 'x-a', sent))).toBe(reader)
    expect(verify(request)).toBe(wrong)
    const { rawHeaders: _, ...neverSent } = request
    expect(verify(neverSent)).toBe(reader)
    const wider = signedByHeader({ ...plain, headers: { ...plain.headers, 'x-a': '😀' } }, terms)
    const { rawHeaders: __, ...widerNeverSent } = wider
    expect(verify(widerNeverSent)).toBe(reader)
    expect(verify(withHeader(wider, 'x-a', Buffer.from('😀').toString('latin1')))).toBe(reader)
  })
})

describe('refusals, in order', () => {
  /** Each breaks one thing more; the first that is broken is told. */
  const credential = 'Credential=a/b/c/d'
  const bad = 'AWS4-HMAC-SHA25 '

  it('both forms at once', () => {
    const query = signedByQuery(plain, terms)
    expect(verify(withHeader(query, 'authorization', 'x'))).toBe(
      "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param " +
        "and 'Authorization' as HTTP header.",
    )
  })

  it('neither', () => {
    const missing = 'MissingAuthenticationTokenException: Request is missing Authentication Token'
    expect(verify(withHeader(signedByHeader(plain, terms), 'authorization', 'Basic x'))).toBe(
      missing,
    )
    expect(verify({ ...plain, url: '/', body: Buffer.from('') })).toBe(missing)
  })

  it.each([
    ['Credential= AKID/20130301', 'AKID/20130301', 'Credential= AKID/20130301'],
    ['Credential, Signature', 'Credential', 'Credential, Signature'],
  ])('parts without an equals sign: %s', (parts, told) => {
    const authorization = `AWS4-HMAC-SHA256 ${parts}`
    const request = { ...plain, url: '/', headers: { authorization }, body: Buffer.from('') }
    expect(verify(request)).toBe(
      `IncompleteSignatureException: '${told}' not a valid key=value pair (missing equal-sign) ` +
        `in Authorization header: '${authorization}'.`,
    )
  })

  it('missing parameters', () => {
    const request = withHeader(signedByHeader(plain, terms), 'authorization', 'AWS4-X A=b')
    expect(verify(request)).toBe(
      "IncompleteSignatureException: Authorization header requires 'Credential' parameter. " +
        "Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-X A=b",
    )
  })

  it.each([
    '201',
    '20260102T030405',
    '2026-01-02T03:04:05Z',
    '20260230T030405Z',
    '20260102T240000Z',
  ])('a date that is none: %s', (date) => {
    const request = withHeader(reworded('SignedHeaders=', 'SignedHeaders=x'), 'x-amz-date', date)
    expect(verify(request)).toBe(
      `IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '${date}'. ` +
        'See http://en.wikipedia.org/wiki/ISO_8601',
    )
  })

  it('a date of HTTP in the wrong header', () => {
    const date = new Date(nowMs).toUTCString()
    expect(verify(withHeader(signedByHeader(plain, terms), 'x-amz-date', date))).toContain(
      `Got '${date}'.`,
    )
  })

  it('a date that is too old or too new, by whole seconds', () => {
    const aged = (ms: number, ...change: [string | RegExp, string]): AccessKey | string =>
      verify(reworded(...change, { timeMs: nowMs - ms }))
    const unchanged: [string, string] = ['Credential', 'Credential']
    expect(aged(300_000, ...unchanged)).toBe(reader)
    expect(aged(-300_000, ...unchanged)).toBe(reader)
    expect(aged(301_000, /Credential=[^,]*|host;/g, '')).toContain("requires 'Credential'")
    expect(aged(301_000, 'host;', '')).toBe(
      'InvalidSignatureException: Signature expired: 20260102T025904Z is now earlier than ' +
        '20260102T025905Z (20260102T030405Z - 5 min.)',
    )
    expect(aged(-301_000, 'host;', '')).toBe(
      'InvalidSignatureException: Signature not yet current: 20260102T030906Z is still later than ' +
        '20260102T030905Z (20260102T030405Z + 5 min.)',
    )
  })

  it('an unsigned host', () => {
    const told =
      "InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS Authorization."
    expect(verify(reworded('host;', ''))).toBe(told)
    expect(verify(reworded('host;', 'Host;'))).toBe(told)
    expect(verify(reworded('host;', 'xhost;'))).toBe(told)
    const request = reworded('AWS4-HMAC-SHA256', 'AWS4-X')
    const authorization = request.headers['authorization'] as string
    expect(verify(withHeader(request, 'authorization', authorization.replace('host;', '')))).toBe(
      told,
    )
  })

  it('another algorithm, SigV4a with its shorter scope among them', () => {
    expect(verify(reworded(/^AWS4-HMAC-SHA256 Credential=[^,]*/, `${bad}${credential}`))).toBe(
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' " +
        '(only AWS4-HMAC-SHA256 for now). ',
    )
    const sigV4a = 'AWS4-ECDSA-P256-SHA256 Credential=READER/20260102/dynamodb/aws4_request'
    expect(verify(reworded(/^AWS4-HMAC-SHA256 Credential=[^,]*/, sigV4a))).toBe(
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' " +
        '(only AWS4-HMAC-SHA256 for now). ',
    )
  })

  it.each(['a/b/c/d', 'READER', 'a/b/c/d/e/f'])('a credential of other parts: %s', (given) => {
    expect(verify(reworded(/Credential=[^,]*/, `Credential=${given}`))).toBe(
      'IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, ' +
        `e.g. keyid/date/region/service/term, got '${given}'`,
    )
  })

  it('a scope of something else, with all that is wrong', () => {
    expect(verify(reworded(/Credential=[^,]*/, 'Credential=a/b/c/d/e'))).toBe(
      'InvalidSignatureException: ' +
        "Credential should be scoped to a valid region, not 'c'. " +
        "Credential should be scoped to correct service: 'dynamodb'. " +
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. " +
        'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        "'b' != '20260102', from '20260102T030405Z'.",
    )
    expect(verify(signedByHeader(plain, { ...terms, region: 'eu-west-1' }))).toBe(
      "InvalidSignatureException: Credential should be scoped to a valid region, not 'eu-west-1'. ",
    )
    expect(verify(signedByHeader(plain, { ...terms, service: 'monitoring' }))).toBe(
      "InvalidSignatureException: Credential should be scoped to correct service: 'dynamodb'. ",
    )
    expect(verify(reworded('aws4_request', 'AWS4_REQUEST'))).toBe(
      "InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request', " +
        "not 'AWS4_REQUEST'. ",
    )
  })

  it('a key that nobody has, or one without its token', () => {
    expect(verify(reworded('READER', 'WRITER'))).toBe(unknown)
    const { sessionToken: _, ...bare } = guest
    expect(verify(signedByHeader(plain, { ...terms, key: bare }))).toBe(unknown)
    expect(verify(signedByHeader(plain, { ...terms, key: { ...bare, secretAccessKey: '' } }))).toBe(
      unknown,
    )
  })

  it('another signature, before the token', () => {
    const key = { ...guest, secretAccessKey: 'guessed', sessionToken: 'other' }
    expect(verify(signedByHeader(plain, { ...terms, key }))).toBe(wrong)
    expect(verify(reworded(/Signature=\w+/, 'Signature=0'))).toBe(wrong)
    expect(verify(reworded(/Signature=\w+/, `Signature=${'0'.repeat(64)}`))).toBe(wrong)
    const upper = signedByHeader(plain, terms)
    const authorization = (upper.headers['authorization'] as string).replace(
      /Signature=(\w+)/,
      (_whole, hex: string) => `Signature=${hex.toUpperCase()}`,
    )
    expect(verify(withHeader(upper, 'authorization', authorization))).toBe(wrong)
  })

  it('a token that is not that of the key, or of a key that has none', () => {
    expect(
      verify(signedByHeader(plain, { ...terms, key: { ...guest, sessionToken: 'FwoG/+=!' } })),
    ).toBe(wrongToken)
    expect(verify(signedByHeader(plain, { ...terms, key: { ...reader, sessionToken: 'x' } }))).toBe(
      wrongToken,
    )
  })

  it('a session that is over', () => {
    const request = signedByHeader(plain, { ...terms, key: guest })
    expect(verify(request, nowMs + 999)).toBe(guest)
    expect(verify(request, nowMs + 1000)).toBe(expired)
    const other = { ...guest, sessionToken: 'x' }
    expect(verify(signedByHeader(plain, { ...terms, key: other }), nowMs + 1000)).toBe(wrongToken)
  })
})

describe('a signed query string', () => {
  const day = 24 * 60 * 60

  it('holds for as long as it says', () => {
    const request = signedByQuery(plain, terms, 3600)
    expect(verify(request, nowMs + 3_600_000)).toBe(reader)
    expect(verify(request, nowMs + 3_601_000)).toBe(
      'InvalidSignatureException: Signature expired: 20260102T030405Z is now earlier than ' +
        '20260102T030406Z (20260102T040406Z - 60 min.)',
    )
    expect(verify(signedByQuery(plain, terms, 7 * day), nowMs + 7 * day * 1000)).toBe(reader)
    expect(verify(signedByQuery(plain, terms, 90), nowMs + 91_000)).toBe(
      'InvalidSignatureException: Signature expired: 20260102T030405Z is now earlier than ' +
        '20260102T030406Z (20260102T030536Z - 90 sec.)',
    )
    expect(verify(signedByQuery(plain, terms), nowMs + 301_000)).toContain('- 5 min.)')
    expect(verify(request, nowMs - 301_000)).toContain('Signature not yet current')
  })

  it.each([
    ['soon', 'X-Amz-Expires should be a number'],
    ['', 'X-Amz-Expires should be a number'],
    [-1, 'X-Amz-Expires must be non-negative'],
    [
      7 * day + 1,
      'X-Amz-Expires must be less than a week (in seconds); ' +
        'that is, the given X-Amz-Expires must be less than 604800 seconds',
    ],
  ])('may not say %j', (expires, told) => {
    expect(verify(signedByQuery(plain, terms, expires))).toBe(
      `IncompleteSignatureException: ${told}`,
    )
  })

  it('covers all of its parameters but the signature', () => {
    const request = signedByQuery(plain, terms, 60)
    expect(verify({ ...request, url: request.url.replace('=60&', '=61&') })).toBe(wrong)
    expect(verify({ ...request, url: `${request.url}&a=b` })).toBe(wrong)
    expect(verify({ ...request, url: `${request.url}&X-Amz-Signature=0` })).toBe(wrong)
    expect(verify({ ...request, url: request.url.replaceAll('%2F', '%2f') })).toBe(reader)
    const [path, query = ''] = request.url.split('?')
    expect(verify({ ...request, url: `${path}?${query.split('&').reverse().join('&')}` })).toBe(
      reader,
    )
  })
})

describe('the body', () => {
  it('is hashed as it was sent, whatever a header says of it', () => {
    const digest = { ...plain.headers, 'x-amz-content-sha256': '0'.repeat(64) }
    expect(verify(signedByHeader({ ...plain, headers: digest }, terms))).toBe(reader)
    const request = signedByHeader(plain, terms)
    expect(verify({ ...request, body: Buffer.from('{"Limit":2}') })).toBe(wrong)
  })

  it('cannot be left out of the signature', () => {
    for (const bodyDigest of ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER']) {
      const headers = { ...plain.headers, 'x-amz-content-sha256': bodyDigest }
      expect(verify(signedByHeader({ ...plain, headers }, { ...terms, bodyDigest }))).toBe(wrong)
      expect(verify(signedByQuery({ ...plain, headers }, { ...terms, bodyDigest }))).toBe(wrong)
    }
  })
})
