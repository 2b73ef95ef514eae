import zlib from 'node:zlib'
import { requestTooLarge } from '../errors/protocolErrors.ts'
import { internalServerError } from '../errors/wireErrors.ts'
import type { ContentCoding } from './contentCoding.ts'

/** What is compressed or inflated without leaving the event loop: at most about a millisecond. */
const longestSyncBytes = 64 * 1024
/** Compressed bodies up to here are tried on the event loop, in the hope that they stay small. */
const longestSyncInput = 16 * 1024
/** Deflate makes no more of one byte (RFC 1951: 258 bytes of two bits). */
const mostInflation = 1032

/** Speed counts for more than the last bytes between processes of one network. */
const speed: zlib.ZlibOptions = { level: zlib.constants.Z_BEST_SPEED }

type Later = (
  body: Uint8Array,
  options: zlib.ZlibOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void

/** Without `promisify`, whose module nothing else needs at a start. */
function promised(later: Later, body: Uint8Array, options: zlib.ZlibOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    later(body, options, (error, result) => (error === null ? resolve(result) : reject(error)))
  })
}

interface Inflation {
  readonly now: (body: Uint8Array, options: zlib.ZlibOptions) => Buffer
  readonly later: Later
}

const gunzip: Inflation = { now: zlib.gunzipSync, later: zlib.gunzip }
const inflateZlib: Inflation = { now: zlib.inflateSync, later: zlib.inflate }
const inflateRaw: Inflation = { now: zlib.inflateRawSync, later: zlib.inflateRaw }

/** Most bytes that a compressed body may become. */
export function mostInflatedBytes(body: Uint8Array, maxBodyBytes: number): number {
  return Math.min(maxBodyBytes, body.length * mostInflation)
}

/**
 * A compressed body as it was: at once if it is small, otherwise off the event loop. Fails with the
 * error for large bodies beyond `maxBodyBytes`, and with InternalServerError if the coding is not
 * what it claims to be.
 */
export function inflate(
  body: Uint8Array,
  coding: ContentCoding,
  maxBodyBytes: number,
): Buffer | Promise<Buffer> {
  const inflation = coding === 'gzip' ? gunzip : deflationOf(body)
  if (body.length <= longestSyncInput) {
    try {
      return inflation.now(body, { maxOutputLength: Math.min(longestSyncBytes, maxBodyBytes) })
    } catch (error) {
      if (!isTooLong(error)) throw internalServerError()
    }
  }
  return promised(inflation.later, body, { maxOutputLength: maxBodyBytes }).catch(
    (error: unknown) => {
      throw isTooLong(error) ? requestTooLarge(maxBodyBytes) : internalServerError()
    },
  )
}

/**
 * `deflate` is zlib's form, yet some send the bare one. They differ in the first four bits: no
 * encoder begins a bare stream with those of zlib.
 */
function deflationOf(body: Uint8Array): Inflation {
  return ((body[0] ?? 0) & 0x0f) === 8 ? inflateZlib : inflateRaw
}

function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error
}

/** Whether {@link compress} takes so long that it is done off the event loop. */
export const isCompressedLater = (body: Uint8Array): boolean => body.length > longestSyncBytes

/** A short answer, compressed. */
export function compressNow(body: Uint8Array, coding: ContentCoding): Uint8Array {
  return coding === 'gzip' ? zlib.gzipSync(body, speed) : zlib.deflateSync(body, speed)
}

/** A long answer, compressed off the event loop. */
export function compressLater(body: Uint8Array, coding: ContentCoding): Promise<Uint8Array> {
  return promised(coding === 'gzip' ? zlib.gzip : zlib.deflate, body, speed)
}
