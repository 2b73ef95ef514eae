import type { Bytes } from '../storage/engine.ts'

/**
 * Sums kept in the store under one key: a few integers up to 2^53. Commits change them by
 * differences, so that two of them may change the same counter without reading it.
 */
export interface Counter {
  readonly key: Bytes
  /**
   * The sums of all acknowledged commits, which the committer changes; where several servers share
   * a store, those that were in the store when it was last looked at.
   */
  values: readonly number[]
}

/** A counter on disk: its values as big-endian 64-bit floats, exact for integers up to 2^53. */
export function encodeCounter(values: readonly number[]): Bytes {
  const bytes = Buffer.allocUnsafe(values.length * 8)
  values.forEach((value, i) => bytes.writeDoubleBE(value, i * 8))
  return bytes
}

/** The inverse of {@link encodeCounter}. */
export function decodeCounter(bytes: Bytes): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: number[] = []
  for (let offset = 0; offset < bytes.length; offset += 8) values.push(view.getFloat64(offset))
  return values
}

/** The one value of a counter that has one; 0 where there is none. */
export const singleCount = (stored: Bytes | undefined): number =>
  stored === undefined ? 0 : (decodeCounter(stored)[0] as number)
