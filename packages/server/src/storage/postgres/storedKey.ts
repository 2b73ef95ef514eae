import { hash } from 'node:crypto'
import type { Bytes } from '../engine.ts'

/** The longest key that is stored as it is: an entry of PostgreSQL's B-trees has 2,704 bytes. */
export const wholeKeyBytes = 2560
/** The longest key at all. */
export const maxKeyBytes = 8192

const digestBytes = 32

/**
 * How a key is stored. A short one is `k`, as it is. Of a long one, `k` is its beginning and a
 * digest of all of it, and `rest` what is behind the beginning. All long keys with one beginning
 * are next to each other, in no order: they are a group, which is put in order by `rest` when it
 * is read.
 */
export interface StoredKey {
  readonly k: Bytes
  readonly rest: Bytes | undefined
}

export function storedKey(key: Bytes): StoredKey {
  if (key.length <= wholeKeyBytes) return { k: key, rest: undefined }
  const digest = hash('sha256', key, 'buffer')
  return {
    k: Buffer.concat([beginningOf(key), digest]),
    rest: key.subarray(wholeKeyBytes),
  }
}

/** What a long key, or its `k`, begins with. */
export const beginningOf = (key: Bytes): Bytes => key.subarray(0, wholeKeyBytes)

/** The least bytes above all `k` of the group. */
export const behindGroup = (beginning: Bytes): Bytes =>
  Buffer.concat([beginning, Buffer.alloc(digestBytes + 1, 0xff)])
