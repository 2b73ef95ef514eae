import { request } from 'node:https'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../clock.ts'
import { dispatcherOf } from '../testing/performOperation.ts'
import { rawPost, amazonHeaders } from '../testing/rawExchange.ts'
import { testCertificate } from '../testing/testCertificate.ts'
import { soon } from '../testing/soon.ts'
import { createNodeServer, type NodeServer } from './nodeServer.ts'
import { createResponder } from './respond.ts'
import { defaultServerLimits, type ServerLimits } from './serverLimits.ts'
import { acceptAnyKey } from './signature.ts'
import { WatchedTls } from './watchedTls.ts'

const responder = createResponder({
  dispatcher: dispatcherOf({ ListTables: (given) => ({ request: given }) }),
  region: 'us-east-1',
  random: systemRandom,
  clock: systemClock,
  authenticate: acceptAnyKey,
})
const pair = testCertificate()

let directory: string
let server: NodeServer
let tls: WatchedTls
let port: number

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-tls-'))
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

function write({ cert, key }: { cert: string; key: string }): void {
  writeFileSync(join(directory, 'cert'), cert)
  writeFileSync(join(directory, 'key'), key)
}

async function start(limits: Partial<ServerLimits> = {}, answer = responder): Promise<void> {
  write(pair)
  const files = { certFile: join(directory, 'cert'), keyFile: join(directory, 'key') }
  tls = await WatchedTls.open({ ...files, clock: systemClock })
  const all = { ...defaultServerLimits, closeTimeoutMs: 500, ...limits }
  server = createNodeServer(answer, { limits: all, tls })
  const [address] = await server.listen(0, ['127.0.0.1'])
  port = address?.port ?? 0
}

function post(ca: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method: 'POST', headers: amazonHeaders, ca }
    const sent = request({ ...options, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function secureSocket(): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca: pair.cert }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** All that arrives on a connection until it ends. */
function ended(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('close', () => resolve(text))
  })
}

describe('a server on TLS', () => {
  test('answers who trusts its certificate, and nobody without TLS', async () => {
    await start()
    const body = '{"request":{"Limit":3}}'
    expect(await post(pair.cert, '{"Limit":3}')).toEqual({ status: 200, text: body })
    await expect(post(testCertificate().cert, '{}')).rejects.toThrow(/certificate|issuer/)
    const plain = connectPlain(port, '127.0.0.1')
    plain.write(rawPost('Content-Length: 2\r\n', '{}'))
    expect(await ended(plain)).not.toContain('HTTP')
    expect((await post(pair.cert, '{}')).status).toBe(200)
  })

  test('speaks HTTP/1.1 and TLS 1.2 or later', async () => {
    await start()
    const options = { port, host: '127.0.0.1', ca: pair.cert, ALPNProtocols: ['h2', 'http/1.1'] }
    const socket = connect(options)
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect([socket.alpnProtocol, socket.getProtocol()]).toEqual(['http/1.1', 'TLSv1.3'])
    socket.destroy()
    const old = connect({ ...options, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })
    const error = await new Promise<Error>((resolve) => old.once('error', resolve))
    expect(error.message).toMatch(/version|protocol/i)
  })

  test('new connections have a renewed certificate, and those that are there go on', async () => {
    await start()
    const kept = await secureSocket()
    const renewed = testCertificate()
    write(renewed)
    await tls.refresh()
    expect((await post(renewed.cert, '{}')).status).toBe(200)
    await expect(post(pair.cert, '{}')).rejects.toThrow(/certificate|issuer/)
    const answer = ended(kept)
    kept.write(rawPost('Connection: close\r\nContent-Length: 2\r\n', '{}'))
    expect(await answer).toContain('HTTP/1.1 200 OK')
  })
})

test('a client that ends its side with its request is answered', async () => {
  await start()
  const options = { port, host: '127.0.0.1', ca: pair.cert, allowHalfOpen: true }
  const socket = connect(options)
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  const answer = ended(socket)
  socket.once('end', () => socket.end())
  socket.end(rawPost('Content-Length: 2\r\n', '{}'))
  expect(await answer).toContain('HTTP/1.1 200 OK')
})

