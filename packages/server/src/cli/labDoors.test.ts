import { request as httpRequest } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createDatabase, type Database, type DatabaseOptions } from './createDatabase.ts'

let database: Database
afterEach(() => database.close())

const json = { 'content-type': 'application/json' }

async function open(options: DatabaseOptions = {}, host = '127.0.0.1'): Promise<string> {
  database = await createDatabase({ inMemory: true, lab: true, ...options })
  const { endpoint } = await database.listen({ port: 0, host })
  return endpoint
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly content: unknown
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** By node:http, which sends any Host and any Origin. */
function send(url: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const content = text === '' ? undefined : (JSON.parse(text) as unknown)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, content })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

const documentOf = (endpoint: string): string => `${endpoint}/_dynatom/lab/openapi.json`
const messages: Readonly<Record<string, string>> = {
  TokenNeeded: 'A bearer token is needed: that of --control-token-file.',
  UnsupportedMediaType: 'Requests that change something have content-type application/json.',
}
const refusedWith = (status: number, error: string, message = messages[error]) =>
  expect.objectContaining({
    status,
    content: message === undefined ? expect.objectContaining({ error }) : { error, message },
  })
const foreignHost = 'The host that was asked is neither loopback nor what the server listens on.'
const foreignOrigin = 'Pages of other origins are not let in.'
const withoutToken =
  'Beyond loopback, and where signatures are verified, a control token is needed, and this server ' +
  'was given none: --control-token-file, in process controlToken.'

