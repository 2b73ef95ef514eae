import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { requestText } from '../testing/rawExchange.ts'
import { testCertificate } from '../testing/testCertificate.ts'
import type { Breakage } from '../wire/brokenAnswer.ts'
import { createNodeServer, type NodeServer } from './nodeServer.ts'
import type { RawResponse } from './rawMessage.ts'
import { WatchedTls } from './watchedTls.ts'

const body = Buffer.from('{"Item":{"id":{"S":"1"}}}')
let server: NodeServer
afterEach(() => server.close())

/** What a client reads until its connection ends, and how that ends. */
function read(socket: Socket): Promise<{ text: string; error: string | undefined }> {
  return new Promise((resolve) => {
    let text = ''
    let error: string | undefined
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', (fault: NodeJS.ErrnoException) => (error = fault.code))
    socket.on('close', () => resolve({ text, error }))
    socket.write(requestText('ListTables', '{}'))
  })
}

const broken = (breakage: Breakage, content: Buffer): RawResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json', 'content-length': String(content.length) },
  body: content,
  broken: breakage,
})

async function start(answer: RawResponse, isDirectOff: boolean, tls?: WatchedTls): Promise<number> {
  server = createNodeServer(() => answer, { isDirectOff, tls })
  const [address] = await server.listen(0, ['127.0.0.1'])
  return address?.port ?? 0
}

describe.each([
  ['the direct front', false],
  ['node:http', true],
])('by %s', (_, isDirectOff) => {
  test('a connection is reset without a byte', async () => {
    const port = await start(broken('reset', body), isDirectOff)
    expect(await read(connectPlain(port, '127.0.0.1'))).toEqual({ text: '', error: 'ECONNRESET' })
  })

  test.each([body, Buffer.from('{}'), Buffer.alloc(0)])(
    'half of a body of %s arrives',
    async (all) => {
      const port = await start(broken('cut', all), isDirectOff)
      const { text, error } = await read(connectPlain(port, '127.0.0.1'))
      const [head, arrived] = text.split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(head?.toLowerCase()).toContain(`content-length: ${all.length}`)
      expect(arrived).toBe(all.toString('latin1', 0, Math.floor(all.length / 2)))
      expect(error).toBeUndefined()
    },
  )

  test.each<Breakage>(['reset', 'cut'])('so it is with TLS: %s', async (breakage) => {
    const directory = mkdtempSync(join(tmpdir(), 'dynatom-tls-'))
    const { cert, key } = testCertificate()
    const files = { certFile: join(directory, 'cert'), keyFile: join(directory, 'key') }
    writeFileSync(files.certFile, cert)
    writeFileSync(files.keyFile, key)
    const tls = await WatchedTls.open({ ...files, onEvent: undefined, clock: systemClock })
    rmSync(directory, { recursive: true, force: true })
    const port = await start(broken(breakage, body), isDirectOff, tls)
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const { text } = await read(socket)
    expect(text.split('\r\n\r\n')[1]).toBe(breakage === 'reset' ? undefined : '{"Item":{"id')
  })
})
