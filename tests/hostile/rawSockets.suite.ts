import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { call, perform } from '../means/httpClient.ts'
import { requestText } from '../../packages/server/src/testing/rawExchange.ts'
import {
  answersIn,
  converse,
  eachOf,
  prelude,
  say,
  sayAndEnd,
  sayAndReset,
  statusesIn,
  type Outcome,
} from './conversation.ts'
import { HostileServer } from './hostileServer.ts'
import { hiddenId, oddMessages } from './oddMessages.ts'
import { runSeed } from './suiteOptions.ts'

const seed = runSeed('rawSockets')

const wholeRequest = requestText('ListTables', '{}')
const chunkedRequest = requestText('ListTables', '1\r\n{\r\n1;x=y\r\n}\r\n0\r\nt: u\r\n\r\n', {
  'transfer-encoding': 'chunked',
}).replace(/content-length: \d+\r\n/, '')
const listed = { status: 200, body: '{"TableNames":["Items"]}' }

/** Every beginning of `text`, itself included. */
const prefixesOf = (text: string): string[] =>
  Array.from({ length: text.length + 1 }, (_, length) => text.slice(0, length))

const quick = ['--headers-timeout-ms', '300', '--request-timeout-ms', '600']

function expectEnded(outcomes: readonly Outcome[]): void {
  expect(outcomes.filter(({ end }) => end === 'hung')).toEqual([])
}

describe.each([
  ['a request with a length', wholeRequest],
  ['a request in chunks', chunkedRequest],
])('every beginning of %s', (_, request) => {
  const beginnings = prefixesOf(request)

  test('that is all: refused', async () => {
    const server = await HostileServer.start()
    const outcomes = await eachOf(beginnings, 50, (text) =>
      converse(server.endpoint, sayAndEnd(text)),
    )
    expectEnded(outcomes)
    const whole = outcomes.pop()
    expect(answersIn(whole?.received ?? '')).toEqual([listed])
    const statuses = outcomes.map(({ received }) => statusesIn(received))
    expect(statuses.filter((each) => each.length > 0 && each.join() !== '400')).toEqual([])
    await server.expectUnharmed()
  })

  test('with silence behind it: refused when its time is up', async () => {
    const server = await HostileServer.start(...quick, '--keep-alive-timeout-ms', '1000')
    const outcomes = await eachOf(beginnings, beginnings.length, (text) =>
      converse(server.endpoint, say(text)),
    )
    expectEnded(outcomes)
    const whole = outcomes.pop()
    expect(answersIn(whole?.received ?? '')).toEqual([listed])
    // A connection on which a request was answered just ends when nothing follows.
    const ofNothing = prelude.isOn ? '' : '408'
    expect(outcomes.map(({ received }) => statusesIn(received).join())).toEqual(
      outcomes.map((_each, i) => (i === 0 ? ofNothing : '408')),
    )
    await server.expectUnharmed()
  })

  test('with a reset behind it: forgotten', async () => {
    const server = await HostileServer.start()
    expectEnded(
      await eachOf(beginnings, 50, (text) => converse(server.endpoint, sayAndReset(text))),
    )
    await server.expectUnharmed()
  })
})

