import { request as httpRequest } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock, systemRandom } from '../clock.ts'
import { amazonHeaders, credential, exchange, rawPost } from '../testing/rawExchange.ts'
import { dispatcherOf } from '../testing/performOperation.ts'
import { soon } from '../testing/soon.ts'
import { createNodeServer } from './nodeServer.ts'
import type { NodeServer } from './nodeServer.ts'
import { createResponder } from './respond.ts'
import type { Responder, ResponderOptions } from './respond.ts'
import { defaultServerLimits } from './serverLimits.ts'
import type { ServerLimits } from './serverLimits.ts'
import { acceptAnyKey } from './signature.ts'

let server: NodeServer | undefined
let release: () => void = () => {}

afterEach(async () => {
  release()
  await server?.close()
  server = undefined
})

const responderOptions: ResponderOptions = {
  dispatcher: dispatcherOf({
    ListTables: (request) => ({ request }),
    DescribeLimits: () =>
      new Promise((resolve) => {
        release = () => resolve({})
      }),
  }),
  region: 'us-east-1',
  random: systemRandom,
  clock: systemClock,
  authenticate: acceptAnyKey,
}
const responder = createResponder(responderOptions)

/** Whether node:http serves everything. */
let isDirectOff = false

async function start(
  limits: Partial<ServerLimits> = {},
  answer: Responder = responder,
): Promise<number> {
  server = createNodeServer(answer, {
    limits: { ...defaultServerLimits, closeTimeoutMs: 500, ...limits },
    isDirectOff,
  })
  const [address] = await server.listen(0, ['127.0.0.1'])
  return address?.port ?? 0
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: string
}

