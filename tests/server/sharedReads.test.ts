import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { connect as connectSafely, createServer as createSafeServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { readIntoShared } from '../../packages/server/src/http/sharedReads.ts'
import { testCertificate } from '../../packages/server/src/testing/testCertificate.ts'

const portOf = (server: Server): number => (server.address() as AddressInfo).port

const plain = {
  listening: () => createServer(),
  arrival: 'connection',
  connecting: (server: Server) => connect(portOf(server), '127.0.0.1'),
}
const encrypted = {
  listening: () => createSafeServer(testCertificate()),
  arrival: 'secureConnection',
  connecting: (server: Server) =>
    connectSafely(portOf(server), '127.0.0.1', { rejectUnauthorized: false }),
}

// Where Node has no such way everything works, too, and is slower.
test.each([
  ['plain', plain],
  ['encrypted', encrypted],
])('this Node reads %s sockets into memory that is there', async (_, kind) => {
  const server = kind.listening().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = kind.connecting(server)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const [socket] = (await once(server, kind.arrival)) as [Socket]
  let text = ''
  const take = (bytes: Buffer): boolean => (text += bytes.toString('latin1')) !== ''
  expect(readIntoShared(socket, take)).toBe(true)
  client.write('as it was sent')
  await expect.poll(() => text).toBe('as it was sent')
})
