import { maxRequestBodyBytes } from '../limits.ts'

/** What the socket server puts up with. */
export interface ServerLimits {
  /** Longest body that is kept in memory, as sent. */
  readonly maxBodyBytes: number
  /** Most bytes of bodies that are kept in memory at once, over all connections. */
  readonly maxBufferedBytes: number
  /**
   * Longest body that is read to its end, to be thrown away, so that its sender hears the answer.
   */
  readonly maxDiscardedBytes: number
  /** Longest request line with all headers, in bytes. */
  readonly maxHeaderBytes: number
  /** Most open connections of each address; more are closed at once. */
  readonly maxConnections: number
  /** How long the headers of a request may take, from its first byte or the connection's start. */
  readonly headersTimeoutMs: number
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutMs: number
  /** How long an idle connection is kept. SDKs pool theirs for up to a minute. */
  readonly keepAliveTimeoutMs: number
  /** How long requests in flight may take to finish when the server closes. */
  readonly closeTimeoutMs: number
}

export const defaultServerLimits: ServerLimits = {
  maxBodyBytes: maxRequestBodyBytes,
  maxBufferedBytes: 16 * maxRequestBodyBytes,
  maxDiscardedBytes: 4 * maxRequestBodyBytes,
  maxHeaderBytes: 32 * 1024,
  maxConnections: 10_000,
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 120_000,
  closeTimeoutMs: 10_000,
}
