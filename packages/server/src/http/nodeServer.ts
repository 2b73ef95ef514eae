import type { Server } from 'node:http'
import { systemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import { listenOnAll } from './listen.ts'
import type { BoundAddress } from './listen.ts'
import type { Responder } from './respond.ts'
import type { ServerLimits } from './serverLimits.ts'
import { SocketFront } from './socketFront.ts'

/** HTTP/1.1 on sockets, by node:http. */
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

/** A server that hands each request to `responder`, within `limits`. */
export function createNodeServer(
  responder: Responder,
  limits: ServerLimits,
  clock: Clock = systemClock,
): NodeServer {
  const front = new SocketFront(responder, limits)
  let servers: readonly Server[] = []
  return {
    async listen(port, hosts) {
      const listening = await listenOnAll(() => front.createServer(), port, hosts)
      servers = listening.map((entry) => entry.server)
      return listening.map((entry) => entry.address)
    },
    async close() {
      const closed = Promise.all(servers.map(closeServer))
      front.closeIdleConnections()
      const timer = clock.startTimer(limits.closeTimeoutMs, () => {
        for (const server of servers) server.closeAllConnections()
      })
      await closed
      timer.cancel()
    },
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
