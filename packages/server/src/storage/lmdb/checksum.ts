import { crc32 as nativeCrc32 } from 'node:zlib'
import type { Bytes } from '../engine.ts'

/**
 * What every value carries at its end in the store: a CRC-32 over key and value, little-endian. It
 * starts from the length of the key, so that a boundary between the two that has moved is found.
 */
export const checksumBytes = 4

/** From this length on the call into zlib is worth its price. */
const nativeFromBytes = 384

/**
 * Slicing by eight: table `k` is the effect of a byte that `k` bytes follow. Filled at the first
 * use, which a server in memory does not come to.
 */
const tables = new Int32Array(8 * 256)

function fillTables(): void {
  // The effect of a byte is that of its bits together.
  for (let bit = 128, crc = 1; bit > 0; bit >>= 1) {
    crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    for (let lower = 0; lower < 256; lower += 2 * bit) {
      tables[lower + bit] = crc ^ (tables[lower] as number)
    }
  }
  for (let i = 256; i < tables.length; i++) {
    const shorter = tables[i - 256] as number
    tables[i] = (shorter >>> 8) ^ (tables[shorter & 0xff] as number)
  }
}

/** The CRC-32 of the bytes from `start` to `end`, continued from `crc`, as zlib computes it. */
export function crc32(bytes: Bytes, start: number, end: number, crc: number): number {
  if (end - start >= nativeFromBytes) {
    const isWhole = start === 0 && end === bytes.length
    return nativeCrc32(isWhole ? bytes : bytes.subarray(start, end), crc)
  }
  if (tables[1] === 0) fillTables()
  let state = ~crc
  let i = start
  for (const last = end - 8; i <= last; i += 8) state = eightBytes(bytes, i, state)
  for (; i < end; i++) {
    state = (state >>> 8) ^ (tables[(state ^ (bytes[i] as number)) & 0xff] as number)
  }
  return ~state >>> 0
}

function eightBytes(bytes: Bytes, at: number, state: number): number {
  const b = bytes as readonly number[] & Bytes
  const t = tables as readonly number[] & Int32Array
  const low =
    state ^
    ((b[at] as number) |
      ((b[at + 1] as number) << 8) |
      ((b[at + 2] as number) << 16) |
      ((b[at + 3] as number) << 24))
  return (
    (t[0x700 | (low & 0xff)] as number) ^
    (t[0x600 | ((low >>> 8) & 0xff)] as number) ^
    (t[0x500 | ((low >>> 16) & 0xff)] as number) ^
    (t[0x400 | (low >>> 24)] as number) ^
    (t[0x300 | (b[at + 4] as number)] as number) ^
    (t[0x200 | (b[at + 5] as number)] as number) ^
    (t[0x100 | (b[at + 6] as number)] as number) ^
    (t[b[at + 7] as number] as number)
  )
}

/**
 * What lies in the store for `value` under `key`: the value and its checksum, in `stored`, which
 * may begin with the value already.
 */
export function withChecksum(
  key: Bytes,
  value: Bytes,
  stored: Buffer = Buffer.allocUnsafe(value.length + checksumBytes),
): Buffer {
  const isThere = stored.buffer === value.buffer && stored.byteOffset === value.byteOffset
  if (!isThere) stored.set(value)
  const ofKey = crc32(key, 0, key.length, key.length)
  stored.writeUInt32LE(crc32(value, 0, value.length, ofKey), value.length)
  return stored
}

/** Whether what the store holds under `key` is what {@link withChecksum} made. */
export function hasChecksum(key: Bytes, stored: Buffer): boolean {
  const end = stored.length - checksumBytes
  if (end < 0) return false
  const ofKey = crc32(key, 0, key.length, key.length)
  return stored.readUInt32LE(end) === crc32(stored, 0, end, ofKey)
}

/** The value in what the store holds: the same memory. */
export function withoutChecksum(stored: Buffer): Buffer {
  return stored.subarray(0, stored.length - checksumBytes)
}
