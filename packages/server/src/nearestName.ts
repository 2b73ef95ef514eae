const minCutLength = 4

/** The candidate that `name` is most likely a slip of, or undefined when none is close. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined
  const letters = lettersOf(name)
  let least = Math.max(1, Math.floor(letters.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = distanceBetween(letters, lettersOf(candidate), least)
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/** Dashes and letter case are where spellings differ without meaning to. */
function lettersOf(name: string): string {
  return name.replaceAll('-', '').toLowerCase()
}

/**
 * A name that was cut short, or written out, is close to the other. `limit` for any distance that
 * is not less: names are not compared letter by letter when their lengths alone keep them apart.
 */
function distanceBetween(a: string, b: string, limit: number): number {
  const isCut = Math.min(a.length, b.length) >= minCutLength && (a.startsWith(b) || b.startsWith(a))
  if (isCut) return 1
  return Math.abs(a.length - b.length) < limit ? editDistance(a, b) : limit
}

/** Letters to insert, delete, replace or exchange with their neighbour to get from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let distance = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforeLast[j - 2] as number) + 1)
      }
      row.push(distance)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
