import type { Socket } from 'node:net'
import type { SoleCaller } from '../soleCaller.ts'
import type { AnswerBatch, AnswerWriter } from './answerBatch.ts'
import { firstPart, resetConnection } from './breakAnswer.ts'
import { refusalText } from './connection.ts'
import { headOfAnswer, type AnswerEnd } from './directAnswer.ts'
import type { DirectHead, DirectHeadReader } from './directHead.ts'
import { faultResponse } from './faultResponse.ts'
import { giveAway, joined, joinedInShared, longestJoined } from './joinedAnswer.ts'
import type { KeenWait } from './keenWait.ts'
import type { FrontParts } from './nodeFront.ts'
import type { RawResponse } from './rawMessage.ts'
import { readIntoShared } from './sharedReads.ts'

/** What the direct connections of one server have in common. */
export interface DirectParts extends FrontParts {
  readonly heads: DirectHeadReader
  /** HTTP's Date header. */
  readonly dateOf: () => string
  readonly monotonicMs: () => number
  readonly batch: AnswerBatch
  readonly caller: SoleCaller
  readonly keenWait: KeenWait
  /** Whether there is but one connection, so that nothing is to be written together. */
  readonly isAlone: () => boolean
  /** Whether every answer is the last on its connection. */
  readonly isClosing: () => boolean
  /** A connection has begun to wait for bytes, which have a time in which they must come. */
  readonly watch: () => void
  /**
   * Gives the socket, which is paused, with all bytes that are not answered, to somebody who knows
   * all of HTTP.
   */
  readonly handOver: (connection: DirectConnection) => void
}

/** An answer as it goes to the socket. */
interface PreparedAnswer {
  readonly head: string
  readonly body: Uint8Array
  /** Whether the connection ends with it. */
  readonly isLast: boolean
}

/**
 * A connection on which only such requests have come as {@link DirectHeadReader} reads, each after
 * the answer to the one before, and answered by one write. INVARIANT: until a request is performed
 * all its bytes are at hand, so that the connection can be handed over as if nobody had read from
 * it.
 */
export class DirectConnection implements AnswerWriter {
  readonly socket: Socket
  /** When the wait for the bytes of a request began; undefined while none is waited for. */
  waitingSinceMs: number | undefined
  private readonly parts: DirectParts
  /** Of the request that is arriving. */
  private head: DirectHead | undefined = undefined
  /** All bytes of the request that is arriving, and how many are still to come. */
  private pieces: Buffer[] = []
  private missingBytes = 0
  /** Whether a request is being performed, or its answer not taken. */
  private isAnswering = false
  /** What is to be written. */
  private answer: PreparedAnswer | undefined = undefined
  /** What came while a request was answered. */
  private later: Buffer | undefined = undefined
  /** Whether the client wants no answer after this one. */
  private isLast = false
  /** Whether the client will send nothing more. */
  private isEnded = false
  private heldBytes = 0
  /** Whether the system has taken each answer as it was written, as it does not under TLS. */
  private isTakenAtOnce = true
  /** Whether somebody else reads what comes. */
  private isHandedOver = false

  constructor(socket: Socket, parts: DirectParts) {
    this.socket = socket
    this.parts = parts
    this.waitingSinceMs = parts.monotonicMs()
    parts.watch()
    if (!readIntoShared(socket, this.onRead)) socket.on('data', this.onData)
    socket.on('end', this.onEnd)
    socket.on('timeout', this.onTimeout)
    // A broken socket is the client's own affair.
    socket.on('error', ignore)
    socket.on('close', this.onClose)
    socket.setTimeout(parts.limits.keepAliveTimeoutMs)
  }

  /** Whether no request is on it. */
  get isIdle(): boolean {
    return !this.isAnswering && this.head === undefined
  }

  /** Whether the head of a request has arrived, but not the rest. */
  get isWithinBody(): boolean {
    return this.head !== undefined
  }

  /** Ends the connection with a bare status line. */
  refuse(statusLine: string): void {
    this.waitingSinceMs = undefined
    this.isAnswering = true
    this.socket.write(refusalText(statusLine))
    this.socket.destroySoon()
  }