describe('without a lab', () => {
  test.each(['/_dynatom', '/_dynatom/', '/_dynatom?x', '/_dynatom/lab', '/_dynatom/lab/faults'])(
    'there is nothing at %s, whatever the method',
    async (path) => {
      const endpoint = await open({ lab: false })
      expect(database.lab).toBeUndefined()
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const headers = { ...json, origin: 'http://evil.example' }
        const answer = await send(`${endpoint}${path}`, { method, headers })
        expect(answer, method).toEqual(refusedWith(404, 'NotFound'))
        const names = Object.keys(answer.headers)
        expect(names.filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    },
  )

  test('what only begins the same is no part of it', async () => {
    const endpoint = await open()
    const answer = await send(`${endpoint}/_dynatomic`, { method: 'POST', headers: json })
    expect(answer.content).toHaveProperty('__type')
  })
})

describe('who is let in', () => {
  test('a request from this machine', async () => {
    const endpoint = await open()
    const answer = await send(documentOf(endpoint))
    expect(answer.status).toBe(200)
    expect(answer.content).toHaveProperty('openapi', '3.1.0')
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  test.each([
    'localhost',
    'LOCALHOST:1',
    'app.localhost',
    '127.0.0.1',
    '127.9.9.9:80',
    '[::1]:8000',
  ])('a request that asks for %s', async (host) => {
    const endpoint = await open()
    expect((await send(documentOf(endpoint), { headers: { host } })).status).toBe(200)
  })

  test.each([
    'evil.example',
    'localhost.evil.example',
    '10.0.0.1:80',
    '[::2]',
    'a@localhost',
    '[',
    ' ',
  ])('not one that was led here by the name %s', async (host) => {
    const endpoint = await open()
    const answer = await send(documentOf(endpoint), { headers: { host } })
    expect(answer).toEqual(refusedWith(403, 'Forbidden', foreignHost))
  })

  test('a page of the server itself, and none of another origin', async () => {
    const endpoint = await open()
    const { host, port } = new URL(endpoint)
    const from = (origin: string) => send(documentOf(endpoint), { headers: { origin } })
    expect((await from(`http://${host}`)).status).toBe(200)
    for (const origin of [
      'null',
      'http://evil.example',
      `https://${host}`,
      `http://localhost:${port}`,
      `http://127.0.0.1:${Number(port) + 1}`,
      `http://${host}.evil.example`,
      'file://',
    ]) {
      const answer = await from(origin)
      expect(answer, origin).toEqual(refusedWith(403, 'Forbidden', foreignOrigin))
      const names = Object.keys(answer.headers)
      expect(names.filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('no preflight of another origin', async () => {
    const endpoint = await open()
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' }
    const answer = await send(documentOf(endpoint), { method: 'OPTIONS', headers })
    expect(answer).toEqual(refusedWith(403, 'Forbidden', foreignOrigin))
    expect(Object.keys(answer.headers).join()).not.toContain('access-control')
  })

  test.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain; application/json',
    '',
  ])('no form and nothing else that is no JSON: %s', async (type) => {
    const endpoint = await open()
    const reset = `${endpoint}/_dynatom/lab/reset`
    const headers = type === '' ? {} : { 'content-type': type }
    const answer = await send(reset, { method: 'POST', headers, body: '{}' })
    expect(answer).toEqual(refusedWith(415, 'UnsupportedMediaType'))
  })
})

describe('the token', () => {
  const controlToken = 'correct-horse'
  const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

  test('is needed where there is one, in a header', async () => {
    const endpoint = await open({ controlToken })
    expect((await send(documentOf(endpoint), bearing(controlToken))).status).toBe(200)
    for (const sent of [{}, bearing('wrong'), bearing('')]) {
      const answer = await send(documentOf(endpoint), sent)
      expect(answer).toEqual(refusedWith(401, 'TokenNeeded'))
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    const inUrl = await send(`${documentOf(endpoint)}?token=${controlToken}`)
    expect(inUrl.status).toBe(401)
  })

  test('is needed from everywhere, beyond loopback', async () => {
    const endpoint = await open({}, '0.0.0.0')
    expect(await send(documentOf(endpoint))).toEqual(refusedWith(403, 'Forbidden', withoutToken))
    await database.close()
    const again = await open({ controlToken }, '0.0.0.0')
    expect((await send(documentOf(again))).status).toBe(401)
    expect((await send(documentOf(again), bearing(controlToken))).status).toBe(200)
  })

  test('is needed where signatures are verified', async () => {
    const auth = { rootKey: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } }
    const endpoint = await open({ auth })
    expect(await send(documentOf(endpoint))).toEqual(refusedWith(403, 'Forbidden', withoutToken))
    await database.close()
    const again = await open({ auth, controlToken })
    expect((await send(documentOf(again))).status).toBe(401)
    expect((await send(documentOf(again), bearing(controlToken))).status).toBe(200)
  })

  test('is something that a header can have', async () => {
    const refused = createDatabase({ inMemory: true, controlToken: 'a b' })
    await expect(refused).rejects.toThrow(
      new RangeError('controlToken takes printable ASCII without blanks, at most 4096 characters.'),
    )
    await open()
  })
})

describe('a request', () => {
  test('for what is not there', async () => {
    const endpoint = await open()
    for (const path of ['', '/', '/lab', '/lab/', '/lab/nothing', '/other/reset', '/lab/reset/1']) {
      const answer = await send(`${endpoint}/_dynatom${path}`)
      expect(answer, path).toEqual(refusedWith(404, 'NotFound'))
    }
    const reset = await send(`${endpoint}/_dynatom/lab/reset`)
    expect(reset.content).toEqual({
      error: 'MethodNotAllowed',
      message: 'This path takes POST.',
    })
  })

  test('whose body is nothing to read', async () => {
    const endpoint = await open()
    const url = `${endpoint}/_dynatom/lab/reset`
    for (const body of ['{', '[]', '1', '{"x":1}']) {
      const answer = await send(url, { method: 'POST', headers: json, body })
      expect(answer, body).toEqual(refusedWith(400, 'InvalidRequest'))
    }
  })
})

test('a body beyond the limit is not read', async () => {
  const limits = { maxBodyBytes: 1024 }
  const endpoint = await open({ limits })
  const body = JSON.stringify({ text: 'x'.repeat(2000) })
  const sent = { method: 'POST', headers: json, body }
  expect(await send(`${endpoint}/_dynatom/lab/faults`, sent)).toEqual(
    refusedWith(413, 'TooLarge', 'The body is larger than the server takes.'),
  )
})

describe('reset', () => {
  const table = {
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }

  async function countItems(endpoint: string): Promise<unknown> {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...signed, 'x-amz-target': 'DynamoDB_20120810.Scan' },
      body: JSON.stringify({ TableName: 'Orders' }),
    })
    return ((await response.json()) as { Count: number }).Count
  }
  const signed = {
    'content-type': 'application/x-amz-json-1.0',
    authorization:
      'AWS4-HMAC-SHA256 Credential=k/20260102/us-east-1/dynamodb/aws4_request, ' +
      'SignedHeaders=host, Signature=s',
    'x-amz-date': '20260102T030405Z',
  }

  test('makes everything as it was', async () => {
    const endpoint = await open({ tables: [table], seed: { Orders: [{ id: { S: '1' } }] } })
    const put = await fetch(endpoint, {
      method: 'POST',
      headers: { ...signed, 'x-amz-target': 'DynamoDB_20120810.PutItem' },
      body: JSON.stringify({ TableName: 'Orders', Item: { id: { S: '2' } } }),
    })
    expect(put.status).toBe(200)
    expect(await countItems(endpoint)).toBe(2)
    const answer = await send(`${endpoint}/_dynatom/lab/reset`, { method: 'POST', headers: json })
    expect(answer).toMatchObject({ status: 200, content: {} })
    expect(await countItems(endpoint)).toBe(1)
    await database.lab?.database.reset()
    expect(await countItems(endpoint)).toBe(1)
  })

  test('is refused where the data is in a directory', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-test-'))
    try {
      const endpoint = await open({ inMemory: false, dataDirectory })
      const answer = await send(`${endpoint}/_dynatom/lab/reset`, { method: 'POST', headers: json })
      expect(answer).toMatchObject({
        status: 409,
        content: {
          error: 'Conflict',
          message: 'Only a database in memory can do that; this one has its data in a directory.',
        },
      })
      const inProcess = (async () => database.lab?.database.reset())()
      await expect(inProcess).rejects.toMatchObject({ name: 'Conflict' })
      await database.close()
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true })
    }
  })
})
