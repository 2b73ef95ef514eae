import type { Socket } from 'node:net'

/** Ends a connection as a failing network does: the client reads no end of it, but an error. */
export function resetConnection(socket: Socket): void {
  try {
    socket.resetAndDestroy()
  } catch {
    // A connection with TLS cannot be reset so.
    socket.destroy()
  }
}

/** The part of a body that arrives before its end does not. */
export const firstPart = (body: Uint8Array): Uint8Array =>
  body.subarray(0, Math.floor(body.length / 2))