  /** Whether more is to be read after `bytes`, which are there as long as the call. */
  private readonly onRead = (bytes: Buffer): boolean => {
    if (this.isHandedOver) return this.socket.push(copyOf(bytes))
    this.onData(bytes)
    return true
  }

  /** What is kept of `bytes` is copied. */
  private readonly onData = (bytes: Buffer): void => {
    if (this.isAnswering) this.keepForLater(bytes)
    else if (this.head === undefined) this.begin(bytes)
    else this.goOn(this.head, bytes)
  }

  /** Reads a request from its first byte on. */
  private begin(bytes: Buffer): void {
    const { heads, limits, memory } = this.parts
    const head = memory.hasRoomFor(bytes.length) ? heads.read(bytes) : undefined
    const missingBytes = head === undefined ? -1 : head.end + head.bodyLength - bytes.length
    if (head === undefined || missingBytes < 0 || head.bodyLength > limits.maxBodyBytes) {
      this.handOver(bytes)
      return
    }
    this.hold(bytes.length)
    if (missingBytes === 0) {
      this.perform(head, Buffer.from(bytes.subarray(head.end)))
      return
    }
    this.head = head
    this.pieces = [copyOf(bytes)]
    this.missingBytes = missingBytes
    this.waitingSinceMs = this.parts.monotonicMs()
    this.parts.watch()
  }

  /** Reads on in the body of a request. */
  private goOn(head: DirectHead, bytes: Buffer): void {
    const { pieces } = this
    this.missingBytes -= bytes.length
    if (this.missingBytes < 0 || !this.parts.memory.hasRoomFor(bytes.length)) {
      this.handOver(bytes)
      return
    }
    this.hold(bytes.length)
    pieces.push(copyOf(bytes))
    if (this.missingBytes > 0) return
    this.head = undefined
    this.pieces = []
    this.perform(head, bodyOf(pieces, head))
  }

  private perform({ headers, rawHeaders, isLast }: DirectHead, body: Buffer): void {
    this.waitingSinceMs = undefined
    this.isLast = isLast
    this.isAnswering = true
    this.parts.caller.asked(this)
    this.parts.keenWait.asked()
    const { socket: peer } = this
    const request = { method: 'POST', url: '/', headers, rawHeaders, body, peer }
    let answer: RawResponse | Promise<RawResponse>
    try {
      answer = this.parts.responder(request)
    } catch {
      answer = faultResponse
    }
    if (answer instanceof Promise) answer.then(this.onAnswer, this.onFault)
    else this.onAnswer(answer)
  }

  private readonly onAnswer = (answer: RawResponse): void => {
    this.letGo()
    if (this.later !== undefined) this.hold(this.later.length)
    const { socket } = this
    if (socket.destroyed || !socket.writable) return
    try {
      this.send(answer)
    } catch {
      socket.destroy()
    }
  }

  private readonly onFault = (): void => this.onAnswer(faultResponse)

  private send(wanted: RawResponse): void {
    if (wanted.broken !== undefined) {
      this.break(wanted)
      return
    }
    const { parts } = this
    const { memory, limits } = parts
    const answer = memory.isSendable(wanted.body.length) ? wanted : memory.overload()
    const connection = this.isEndedBy()
    const { keepAliveTimeoutMs } = limits
    const head = headOfAnswer(answer, { date: parts.dateOf(), keepAliveTimeoutMs, connection })
    this.answer = { head, body: answer.body, isLast: connection !== 'kept' }
    if (parts.isAlone()) this.writeAnswer()
    else parts.batch.add(this, head.length + answer.body.length)
  }

  private break({ broken, ...answer }: RawResponse): void {
    const { socket, parts } = this
    if (broken === 'reset') {
      resetConnection(socket)
      return
    }
    const { keepAliveTimeoutMs } = parts.limits
    const end = { date: parts.dateOf(), keepAliveTimeoutMs, connection: 'kept' } as const
    socket.write(joined(headOfAnswer(answer, end), firstPart(answer.body)))
    socket.destroySoon()
  }

