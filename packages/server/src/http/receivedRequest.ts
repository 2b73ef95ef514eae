import { IncomingMessage } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Connection } from './connection.ts'
import type { RawRequest } from './rawMessage.ts'

const emptyBody: Uint8Array = new Uint8Array(0)

/**
 * A request on a socket, and its body as far as it has arrived. Holds its own state, so that no
 * closure is needed for each request.
 */
export class ReceivedRequest extends IncomingMessage {
  /** What it came by; set when the request begins. */
  owner: Connection | undefined = undefined
  /** Where the answer goes; set when the request begins. */
  response: ServerResponse | undefined = undefined
  /** Whether the body is longer than the server keeps. */
  isTooLarge = false
  /** Whether the request has been handed on, so that nothing more is expected of its body. */
  isHandedOn = false
  /** Whether it was refused for want of memory. */
  isRefused = false
  /** Bytes of the body so far, kept or not. */
  receivedBytes = 0
  /** Bytes of body or answer that count as being in memory. */
  heldBytes = 0
  private firstChunk: Uint8Array | undefined = undefined
  private chunks: Uint8Array[] | undefined = undefined

  keep(chunk: Uint8Array): void {
    if (this.firstChunk === undefined) {
      this.firstChunk = chunk
    } else {
      this.chunks ??= [this.firstChunk]
      this.chunks.push(chunk)
    }
  }

  dropBody(): void {
    this.firstChunk = undefined
    this.chunks = undefined
  }

  /** The request for a responder. A body that came in one piece is not copied. */
  toRawRequest(): RawRequest {
    return {
      method: this.method ?? '',
      url: this.url ?? '',
      headers: this.headers,
      rawHeaders: this.rawHeaders,
      body: this.chunks === undefined ? (this.firstChunk ?? emptyBody) : Buffer.concat(this.chunks),
      isTooLarge: this.isTooLarge,
      peer: this.socket,
    }
  }
}
