import { maxRequestBodyBytes, mostTables, tableQuota } from '../limits.ts'

/** What the server puts up with. Beyond a limit it answers quickly instead of growing. */
export interface ServerLimits {
  /** Most open connections of each address; more are closed at once. */
  readonly maxConnections: number
  /** Longest request line with all headers, in bytes; 400 beyond. */
  readonly maxHeaderBytes: number
  /** Longest body, in bytes, as sent and inflated; 413 beyond. */
  readonly maxBodyBytes: number
  /**
   * Longest body that is read to its end, to be thrown away, so that its sender hears the answer.
   */
  readonly maxDiscardedBytes: number
  /**
   * Most bytes in memory, of bodies that arrive and of answers that their clients have not taken
   * yet, over all connections; and, counted apart, of the inflated bodies of the requests that are
   * being performed. 503 beyond.
   */
  readonly maxBufferedBytes: number
  /** Most requests that write and are not answered yet: each waits for a commit. 503 beyond. */
  readonly maxQueuedCommits: number
  /** Most requests that read and are not answered yet. 503 beyond. */
  readonly maxOpenReads: number
  /** Most tables; LimitExceededException beyond. */
  readonly maxTables: number
  /** How long the head of a request may take, from its first byte or the connection's start. */
  readonly headersTimeoutMs: number
  /** How long a whole request may take to arrive; 408 beyond, as for its head. */
  readonly requestTimeoutMs: number
  /**
   * How long a connection is kept on which nothing moves: between requests, or because the client
   * does not take its answer. SDKs pool idle connections for up to a minute.
   */
  readonly keepAliveTimeoutMs: number
  /** How long requests in flight may take to finish when the server closes. */
  readonly closeTimeoutMs: number
}

export type LimitName = keyof ServerLimits

export const defaultServerLimits: ServerLimits = {
  maxConnections: 10_000,
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: maxRequestBodyBytes,
  maxDiscardedBytes: 4 * maxRequestBodyBytes,
  maxBufferedBytes: 16 * maxRequestBodyBytes,
  maxQueuedCommits: 10_000,
  maxOpenReads: 1000,
  maxTables: tableQuota,
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 120_000,
  closeTimeoutMs: 10_000,
}

const mostBytes = 1024 ** 4
const mostCount = 1_000_000
/** Timers take no more than 31 bits. */
const mostMs = 2 ** 31 - 1

/** The least and the greatest value of each limit. */
const ranges: Readonly<Record<LimitName, readonly [number, number]>> = {
  maxConnections: [1, mostCount],
  maxHeaderBytes: [1024, 1024 * 1024],
  maxBodyBytes: [1, maxRequestBodyBytes],
  maxDiscardedBytes: [0, mostBytes],
  maxBufferedBytes: [1, mostBytes],
  maxQueuedCommits: [1, mostCount],
  maxOpenReads: [1, mostCount],
  maxTables: [1, mostTables],
  headersTimeoutMs: [1, mostMs],
  requestTimeoutMs: [1, mostMs],
  keepAliveTimeoutMs: [1, mostMs],
  closeTimeoutMs: [0, mostMs],
}

export const limitNames: readonly LimitName[] = Object.keys(ranges) as LimitName[]

/** The least and the greatest value of a limit. */
export function limitRange(name: LimitName): { least: number; most: number; isWhole: true } {
  const [least, most] = ranges[name]
  return { least, most, isWhole: true }
}

/** Whether a limit may have `value`. */
export function isLimitValue(name: LimitName, value: unknown): value is number {
  const [least, most] = ranges[name]
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

/** What a limit takes, as the end of a sentence. */
export function rangeText(name: LimitName): string {
  const [least, most] = ranges[name]
  return `a whole number from ${least} to ${most}`
}

/** How long the head of a request may take: no longer than the whole of it. */
export function headTimeoutMs({ headersTimeoutMs, requestTimeoutMs }: ServerLimits): number {
  return Math.min(headersTimeoutMs, requestTimeoutMs)
}

/** How much later than its time a request is refused, at most. */
const longestCheckingIntervalMs = 5000

/** How often connections are looked at for requests whose time is up. */
export function checkingIntervalMs(limits: ServerLimits): number {
  return Math.min(headTimeoutMs(limits), longestCheckingIntervalMs)
}

/**
 * What two limits have against each other, as a sentence that calls them by `nameOf`; undefined if
 * nothing.
 */
export function limitContradiction(
  limits: ServerLimits,
  nameOf: (name: LimitName) => string,
): string | undefined {
  if (limits.maxBufferedBytes >= limits.maxBodyBytes) return undefined
  return `${nameOf('maxBufferedBytes')} must be at least ${nameOf('maxBodyBytes')}.`
}