describe('answers that are not taken', () => {
  const megabyte = {
    statusCode: 200,
    headers: { 'content-length': String(1024 ** 2) },
    body: Buffer.alloc(1024 ** 2, 0x20),
  }
  const short = rawPost('Content-Length: 2\r\n', '{}')
  const last = rawPost('Connection: close\r\nContent-Length: 2\r\n', '{}')
  const maxBufferedBytes = 16 * 1024 ** 2

  test('are bounded when they come all at once', async () => {
    const waiting: (() => void)[] = []
    await start({ maxBufferedBytes }, () => {
      return new Promise((resolve) => waiting.push(() => resolve(megabyte)))
    })
    const socket = await secureSocket()
    const received = ended(socket)
    socket.write(short.repeat(40) + last)
    await soon(() => expect(waiting).toHaveLength(41))
    for (const proceed of waiting) proceed()
    const statuses = (await received).match(/HTTP\/1\.1 \d+/g) ?? []
    expect(statuses.slice(0, 5)).toEqual(Array(5).fill('HTTP/1.1 200'))
    expect(statuses.slice(-5)).toEqual(Array(5).fill('HTTP/1.1 503'))
    expect(statuses).toHaveLength(41)
  })

  test('end their connection after a while', async () => {
    await start({ maxBufferedBytes, keepAliveTimeoutMs: 200 }, () => Promise.resolve(megabyte))
    const deaf = await secureSocket()
    deaf.on('error', () => {})
    deaf.pause().write(short.repeat(30))
    const closed = new Promise((resolve) => deaf.once('close', resolve))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    let received = 0
    deaf.on('data', (chunk: Buffer) => (received += chunk.length)).resume()
    await closed
    expect(received).toBeLessThan(15 * 1024 ** 2)
  })
})

describe('beyond a limit', () => {
  test('a head that does not arrive is answered with 408', async () => {
    // The handshake is over by then, on a busy machine too.
    await start({ headersTimeoutMs: 2000 })
    const text = await ended(await secureSocket())
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
  })

  test('an idle connection is closed', async () => {
    await start({ keepAliveTimeoutMs: 2000 })
    const socket = await secureSocket()
    const answer = ended(socket)
    socket.write(rawPost('Content-Length: 2\r\n', '{}'))
    expect(await answer).toContain('HTTP/1.1 200 OK')
  })

  test('garbage and heads that are too long have their answers', async () => {
    await start()
    for (const text of ['garbage\r\n\r\n', rawPost(`X: ${'x'.repeat(20_000)}\r\n`, '')]) {
      const socket = await secureSocket()
      const answer = ended(socket)
      socket.write(text)
      expect(await answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    }
  })

  test('a handshake that is not begun, or is fed byte by byte, is cut off in its time', async () => {
    await start({ headersTimeoutMs: 300 })
    const silent = ended(connectPlain(port, '127.0.0.1'))
    const dripping = connectPlain(port, '127.0.0.1')
    const drip = ended(dripping)
    // The head of a record of 16,000 bytes: what waits for its end waits for minutes.
    dripping.write(Buffer.from([0x16, 3, 1, 0x3f, 0xf4, 1, 0, 0x3f, 0xf0]))
    const timer = setInterval(() => dripping.writable && dripping.write(Buffer.from([3])), 20)
    const [first, second] = await Promise.all([silent, drip])
    clearInterval(timer)
    expect([first, second]).toEqual(['', ''])
  })

  test('handshakes count as connections', async () => {
    await start({ maxConnections: 2 })
    const half = [connectPlain(port, '127.0.0.1'), connectPlain(port, '127.0.0.1')]
    await Promise.all(half.map((each) => new Promise((resolve) => each.once('connect', resolve))))
    await expect(post(pair.cert, '{}')).rejects.toThrow()
    for (const each of half) each.destroy()
  })

  test('closing does not wait for handshakes or idle connections', async () => {
    // For longer than a test may last.
    await start({ closeTimeoutMs: 60_000, headersTimeoutMs: 60_000 })
    const half = connectPlain(port, '127.0.0.1')
    await new Promise((resolve) => half.once('connect', resolve))
    const idle = await secureSocket()
    const over = Promise.all([ended(half), ended(idle)])
    await server.close()
    await over
  })
})
