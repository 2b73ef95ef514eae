import type { Socket } from 'node:net'
import type { FrontParts, NodeFront, OpenServer, ServedServer } from './nodeFront.ts'

type LoadModule = () => Promise<{ readonly NodeFront: typeof NodeFront }>

/**
 * The connections of a server that node:http serves. It is loaded with the first of them: a server
 * whose clients are SDKs starts, and goes on, without.
 */
export class LateNodeFront {
  private readonly parts: FrontParts
  private readonly loadModule: LoadModule
  private loading: Promise<NodeFront> | undefined = undefined
  /** What serves connections on plain sockets, once there has been one. */
  private plain: ServedServer | undefined = undefined
  private front: NodeFront | undefined = undefined
  /** Connections that nobody serves yet. */
  private readonly waiting = new Set<Socket>()
  private isClosing = false

  constructor(parts: FrontParts, loadModule: LoadModule = () => import('./nodeFront.ts')) {
    this.parts = parts
    this.loadModule = loadModule
  }

  /** Has node:http serve a socket that is paused, from the next byte on. */
  serve(socket: Socket): void {
    if (this.plain === undefined) this.keep(socket)
    else this.plain.serve(socket)
  }

  /** What `open` makes: a server on TLS, and how it is given a connection. */
  async createServer(open: OpenServer): Promise<ServedServer> {
    return (await this.load()).createServer(open)
  }

  /** Destroys the connections that no request is on; all others close after their answer. */
  closeIdleConnections(): void {
    this.isClosing = true
    this.plain?.server.close()
    this.front?.closeIdleConnections()
  }

  /** Destroys all connections, whatever is on them. */
  destroyConnections(): void {
    for (const socket of this.waiting) socket.destroy()
    this.front?.destroyConnections()
  }

  private keep(socket: Socket): void {
    this.waiting.add(socket)
    socket.on('error', ignore)
    const serve = (front: NodeFront): void => {
      this.plain ??= front.createServer()
      socket.off('error', ignore)
      if (!socket.destroyed) this.plain.serve(socket)
    }
    // A module that is no longer there must not end the process.
    const giveUp = (): void => void socket.destroy()
    void this.load()
      .then(serve, giveUp)
      .finally(() => this.waiting.delete(socket))
  }

  private load(): Promise<NodeFront> {
    this.loading ??= this.begin()
    return this.loading
  }

  private async begin(): Promise<NodeFront> {
    try {
      const { NodeFront: Front } = await this.loadModule()
      this.front = new Front(this.parts)
    } catch (error) {
      this.loading = undefined
      throw error
    }
    if (this.isClosing) this.front.closeIdleConnections()
    return this.front
  }
}

function ignore(): void {}
