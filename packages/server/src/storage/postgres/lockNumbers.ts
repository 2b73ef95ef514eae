import { crc32 } from 'node:zlib'
import { asBuffer, type Bytes } from '../engine.ts'

/** All who use a database lock numbers; ours are those from here on. */
const ownNumbers = 0x1d79 * 2 ** 33
const keyNumbers = ownNumbers + 2 ** 32

/** The number that stands for a whole store. */
export const storeLock = (schema: string): number => ownNumbers + crc32(schema)

const keyLock = (key: Bytes): number => keyNumbers + crc32(asBuffer(key))

/**
 * The locks of a commit, each once, in one order for everybody: a share of the store, those of the
 * keys that are `written`, and shared ones, as negative numbers, of those that are only `expected`.
 * Two keys may have one number, by which commits wait for each other that need not.
 */
export function locksOf(
  schema: string,
  written: Iterable<Bytes>,
  expected: Iterable<Bytes>,
): number[] {
  const exclusive = new Set<number>()
  for (const key of written) exclusive.add(keyLock(key))
  const locks = [...exclusive]
  const shared = new Set<number>()
  for (const key of expected) {
    const lock = keyLock(key)
    if (exclusive.has(lock) || shared.has(lock)) continue
    shared.add(lock)
    locks.push(-lock)
  }
  locks.sort((a, b) => Math.abs(a) - Math.abs(b))
  return [-storeLock(schema), ...locks]
}
