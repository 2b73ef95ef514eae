/**
 * Disks write sectors of this size whole or not at all, so where a machine lost its power in the
 * middle of a write to the end of a file, sectors of that write are zeros.
 */
export const sectorBytes = 512

/** The first sector boundary at or behind `offset`. */
export const nextSector = (offset: number): number => Math.ceil(offset / sectorBytes) * sectorBytes

/** How many bytes there are without the zeros at the end. */
export function endOfBits(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return end
}

/** Whether a sector that a write from `start` to `end` touched is zeros from there on. */
export function hasZeroSector(bytes: Buffer, start: number, end: number): boolean {
  for (let from = start; from < end; ) {
    const to = Math.min(bytes.length, nextSector(from + 1))
    if (bytes.subarray(from, to).every((byte) => byte === 0)) return true
    from = to
  }
  return false
}

/**
 * Whether a sector that lies in `bytes`, which are written at `offset`, has so few bits that one
 * flipped bit could make it zeros.
 */
export function hasNearlyZeroSector(bytes: Buffer, offset: number): boolean {
  for (let at = nextSector(offset) - offset; at + sectorBytes <= bytes.length; at += sectorBytes) {
    if (isNearlyZero(bytes, at)) return true
  }
  return false
}

function isNearlyZero(bytes: Buffer, start: number): boolean {
  let hasBit = false
  for (let at = start; at < start + sectorBytes; at++) {
    const byte = bytes[at] as number
    if (byte === 0) continue
    const hasSeveral = (byte & (byte - 1)) !== 0
    if (hasBit || hasSeveral) return false
    hasBit = true
  }
  return true
}
