import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { serviceUnavailable } from '../errors/protocolErrors.ts'
import { encodeError } from '../wire/errorBody.ts'
import type { RawResponse } from './rawMessage.ts'
import { ReceivedRequest } from './receivedRequest.ts'
import type { Responder } from './respond.ts'
import type { ServerLimits } from './serverLimits.ts'

/** What is under way on one connection. */
interface Connection {
  /** Requests that have begun and whose answers have not left us. */
  openRequests: number
  /** The request that began last. */
  latest: ReceivedRequest | undefined
  /** The status line that ends the connection once the requests before it have been answered. */
  refusal: string | undefined
  /** Bytes in memory: of their bodies, and of answers that the client has not taken. */
  heldBytes: number
}

const faultResponse: RawResponse = {
  statusCode: 500,
  headers: { 'content-length': '0' },
  body: new Uint8Array(0),
}

const overloadBody = encodeError(serviceUnavailable())
const overloadResponse: RawResponse = {
  statusCode: serviceUnavailable().kind.statusCode,
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': String(overloadBody.length),
  },
  body: overloadBody,
}

/** How much later than its time a request is refused, at most. */
const longestCheckingIntervalMs = 5000

/** About what the head of an answer takes, in bytes. */
const answerHeadBytes = 512

/** The longest body that is written as text, in bytes. */
const longestTextBytes = 16 * 1024

/** The requests and connections of one server, on all its addresses. */
export class SocketFront {
  private readonly responder: Responder
  private readonly limits: ServerLimits
  private readonly connections = new Map<Duplex, Connection>()
  private readonly onAnswered = this.createAnswerListener()
  private isClosing = false
  /** Bytes in memory, over all connections. */
  private heldBytes = 0

  constructor(responder: Responder, limits: ServerLimits) {
    this.responder = responder
    this.limits = limits
  }

  createServer(): Server {
    const { limits } = this
    const server = createServer({
      IncomingMessage: ReceivedRequest,
      noDelay: true,
      keepAlive: true,
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(
        limits.headersTimeoutMs,
        limits.requestTimeoutMs,
        longestCheckingIntervalMs,
      ),
    })
    server.maxConnections = limits.maxConnections
    // Failing to accept, for want of file descriptors say, must not end the process.
    server.on('error', ignore)
    server.timeout = limits.keepAliveTimeoutMs
    server.on('timeout', (socket) => this.endSilence(socket))
    server.on('connection', (socket) => this.trackConnection(socket))
    server.on('clientError', (error, socket) => this.refuseGarbage(error, socket))
    const onData = this.createDataListener()
    const onEnd = this.createEndListener()
    const begin = (request: ReceivedRequest, response: ServerResponse): void => {
      this.begin(request, response)
      if (request.isHandedOn) return
      request.on('data', onData)
      request.on('end', onEnd)
    }
    server.on('request', begin)
    server.on('checkContinue', (request: ReceivedRequest, response: ServerResponse) => {
      if (this.declaresTooMuch(request)) {
        this.track(request, response)
        this.giveUp(request)
      } else {
        response.writeContinue()
        begin(request, response)
      }
    })
    return server
  }

  /** Destroys the connections that no request is on; all others close after their answer. */
  closeIdleConnections(): void {
    this.isClosing = true
    for (const [socket, connection] of this.connections) {
      if (connection.openRequests === 0) (socket as Socket).destroySoon()
    }
  }

  private trackConnection(socket: Socket): void {
    const connection: Connection = {
      openRequests: 0,
      latest: undefined,
      refusal: undefined,
      heldBytes: 0,
    }
    this.connections.set(socket, connection)
    socket.once('close', () => {
      this.heldBytes -= connection.heldBytes
      this.connections.delete(socket)
    })
  }

  private connectionOf(request: IncomingMessage): Connection | undefined {
    return this.connections.get(request.socket)
  }

  private track(request: ReceivedRequest, response: ServerResponse): void {
    request.response = response
    // An aborted request or a broken socket is the client's own affair.
    request.on('error', ignore)
    response.on('error', ignore)
    response.on('close', this.onAnswered)
    const connection = this.connectionOf(request)
    if (connection === undefined) return
    connection.openRequests += 1
    connection.latest = request
  }

  private begin(request: ReceivedRequest, response: ServerResponse): void {
    this.track(request, response)
    if (this.declaresTooMuch(request)) {
      request.isTooLarge = true
      const declared = Number(request.headers['content-length'])
      if (declared > this.limits.maxDiscardedBytes) this.giveUp(request)
    }
  }

  private declaresTooMuch(request: ReceivedRequest): boolean {
    const declared = request.headers['content-length']
    return declared !== undefined && Number(declared) > this.limits.maxBodyBytes
  }

  private createDataListener(): (this: ReceivedRequest, chunk: Buffer) => void {
    const receive = this.receive.bind(this)
    return function onData(chunk) {
      receive(this, chunk)
    }
  }

  private createEndListener(): (this: ReceivedRequest) => void {
    const handOn = this.handOn.bind(this)
    return function onEnd() {
      handOn(this)
    }
  }

