import { createServer } from 'node:http'
import type { Server, ServerOptions, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { soleCaller } from '../soleCaller.ts'
import { firstPart, resetConnection } from './breakAnswer.ts'
import type { BufferedBytes } from './bufferedBytes.ts'
import { Connection, serverName } from './connection.ts'
import { faultResponse } from './faultResponse.ts'
import type { RawResponse } from './rawMessage.ts'
import { ReceivedRequest } from './receivedRequest.ts'
import type { Responder } from './respond.ts'
import { checkingIntervalMs, headTimeoutMs, type ServerLimits } from './serverLimits.ts'

/** About what the head of an answer takes, in bytes. */
const answerHeadBytes = 512

/** The longest body that is written as text, in bytes. */
const longestTextBytes = 16 * 1024

/** A server that node:http serves, and how it is given a connection. */
export interface ServedServer {
  readonly server: Server
  /** Has node:http serve a socket, from the next byte on. */
  readonly serve: (socket: Socket) => void
}

/** Makes a server on TLS as node:http's options say. */
export type OpenServer = (options: ServerOptions<typeof ReceivedRequest>) => ServedServer

/** What all connections of a server have in common. */
export interface FrontParts {
  readonly responder: Responder
  readonly limits: ServerLimits
  readonly memory: BufferedBytes
}

/** The requests and connections that node:http serves, of one server on all its addresses. */
export class NodeFront {
  private readonly responder: Responder
  private readonly limits: ServerLimits
  private readonly memory: BufferedBytes
  private readonly connections = new Map<Duplex, Connection>()
  private readonly onAnswered: (this: ServerResponse) => void
  private isClosing = false

  constructor({ responder, limits, memory }: FrontParts) {
    this.responder = responder
    this.limits = limits
    this.memory = memory
    this.onAnswered = this.createAnswerListener()
  }

  /**
   * A server that serves the sockets that it is given, which are paused: one that never listens, as
   * somebody else accepts them, or what `open` makes, one on TLS.
   */
  createServer(open?: OpenServer): ServedServer {
    const { limits } = this
    const options: ServerOptions<typeof ReceivedRequest> = {
      IncomingMessage: ReceivedRequest,
      // We answer that ourselves, in our own form.
      requireHostHeader: false,
      noDelay: true,
      keepAlive: true,
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: headTimeoutMs(limits),
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: checkingIntervalMs(limits),
    }
    const { server, serve } = open?.(options) ?? served(createServer(options), 'connection')
    // With this node:http begins to look for requests that come too slowly.
    if (open === undefined) server.emit('listening')
    server.timeout = limits.keepAliveTimeoutMs
    server.on('timeout', (socket) => this.endSilence(socket))
    server.on('clientError', (error, socket) => this.refuseGarbage(error, socket))
    const onData = this.createDataListener()
    const onEnd = this.createEndListener()
    const begin = (request: ReceivedRequest, response: ServerResponse): void => {
      if (this.isRefused(request)) return
      this.begin(request, response)
      if (request.isHandedOn) return
      request.on('data', onData)
      request.on('end', onEnd)
    }
    server.on('request', begin)
    // Expectations that nobody has heard of are not met; their requests are performed all the same.
    server.on('checkExpectation', begin)
    server.on('checkContinue', (request: ReceivedRequest, response: ServerResponse) => {
      if (!this.declaresTooMuch(request)) {
        if (!this.isRefused(request)) response.writeContinue()
        begin(request, response)
      } else if (!this.isRefused(request)) {
        this.track(request, response)
        this.giveUp(request)
      }
    })
    return {
      server,
      serve: (socket) => {
        serve(socket)
        this.trackConnection(socket)
        socket.resume()
      },
    }
  }

  /** Destroys the connections that no request is on; all others close after their answer. */
  closeIdleConnections(): void {
    this.isClosing = true
    for (const { isIdle, socket } of this.connections.values()) if (isIdle) socket.destroySoon()
  }

  /** Destroys all connections, whatever is on them. */
  destroyConnections(): void {
    for (const { socket } of this.connections.values()) socket.destroy()
  }

  private trackConnection(socket: Socket): void {
    const connection = new Connection(socket, this.memory)
    this.connections.set(socket, connection)
    socket.once('close', () => {
      connection.close()
      this.connections.delete(socket)
    })
  }

  private track(request: ReceivedRequest, response: ServerResponse): void {
    request.response = response
    // An aborted request or a broken socket is the client's own affair.
    request.on('error', ignore)
    response.on('error', ignore)
    response.on('close', this.onAnswered)
    request.owner?.begin(request)
    soleCaller.asked(request.socket)
  }

  private begin(request: ReceivedRequest, response: ServerResponse): void {
    this.track(request, response)
    if (this.declaresTooMuch(request)) {
      request.isTooLarge = true
      const declared = Number(request.headers['content-length'])
      if (declared > this.limits.maxDiscardedBytes) this.giveUp(request)
    }
  }

  /**
   * Whether a request is to be forgotten. Refuses one without a host, or coded in other ways than
   * in chunks, so that there may be doubt where it ends; what follows is then no request.
   */
  private isRefused(request: ReceivedRequest): boolean {
    const connection = this.connections.get(request.socket)
    if (connection === undefined || connection.isRefused) return true
    request.owner = connection
    const { host, 'transfer-encoding': coding } = request.headers
    if (host === undefined && request.httpVersion === '1.1') connection.refuse('400 Bad Request')
    else if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      connection.refuse('501 Not Implemented')
    }
    return connection.isRefused
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
      this.keep(request, chunk)
      return
    }
    request.isTooLarge = true
    request.dropBody()
    request.owner?.letGo(request)
    if (request.receivedBytes > this.limits.maxDiscardedBytes) this.giveUp(request)
  }

  /** Answers before the whole body has arrived; the connection ends with the answer. */
  private giveUp(request: ReceivedRequest): void {
    request.isTooLarge = true
    this.handOn(request)
  }

  private handOn(request: ReceivedRequest): void {
    if (request.isHandedOn) return
    if (!this.memory.hasRoomFor(1)) {
      this.refuseOverload(request)
      return
    }
    request.isHandedOn = true
    void this.respondTo(request)
  }

  private keep(request: ReceivedRequest, chunk: Buffer): void {
    if (!this.memory.hasRoomFor(chunk.length)) {
      this.refuseOverload(request)
      return
    }
    request.owner?.hold(request, chunk.length)
    request.keep(chunk)
  }

  private createAnswerListener(): (this: ServerResponse) => void {
    const { memory } = this
    return function onClose() {
      const request = this.req as ReceivedRequest
      request.owner?.end(request)
      if (!request.isRefused) memory.relieve()
    }
  }

  private overload(request: ReceivedRequest): RawResponse {
    request.isRefused = true
    return this.memory.overload()
  }

  /** Answers at once, and ends the connection with the answer. */
  private refuseOverload(request: ReceivedRequest): void {
    request.isHandedOn = true
    request.isTooLarge = true
    request.dropBody()
    request.owner?.letGo(request)
    this.send(request, this.overload(request))
  }

  /** Never rejects. */
  private async respondTo(request: ReceivedRequest): Promise<void> {
    let answer: RawResponse
    try {
      answer = await this.responder(request.toRawRequest())
    } catch {
      answer = faultResponse
    }
    request.owner?.letGo(request)
    try {
      this.send(request, answer)
    } catch {
      request.socket.destroy()
    }
  }

  private send(request: ReceivedRequest, wanted: RawResponse): void {
    const { response } = request
    if (response === undefined || response.destroyed || request.socket.destroyed) return
    if (wanted.broken === 'reset') {
      resetConnection(request.socket)
      return
    }
    const isSendable = this.memory.isSendable(wanted.body.length)
    const answer = isSendable ? wanted : this.overload(request)
    const headers: string[] = ['server', serverName]
    for (const name in answer.headers) headers.push(name, answer.headers[name] as string)
    if (this.isClosing || request.isTooLarge) headers.push('connection', 'close')
    response.writeHead(answer.statusCode, headers)
    const { body } = answer
    if (answer.broken === 'cut') {
      response.flushHeaders()
      response.write(firstPart(body))
      request.socket.destroySoon()
      return
    }
    if (body.length > longestTextBytes) response.end(body)
    else response.end(latin1Of(body), 'latin1')
    // What the system has not taken from us stays in memory until it has left.
    if (response.writableLength > 0) request.owner?.hold(request, body.length + answerHeadBytes)
  }

  /**
   * Nothing has moved on a connection for a while. One that waits for us is left alone, and so is a
   * request that arrives slowly: that has a time of its own.
   */
  private endSilence(socket: Socket): void {
    const isIdle = this.connections.get(socket)?.isIdle ?? true
    if (isIdle || socket.writableLength > 0) socket.destroy()
  }

  /** Answers what is no HTTP, or came too slowly, and closes the connection. */
  private refuseGarbage(error: Error & { code?: string }, socket: Duplex): void {
    const connection = this.connections.get(socket)
    if (connection === undefined || error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    connection.refuse(statusLineOf(error.code))
  }
}

function statusLineOf(errorCode: string | undefined): string {
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return '400 Bad Request'
}

function ignore(): void {}

/** Takes the connections of `server` from node:http, which gets those that `serve` is given. */
export function served(server: Server, arrival: 'connection' | 'secureConnection'): ServedServer {
  const listeners = server.listeners(arrival) as ((socket: Socket) => void)[]
  server.removeAllListeners(arrival)
  return {
    server,
    serve(socket) {
      for (const listener of listeners) listener.call(server, socket)
    },
  }
}

/**
 * The bytes of a short body as text, one character each: node:http joins head and text into one
 * write to the socket, and makes two of a head and bytes.
 */
function latin1Of(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
