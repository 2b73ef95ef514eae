import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock, systemRandom } from '../clock.ts'
import { RawConnection, rawPost, requestHeaders } from '../testing/rawExchange.ts'
import { dispatcherOf } from '../testing/performOperation.ts'
import { createNodeServer } from './nodeServer.ts'
import type { NodeServer } from './nodeServer.ts'
import type { RawRequest } from './rawMessage.ts'
import { createResponder } from './respond.ts'
import { acceptAnyKey } from './signature.ts'
import { runsOf } from '../testing/propertyRuns.ts'

/** What the responder was asked, newest last. */
const asked: RawRequest[] = []

const respond = createResponder({
  dispatcher: dispatcherOf({
    ListTables: (request) => ({ request }),
    GetItem: () => ({ Item: 'x'.repeat(6000) }),
    DescribeLimits: () => {
      throw new Error('a fault')
    },
  }),
  region: 'us-east-1',
  random: systemRandom,
  clock: systemClock,
  authenticate: acceptAnyKey,
})
const responder = (request: RawRequest) => {
  asked.push(request)
  return respond(request)
}

/** The same server four times: with and without the direct way, reading all headers or some. */
const servers: NodeServer[] = []
let direct = 0
let byNode = 0
let directWhole = 0

beforeAll(async () => {
  const open = async (options: object): Promise<number> => {
    const server = createNodeServer(responder, options)
    servers.push(server)
    const [address] = await server.listen(0, ['127.0.0.1'])
    return address?.port ?? 0
  }
  direct = await open({})
  directWhole = await open({ needsAllHeaders: true })
  byNode = await open({ isDirectOff: true })
})

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
})

/** All that a server says when `pieces` are sent one after another, and then nothing. */
function conversation(port: number, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    socket.setEncoding('latin1').on('data', (text) => (received += text.toString()))
    socket.on('end', () => socket.end())
    socket.on('error', reject)
    socket.on('close', () => resolve(withoutChance(received)))
    const send = (at: number): void => {
      if (!socket.writable) return
      if (at === pieces.length) socket.end()
      else socket.write(pieces[at] as string, 'latin1', () => setImmediate(send, at + 1))
    }
    send(0)
  })
}

function withoutChance(text: string): string {
  return text.replace(/x-amzn-requestid: \w{52}/g, 'id').replace(/Date: [^\r]*/g, 'date')
}

const lengths = ['2', '2', '2', '2', '02', '+2', '2 ', '2, 2', '0x2', '3', '1', '99999999999', '']
const odd = ['Content-Length: 2\r\nContent-Length: 2\r\n', 'Transfer-Encoding: chunked\r\n', '']

/** Headers as a client may send them besides those that all send. */
const extra = fc.constantFrom(
  'User-Agent: aws-sdk-js/3\r\n',
  'amz-sdk-invocation-id: 7f2c\r\n',
  'Connection: keep-alive\r\n',
  'CONNECTION: Close\r\n',
  'Connection: close\r\n',
  'Connection: close\r\n',
  'Connection: Upgrade, keep-alive\r\n',
  'Proxy-Connection: close\r\n',
  'Upgrade: h2c\r\n',
  'Expect: 100-continue\r\n',
  'Expect: something\r\n',
  'Origin: http://example.org\r\n',
  'Accept-Encoding: gzip\r\n',
  'Accept-Encoding: identity\r\n',
  'Content-Encoding: identity\r\n',
  'Content-Type: application/json\r\n',
  'Host: second\r\n',
  'X-Empty:\r\n',
  'X-Padded:  a  \r\n',
  'X-Tab: a\tb\r\n',
  'X-Latin: \xe4\r\n',
  'X-Folded: a\r\n b\r\n',
  'X-Null: a\0b\r\n',
  'X-Bare: a\nb: c\r\n',
  'X Y: a\r\n',
  'X_Y: a\r\n',
  ': a\r\n',
  'no colon\r\n',
  'TE: trailers\r\n',
  'Keep-Alive: 3\r\n',
)

