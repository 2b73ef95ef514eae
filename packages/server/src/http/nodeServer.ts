import type { Server } from 'node:net'
import { systemClock } from '../clock.ts'
import { listenOnAll } from './listen.ts'
import type { BoundAddress } from './listen.ts'
import type { Responder } from './respond.ts'
import { defaultServerLimits, type ServerLimits } from './serverLimits.ts'
import type { SecureServer } from './secureServer.ts'
import type { OpenServer } from './nodeFront.ts'
import { SocketFront, type FrontOptions } from './socketFront.ts'
import type { WatchedTls } from './watchedTls.ts'

/** HTTP/1.1 on sockets, by node:http, or by node:https on TLS. */
export interface NodeServer {
  /**
   * Listens on `port` of each of `hosts` and tells the addresses. Port 0 takes one free port, the
   * same for all. A host that the machine does not have is left out as long as another works. Call
   * once.
   */
  listen(port: number, hosts: readonly string[]): Promise<readonly BoundAddress[]>
  /**
   * Stops accepting, closes idle connections and resolves when all requests in flight have been
   * answered, or after the limit for that, when their connections are cut.
   */
  close(): Promise<void>
}

/** How a server listens and reads. */
export interface NodeServerOptions extends Partial<FrontOptions> {
  /** Speaks TLS with this pair, whose watching ends with the server; plainly without one. */
  readonly tls?: WatchedTls | undefined
}

/** A server that hands each request to `responder`, within `limits`. */
export function createNodeServer(
  responder: Responder,
  { limits = defaultServerLimits, clock = systemClock, tls, ...options }: NodeServerOptions = {},
): NodeServer {
  const front = new SocketFront(responder, { ...options, limits, clock })
  let servers: readonly Server[] = []
  const secured: SecureServer[] = []
  return {
    async listen(port, hosts) {
      const open = tls && (await securing(tls, limits, secured))
      const create = open ? () => front.createSecureServer(open) : () => front.createServer()
      const listening = await listenOnAll(create, port, hosts)
      servers = listening.map((entry) => entry.server)
      return listening.map((entry) => entry.address)
    },
    async close() {
      tls?.close()
      const closed = Promise.all(servers.map(closeServer))
      front.closeIdleConnections()
      for (const each of secured) each.closeHandshakes()
      const timer = clock.startTimer(limits.closeTimeoutMs, () => {
        front.destroyConnections()
      })
      await closed
      timer.cancel()
    },
  }
}

/**
 * What makes servers on TLS, which are put into `secured` and keep up with the pair. Its module is
 * not loaded without TLS.
 */
async function securing(
  tls: WatchedTls,
  limits: ServerLimits,
  secured: SecureServer[],
): Promise<OpenServer> {
  const { createSecureServer } = await import('./secureServer.ts')
  tls.onRenewal((pair) => {
    for (const each of secured) each.renew(pair)
  })
  return (options) => {
    const handshake = { pair: tls.pair, timeoutMs: limits.headersTimeoutMs }
    const made = createSecureServer(options, handshake)
    secured.push(made)
    return made
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