function post(port: number, body: Uint8Array | string, headers: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const path = (headers as { path?: string }).path ?? '/'
    const sent = httpRequest(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path,
        headers: { ...amazonHeaders, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

async function expectHealthy(port: number): Promise<void> {
  expect((await post(port, '{"Limit":3}')).body).toBe('{"request":{"Limit":3}}')
}

const closeAfter = 'Connection: close\r\n'

describe.each([
  ['directly', false],
  ['by node:http', true],
])('%s', (_way, isOff) => {
  beforeAll(() => {
    isDirectOff = isOff
  })
  describe('requests', () => {
    it('are answered with headers and body', async () => {
      const port = await start()
      const answer = await post(port, '{"Limit":3}')
      expect(answer.status).toBe(200)
      expect(answer.body).toBe('{"request":{"Limit":3}}')
      expect(answer.headers['x-amzn-requestid']).toMatch(/^[A-Z0-9]{52}$/)
      expect(answer.headers['content-length']).toBe('23')
      expect(answer.headers['content-type']).toBe('application/x-amz-json-1.0')
    })

    it('may come in pieces, in chunks, or several at once', async () => {
      const port = await start()
      const whole = rawPost(`${closeAfter}Content-Length: 11\r\n`, '{"Limit":3}')
      expect(await exchange(port, ...whole.split(/(?=.)/s))).toContain('{"request":{"Limit":3}}')
      const chunked = rawPost(
        `${closeAfter}Transfer-Encoding: chunked\r\n`,
        '4\r\n{"Li\r\n7\r\nmit":3}\r\n0\r\n\r\n',
      )
      expect(await exchange(port, chunked)).toContain('{"request":{"Limit":3}}')
      const first = rawPost('Content-Length: 11\r\n', '{"Limit":1}')
      const both = await exchange(port, first + whole)
      expect(both.indexOf('{"Limit":1}')).toBeGreaterThan(0)
      expect(both.indexOf('{"Limit":3}')).toBeGreaterThan(both.indexOf('{"Limit":1}'))
    })

    it('may be gzip', async () => {
      const port = await start()
      const answer = await post(port, gzipSync('{"Limit":4}'), { 'content-encoding': 'gzip' })
      expect(answer.body).toBe('{"request":{"Limit":4}}')
      const corrupt = await post(port, '{"Limit":4}', { 'content-encoding': 'gzip' })
      expect(corrupt.status).toBe(500)
    })

    it('may be signed by their query string', async () => {
      const port = await start()
      const path =
        '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20130301T000000Z&X-Amz-Signature=abc' +
        `&X-Amz-SignedHeaders=host&X-Amz-Credential=${encodeURIComponent(credential)}`
      const target = 'content-type: application/json\r\nx-amz-target: DynamoDB_20120810.ListTables'
      const headers = `Host: x\r\n${target}\r\n${closeAfter}Content-Length: 2\r\n`
      const text = `POST ${path} HTTP/1.1\r\n${headers}\r\n{}`
      expect(await exchange(port, text)).toContain('{"request":{}}')
    })

    it('may ask whether to continue', async () => {
      const port = await start({ maxBodyBytes: 100 })
      const expectation = `${closeAfter}Expect: 100-continue\r\n`
      const small = rawPost(`${expectation}Content-Length: 11\r\n`, '')
      expect(await exchange(port, small, '{"Limit":3}')).toMatch(
        /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\{"Limit":3\}/,
      )
      const large = rawPost(`${expectation}Content-Length: 101\r\n`, '')
      expect(await exchange(port, large)).toMatch(/^HTTP\/1\.1 413 /)
    })

    it('may expect what nobody has heard of', async () => {
      const port = await start()
      const odd = rawPost(`${closeAfter}Expect: more\r\nContent-Length: 11\r\n`, '{"Limit":3}')
      expect(await exchange(port, odd)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{"Limit":3\}/)
    })

    it('of method HEAD get what GET gets but the body', async () => {
      const port = await start()
      const head = await exchange(port, `HEAD / HTTP/1.1\r\nHost: x\r\n${closeAfter}\r\n`)
      expect(head).toMatch(/^HTTP\/1\.1 200 /)
      expect(head).toContain('\r\nserver: Server\r\n')
      expect(head).toMatch(/\r\n\r\n$/)
      const [headOf] = head.split('\r\n\r\n')
      expect(headOf).toContain(
        `\r\ncontent-length: ${'healthy: dynamodb.us-east-1.amazonaws.com '.length}\r\n`,
      )
      const health = await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\n${closeAfter}\r\n`)
      expect(health).toMatch(/\r\n\r\nhealthy: dynamodb\.us-east-1\.amazonaws\.com $/)
    })
  })

  describe('bodies beyond the limit', () => {
    it('of 17 MB are answered with 413 and a closed connection', async () => {
      const port = await start()
      const answer = await post(port, Buffer.alloc(17 * 1024 * 1024, 0x20))
      expect(answer.status).toBe(413)
      expect(answer.headers['connection']).toBe('close')
      expect(JSON.parse(answer.body)).toEqual({
        __type: 'com.amazon.coral.service#RequestEntityTooLargeException',
        message: 'Request size exceeded the limit of 16 MB',
      })
      await expectHealthy(port)
    })

    it('name a smaller limit that the server has been given', async () => {
      const limited = { ...defaultServerLimits, maxBodyBytes: 1000 }
      const port = await start(limited, createResponder({ ...responderOptions, limits: limited }))
      const text = 'Request size exceeded the limit of 1000 bytes'
      expect((await post(port, ' '.repeat(1001))).body).toContain(text)
      const inflated = await post(port, gzipSync(' '.repeat(1001)), { 'content-encoding': 'gzip' })
      expect([inflated.status, JSON.parse(inflated.body)]).toMatchObject([413, { message: text }])
      expect((await post(port, ' '.repeat(1000))).status).toBe(400)
    })

    it('are found without a declared length', async () => {
      const port = await start({ maxBodyBytes: 1000 })
      const chunk = `3e8\r\n${' '.repeat(1000)}\r\n`
      const headers = 'Transfer-Encoding: chunked\r\n'
      const text = rawPost(headers, `${chunk}${chunk}0\r\n\r\n`)
      expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 413 /)
      expect(await exchange(port, rawPost(`${closeAfter}${headers}`, `${chunk}0\r\n\r\n`))).toMatch(
        /^HTTP\/1\.1 400 [^]*SerializationException/,
      )
    })

    it('are not read to their end when they have none', async () => {
      const port = await start({ maxBodyBytes: 1000, maxDiscardedBytes: 5000 })
      const chunk = `3e8\r\n${' '.repeat(1000)}\r\n`
      const endless = rawPost('Transfer-Encoding: chunked\r\n', chunk.repeat(7))
      expect(await exchange(port, endless)).toMatch(/^HTTP\/1\.1 413 /)
      const declared = rawPost('Content-Length: 999999999999\r\n', '{')
      expect(await exchange(port, declared)).toMatch(/^HTTP\/1\.1 413 /)
      await expectHealthy(port)
    })
  })

  describe('bodies that are too much together', () => {
    const half = rawPost('Content-Length: 900\r\n', ' '.repeat(600))
    const whole = rawPost(`${closeAfter}Content-Length: 602\r\n`, `{}${' '.repeat(600)}`)

    /** Opens a connection whose body of 900 bytes does not come to its end. */
    async function openHalf(port: number): Promise<Socket> {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await new Promise<void>((resolve) => socket.write(half, () => resolve()))
      return socket
    }

    it('are answered with 503 and a closed connection, until there is room again', async () => {
      const port = await start({ maxBufferedBytes: 1000 })
      const unfinished = await openHalf(port)
      await soon(async () => {
        const answer = await exchange(port, whole)
        expect(answer).toMatch(
          /^HTTP\/1\.1 503 [^]*x-amz-retry-after: \d+\r\n[^]*connection: close/i,
        )
        expect(JSON.parse(answer.slice(answer.indexOf('{')))).toEqual({
          __type: 'com.amazon.coral.service#ServiceUnavailable',
          message: 'Service is temporarily unavailable',
        })
      })
      await expectHealthy(port)
      unfinished.destroy()
      await soon(async () => {
        expect(await exchange(port, whole)).toMatch(/^HTTP\/1\.1 200 /)
      })
    })

    it('leave no trace once they are answered', async () => {
      const port = await start({ maxBufferedBytes: 1000 })
      for (let i = 0; i < 5; i++) {
        expect(await exchange(port, whole)).toMatch(/^HTTP\/1\.1 200 /)
      }
    })
  })

  describe('answers that are not taken', () => {
    const answerOf = (length: number) => ({
      statusCode: 200,
      headers: { 'content-length': String(length) },
      body: Buffer.alloc(length, 0x20),
    })
    const megabyte = answerOf(1024 ** 2)
    // The system takes a few of the answers that nobody reads, sooner or later.
    const fourMegabytes = answerOf(4 * 1024 ** 2)
    const big: Responder = ({ body }) =>
      Promise.resolve(body.length === 2 ? megabyte : fourMegabytes)
    const maxBufferedBytes = 16 * 1024 ** 2
    const request = rawPost('Content-Length: 2\r\n', '{}')
    const forty = request.repeat(40)
    const statusOfPost = async (port: number): Promise<number> =>
      (await post(port, '{"Limit":4}')).status

    async function open(port: number): Promise<Socket> {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      return socket
    }

    /** Opens a connection that asks and does not read. */
    async function openDeaf(port: number, text: string): Promise<Socket> {
      const socket = await open(port)
      socket.pause().write(text)
      return socket
    }

    it('are bounded with the bodies: others are told to come back, until there is room', async () => {
      const port = await start({ maxBufferedBytes }, big)
      const deaf = await openDeaf(port, forty)
      await soon(async () => {
        expect(await statusOfPost(port)).toBe(503)
      })
      deaf.destroy()
      await soon(async () => expect(await statusOfPost(port)).toBe(200))
    })

    it('are bounded when they come all at once', async () => {
      const waiting: (() => void)[] = []
      const port = await start({ maxBufferedBytes }, () => {
        return new Promise((resolve) => waiting.push(() => resolve(megabyte)))
      })
      const received = exchange(port, forty + rawPost(`${closeAfter}Content-Length: 2\r\n`, '{}'))
      await soon(() => expect(waiting).toHaveLength(41))
      for (const proceed of waiting) proceed()
      const statuses = (await received).match(/HTTP\/1\.1 \d+/g) ?? []
      expect(statuses.slice(0, 5)).toEqual(Array(5).fill('HTTP/1.1 200'))
      expect(statuses.slice(-5)).toEqual(Array(5).fill('HTTP/1.1 503'))
      expect(statuses).toHaveLength(41)
    })

    it('are bounded when they are short and nobody sends a body', async () => {
      const short = answerOf(10_000)
      const port = await start({ maxBufferedBytes }, () => Promise.resolve(short))
      const health = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
      const deaf = await openDeaf(port, health.repeat(5000))
      await soon(async () => {
        const answer = await exchange(port, health.replace('\r\n\r\n', `\r\n${closeAfter}\r\n`))
        expect(answer).toMatch(/^HTTP\/1\.1 503 /)
      })
      deaf.destroy()
    })

    it('are all sent when they are taken, and leave no trace on a connection that goes on', async () => {
      const port = await start({ maxBufferedBytes: 50 * 1024 ** 2 }, big)
      const socket = await open(port)
      let received = 0
      socket.on('data', (chunk) => (received += chunk.length))
      for (let i = 1; i <= 3; i++) {
        socket.write(forty)
        await soon(() => expect(received).toBeGreaterThan(i * 40 * 1024 ** 2))
      }
      expect(await statusOfPost(port)).toBe(200)
      socket.destroy()
    })

    it('end their connection after a while, even while a request on it is performed', async () => {
      const port = await start({ maxBufferedBytes, keepAliveTimeoutMs: 100 }, (raw) => {
        if (raw.headers['x-amz-target'] === 'DynamoDB_20120810.ListTables') return big(raw)
        return new Promise((resolve) => (release = () => resolve(megabyte)))
      })
      const text = request.repeat(15) + rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits')
      const deaf = await openDeaf(port, text)
      const closed = new Promise<void>((resolve) => deaf.once('close', () => resolve()))
      await new Promise((resolve) => setTimeout(resolve, 500))
      deaf.resume()
      await closed
    })
  })

  describe('what is no request', () => {
    it.each([
      ['garbage', 'garbage\r\n\r\n'],
      ['bytes', Buffer.from([0, 255, 22, 3, 1, 0, 10])],
      ['conflicting lengths', rawPost('Content-Length: 2\r\nContent-Length: 3\r\n', '{}')],
      ['a length and chunks', rawPost('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '{}')],
      ['a negative length', rawPost('Content-Length: -2\r\n', '{}')],
      ['a broken chunk', rawPost('Transfer-Encoding: chunked\r\n', 'xyz\r\n{}')],
      ['a header without a colon', 'POST / HTTP/1.1\r\nHost x\r\n\r\n'],
      ['no host', 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
    ])('such as %s is answered with 400', async (_, bytes) => {
      const port = await start()
      expect(await exchange(port, bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      await expectHealthy(port)
    })

    it('such as endless headers is answered with 400', async () => {
      const port = await start({ maxHeaderBytes: 4096 })
      const text = `POST / HTTP/1.1\r\nA: ${'a'.repeat(5000)}\r\n\r\n`
      expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 400 /)
    })

    it('such as half a request is answered with 408 when its time is up', async () => {
      const port = await start({ headersTimeoutMs: 50, requestTimeoutMs: 100 })
      expect(await exchange(port, 'POST / HT')).toMatch(/^HTTP\/1\.1 408 /)
      expect(await exchange(port, rawPost('Content-Length: 5\r\n', '{'))).toMatch(
        /^HTTP\/1\.1 408 /,
      )
    })

    it('does no harm when the client goes away', async () => {
      const port = await start()
      for (const text of ['POST / HT', rawPost('Content-Length: 5\r\n', '{'), '']) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(text, () => socket.resetAndDestroy())
          })
          socket.on('close', () => resolve())
        })
      }
      await expectHealthy(port)
    })

    it.each([
      ['in one piece', (text: string) => [`${text}garbage\r\n\r\n`]],
      ['in two pieces', (text: string) => [text, 'garbage\r\n\r\n']],
      ['again and again', (text: string) => [text, ...Array<string>(5).fill('garbage\r\n\r\n')]],
    ])('is answered after the requests before it, %s', async (_, piecesOf) => {
      const port = await start()
      const released = release
      const quick = rawPost('Content-Length: 2\r\n', '{}')
      const slow = rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits')
      const answers = exchange(port, ...piecesOf(quick + slow))
      await expect.poll(() => release).not.toBe(released)
      await new Promise((resolve) => setTimeout(resolve, 50))
      release()
      const received = await answers
      expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual([
        'HTTP/1.1 200',
        'HTTP/1.1 200',
        'HTTP/1.1 400',
      ])
    })

    it('is answered after the requests before it, when those end the connection', async () => {
      const port = await start()
      const last = rawPost(`${closeAfter}Content-Length: 2\r\n`, '{}')
      const answers = await exchange(port, last + rawPost('Content-Length: 2\r\n', '{}'))
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
    })

    it.each(['gzip, chunked', 'identity, chunked', ''])(
      'such as the coding "%s" is answered with 501, and nothing behind it is looked at',
      async (coding) => {
        const seen: string[] = []
        const port = await start({}, (raw) => {
          seen.push(raw.url)
          return responder(raw)
        })
        const good = rawPost('Content-Length: 2\r\n', '{}')
        const odd = good
          .replace('POST /', 'POST /odd')
          .replace('Content-Length: 2', `Transfer-Encoding: ${coding}`)
          .replace('{}', coding === '' ? '' : '2\r\n{}\r\n0\r\n\r\n')
        const last = good.replace('POST /', 'POST /last')
        const answers = await exchange(port, good + odd + last, last)
        expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 501'])
        expect(seen).toEqual(['/'])
      },
    )

    it('is answered when it is the body of a request, after those before it', async () => {
      const port = await start()
      const good = rawPost('Content-Length: 2\r\n', '{}')
      const broken = rawPost('Transfer-Encoding: chunked\r\n', 'xyz\r\n{}')
      const answers = await exchange(port, good + broken)
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
    })

    it('never harms the server, whatever the bytes', async () => {
      const port = await start({ headersTimeoutMs: 1000, requestTimeoutMs: 1000 })
      const valid = Buffer.from(rawPost(`${closeAfter}Content-Length: 11\r\n`, '{"Limit":3}'))
      const mutation = fc.tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 8 }))
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.array(mutation, { minLength: 1, maxLength: 5 }).map((mutations) => {
          const mutated = Buffer.from(valid)
          for (const [at, patch] of mutations)
            mutated.set(patch.subarray(0, mutated.length - at), at)
          return mutated
        }),
      )
      await fc.assert(
        fc.asyncProperty(bytes, async (input) => {
          const ended = new Promise<string>((resolve) => {
            const socket = connect(port, '127.0.0.1')
            let received = ''
            socket.on('data', (chunk) => (received += chunk.toString('latin1')))
            socket.on('error', () => {})
            socket.on('close', () => resolve(received))
            socket.end(input)
          })
          expect(await ended).toMatch(/^(HTTP\/1\.1 [2-4]\d\d [^]*)?$/)
        }),
        { numRuns: 150 },
      )
      await expectHealthy(port)
    })
  })

  describe('faults of the responder', () => {
    it('become a bare 500', async () => {
      const port = await start({}, () => Promise.reject(new Error('secret')))
      expect(await post(port, '{}')).toMatchObject({ status: 500, body: '' })
    })

    it('such as a header that cannot be sent close the connection', async () => {
      const headers = { 'content-length': '0', bad: 'a\nb' }
      const broken = { statusCode: 200, headers, body: new Uint8Array(0) }
      const port = await start({}, () => Promise.resolve(broken))
      await expect(post(port, '{}')).rejects.toThrow('socket hang up')
    })
  })

  describe('connections', () => {
    it('are kept alive between requests', async () => {
      const port = await start()
      const first = rawPost('Content-Length: 11\r\n', '{"Limit":1}')
      const last = rawPost(`${closeAfter}Content-Length: 11\r\n`, '{"Limit":2}')
      const received = await exchange(port, first, last)
      expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    })

    it('that are idle are closed after a while, and those that wait for us are not', async () => {
      const port = await start({ keepAliveTimeoutMs: 500 })
      const busy = exchange(port, rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits'))
      const idle = exchange(port, rawPost('Content-Length: 2\r\n', '{}'))
      const silent = exchange(port)
      expect(await idle).toMatch(/^HTTP\/1\.1 200 OK/)
      expect(await silent).toBe('')
      const again = exchange(port, rawPost('Content-Length: 2\r\n', '{}'))
      expect(await again).toMatch(/^HTTP\/1\.1 200 OK/)
      release()
      expect(await busy).toMatch(/^HTTP\/1\.1 200 OK/)
    })

    it('beyond the maximum are closed', async () => {
      const port = await start({ maxConnections: 1 })
      const waiting = exchange(port, rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits'))
      await expect.poll(() => exchange(port, '')).toBe('')
      release()
      await server?.close()
      expect(await waiting).toMatch(/^HTTP\/1\.1 200 OK/)
    })
  })

  describe('close', () => {
    it('lets requests in flight finish and closes idle and silent connections', async () => {
      // For longer than a test may last.
      const port = await start({ closeTimeoutMs: 60_000, headersTimeoutMs: 60_000 })
      const silent = exchange(port)
      const idle = exchange(port, rawPost('Content-Length: 2\r\n', '{}'))
      const busy = exchange(port, rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits'))
      const released = release
      await expect.poll(() => release).not.toBe(released)
      const closed = server?.close()
      await silent
      expect(await idle).toMatch(/^HTTP\/1\.1 200 OK/)
      await expect(post(port, '{}')).rejects.toThrow('ECONNREFUSED')
      release()
      expect(await busy).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\nconnection: close\r\n[^]*\{\}$/)
      await closed
    })

    it('cuts what does not finish in time', async () => {
      const port = await start({ closeTimeoutMs: 50 })
      const released = release
      const busy = exchange(port, rawPost('Content-Length: 2\r\n', '{}', 'DescribeLimits'))
      await expect.poll(() => release).not.toBe(released)
      await server?.close()
      expect(await busy).toBe('')
    })
  })

  describe('listen', () => {
    it('takes the same free port on all hosts and leaves out those that are not there', async () => {
      server = createNodeServer(responder)
      const addresses = await server.listen(0, ['127.0.0.1', '127.0.0.2', '203.0.113.7'])
      expect(addresses.map((address) => address.host)).toEqual(['127.0.0.1', '127.0.0.2'])
      expect(new Set(addresses.map((address) => address.port)).size).toBe(1)
      for (const { port } of addresses) await expectHealthy(port)
    })

    it('rejects when no host is there', async () => {
      const other = createNodeServer(responder)
      await expect(other.listen(0, ['203.0.113.7'])).rejects.toThrow('EADDRNOTAVAIL')
      await expect(other.listen(0, [])).rejects.toThrow('no host to listen on')
    })

    it('rejects when a port is in use, and then listens nowhere', async () => {
      const taken = createServer()
      await new Promise<void>((resolve) => {
        taken.listen(0, '127.0.0.2', () => resolve())
      })
      const { port } = taken.address() as AddressInfo
      const other = createNodeServer(responder)
      await expect(other.listen(port, ['127.0.0.1', '127.0.0.2'])).rejects.toThrow('EADDRINUSE')
      await expect(post(port, '{}')).rejects.toThrow('ECONNREFUSED')
      taken.close()
    })
  })
})