describe('slow senders', () => {
  const slowly =
    (text: string, pauseMs: number) =>
    async (socket: Socket): Promise<void> => {
      for (const byte of text) {
        if (socket.destroyed) return
        socket.write(byte, 'latin1')
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }

  test('that are within their time are answered', async () => {
    const server = await HostileServer.start()
    const requests = [wholeRequest, chunkedRequest].map((text) =>
      text.replace('\r\n', '\r\nConnection: close\r\n'),
    )
    const outcomes = await eachOf(requests, 2, (text) => converse(server.endpoint, slowly(text, 1)))
    expectEnded(outcomes)
    for (const { received } of outcomes) expect(answersIn(received)).toEqual([listed])
  })

  test('that are not are cut off, however busy they look', async () => {
    const server = await HostileServer.start(...quick)
    const endless = requestText('ListTables', ' '.repeat(100_000))
    const outcomes = await eachOf(Array<string>(50).fill(endless), 50, (text) =>
      converse(server.endpoint, slowly(text, 5)),
    )
    expectEnded(outcomes)
    // A client that still sends may meet the end of its connection before it reads the answer.
    for (const { received } of outcomes) expect(['', '408']).toContain(statusesIn(received).join())
    await server.expectUnharmed()
  })
})

describe('pipelining', () => {
  test('hundreds in one write are answered in their order, errors among them', async () => {
    const server = await HostileServer.start()
    const put = (id: number): string =>
      requestText('PutItem', JSON.stringify({ TableName: 'Items', Item: { id: { S: `${id}` } } }))
    const get = (id: number): string =>
      requestText('GetItem', JSON.stringify({ TableName: 'Items', Key: { id: { S: `${id}` } } }))
    const kinds: readonly ((id: number) => [text: string, status: number, body: string])[] = [
      (id) => [put(id), 200, '{}'],
      (id) => [get(id % 60), 200, `{"Item":{"id":{"S":"${id % 60}"}}}`],
      () => [
        requestText('GetItem', '{'),
        400,
        '{"__type":"com.amazon.coral.service#SerializationException"}',
      ],
      () => [
        'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
        200,
        'healthy: dynamodb.us-east-1.amazonaws.com ',
      ],
      () => [
        'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
        404,
        '<UnknownOperationException/>\n',
      ],
      () => [wholeRequest, 200, listed.body],
    ]
    for (let id = 0; id < 60; id++) {
      const item = { id: { S: `${id}` } }
      await perform(server.endpoint, 'PutItem', { TableName: 'Items', Item: item })
    }
    const messages = Array.from({ length: 600 }, (_, i) => {
      const kind = kinds[i % kinds.length] as (typeof kinds)[number]
      return kind(i)
    })
    const last = wholeRequest.replace('\r\n', '\r\nConnection: close\r\n')
    const text = messages.map(([message]) => message).join('') + last
    const { received } = await converse(server.endpoint, say(text))
    const expected = messages.map(([, status, body]) => ({ status, body }))
    expect(answersIn(received)).toEqual([...expected, listed])
  })

  test('many connections at once, cut anywhere', async () => {
    const server = await HostileServer.start()
    const random = new SeededRandom(seed)
    const text = wholeRequest.repeat(200)
    const cuts = Array.from({ length: 100 }, () => random.below(text.length))
    const outcomes = await eachOf(cuts, 20, (cut) =>
      converse(server.endpoint, sayAndEnd(text.slice(0, cut))),
    )
    expectEnded(outcomes)
    outcomes.forEach(({ received }, i) => {
      const statuses = statusesIn(received)
      const whole = Math.floor((cuts[i] as number) / wholeRequest.length)
      expect(statuses.slice(0, whole)).toEqual(Array(whole).fill(200))
      expect(['', '400']).toContain(statuses.slice(whole).join())
    })
    await server.expectUnharmed()
  })
})

test('no message lets a second request pass unseen', async () => {
  const server = await HostileServer.start('--keep-alive-timeout-ms', '500')
  const key = { TableName: 'Items', Key: { id: { S: hiddenId } } }
  const seen: unknown[] = []
  for (const { name, bytes } of oddMessages) {
    await perform(server.endpoint, 'DeleteItem', key)
    const { received, end } = await converse(server.endpoint, say(bytes))
    const performsHidden = 'Item' in (await perform(server.endpoint, 'GetItem', key))
    seen.push({ name, end, statuses: statusesIn(received), performsHidden })
  }
  expect(seen).toEqual(
    oddMessages.map(({ name, statuses, performsHidden }) => {
      return { name, end: 'closed', statuses, performsHidden }
    }),
  )
  console.log(`rawSockets: ${oddMessages.length} odd messages`)
  await server.expectUnharmed()
})

describe('what never ends', () => {
  /** Writes `piece` again and again until the connection is over, and counts. */
  async function floodWith(
    server: HostileServer,
    start: string,
    piece: string,
  ): Promise<{ outcome: Outcome; sent: number }> {
    let sent = 0
    const outcome = await converse(server.endpoint, async (socket) => {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.write(start, 'latin1')
      while (!socket.destroyed && socket.writable && sent < 256 * 1024 ** 2) {
        sent += piece.length
        if (socket.write(piece, 'latin1')) {
          await new Promise((resolve) => setImmediate(resolve))
        } else {
          await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
        }
      }
    })
    return { outcome, sent }
  }

  const headOf = (extra: string): string =>
    wholeRequest.slice(0, wholeRequest.indexOf('content-length')) + extra
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
  const filler = 'a'.repeat(0x10000)

  test.each([
    ['a header', headOf('x: '), filler, 400],
    ['headers', headOf(''), 'x: y\r\n'.repeat(1000), 400],
    ['a first line', 'POST /', filler, 400],
    ['a method', '', filler, 400],
    ['chunks', headOf('Transfer-Encoding: chunked\r\n\r\n'), chunk, 413],
    ['a chunk extension', headOf('Transfer-Encoding: chunked\r\n\r\n1;'), filler, 400],
    ['trailers', headOf('Transfer-Encoding: chunked\r\n\r\n0\r\n'), 'x: y\r\n'.repeat(1000), 400],
    ['a body of a length', headOf('Content-Length: 99999999999\r\n\r\n'), filler, 413],
  ])('%s is ended by the server', async (_, start, piece, status) => {
    const server = await HostileServer.start(
      '--max-body-bytes',
      '1000000',
      '--max-discarded-bytes',
      '2000000',
    )
    const { outcome, sent } = await floodWith(server, start, piece)
    expect(outcome.end).not.toBe('hung')
    // The end of the connection may reach a client that still sends before the answer does.
    expect(['', String(status)]).toContain(statusesIn(outcome.received).join())
    // What the buffers of both systems take, and not what the client would like to send.
    expect(sent).toBeLessThan(64 * 1024 ** 2)
    await server.expectUnharmed()
  })

  // Behind a request that was answered they have the time that a connection may be silent.
  test('empty lines are ended by the time for a head', async () => {
    const server = await HostileServer.start(...quick, '--keep-alive-timeout-ms', '1000')
    const { outcome } = await floodWith(server, '', '\r\n'.repeat(1000))
    expect(outcome.end).not.toBe('hung')
    await server.expectUnharmed()
  })
})

test('bytes that are no HTTP at all', async () => {
  const server = await HostileServer.start(...quick)
  const random = new SeededRandom(seed)
  const clientHello =
    '16030100a5010000a10303' + 'ab'.repeat(32) + '20' + 'cd'.repeat(32) + '0004130113020100'
  const noise = [
    Buffer.from(clientHello, 'hex'),
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    Buffer.from('\x05\x01\x00', 'latin1'),
    Buffer.from('*1\r\n$4\r\nPING\r\n'),
    Buffer.alloc(100_000),
    ...Array.from({ length: 300 }, () => bytesOf(random, random.below(2000))),
    ...Array.from({ length: 300 }, () => mutated(random, wholeRequest)),
  ]
  const outcomes = await eachOf(noise, 50, (bytes) =>
    converse(server.endpoint, sayAndEnd(bytes.toString('latin1'))),
  )
  expectEnded(outcomes)
  for (const { received } of outcomes) {
    for (const status of statusesIn(received)) expect(status).toBeLessThan(500)
  }
  await server.expectUnharmed()
})

function bytesOf(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}

/** `text` with a few bytes changed, left out or doubled. */
function mutated(random: SeededRandom, text: string): Buffer {
  let bytes = Buffer.from(text, 'latin1')
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(bytes.length)
    const patch = random.pick([
      bytesOf(random, 1),
      Buffer.alloc(0),
      bytes.subarray(at, at + random.below(20)),
      Buffer.from(random.pick(['\r\n', '\n', ':', ' ', '\0', '\r\n\r\n'])),
    ])
    bytes = Buffer.concat([bytes.subarray(0, at), patch, bytes.subarray(at + random.below(2))])
  }
  return bytes
}

