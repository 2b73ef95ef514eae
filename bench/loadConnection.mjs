import { connect } from 'node:net'
import { readResponse } from './responseReader.mjs'

const receiveBufferBytes = 64 * 1024

/**
 * One keep-alive connection with at most one request in flight, on a bare socket: node:http's
 * client costs more than the servers that are to be measured.
 */
export class LoadConnection {
  #socket
  #partial
  #events

  /**
   * @param port the server's port on 127.0.0.1
   * @param events `onResponse(status)` after each complete response; `onFailure(error)` when the
   *   connection breaks or the server closes it
   */
  constructor(port, events) {
    this.#events = events
    const buffer = Buffer.allocUnsafe(receiveBufferBytes)
    const callback = (byteCount) => this.#receive(buffer.subarray(0, byteCount))
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
    this.#socket.on('error', (error) => events.onFailure(error))
    this.#socket.on('end', () => events.onFailure(new Error('the server closed a connection')))
  }

  /** Resolves when the connection stands. */
  async opened() {
    if (!this.#socket.connecting) return
    await new Promise((resolve) => this.#socket.once('connect', resolve))
  }

  /** REQUIRES: no request is in flight. */
  send(request) {
    this.#socket.write(request)
  }

  close() {
    this.#socket.destroy()
  }

  /** Always true: reading goes on. */
  #receive(chunk) {
    const bytes = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk])
    try {
      const response = readResponse(bytes)
      if (response === undefined) {
        this.#partial = this.#partial === undefined ? Buffer.from(bytes) : bytes
        return true
      }
      if (response.length !== bytes.length) throw new Error('bytes after the end of a response')
      this.#partial = undefined
      this.#events.onResponse(response.status)
    } catch (error) {
      this.#events.onFailure(error)
    }
    return true
  }
}
