import type { Breakage } from '../wire/brokenAnswer.ts'

/** A request as bytes, from a socket or from within the process. */
export interface RawRequest {
  readonly method: string
  /** Path and query as on the request line. */
  readonly url: string
  /** By name in lower case. */
  readonly headers: RequestHeaders
  /**
   * Names and values by turns as they were received, a character for each byte; absent within the
   * process.
   */
  readonly rawHeaders?: readonly string[] | undefined
  /** Empty if {@link isTooLarge}. */
  readonly body: Uint8Array
  /** Set by a front that gave up on a body of more than 16 MB. */
  readonly isTooLarge?: boolean
  /** Where it came from; absent for a request from within the process. */
  readonly peer?: {
    readonly remoteAddress?: string | undefined
    /** Of ours, the address that it came to. */
    readonly localAddress?: string | undefined
    /** Of sockets with TLS: true. */
    readonly encrypted?: boolean
  }
  /** What the client sent, and signed, where this is a translation of it. */
  readonly asSent?: RawRequest
}

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface RawResponse {
  readonly statusCode: number
  /** By name in lower case; always with content-length. */
  readonly headers: Record<string, string>
  readonly body: Uint8Array
  /** How it fails to arrive, if it is to. */
  readonly broken?: Breakage
}

/** The first value of header `name`, which is in lower case. */
export function headerOf(request: RawRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'object' ? value[0] : value
}
