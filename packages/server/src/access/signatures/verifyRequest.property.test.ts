import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { principalOfRoot } from '../rootKey.ts'
import { ApiError } from '../../errors/apiError.ts'
import {
  signedByHeader,
  signedByQuery,
  type PlainRequest,
  type SigningTerms,
} from '../../testing/requestSigner.ts'
import type { AccessKey } from '../accessKeys.ts'
import type { SignedRequest } from './signedRequest.ts'
import { SignatureVerifier } from './verifyRequest.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const principal = principalOfRoot('123456789012')
const key: AccessKey = { accessKeyId: 'AKID', secretAccessKey: 'secret', principal }
const temporary: AccessKey = { ...key, accessKeyId: 'TEMP', sessionToken: 'token/+=' }
const keys = [key, temporary]
const verifier = new SignatureVerifier({
  find: (id) => keys.find(({ accessKeyId }) => accessKeyId === id),
})
const expected = { region: 'us-east-1', service: 'dynamodb', nowMs }

/** What can be in a header: any byte but those that end it or that are folded. */
const headerValue = fc
  .array(
    fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f),
    { maxLength: 20 },
  )
  .map((codes) => String.fromCharCode(...codes))

const plainRequest: fc.Arbitrary<PlainRequest> = fc.record({
  method: fc.constantFrom('POST', 'PUT'),
  path: fc.constantFrom('/', '/a/b', '/x-y_z~.'),
  headers: fc
    .dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), headerValue, { maxKeys: 12 })
    .map((headers) => ({ ...headers, host: 'localhost:8000', 'x-amz-target': 'A.B' })),
  body: fc.uint8Array({ maxLength: 100 }),
})

const terms: fc.Arbitrary<SigningTerms> = fc.record({
  key: fc.constantFrom(...keys),
  region: fc.constant(expected.region),
  service: fc.constant(expected.service),
  timeMs: fc.constant(nowMs),
})

/** Signs bytes, which is what {@link PlainRequest} has in a character each. */
function signed(plain: PlainRequest, given: SigningTerms, byQuery: boolean): SignedRequest {
  const utf8 = (value: string): string => Buffer.from(value, 'utf8').toString('latin1')
  const request = byQuery ? signedByQuery(plain, given, 60) : signedByHeader(plain, given)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, utf8(value as string)]),
  )
  return { ...request, headers, rawHeaders: Object.entries(headers).flat() }
}

/** Everything that a signature covers, as places whose bytes may be changed. */
interface Place {
  readonly bytes: Uint8Array
  readonly changed: (bytes: Buffer) => SignedRequest
}

const textOf = (bytes: Buffer): string => bytes.toString('latin1')

function placesOf(request: SignedRequest): Place[] {
  const { rawHeaders = [] } = request
  const places: Place[] = [
    {
      bytes: Buffer.from(request.method),
      changed: (bytes) => ({ ...request, method: textOf(bytes) }),
    },
    { bytes: request.body, changed: (body) => ({ ...request, body }) },
    ...rawHeaders.map((text, i) => ({
      bytes: Buffer.from(text, 'latin1'),
      changed: (bytes: Buffer) => withLine(request, i, textOf(bytes)),
    })),
  ]
  const [path = '', query] = request.url.split('?')
  const withUrl = (changed: string, rest: string | undefined): SignedRequest => ({
    ...request,
    url: rest === undefined ? changed : `${changed}?${rest}`,
  })
  places.push({ bytes: Buffer.from(path), changed: (bytes) => withUrl(textOf(bytes), query) })
  const parameters = [...new URLSearchParams(query)].flat()
  parameters.forEach((text, i) => {
    const changed = (bytes: Buffer): SignedRequest => {
      const others = parameters.with(i, bytes.toString('utf8'))
      const pairs = others.map(
        (each, at) => `${encodeURIComponent(each)}${at % 2 === 0 ? '=' : '&'}`,
      )
      return withUrl(path, pairs.join(''))
    }
    places.push({ bytes: Buffer.from(text), changed })
  })
  return places
}

function withLine(request: SignedRequest, at: number, text: string): SignedRequest {
  const rawHeaders = (request.rawHeaders ?? []).with(at, text)
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    headers[name] ??= rawHeaders[i + 1] as string
  }
  return { ...request, headers, rawHeaders }
}

/** Whether all that has changed is the case of a header's name. */
function meansTheSame(request: SignedRequest, changed: SignedRequest): boolean {
  const { rawHeaders = [] } = changed
  return request.rawHeaders !== rawHeaders && isDeepStrictEqual(linesOf(request), linesOf(changed))
}

const linesOf = ({ rawHeaders = [] }: SignedRequest): string[] =>
  rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))

test('one bit of anything that is signed is enough to be refused; the unchanged twin is not', () => {
  const accepted = { twins: 0, changes: 0 }
  fc.assert(
    fc.property(
      plainRequest,
      terms,
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (plain, given, byQuery, choices) => {
        const request = signed(plain, given, byQuery)
        expect(verifier.verify(request, expected)).toBe(given.key)
        accepted.twins += 1
        for (const { bytes, changed } of placesOf(request)) {
          if (bytes.length === 0) continue
          const [choice = 0] = choices.take(1)
          const bit = choice % (8 * bytes.length)
          const other = Buffer.from(bytes)
          other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7))
          const twin = changed(other)
          if (meansTheSame(request, twin)) continue
          accepted.changes += 1
          expect(verifier.verify(twin, expected), JSON.stringify([request, twin])).toBeInstanceOf(
            ApiError,
          )
        }
      },
    ),
    { numRuns: 500 },
  )
  expect(accepted.twins).toBe(500)
  expect(accepted.changes).toBeGreaterThan(4000)
})

test('whatever a request says of itself, it is refused in a text of the catalogue', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('AWS4-HMAC-SHA256', 'Credential=', 'SignedHeaders=', 'Signature=', 'host', ';'),
    fc.constantFrom('AKID/20260102/us-east-1/dynamodb/aws4_request', '/', ', ', ' ', ',', '='),
    fc.constantFrom('20260102T030405Z', 'X-Amz-Algorithm=', 'X-Amz-Date=', '&', '%', '+', '?'),
    fc.constantFrom(
      '__proto__',
      'constructor',
      '\u0000',
      '\u00ff',
      '\ud800',
      '-1',
      '9'.repeat(400),
    ),
  )
  const words = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''))
  const headers = fc.record(
    {
      authorization: words.map((text) => `AWS4-HMAC-SHA256 ${text}`),
      date: words,
      'x-amz-date': fc.oneof(words, fc.constant('20260102T030405Z')),
      'x-amz-security-token': words,
      host: words,
    },
    { requiredKeys: [] },
  )
  const url = fc.oneof(
    words,
    words.map((text) => `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&${text}`),
  )
  const names = new Set<string>()
  fc.assert(
    fc.property(url, headers, fc.boolean(), (given, sent, isRaw) => {
      const rawHeaders = isRaw ? Object.entries(sent).flat() : undefined
      const request = { method: 'POST', url: given, headers: sent, rawHeaders, body: Buffer.of(1) }
      const refused = verifier.verify(request as SignedRequest, expected)
      expect(refused).toBeInstanceOf(ApiError)
      names.add((refused as ApiError).name)
    }),
    { numRuns: 5000 },
  )
  expect([...names].sort()).toEqual([
    'IncompleteSignatureException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
  ])
})
