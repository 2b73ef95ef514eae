import type { Random } from '../clock.ts'

const idLength = 52
const idsPerPool = 256

/** The characters of an id: 32 of them, so that five random bits choose one without bias. */
const alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'latin1')

/** A source of request ids: 52 characters of [A-Z0-9] each, cut from a pool of random bytes. */
export function createRequestIds(random: Random): () => string {
  const pool = Buffer.alloc(idLength * idsPerPool)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      fill(pool, random)
      used = 0
    }
    used += idLength
    return pool.toString('latin1', used - idLength, used)
  }
}

function fill(pool: Buffer, random: Random): void {
  const bytes = random.bytes(pool.length)
  for (let at = 0; at < pool.length; at++) {
    pool[at] = alphabet[(bytes[at] as number) & 31] as number
  }
}
