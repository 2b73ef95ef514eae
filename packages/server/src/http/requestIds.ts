import type { Random } from '../clock.ts'

const idLength = 52
/** The first answers do not wait for ids of later ones. */
const firstIds = 4
const mostIds = 256

/** The characters of an id: 32 of them, so that five random bits choose one without bias. */
const alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'latin1')

/** A source of request ids: 52 characters of [A-Z0-9] each, cut from a pool of random bytes. */
export function createRequestIds(random: Random): () => string {
  let pool = Buffer.alloc(0)
  let used = 0
  return () => {
    if (used === pool.length) {
      const ids = Math.max(firstIds, Math.min(mostIds, (2 * used) / idLength))
      if (ids * idLength > used) pool = Buffer.alloc(ids * idLength)
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
