import { asBuffer, type KeyRange } from '../storage/engine.ts'
import { hashOfRow } from '../layout/storeKeys.ts'

/** Where the hash in a row or entry key ends; see layout/storeKeys.ts. */
const hashEnd = 9

/**
 * The hash of the partition key that all keys of `range` have; undefined for a range of several, as
 * a scan's.
 */
export function hashOfRange({ start, end }: KeyRange): number | undefined {
  const [first, last] = [asBuffer(start), asBuffer(end)]
  if (first.length < hashEnd || last.length < hashEnd) return undefined
  const isOne = first.subarray(0, hashEnd).equals(last.subarray(0, hashEnd))
  return isOne ? hashOfRow(first) : undefined
}
