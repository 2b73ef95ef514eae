import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { HostileServer } from './hostileServer.ts'
import { runSeed } from './suiteOptions.ts'

const seed = runSeed('lab')

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const json = { 'content-type': 'application/json' }

/** By node:http, with any Host, any Origin, and the path as it stands. */
function send(endpoint: string, path: string, { method = 'GET', headers = {}, body = '' }: Sent) {
  const { hostname, port } = new URL(endpoint)
  return new Promise<Reply>((resolve, reject) => {
    // A DELETE has no length unless it is told one.
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { hostname, port, path, method, headers: { ...headers, ...length } }
    const request = httpRequest(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** What is wrong with an answer to somebody who must not be let in, or asks for nonsense. */
function complaint({ status, headers, body }: Reply): string | undefined {
  const open = Object.keys(headers).filter((name) => name.startsWith('access-control'))
  if (open.length > 0) return `it has ${open.join()}`
  if (status < 400 || status >= 500) return `${status} ${body.slice(0, 200)}`
  const { error, message } = JSON.parse(body) as Record<string, unknown>
  return typeof error === 'string' && typeof message === 'string' ? undefined : body.slice(0, 200)
}

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** Every method and path of the document, with something in the place of parts in braces. */
async function controlsOf(endpoint: string): Promise<readonly (readonly [string, string])[]> {
  const reply = await send(endpoint, '/_dynatom/lab/openapi.json', {})
  const { paths } = JSON.parse(reply.body) as Documented
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, '1')] as const,
    ),
  )
}

test('no control lets a page in, by another origin, a name that was led here, or a form', async () => {
  const server = await HostileServer.start('--lab')
  const { host } = new URL(server.endpoint)
  const foreign: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `https://${host}` },
    { origin: `http://${host}.evil.example` },
    { origin: `http://${host}@evil.example` },
    { host: 'evil.example' },
    { host: 'evil.example', origin: 'http://evil.example' },
    { host: `evil.example:${new URL(server.endpoint).port}` },
    { host: '127.0.0.1.evil.example' },
    { host: '0.0.0.0' },
    { host: '127.1' },
    { host: '2130706433' },
    { host: '[::ffff:10.0.0.1]' },
    { host: 'localhost@evil.example' },
    { host: 'localhost#.evil.example' },
  ]
  const complaints: string[] = []
  for (const [method, path] of await controlsOf(server.endpoint)) {
    for (const headers of foreign) {
      const reply = await send(server.endpoint, path, { method, headers: { ...json, ...headers } })
      const what = reply.status === 403 ? complaint(reply) : `${reply.status}`
      if (what !== undefined)
        complaints.push(`${method} ${path} ${JSON.stringify(headers)}: ${what}`)
    }
    const preflight = { ...foreign[0], 'access-control-request-method': method }
    const asked = await send(server.endpoint, path, { method: 'OPTIONS', headers: preflight })
    if (asked.status !== 403) complaints.push(`preflight ${path}: ${asked.status}`)
    if (method === 'GET') continue
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
      const headers = { 'content-type': type }
      const reply = await send(server.endpoint, path, { method, headers, body: 'a=b' })
      if (reply.status !== 415) complaints.push(`${method} ${path} ${type}: ${reply.status}`)
    }
  }
  expect(complaints).toEqual([])
  await server.expectUnharmed()
})

test('nothing is found by a path that is written in another way', async () => {
  const server = await HostileServer.start('--lab')
  const known = '/_dynatom/lab/faults'
  const found = await send(server.endpoint, known, {})
  expect(found.status).toBe(200)
  for (const path of [
    '//_dynatom/lab/faults',
    '/./_dynatom/lab/faults',
    '/x/../_dynatom/lab/faults',
    '/_DYNATOM/lab/faults',
    '/%5fdynatom/lab/faults',
    '/_dynatom/lab%2ffaults',
    '/_dynatom/lab/faults/',
    '/_dynatom//lab/faults',
    '/_dynatom/lab/../lab/faults',
    '/_dynatom/lab/faults/%',
    '/_dynatom/lab/faults/%ff',
    '/_dynatom/lab/faults/1/2',
    '/_dynatom/lab/__proto__',
    '/_dynatom/lab/constructor',
    `${server.endpoint}/_dynatom/lab/faults`,
    '*',
  ]) {
    const { status, body } = await send(server.endpoint, path, { headers: json })
    expect([400, 404], `${path} ${status} ${body}`).toContain(status)
  }
  await server.expectUnharmed()
})

