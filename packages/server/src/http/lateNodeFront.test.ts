import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { BufferedBytes } from './bufferedBytes.ts'
import { LateNodeFront } from './lateNodeFront.ts'
import type { RawResponse } from './rawMessage.ts'
import { defaultServerLimits } from './serverLimits.ts'

test('a connection is cut when node:http cannot be loaded, and the next one tries again', async () => {
  const limits = defaultServerLimits
  const memory = new BufferedBytes(limits.maxBufferedBytes)
  const responder = (): RawResponse => ({
    statusCode: 200,
    headers: { 'content-length': '6' },
    body: Buffer.from('served'),
  })
  /** The module that is loaded late is gone, as after an update of the package. */
  let isGone = true
  const front = new LateNodeFront({ responder, limits, memory }, async () => {
    if (isGone) throw new Error('Cannot find module')
    return import('./nodeFront.ts')
  })
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.on('connection', (socket) => front.serve(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    front.destroyConnections()
    server.close()
  })
  const ask = async (): Promise<string> => {
    const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (more) => (text += more))
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    return text
  }
  expect(await ask()).toBe('')
  isGone = false
  expect(await ask()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nserved$/)
})
