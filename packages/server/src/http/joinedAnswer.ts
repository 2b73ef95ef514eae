/** The longest answer that goes into one piece, in bytes. */
export const longestJoined: number = 64 * 1024

/** Memory of short pieces, cut from the front, in bytes. */
const slabBytes = 128 * 1024
const longestSlice = 4096
let slab = Buffer.allocUnsafeSlow(0)
let slabUsed = 0

let shared = Buffer.allocUnsafeSlow(longestJoined)

/**
 * A head, a character for each byte, and a body in one piece, which is there until the next call.
 * REQUIRES: both together are no longer than {@link longestJoined}.
 */
export const joinedInShared = (head: string, body: Uint8Array): Buffer =>
  join(shared, head, body).subarray(0, head.length + body.length)

/** Somebody keeps what {@link joinedInShared} has given last. */
export function giveAway(): void {
  shared = Buffer.allocUnsafeSlow(longestJoined)
}

/** As {@link joinedInShared}, of which the caller may keep what he is given. */
export const joined = (head: string, body: Uint8Array): Buffer =>
  join(allocate(head.length + body.length), head, body)

function join(bytes: Buffer, head: string, body: Uint8Array): Buffer {
  bytes.write(head, 'latin1')
  bytes.set(body, head.length)
  return bytes
}

/** As Buffer.allocUnsafe, whose pool is small for so many. */
function allocate(length: number): Buffer {
  if (length > longestSlice) return Buffer.allocUnsafe(length)
  if (slabUsed + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    slabUsed = 0
  }
  slabUsed += length
  return slab.subarray(slabUsed - length, slabUsed)
}
