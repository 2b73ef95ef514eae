import {
  brotliCompressSync,
  crc32,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
} from 'node:zlib'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../clock.ts'
import { maxRequestBodyBytes } from '../limits.ts'
import { dispatcherOf } from '../testing/performOperation.ts'
import { amazonHeaders } from '../testing/rawExchange.ts'
import type { RawResponse } from './rawMessage.ts'
import { createResponder, type ResponderOptions } from './respond.ts'
import { defaultServerLimits } from './serverLimits.ts'
import { acceptAnyKey } from './signature.ts'

let performed = 0
/** What the next answer has beside the request. */
let padding = ''

const options: ResponderOptions = {
  dispatcher: dispatcherOf({
    ListTables(request) {
      performed += 1
      return { request, padding }
    },
  }),
  region: 'us-east-1',
  random: systemRandom,
  clock: systemClock,
  authenticate: acceptAnyKey,
}
const responder = createResponder(options)

async function send(
  body: Uint8Array | string,
  headers: Record<string, string>,
  respond = responder,
): Promise<RawResponse> {
  return respond({
    method: 'POST',
    url: '/',
    headers: { ...amazonHeaders, ...headers },
    body: Buffer.from(body as string),
  })
}

const textOf = ({ body }: RawResponse): string => Buffer.from(body).toString('utf8')
const limitOf = (response: RawResponse): unknown =>
  (JSON.parse(textOf(response)) as { request: { Limit: unknown } }).request.Limit

describe('a request body', () => {
  /** Longer than what is inflated at once. */
  const long = (text: string): string => text.padEnd(1_000_000)

  test.each<[string, (text: string) => Uint8Array]>([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('in %s is inflated, short or long', async (coding, compress) => {
    padding = ''
    const headers = { 'content-encoding': coding }
    expect(limitOf(await send(compress('{"Limit":7}'), headers))).toBe(7)
    expect(limitOf(await send(compress(long('{"Limit":8}')), headers))).toBe(8)
  })

  test.each<[string, string, Uint8Array]>([
    ['br', 'br', brotliCompressSync('{"Limit":7}')],
    ['another coding, though plain', 'br', Buffer.from('{"Limit":7}')],
    ['two codings', 'gzip, gzip', gzipSync(gzipSync('{"Limit":7}'))],
    ['two codings, though plain', 'gzip, gzip', Buffer.from('{"Limit":7}')],
    ['gzip, though plain', 'gzip', Buffer.from('{"Limit":7}')],
    ['gzip, though empty', 'gzip', Buffer.alloc(0)],
    ['gzip, cut off', 'gzip', gzipSync('{"Limit":7}').subarray(0, -9)],
    ['gzip, long and cut off', 'gzip', gzipSync(' '.repeat(1_000_000)).subarray(0, -9)],
    ['deflate, though gzip', 'deflate', gzipSync('{"Limit":7}')],
    ['deflate, though plain', 'deflate', Buffer.from('{"Limit":7}')],
    ['deflate, cut off', 'deflate', deflateSync('{"Limit":7}').subarray(0, -5)],
  ])('in %s is refused and not performed', async (_, coding, body) => {
    const before = performed
    const response = await send(body, { 'content-encoding': coding })
    expect(response.statusCode).toBe(500)
    expect(textOf(response)).toBe(
      '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":' +
        '"The request processing has failed because of an unknown error, exception or failure."}',
    )
    expect(performed).toBe(before)
  })

  test('is refused when it inflates beyond the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(maxRequestBodyBytes + 1, 0x20))
    const response = await send(bomb, { 'content-encoding': 'gzip' })
    expect(response.statusCode).toBe(413)
    expect(textOf(response)).toContain('Request size exceeded the limit of 16 MB')
  })

  test('of a stranger is not inflated', async () => {
    const headers = { 'content-encoding': 'gzip', authorization: '' }
    expect(textOf(await send(gzipSync('{'), headers))).toContain('MissingAuthenticationToken')
  })

  test('that inflates to no UTF-8 is refused', async () => {
    const response = await send(gzipSync(Buffer.from([0x22, 0xff, 0x22])), {
      'content-encoding': 'gzip',
    })
    expect(response.statusCode).toBe(400)
    expect(textOf(response)).toContain('SerializationException')
  })
})

describe('an answer', () => {
  const inflaters = { gzip: gunzipSync, deflate: inflateSync }

  test.each<['gzip' | 'deflate', number]>([
    ['gzip', 5000],
    ['gzip', 1_000_000],
    ['deflate', 5000],
    ['deflate', 1_000_000],
  ])('in %s of %i bytes has the checksum of what is sent', async (coding, length) => {
    padding = 'é'.repeat(length / 2)
    const response = await send('{}', { 'accept-encoding': coding })
    expect(response.headers['content-encoding']).toBe(coding)
    expect(response.headers['content-length']).toBe(String(response.body.length))
    expect(response.headers['x-amz-crc32']).toBe(String(crc32(response.body)))
    expect(response.body.length).toBeLessThan(length / 2)
    const inflated = inflaters[coding](response.body).toString('utf8')
    expect(JSON.parse(inflated)).toEqual({ request: {}, padding })
  })

  test('is sent as it is without a word of the client, and when it is short', async () => {
    padding = 'x'.repeat(5000)
    const plain = await send('{}', {})
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(JSON.parse(textOf(plain))).toEqual({ request: {}, padding })
    padding = ''
    const short = await send('{}', { 'accept-encoding': 'gzip' })
    expect(short.headers).not.toHaveProperty('content-encoding')
  })

  test('is sent as it is when there is no memory to compress it', async () => {
    padding = 'x'.repeat(100_000)
    const limits = { ...defaultServerLimits, maxBodyBytes: 1000, maxBufferedBytes: 250_000 }
    const narrow = createResponder({ ...options, limits })
    const answers = await Promise.all(
      [1, 2, 3].map(() => send('{}', { 'accept-encoding': 'gzip' }, narrow)),
    )
    const codings = answers.map(({ headers }) => headers['content-encoding'])
    expect(codings).toEqual(['gzip', 'gzip', undefined])
    const again = await send('{}', { 'accept-encoding': 'gzip' }, narrow)
    expect(again.headers['content-encoding']).toBe('gzip')
  })

  test('that is long does not keep the event loop', async () => {
    padding = systemRandom.uuid().repeat(400_000)
    const seen = { turns: 0, isAnswered: false }
    const answered = send('{}', { 'accept-encoding': 'gzip' }).finally(() => {
      seen.isAnswered = true
    })
    while (!seen.isAnswered) {
      seen.turns += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(seen.turns).toBeGreaterThan(10)
    expect((await answered).headers['content-encoding']).toBe('gzip')
  })
})
