import { LoopTurns, type Clock } from '../clock.ts'
import { overloadResponse } from '../http/overloadResponse.ts'
import type { RawRequest, RawResponse, RequestHeaders } from '../http/rawMessage.ts'
import type { Responder } from '../http/respond.ts'
import type { ServerLimits } from '../http/serverLimits.ts'
import { maxInProcessAtOnce, maxInProcessWaiting, mostRetryAfterMs } from '../limits.ts'
import { soleCaller } from '../soleCaller.ts'
import { abortError, RequestQueue, type AbortSignalLike } from './requestQueue.ts'

/** A request as the AWS SDK for JavaScript v3 hands it to its request handler. */
export interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string | string[] | null>
  readonly headers: Record<string, string>
  readonly body?: unknown
}

export interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

export interface SdkHandlerOptions {
  readonly abortSignal?: AbortSignalLike
}

/**
 * What an SDK v3 client takes as `requestHandler`: it answers in this process, without a socket.
 * Values and errors are the same as over HTTP.
 */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: SdkRequest, options?: SdkHandlerOptions): Promise<{ response: SdkResponse }>
  /** Called by the client's own `destroy`; the database stays open. */
  destroy(): void
  updateHttpClientConfig(key: never, value: never): void
  httpHandlerConfigs(): Record<string, never>
}

/** The requests that are under way in this process. */
export interface InProcessFront {
  readonly handler: InProcessHandler
  /** Refuses further requests and resolves when those under way have been answered. */
  close(): Promise<void>
}

/** What of the limits of a server concerns clients in its process. */
export type InProcessLimits = Pick<
  ServerLimits,
  'maxOpenReads' | 'maxQueuedCommits' | 'maxBufferedBytes'
> & {
  /** Most requests that wait for their turn; that of `limits.ts` when absent. */
  readonly maxInProcessWaiting?: number
}

/**
 * A front that makes requests wait for their turn, so that the responder refuses none of them.
 * INVARIANT: clients that send one request after the other do not keep the event loop to
 * themselves. Nothing between them and a store in memory has to wait for an event, so timers, the
 * end of another request and work in the background would never get their turn.
 */
export function createInProcessFront(
  responder: Responder,
  limits: InProcessLimits,
  clock: Clock,
): InProcessFront {
  const turns = new LoopTurns(clock)
  const { maxOpenReads, maxQueuedCommits, maxBufferedBytes } = limits
  const { maxInProcessWaiting: mostWaiting = maxInProcessWaiting } = limits
  const underWay = new Set<Promise<unknown>>()
  const queue = new RequestQueue({
    mostAtOnce: Math.min(maxInProcessAtOnce, maxOpenReads, maxQueuedCommits),
    mostBytes: maxBufferedBytes,
    mostWaiting,
  })
  let isClosed = false

  function answer(request: RawRequest, signal?: AbortSignalLike): Promise<RawResponse> {
    soleCaller.askedInProcess()
    if (queue.isFull) return Promise.resolve(overloadResponse(mostRetryAfterMs))
    return queue.run(request.body.length, () => responder(request), signal)
  }

  async function handle(
    request: SdkRequest,
    options: SdkHandlerOptions = {},
  ): Promise<{ response: SdkResponse }> {
    if (isClosed) throw new Error('The database is closed.')
    refuseAborted(options)
    const answered = answer(toRawRequest(request), options.abortSignal)
    underWay.add(answered)
    try {
      const { statusCode, headers, body, broken } = await answered
      if (broken !== undefined) throw brokenConnection()
      await turns.next()
      refuseAborted(options)
      // The SDK changes the prototype of the body it is given, so it gets a view of its own.
      const view = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
      return { response: { statusCode, headers, body: view } }
    } finally {
      underWay.delete(answered)
    }
  }

  return {
    handler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle,
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
    async close() {
      isClosed = true
      await Promise.allSettled(underWay)
    },
  }
}

/** What a client is told by a socket whose connection was broken. */
function brokenConnection(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

function refuseAborted({ abortSignal }: SdkHandlerOptions): void {
  if (abortSignal?.aborted !== true) return
  throw abortError()
}

function toRawRequest(request: SdkRequest): RawRequest {
  const headers: Record<string, string> = {}
  for (const name in request.headers) {
    headers[name.toLowerCase()] = request.headers[name] as string
  }
  return {
    method: request.method,
    url: `${request.path}${queryTextOf(request.query)}`,
    headers: headers satisfies RequestHeaders,
    body: bytesOf(request.body),
  }
}

function queryTextOf(query: SdkRequest['query']): string {
  if (query === undefined) return ''
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) parameters.append(name, each)
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  if (body instanceof Uint8Array) return body
  if (body === undefined || body === null) return new Uint8Array(0)
  throw new TypeError('The body of a DynamoDB request is text or bytes.')
}