  private receive(request: ReceivedRequest, chunk: Buffer): void {
    if (request.isHandedOn) return
    request.receivedBytes += chunk.length
    if (request.receivedBytes <= this.limits.maxBodyBytes && !request.isTooLarge) {
      if (this.hold(request, chunk.length)) request.keep(chunk)
      else this.refuseOverload(request)
      return
    }
    request.isTooLarge = true
    request.dropBody()
    this.letGo(request)
    if (request.receivedBytes > this.limits.maxDiscardedBytes) this.giveUp(request)
  }

  /** Answers before the whole body has arrived; the connection ends with the answer. */
  private giveUp(request: ReceivedRequest): void {
    request.isTooLarge = true
    this.handOn(request)
  }

  private handOn(request: ReceivedRequest): void {
    if (request.isHandedOn) return
    if (this.heldBytes >= this.limits.maxBufferedBytes) {
      this.refuseOverload(request)
      return
    }
    request.isHandedOn = true
    void this.respondTo(request)
  }

  /** Counts bytes that are about to be kept; false when there are too many in memory already. */
  private hold(request: ReceivedRequest, length: number): boolean {
    if (!this.hasRoom(length)) return false
    if (this.count(request.socket, length)) request.heldBytes += length
    return true
  }

  private hasRoom(length: number): boolean {
    return this.heldBytes + length <= this.limits.maxBufferedBytes
  }

  /** Adds `length`, which may be negative, to what a connection holds; false if it is closed. */
  private count(socket: Duplex, length: number): boolean {
    const connection = this.connections.get(socket)
    if (connection === undefined) return false
    this.heldBytes += length
    connection.heldBytes += length
    return true
  }

  /** Counts an answer that the system has not taken from us, until it has left. */
  private holdAnswer(request: ReceivedRequest, response: ServerResponse, bodyBytes: number): void {
    if (response.writableLength === 0) return
    const length = bodyBytes + answerHeadBytes
    if (this.count(request.socket, length)) request.heldBytes += length
  }

  private createAnswerListener(): (this: ServerResponse) => void {
    const end = this.end.bind(this)
    return function onClose() {
      end(this.req as ReceivedRequest)
    }
  }

  /** The answer has left, or nobody is there to take it. */
  private end(request: ReceivedRequest): void {
    this.letGo(request)
    const connection = this.connectionOf(request)
    if (connection === undefined) return
    connection.openRequests -= 1
    if (connection.refusal !== undefined) this.refuseWhenAnswered(connection, request.socket)
  }

  private letGo(request: ReceivedRequest): void {
    if (request.heldBytes === 0) return
    this.count(request.socket, -request.heldBytes)
    request.heldBytes = 0
  }

  /** Answers at once, and ends the connection with the answer. */
  private refuseOverload(request: ReceivedRequest): void {
    request.isHandedOn = true
    request.isTooLarge = true
    request.dropBody()
    this.letGo(request)
    this.send(request, overloadResponse)
  }

  /** Never rejects. */
  private async respondTo(request: ReceivedRequest): Promise<void> {
    let answer: RawResponse
    try {
      answer = await this.responder(request.toRawRequest())
    } catch {
      answer = faultResponse
    }
    this.letGo(request)
    try {
      this.send(request, answer)
    } catch {
      request.socket.destroy()
    }
  }

  private send(request: ReceivedRequest, wanted: RawResponse): void {
    const { response } = request
    if (response === undefined || response.destroyed || request.socket.destroyed) return
    // Short answers are always sent, so that a client hears of what it has changed.
    const isSendable = wanted.body.length <= longestTextBytes || this.hasRoom(wanted.body.length)
    const answer = isSendable ? wanted : overloadResponse
    const headers: string[] = []
    for (const name in answer.headers) headers.push(name, answer.headers[name] as string)
    if (this.isClosing || request.isTooLarge) headers.push('connection', 'close')
    response.writeHead(answer.statusCode, headers)
    const { body } = answer
    if (body.length > longestTextBytes) response.end(body)
    else response.end(latin1Of(body), 'latin1')
    this.holdAnswer(request, response, body.length)
  }

  /**
   * Nothing has moved on a connection for a while. One that waits for us is left alone, and so is a
   * request that arrives slowly: that has a time of its own.
   */
  private endSilence(socket: Socket): void {
    const isBusy = (this.connections.get(socket)?.openRequests ?? 0) > 0
    if (!isBusy || socket.writableLength > 0) socket.destroy()
  }

  /**
   * Answers what is no HTTP, or came too slowly, and closes the connection. The requests before it
   * are answered first: one that is performed must not be told that it was refused.
   */
  private refuseGarbage(error: Error & { code?: string }, socket: Duplex): void {
    const connection = this.connections.get(socket)
    if (connection === undefined || error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    if (connection.refusal !== undefined) return
    connection.refusal = statusLineOf(error.code)
    this.refuseWhenAnswered(connection, socket)
  }

  private refuseWhenAnswered({ openRequests, latest, refusal }: Connection, socket: Duplex): void {
    const isLatestBroken = latest !== undefined && !latest.complete && !latest.isHandedOn
    if (openRequests > (isLatestBroken ? 1 : 0) || !socket.writable) return
    socket.write(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    ;(socket as Socket).destroySoon()
  }
}

function statusLineOf(errorCode: string | undefined): string {
  if (errorCode === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return '400 Bad Request'
}

function ignore(): void {}

/**
 * The bytes of a short body as text, one character each: node:http joins head and text into one
 * write to the socket, and makes two of a head and bytes.
 */
function latin1Of(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
