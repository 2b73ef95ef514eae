import { once } from 'node:events'
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readIntoShared } from './sharedReads.ts'

let server: Server
let client: Socket
let accepted: Socket

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  ;[accepted] = (await once(server, 'connection')) as [Socket]
})
afterEach(() => {
  client.destroy()
  accepted.destroy()
  server.close()
})

/** What is received, as text, by a listener that takes it as long as `mayGoOn` says so. */
function receive(socket: Socket, mayGoOn: () => boolean = () => true): () => string {
  let text = ''
  const isTaken = readIntoShared(socket, (bytes) => {
    text += bytes.toString('latin1')
    return mayGoOn()
  })
  expect(isTaken).toBe(true)
  return () => text
}

test('gives what comes, and tells of the end', async () => {
  const text = receive(accepted)
  const ended = once(accepted, 'end')
  client.write('one')
  await expect.poll(text).toBe('one')
  client.end(' and two')
  await ended
  expect(text()).toBe('one and two')
})

test('gives the same memory for every socket', async () => {
  const memory: unknown[] = []
  const second = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [other] = (await once(server, 'connection')) as [Socket]
  for (const socket of [accepted, other]) {
    readIntoShared(socket, ({ buffer }) => memory.push(buffer) > 0)
  }
  client.write('a')
  second.write('b')
  await expect.poll(() => memory.length).toBe(2)
  expect(memory[0]).toBe(memory[1])
  second.destroy()
  other.destroy()
})

test('gives no more once it was told so, until the socket is resumed', async () => {
  let mayGoOn = false
  const text = receive(accepted, () => mayGoOn)
  client.write('one')
  await expect.poll(text).toBe('one')
  client.write('two')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(text()).toBe('one')
  mayGoOn = true
  accepted.resume()
  await expect.poll(text).toBe('onetwo')
})

test('gives nothing while the socket is paused', async () => {
  const text = receive(accepted)
  accepted.pause()
  client.write('one')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(text()).toBe('')
  accepted.resume()
  await expect.poll(text).toBe('one')
})

test('leaves a socket alone that has nothing below it', () => {
  expect(readIntoShared(new Socket(), () => true)).toBe(false)
})