  /** Writes the answer that there is. */
  writeAnswer(): void {
    const { socket, answer } = this
    if (answer === undefined || socket.destroyed || !socket.writable) return
    this.answer = undefined
    const { head, body, isLast } = answer
    if (head.length + body.length <= longestJoined) this.writeJoined(head, body)
    else {
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
    }
    if (isLast) socket.destroySoon()
    else if (socket.writableLength === 0) this.onTaken()
    else {
      // What the system has not taken from us stays in memory until it has left.
      this.hold(socket.writableLength)
      socket.write(nothing, this.onTaken)
    }
  }

  /** Most answers are taken at once, so that nothing has to be kept for them. */
  private writeJoined(head: string, body: Uint8Array): void {
    const { socket } = this
    if (!this.isTakenAtOnce) {
      socket.write(joined(head, body))
      return
    }
    socket.write(joinedInShared(head, body))
    if (socket.writableLength === 0) return
    this.isTakenAtOnce = false
    giveAway()
  }

  private isEndedBy(): AnswerEnd['connection'] {
    if (this.parts.isClosing()) return 'endedByServer'
    return this.isLast ? 'endedByClient' : 'kept'
  }

  /** The answer has left us: it is the next request's turn. */
  private readonly onTaken = (): void => {
    this.letGo()
    this.parts.memory.relieve()
    this.isAnswering = false
    if (this.later !== undefined) this.handOver(this.later)
    else if (this.isEnded) this.end()
    else this.parts.keenWait.answered()
  }

  /** A client that does not wait for its answers is somebody else's to serve. */
  private keepForLater(bytes: Buffer): void {
    this.later = this.later === undefined ? copyOf(bytes) : Buffer.concat([this.later, bytes])
    this.hold(bytes.length)
    this.socket.pause()
  }

  private readonly onEnd = (): void => {
    this.isEnded = true
    if (!this.isAnswering) this.end()
  }

  private end(): void {
    if (this.head === undefined) this.socket.end()
    else this.refuse('400 Bad Request')
  }

  /** Nothing has moved for a while. A request that arrives slowly has a time of its own. */
  private readonly onTimeout = (): void => {
    if (this.isIdle || this.socket.writableLength > 0) this.socket.destroy()
  }

  private readonly onClose = (): void => {
    this.waitingSinceMs = undefined
    this.letGo()
  }

  private hold(length: number): void {
    this.heldBytes += length
    this.parts.memory.held += length
  }

  private letGo(): void {
    this.parts.memory.held -= this.heldBytes
    this.heldBytes = 0
  }

  /** Leaves the socket as it was before the request that has begun, of which `bytes` came last. */
  private handOver(bytes: Buffer): void {
    const { socket, pieces } = this
    this.isHandedOver = true
    socket.off('data', this.onData)
    socket.off('end', this.onEnd)
    socket.off('timeout', this.onTimeout)
    socket.off('error', ignore)
    socket.off('close', this.onClose)
    socket.setTimeout(0)
    this.letGo()
    this.waitingSinceMs = undefined
    this.isAnswering = true
    socket.pause()
    socket.unshift(pieces.length === 0 ? copyOf(bytes) : Buffer.concat([...pieces, bytes]))
    this.pieces = []
    this.parts.handOver(this)
  }
}

const nothing: Uint8Array = new Uint8Array(0)

function ignore(): void {}

function bodyOf(pieces: readonly Buffer[], { end, bodyLength }: DirectHead): Buffer {
  const [first, second] = pieces as [Buffer, Buffer]
  if (pieces.length === 2 && first.length === end) return second
  const body = Buffer.allocUnsafeSlow(bodyLength)
  let at = -end
  for (const piece of pieces) {
    piece.copy(body, Math.max(at, 0), at < 0 ? -at : 0)
    at += piece.length
  }
  return body
}

/** In memory of its own: a piece of a request may stay for long, and must keep nothing else. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
