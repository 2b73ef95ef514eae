import { connect } from 'node:net'
import { readResponse } from './responseReader.mjs'

const receiveBufferBytes = 64 * 1024

/**
 * One keep-alive connection with at most one request in flight, on a bare socket: node:http's
 * client costs more than the servers that are to be measured.
 */
export class LoadConnection {
  #socket
  /** The beginning of a head that is not whole. */
  #partial
  /** The response that is coming in, and how much of it has come. */
  #response
  #receivedBytes = 0
  #events

  /**
   * @param port the server's port on 127.0.0.1
   * @param events `onResponse(status, bytes)` after each complete response; `onFailure(error)` when the
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
    try {
      if (this.#response === undefined) this.#begin(chunk)
      else this.#receivedBytes += chunk.length
      const response = this.#response
      if (response === undefined || this.#receivedBytes < response.length) return true
      if (this.#receivedBytes > response.length) {
        throw new Error('bytes after the end of a response')
      }
      this.#response = undefined
      this.#events.onResponse(response.status, response.length)
    } catch (error) {
      this.#events.onFailure(error)
    }
    return true
  }

  /** The chunk is kept only where a head is not whole: the socket will overwrite it. */
  #begin(chunk) {
    const bytes = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk])
    this.#response = readResponse(bytes)
    this.#receivedBytes = bytes.length
    this.#partial = this.#response === undefined ? Buffer.from(bytes) : undefined
  }
}
