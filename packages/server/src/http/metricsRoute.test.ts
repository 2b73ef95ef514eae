import { describe, expect, test } from 'vitest'
import { metricsRoute, type MetricsRouteOptions } from './metricsRoute.ts'
import type { RawRequest } from './rawMessage.ts'

const page = () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })
const url = '/metrics'
const requestOf = (more: Partial<RawRequest> = {}): RawRequest => ({
  method: 'GET',
  url,
  headers: { host: 'localhost:8000' },
  body: new Uint8Array(0),
  peer: { remoteAddress: '127.0.0.1' },
  ...more,
})

async function ask(more: Partial<RawRequest> = {}, options: Partial<MetricsRouteOptions> = {}) {
  const route = metricsRoute({ page, onFault: () => {}, ...options })
  const respond = () => Promise.reject(new Error('not asked'))
  const { statusCode, headers, body } = await route.answer(requestOf(more), 'R', respond)
  return { statusCode, headers, text: Buffer.from(body).toString('utf8') }
}

test.each([
  ['GET', '/metrics', true],
  ['HEAD', '/metrics', true],
  ['GET', '/metrics?x=1', true],
  ['POST', '/metrics', false],
  ['GET', '/metrics/', false],
  ['GET', '/', false],
])('%s %s: %s', (method, asked, isIts) => {
  const { matches } = metricsRoute({ page, onFault: () => {} })
  expect(matches(requestOf({ method, url: asked }))).toBe(isIts)
})

test('shows the page, and no page of another origin may read it', async () => {
  const headers = { host: '127.0.0.1', origin: 'https://example.com' }
  const answer = await ask({ headers })
  expect(answer).toMatchObject({ statusCode: 200, text: 'up 1\n' })
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4')
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-'))).toEqual([])
  expect((await ask({ method: 'HEAD' })).text).toBe('')
})

describe('without a token', () => {
  test.each([
    ['127.0.0.1', 'localhost'],
    ['127.8.9.1', '127.0.0.1:8000'],
    ['::1', '[::1]:8000'],
    ['::ffff:127.0.0.1', 'app.localhost:1'],
    ['127.0.0.1', undefined],
  ])('is shown to %s that asks %s', async (remoteAddress, host) => {
    const headers = host === undefined ? {} : { host }
    expect((await ask({ peer: { remoteAddress }, headers })).statusCode).toBe(200)
  })

  test('is shown within the process', async () => {
    const { peer: _peer, ...request } = requestOf()
    const route = metricsRoute({ page, onFault: () => {} })
    const answer = await route.answer(request, 'R', () => Promise.reject(new Error('not asked')))
    expect(answer.statusCode).toBe(200)
  })

  test.each([
    ['10.0.0.1', 'localhost'],
    ['::ffff:10.0.0.1', 'localhost'],
    ['128.0.0.1', 'localhost'],
    ['2001:db8::1', '[::1]'],
    ['', 'localhost'],
    [undefined, 'localhost'],
    ['127.0.0.1', 'example.com'],
    ['127.0.0.1', '127.0.0.1.example.com:8000'],
    ['127.0.0.1', 'localhost.example.com'],
    ['127.0.0.1', ''],
  ])('is not shown to %s that asks %s', async (remoteAddress, host) => {
    expect(await ask({ peer: { remoteAddress }, headers: { host } })).toMatchObject({
      statusCode: 403,
      text: 'Metrics are shown to this machine alone, or with --metrics-token-file.\n',
    })
  })
})

describe('with a token', () => {
  const token = 's3cret'
  const peer = { remoteAddress: '10.0.0.1' }
  const asking = (authorization?: string) =>
    ask(
      { peer, headers: { host: 'db', ...(authorization !== undefined && { authorization }) } },
      { token },
    )

  test.each(['Bearer s3cret', 'bearer  s3cret '])(
    'is shown to %s, wherever from',
    async (given) => {
      expect((await asking(given)).statusCode).toBe(200)
    },
  )

  test.each([undefined, '', 'Bearer', 'Bearer s3cre', 'Bearer s3crets', 'Basic s3cret', 's3cret'])(
    'is not shown to %s',
    async (given) => {
      const answer = await asking(given)
      expect(answer).toMatchObject({ statusCode: 401, text: 'A bearer token is needed.\n' })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    },
  )

  test('is not shown to this machine without it', async () => {
    expect((await ask({}, { token })).statusCode).toBe(401)
  })
})

test('a page that fails is told, and not shown', async () => {
  const faults: unknown[] = []
  const fault = new Error('broken')
  const answer = await ask(
    {},
    { page: () => Promise.reject(fault), onFault: (...told) => void faults.push(told) },
  )
  expect(answer).toMatchObject({ statusCode: 500, text: 'The metrics cannot be shown.\n' })
  expect(faults).toEqual([['R', fault]])
})
