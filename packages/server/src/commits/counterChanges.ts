import { asBuffer, type Bytes } from '../storage/engine.ts'

/** By how much one commit changed a counter, which is named by its key. */
export interface CounterChange {
  readonly key: Bytes
  readonly differences: readonly number[]
}

/**
 * The changes of one commit as they are stored until they are added up: for each the length of the
 * key and the number of differences, one byte each, the key, the differences as 64-bit floats.
 */
export function encodeCounterChanges(changes: readonly CounterChange[]): Bytes {
  const parts: Buffer[] = []
  for (const { key, differences } of changes) {
    const numbers = Buffer.allocUnsafe(differences.length * 8)
    differences.forEach((difference, i) => numbers.writeDoubleBE(difference, i * 8))
    parts.push(Buffer.from([key.length, differences.length]), asBuffer(key), numbers)
  }
  return Buffer.concat(parts)
}

/** The inverse of {@link encodeCounterChanges}. Throws RangeError for bytes that are none. */
export function decodeCounterChanges(stored: Bytes): CounterChange[] {
  const bytes = asBuffer(stored)
  const changes: CounterChange[] = []
  let offset = 0
  while (offset < bytes.length) {
    const keyEnd = offset + 2 + bytes.readUInt8(offset)
    const count = bytes.readUInt8(offset + 1)
    const key = bytes.subarray(offset + 2, keyEnd)
    const differences = Array.from({ length: count }, (_, i) => bytes.readDoubleBE(keyEnd + i * 8))
    changes.push({ key, differences })
    offset = keyEnd + count * 8
  }
  return changes
}

/** Adds `differences` to `values`, number by number. */
export function sumOf(values: readonly number[], differences: readonly number[]): number[] {
  return values.map((value, i) => value + (differences[i] ?? 0))
}
