import { checksumBytes, crc32 } from '../checksum.ts'
import type { KeyPlace } from './nodeLayout.ts'
import type { Window } from './pageFile.ts'
import type { BigValue, EntryCheck } from './treeCheck.ts'

/** What the environment takes with pages of 8 KB. */
export const maxKeyBytes = 4026

/** The tree of entries: keys in the order of memcmp, values with a checksum at their end. */
export const itemCheck: EntryCheck = {
  compare(a, b) {
    const length = Math.min(a.end - a.start, b.end - b.start)
    for (let i = 0; i < length; i++) {
      const difference = (a.bytes[a.start + i] as number) - (b.bytes[b.start + i] as number)
      if (difference !== 0) return difference
    }
    return a.end - a.start - (b.end - b.start)
  },

  isKey({ start, end }) {
    return end > start && end - start <= maxKeyBytes
  },

  isSound(window, { start, end }, dataBytes) {
    const valueEnd = end + dataBytes - checksumBytes
    if (valueEnd < end) return false
    return crc32(window.bytes, start, valueEnd, end - start) === checksumAt(window, valueEnd)
  },

  digestOf({ bytes, start, end }: KeyPlace) {
    return crc32(bytes, start, end, end - start)
  },

  isSoundBig(window, { dataBytes, keyDigest }: BigValue, start) {
    const valueEnd = start + dataBytes - checksumBytes
    if (valueEnd < start) return false
    return crc32(window.bytes, start, valueEnd, keyDigest) === checksumAt(window, valueEnd)
  },
}

function checksumAt({ bytes }: Window, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
  const high = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8)
  return low + high * 0x1_0000
}
