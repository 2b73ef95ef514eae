import type { Socket } from 'node:net'
import type { BufferedBytes } from './bufferedBytes.ts'

/** What AWS calls itself in its answers. */
export const serverName = 'Server'

/** The answer to what is no request that can be performed: a bare status line. */
export function refusalText(statusLine: string): string {
  return (
    `HTTP/1.1 ${statusLine}\r\nConnection: close\r\n` +
    `Server: ${serverName}\r\nContent-Length: 0\r\n\r\n`
  )
}

/** What a connection has to know of its requests. */
export interface OpenRequest {
  /** Bytes of body or answer that count as being in memory. */
  heldBytes: number
  /** Whether all of it has arrived. */
  readonly complete: boolean
  /** Whether it will be answered, whatever else arrives. */
  readonly isHandedOn: boolean
}

/** What is under way on one connection. */
export class Connection {
  readonly socket: Socket
  private readonly memory: BufferedBytes
  /** Requests that have begun and whose answers have not left us. */
  private openRequests = 0
  /** The request that began last. */
  private latest: OpenRequest | undefined = undefined
  /** The status line that ends the connection once the requests before it have been answered. */
  private refusal: string | undefined = undefined
  /** Bytes in memory: of bodies, and of answers that the client has not taken. */
  private heldBytes = 0
  private isClosed = false

  constructor(socket: Socket, memory: BufferedBytes) {
    this.socket = socket
    this.memory = memory
  }

  get isIdle(): boolean {
    return this.openRequests === 0
  }

  /** Whether the connection is about to end, so that what arrives on it is no request. */
  get isRefused(): boolean {
    return this.refusal !== undefined
  }

  begin(request: OpenRequest): void {
    this.openRequests += 1
    this.latest = request
  }

  /** The answer to a request has left, or nobody is there to take it. */
  end(request: OpenRequest): void {
    this.letGo(request)
    this.openRequests -= 1
    if (this.isRefused) this.refuseWhenAnswered()
  }

  /** Counts bytes that are in memory for a request. */
  hold(request: OpenRequest, length: number): void {
    if (this.isClosed) return
    request.heldBytes += length
    this.heldBytes += length
    this.memory.held += length
  }

  /** The opposite of all {@link hold} for a request. */
  letGo(request: OpenRequest): void {
    if (!this.isClosed) {
      this.heldBytes -= request.heldBytes
      this.memory.held -= request.heldBytes
    }
    request.heldBytes = 0
  }

  /** Nothing of the connection is in memory any longer. */
  close(): void {
    this.isClosed = true
    this.memory.held -= this.heldBytes
  }

  /**
   * Ends the connection with a bare status line. The requests before it are answered first: one
   * that is performed must not be told that it was refused.
   */
  refuse(statusLine: string): void {
    if (this.isRefused) return
    this.refusal = statusLine
    this.refuseWhenAnswered()
  }

  private refuseWhenAnswered(): void {
    const { socket, latest } = this
    if (this.refusal === undefined) return
    const isLatestBroken = latest !== undefined && !latest.complete && !latest.isHandedOn
    if (this.openRequests > (isLatestBroken ? 1 : 0) || !socket.writable) return
    socket.write(refusalText(this.refusal))
    socket.destroySoon()
  }
}
