import type { Random } from '../clock.ts'

const idLength = 52
/** The first answers do not wait for ids of later ones. */
const firstIds = 4
const mostIds = 256
/** An id is written six characters at a time, of which the last four are cut off. */
const charactersPerDraw = 6

/** The characters of an id: 32 of them, so that five random bits choose one without bias. */
const alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'latin1')

/**
 * A source of request ids: 52 characters of [A-Z0-9] each. They must not meet by chance, and need
 * not be secret: the numbers of a fast generator, which begins at random.
 */
export function createRequestIds(random: Random): () => string {
  const next = createNumbers(random.bytes(16))
  let ids = 0
  let pool = Buffer.alloc(0)
  let used = 0
  return () => {
    if (used === idLength * ids) {
      if (ids < mostIds) {
        ids = Math.max(firstIds, 2 * ids)
        pool = Buffer.alloc(idLength * ids + charactersPerDraw)
      }
      fill(pool, next)
      used = 0
    }
    used += idLength
    return pool.toString('latin1', used - idLength, used)
  }
}

function fill(pool: Buffer, next: () => number): void {
  for (let at = 0; at + charactersPerDraw <= pool.length; at += charactersPerDraw) {
    let bits = next()
    for (let i = at; i < at + charactersPerDraw; i++) {
      pool[i] = alphabet[bits & 31] as number
      bits >>>= 5
    }
  }
}

/**
 * Numbers of 32 bits that repeat after 2^128 - 1 (xoshiro128++, Blackman and Vigna 2019), from a
 * seed of 16 bytes.
 */
function createNumbers(seed: Uint8Array): () => number {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
  let a = view.getInt32(0, true)
  let b = view.getInt32(4, true)
  let c = view.getInt32(8, true)
  // The generator stands still at nothing but zeros.
  let d = view.getInt32(12, true) | 1
  return () => {
    const sum = (a + d) | 0
    const result = (((sum << 7) | (sum >>> 25)) + a) | 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
}