const requestLines = fc.constantFrom(
  ...Array.from({ length: 12 }, () => 'POST / HTTP/1.1'),
  'POST / HTTP/1.0',
  'POST /?a=b HTTP/1.1',
  'POST  / HTTP/1.1',
  'post / HTTP/1.1',
  'GET / HTTP/1.1',
  'HEAD / HTTP/1.1',
  'POST http://x/ HTTP/1.1',
  'POST / HTTP/2.0',
)

const message = fc
  .record({
    line: requestLines,
    operation: fc.constantFrom('ListTables', 'ListTables', 'GetItem', 'DescribeLimits', 'Unknown'),
    length: fc.constantFrom(...lengths, undefined),
    more: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(extra, { maxLength: 3 })),
    strange: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constantFrom(...odd)),
    ending: fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n'),
  })
  .map(({ line, operation, length, more, strange, ending }) => {
    const usual = Object.entries({ Host: 'x', ...requestHeaders(operation) })
    const lines = usual.map(([name, value]) => `${name}: ${value}\r\n`)
    const declared = length === undefined ? '' : `Content-Length: ${length}\r\n`
    return `${line}\r\n${lines.join('')}${more.join('')}${strange}${declared}${ending}{}`
  })

/** A few messages, cut anywhere. */
const conversations = fc
  .record({
    messages: fc.array(message, { minLength: 1, maxLength: 3 }),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    isTogether: fc.boolean(),
  })
  .map(({ messages, cuts, isTogether }) => {
    if (!isTogether) return messages
    const text = messages.join('')
    const places = [0, ...cuts.map((cut) => Math.floor(cut * text.length)), text.length]
    const ordered = places.sort((a, b) => a - b)
    return ordered.slice(1).map((end, at) => text.slice(ordered[at], end))
  })

describe('the direct way', () => {
  it('answers byte for byte as node:http does, whatever is sent and in whatever pieces', async () => {
    await fc.assert(
      fc.asyncProperty(conversations, async (pieces) => {
        const sent = pieces.filter((piece) => piece !== '')
        const wanted = await conversation(byNode, sent)
        expect(await conversation(direct, sent)).toBe(wanted)
        expect(await conversation(directWhole, sent)).toBe(wanted)
      }),
      { numRuns: runsOf(1500) },
    )
  })

  it('hands on the same headers as node:http where all are needed', async () => {
    const headers = 'Content-Length: 2\r\nUser-Agent: me/1 (a; b)\r\nX-Amz-Content-Sha256: abc\r\n'
    const text = rawPost(`${headers}Connection: close\r\n`, '{}')
    asked.length = 0
    for (const port of [byNode, directWhole, direct]) await conversation(port, [text])
    const [wanted, whole, some] = asked as [RawRequest, RawRequest, RawRequest]
    expect({ ...whole.headers }).toEqual({ ...wanted.headers })
    expect(whole.rawHeaders).toEqual(wanted.rawHeaders)
    expect(some.rawHeaders).toBeUndefined()
    for (const name in some.headers) expect(some.headers[name]).toBe(wanted.headers[name])
  })

  it('reads what SDKs send', async () => {
    const text = rawPost('Content-Length: 2\r\nConnection: keep-alive\r\n', '{}')
    asked.length = 0
    await conversation(direct, [text])
    expect(asked.at(-1)?.rawHeaders).toBeUndefined()
  })

  it('gives a connection to node:http for good with the first request that it does not know', async () => {
    const known = rawPost('Content-Length: 2\r\n', '{}')
    const foreign = rawPost('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n')
    asked.length = 0
    const client = new RawConnection(`http://127.0.0.1:${direct}`)
    for (const text of [known, foreign, known]) {
      client.received = ''
      client.socket.write(text)
      await client.seen('{"request":{}}')
    }
    client.socket.destroy()
    expect(asked.map(({ rawHeaders }) => rawHeaders === undefined)).toEqual([true, false, false])
  })
})
