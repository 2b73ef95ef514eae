import type { Socket } from 'node:net'

/** As long as what Node reads at once. */
const readBytes = 64 * 1024
const buffer = Buffer.allocUnsafeSlow(readBytes)

/** What Node has of a socket below its streams. */
interface Handle {
  /** From now on what is read goes into `buffer`, and nothing is made for it. */
  useUserBuffer?: (buffer: Uint8Array) => void
}

/**
 * Names of what a socket of `net.connect({ onread })` knows; there is no such option where sockets
 * are accepted.
 */
interface Marks {
  readonly buffer: symbol
  readonly callback: symbol
}

let marks: Marks | undefined

/**
 * Has all that comes on `socket` read into one buffer of all sockets, in place of one of 64 KiB for
 * each read, which is cut to what came and stays until it is collected. `take` is given the bytes,
 * which are there for as long as it runs, and says whether more is to be read; `pause` and `resume`
 * of the socket work, and its other events. Returns false, having done nothing, where this Node has
 * no such way.
 */
export function readIntoShared(socket: Socket, take: (bytes: Buffer) => boolean): boolean {
  const { _handle: handle } = socket as Socket & { readonly _handle?: Handle | null }
  marks ??= marksOf(socket)
  if (typeof handle?.useUserBuffer !== 'function' || marks === undefined) return false
  const known = socket as unknown as Record<symbol, unknown>
  known[marks.buffer] = buffer
  known[marks.callback] = (length: number) => take(buffer.subarray(0, length))
  handle.useUserBuffer(buffer)
  return true
}

function marksOf(socket: Socket): Marks | undefined {
  const all = Object.getOwnPropertySymbols(socket)
  const [held, callback] = ['kBuffer', 'kBufferCb'].map((name) =>
    all.find(({ description }) => description === name),
  )
  return held === undefined || callback === undefined ? undefined : { buffer: held, callback }
}
