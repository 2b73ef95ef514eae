import type { ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import type { ReceivedRequest } from './receivedRequest.ts'
import { served, type ServedServer } from './nodeFront.ts'
import type { TlsPair } from './tlsPair.ts'

/** An HTTP server on TLS. */
export interface SecureServer extends ServedServer {
  /** New connections have `pair`; those that are there stay as they are. */
  renew(pair: TlsPair): void
  /** Destroys connections whose handshake is not over, which no request can be on. */
  closeHandshakes(): void
}

/** How a handshake goes. */
export interface Handshake {
  readonly pair: TlsPair
  /** How long it may take. */
  readonly timeoutMs: number
}

/** An HTTP/1.1 server as `options` say, on TLS 1.2 and 1.3. */
export function createSecureServer(
  options: ServerOptions<typeof ReceivedRequest>,
  { pair, timeoutMs }: Handshake,
): SecureServer {
  const https = createServer({ ...options, ...pair, handshakeTimeout: timeoutMs })
  const { server, serve } = served(https, 'secureConnection')
  const handshakes = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    handshakes.set(peer, socket)
    socket.once('close', () => {
      if (handshakes.get(peer) === socket) handshakes.delete(peer)
    })
  })
  https.on('secureConnection', (socket) => handshakes.delete(peerOf(socket)))
  return {
    server,
    serve,
    renew(renewed) {
      https.setSecureContext(renewed)
    },
    closeHandshakes() {
      for (const socket of handshakes.values()) socket.destroy()
    },
  }
}

/** What tells a connection of a server from others, before TLS and within. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
