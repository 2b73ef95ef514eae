import { STATUS_CODES } from 'node:http'
import { serverName } from './connection.ts'
import type { RawResponse } from './rawMessage.ts'

/** How answers begin, by their status. */
const beginnings = new Map<number, string>()

function beginningOf(statusCode: number): string {
  let beginning = beginnings.get(statusCode)
  if (beginning === undefined) {
    // That of almost all, without node:http.
    const reason = statusCode === 200 ? 'OK' : (STATUS_CODES[statusCode] ?? 'unknown')
    beginning = `HTTP/1.1 ${statusCode} ${reason}\r\nserver: ${serverName}\r\n`
    beginnings.set(statusCode, beginning)
  }
  return beginning
}

/** A source of HTTP's Date header, which is made anew once a second. */
export function createHttpDates(nowMs: () => number): () => string {
  let endMs = -Infinity
  let startMs = Infinity
  let date = ''
  return () => {
    const now = nowMs()
    // A clock that was set back is followed as well.
    if (now >= endMs || now < startMs) {
      startMs = now - (now % 1000)
      endMs = startMs + 1000
      date = new Date(startMs).toUTCString()
    }
    return date
  }
}

/** What node:http writes after the headers that it is given. */
export interface AnswerEnd {
  readonly date: string
  readonly keepAliveTimeoutMs: number
  /** What becomes of the connection: it goes on, or ends because one of both wants it to. */
  readonly connection: 'kept' | 'endedByClient' | 'endedByServer'
}

/** What every answer has, whose values are made here. */
const ownHeaders: ReadonlySet<string> = new Set([
  'x-amzn-requestid',
  'x-amz-crc32',
  'content-length',
  'content-type',
])

/** What no value of a header may have in it (RFC 9110, 5.5). */
// oxlint-disable-next-line no-control-regex
const unsendable = /[^\t\x20-\x7e\x80-\xff]/

/**
 * The head of an answer as node:http writes it, a character for each byte. Throws for a header that
 * cannot be sent.
 */
export function headOfAnswer({ statusCode, headers }: RawResponse, end: AnswerEnd): string {
  let head = beginningOf(statusCode)
  for (const name in headers) {
    const value = headers[name] as string
    if (!ownHeaders.has(name) && unsendable.test(value)) throw new RangeError(`bad header ${name}`)
    head += `${name}: ${value}\r\n`
  }
  if (end.connection === 'endedByServer') {
    return `${head}connection: close\r\nDate: ${end.date}\r\n\r\n`
  }
  head += `Date: ${end.date}\r\n`
  if (end.connection === 'endedByClient') return `${head}Connection: close\r\n\r\n`
  const seconds = Math.floor(end.keepAliveTimeoutMs / 1000)
  return `${head}Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`
}