describe('crowds', () => {
  test.each([
    ['say nothing', ''],
    ['have sent half a head', wholeRequest.slice(0, 100)],
    ['have sent half a body', requestText('ListTables', ' '.repeat(1000)).slice(0, -500)],
  ])('of 2,000 connections that %s do not hold up others', async (_, text) => {
    const server = await HostileServer.start()
    const crowd: Socket[] = []
    const conversations = Array.from({ length: 2000 }, () =>
      converse(server.endpoint, (socket) => {
        crowd.push(socket)
        socket.write(text, 'latin1')
      }),
    )
    await expect.poll(() => crowd.length, { timeout: 10_000 }).toBe(2000)
    for (let i = 0; i < 200; i++) {
      const item = { id: { S: `${i}` } }
      await perform(server.endpoint, 'PutItem', { TableName: 'Items', Item: item })
      expect(await perform(server.endpoint, 'GetItem', { TableName: 'Items', Key: item })).toEqual({
        Item: item,
      })
    }
    for (const socket of crowd) socket.resetAndDestroy()
    await Promise.all(conversations)
    await server.expectUnharmed()
  })

  test('that ask for gigabytes and read nothing cost no more than they may', async () => {
    const limit = 32 * 1024 ** 2
    const server = await HostileServer.start('--max-buffered-bytes', String(limit))
    const ids = Array.from({ length: 20 }, (_, i) => ({ id: { S: `large ${i}` } }))
    for (const id of ids) {
      const item = { ...id, text: { S: 'x'.repeat(390_000) } }
      await perform(server.endpoint, 'PutItem', { TableName: 'Items', Item: item })
    }
    // Far more than a page: the system takes a few of those after all.
    const much = { RequestItems: { Items: { Keys: ids } } }
    const statusOfMuch = async (): Promise<number> =>
      (await call(server.endpoint, 'BatchGetItem', much)).status
    const scan = requestText('Scan', '{"TableName":"Items"}')
    const beforeBytes = server.residentBytes()
    const crowd: Socket[] = []
    let isOver = false
    const conversations = Array.from({ length: 40 }, () =>
      converse(server.endpoint, (socket) => {
        // The server may come to some only when the others have gone.
        if (isOver) {
          socket.resetAndDestroy()
          return
        }
        crowd.push(socket)
        socket.pause()
        socket.write(scan.repeat(40))
      }),
    )
    await expect.poll(statusOfMuch, { timeout: 10_000 }).toBe(503)
    const grownBytes = server.residentBytes() - beforeBytes
    console.log(`rawSockets: deaf clients cost ${Math.round(grownBytes / 1024 ** 2)} MB`)
    expect(grownBytes).toBeLessThan(10 * limit)
    isOver = true
    for (const socket of crowd) socket.resetAndDestroy()
    await Promise.all(conversations)
    await expect.poll(statusOfMuch).toBe(200)
    await server.expectUnharmed()
  })
})