/** Bodies that are no JSON, or none that anybody wants. */
const strange = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '1e999',
  '{"a":1}',
  '{"__proto__":{"next":1}}',
  '{"constructor":1,"toString":2}',
  '\u0000',
  '[[',
  '['.repeat(10_000) + ']'.repeat(10_000),
  '{"key":'.repeat(10_000) + '1' + '}'.repeat(10_000),
  '['.repeat(4_000_000),
  `{"table":"${'x'.repeat(1_000_000)}","delayMs":1}`,
]

/** Values for members that exist, of all kinds. */
const values: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  '',
  'x',
  'PutItem',
  ['PutItem'],
  [null],
  [[]],
  {},
  { S: 'x' },
  { id: { S: 'x' } },
  { id: { S: 1 } },
  { id: { M: { a: { L: [] } } } },
  { name: 'InternalServerError' },
  { name: 'TransactionCanceledException', positions: [99], code: 'None' },
  [{ table: 'Items', key: { id: { N: 'x' } } }],
  [{ Put: { TableName: 'Items', Item: { id: { S: 'x' }, n: { N: '1e999' } } } }],
  [{ Statement: 'SELECT' }],
]

const names = (
  'operations table key caller next skip probability seed when delayMs error connection ' +
  'unprocessed items at count waitMs limit id requestId TransactItems TransactStatements ' +
  '__proto__ nothing'
).split(' ')

test('bodies of all kinds are refused or taken, and never a fault of the server', async () => {
  const server = await HostileServer.start('--lab')
  const random = new SeededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T
  const controls = (await controlsOf(server.endpoint)).filter(
    ([, path]) => !path.endsWith('/reset'),
  )
  const complaints: string[] = []
  const ask = async (method: string, path: string, body: string): Promise<void> => {
    const reply = await send(server.endpoint, path, { method, headers: json, body })
    const what = reply.status === 200 ? undefined : complaint(reply)
    if (what !== undefined) complaints.push(`${method} ${path} ${body.slice(0, 200)}: ${what}`)
  }
  const changing = controls.filter(([method]) => method !== 'GET')
  for (const [method, path] of changing) for (const body of strange) await ask(method, path, body)
  for (let i = 0; i < 6000; i++) {
    const [method, path] = pick(changing)
    const members = Array.from({ length: random.below(5) }, () => [pick(names), pick(values)])
    // A rule that delays or breaks all requests would keep this very test waiting.
    const body = { ...(Object.fromEntries(members) as object), caller: 'nobody' }
    await ask(
      method,
      path,
      JSON.stringify(random.below(2) === 0 ? body : { ...body, caller: undefined }),
    )
    if (i % 50 === 0) {
      await send(server.endpoint, '/_dynatom/lab/faults', { method: 'DELETE', headers: json })
    }
  }
  for (const [method, path] of controls) {
    if (method !== 'GET') continue
    for (const name of names) {
      for (const value of ['', '1', '-1', 'x', '%00', '1e3'])
        await ask(method, `${path}?${name}=${value}`, '')
    }
  }
  expect(complaints).toEqual([])
  await send(server.endpoint, '/_dynatom/lab/faults', { method: 'DELETE', headers: json })
  await server.expectUnharmed()
})

test('a server without a lab has nothing to give away', async () => {
  const server = await HostileServer.start()
  for (const path of ['/_dynatom', '/_dynatom/lab/faults', '/_dynatom/lab/openapi.json']) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH', 'HEAD']) {
      const headers = { ...json, origin: 'http://evil.example', host: 'evil.example' }
      const reply = await send(server.endpoint, path, { method, headers })
      expect(reply.status, `${method} ${path}`).toBe(404)
      expect(Object.keys(reply.headers).join()).not.toContain('access-control')
    }
  }
  await server.expectUnharmed()
})
