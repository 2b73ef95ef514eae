/** The least that a session costs on Node: a server that sends the same bytes to whatever arrives. */
import { createServer } from 'node:net'

const answer =
  'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}'

/** Of `POST`. */
const firstByte = 0x50

const server = createServer({ noDelay: true }, (socket) => {
  // A body may come behind its head.
  socket.on('data', (bytes) => bytes[0] === firstByte && socket.write(answer))
  socket.on('error', () => undefined)
})
server.listen(Number(process.argv[process.argv.indexOf('--port') + 1]), '127.0.0.1')
