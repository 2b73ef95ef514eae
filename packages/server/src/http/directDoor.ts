import type { Socket } from 'node:net'
import type { Clock, Timer } from '../clock.ts'
import { soleCaller } from '../soleCaller.ts'
import { AnswerBatch } from './answerBatch.ts'
import { createHttpDates } from './directAnswer.ts'
import { DirectConnection, type DirectParts } from './directConnection.ts'
import { DirectHeadReader } from './directHead.ts'
import { KeenWait } from './keenWait.ts'
import type { FrontParts } from './nodeFront.ts'
import { checkingIntervalMs, headTimeoutMs } from './serverLimits.ts'

/**
 * The connections of a server on which only such requests have come as SDKs send. Each begins here,
 * and is handed over to node:http for good with the first request that is any different.
 */
export class DirectDoor {
  private readonly shared: FrontParts
  private readonly clock: Clock
  private readonly heads: DirectHeadReader
  private readonly connections = new Set<DirectConnection>()
  private check: Timer | undefined = undefined
  private isClosing = false

  constructor(shared: FrontParts, clock: Clock, needsAllHeaders: boolean) {
    const { maxHeaderBytes } = shared.limits
    this.shared = shared
    this.clock = clock
    // Where the head comes near to its limit node:http counts.
    this.heads = new DirectHeadReader({ maxBytes: maxHeaderBytes / 2, isWhole: needsAllHeaders })
  }

  /** What is given new connections; `serve` has node:http take one, paused, as if it were new. */
  opening(serve: (socket: Socket) => void): (socket: Socket) => void {
    const { clock } = this
    const parts: DirectParts = {
      ...this.shared,
      heads: this.heads,
      dateOf: createHttpDates(() => clock.nowMs()),
      monotonicMs: () => clock.monotonicMs(),
      // Nobody's answer waits for a turn of somebody's work.
      batch: new AnswerBatch((work) => {
        if (clock.deferFirst === undefined) clock.defer(work)
        else clock.deferFirst(work)
      }),
      caller: soleCaller,
      keenWait: new KeenWait(clock, soleCaller),
      isAlone: () => this.connections.size === 1,
      isClosing: () => this.isClosing,
      watch: () => this.watch(),
      handOver: (connection) => {
        this.connections.delete(connection)
        serve(connection.socket)
      },
    }
    return (socket) => {
      const connection = new DirectConnection(socket, parts)
      this.connections.add(connection)
      socket.once('close', () => this.connections.delete(connection))
    }
  }

  /** Destroys the connections that no request is on; all others close after their answer. */
  close(): void {
    this.isClosing = true
    for (const { isIdle, socket } of this.connections) if (isIdle) socket.destroySoon()
  }

  destroyConnections(): void {
    for (const { socket } of this.connections) socket.destroy()
  }

  private watch(): void {
    const intervalMs = checkingIntervalMs(this.shared.limits)
    this.check ??= this.clock.startTimer(intervalMs, () => this.refuseLate())
  }

  private refuseLate(): void {
    const { limits } = this.shared
    const nowMs = this.clock.monotonicMs()
    let isAnyWaitedFor = false
    for (const connection of this.connections) {
      const { waitingSinceMs, isWithinBody } = connection
      if (waitingSinceMs === undefined) continue
      const mostMs = isWithinBody ? limits.requestTimeoutMs : headTimeoutMs(limits)
      if (nowMs - waitingSinceMs >= mostMs) connection.refuse('408 Request Timeout')
      else isAnyWaitedFor = true
    }
    this.check = undefined
    if (isAnyWaitedFor) this.watch()
  }
}
