import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { BufferedBytes } from './bufferedBytes.ts'
import { DirectDoor } from './directDoor.ts'
import { LateNodeFront } from './lateNodeFront.ts'
import type { OpenServer } from './nodeFront.ts'
import type { Responder } from './respond.ts'
import type { ServerLimits } from './serverLimits.ts'

/** How {@link SocketFront} makes its servers. */
export interface FrontOptions {
  readonly limits: ServerLimits
  readonly clock: Clock
  /** Whether the responder looks at all headers, as it does where signatures are verified. */
  readonly needsAllHeaders?: boolean
  /** Whether node:http serves all requests, such as SDKs send too. */
  readonly isDirectOff?: boolean
}

/** The requests and connections of one server, on all its addresses. */
export class SocketFront {
  private readonly limits: ServerLimits
  private readonly node: LateNodeFront
  private readonly direct: DirectDoor | undefined

  constructor(responder: Responder, options: FrontOptions) {
    const { limits, clock, needsAllHeaders = false, isDirectOff = false } = options
    this.limits = limits
    const parts = { responder, limits, memory: new BufferedBytes(limits.maxBufferedBytes) }
    this.node = new LateNodeFront(parts)
    this.direct = isDirectOff ? undefined : new DirectDoor(parts, clock, needsAllHeaders)
  }

  /** A server on plain sockets. */
  createServer(): Server {
    const pauseOnConnect = this.direct === undefined
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect }
    const server = createServer(options)
    const serve = (socket: Socket): void => this.node.serve(socket)
    server.on('connection', this.direct?.opening(serve) ?? serve)
    return this.bounded(server)
  }

  /** A server on TLS: what `open` makes of its options. */
  async createSecureServer(open: OpenServer): Promise<Server> {
    const { server, serve } = await this.node.createServer(open)
    server.on('secureConnection', this.direct?.opening(serve) ?? serve)
    return this.bounded(server)
  }

  /** Destroys the connections that no request is on; all others close after their answer. */
  closeIdleConnections(): void {
    this.direct?.close()
    this.node.closeIdleConnections()
  }

  /** Destroys all connections, whatever is on them. */
  destroyConnections(): void {
    this.direct?.destroyConnections()
    this.node.destroyConnections()
  }

  private bounded(server: Server): Server {
    server.maxConnections = this.limits.maxConnections
    // Failing to accept, for want of file descriptors say, must not end the process.
    server.on('error', () => undefined)
    return server
  }
}
