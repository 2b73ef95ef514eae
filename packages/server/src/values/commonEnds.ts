/** Bytes that are compared by one call; fewer are faster one by one. */
const blockBytes = 512

/** How many bytes two texts have in common at their start, and of the rest at their end. */
export interface CommonEnds {
  readonly start: number
  readonly end: number
}

/** The two never overlap: together they are at most as long as the shorter text. */
export function commonEnds(a: Buffer, b: Buffer): CommonEnds {
  const length = Math.min(a.length, b.length)
  let start = 0
  while (length - start >= blockBytes && sameBlock(a, b, start, start)) start += blockBytes
  while (start < length && a[start] === b[start]) start += 1
  const rest = length - start
  let end = 0
  while (rest - end >= blockBytes) {
    const next = end + blockBytes
    if (!sameBlock(a, b, a.length - next, b.length - next)) break
    end = next
  }
  while (end < rest && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  return { start, end }
}

function sameBlock(a: Buffer, b: Buffer, atA: number, atB: number): boolean {
  return a.compare(b, atB, atB + blockBytes, atA, atA + blockBytes) === 0
}
