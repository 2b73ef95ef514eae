/**
 * The longest part that the engine's own search finds in linear time, in UTF-16 code units. V8
 * skips by tables of a part's last 250 only, and takes time in proportion to both lengths beyond:
 * five seconds for one `contains` in an item of 400 KB.
 */
const longestNativePart = 250

/** Whether `part` stands anywhere in `whole`. Linear in the length of both, whatever they are. */
export function includesText(whole: string, part: string): boolean {
  if (part.length > whole.length) return false
  return part.length <= longestNativePart ? whole.includes(part) : findLong(whole, part)
}

/** The search of Knuth, Morris and Pratt: never looks back in `whole`. */
function findLong(whole: string, part: string): boolean {
  const borders = bordersOf(part)
  let matched = 0
  for (let index = 0; index < whole.length; index++) {
    matched = advance(part, borders, matched, whole.charCodeAt(index))
    if (matched === part.length) return true
  }
  return false
}

/**
 * For each beginning of `part` that ends at an index: the length of the longest shorter beginning
 * that it ends with.
 */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length)
  let border = 0
  for (let index = 1; index < part.length; index++) {
    border = advance(part, borders, border, part.charCodeAt(index))
    borders[index] = border
  }
  return borders
}

/** How much of `part` is matched when `code` follows `matched` of its code units. */
function advance(part: string, borders: Int32Array, matched: number, code: number): number {
  let length = matched
  while (length > 0 && part.charCodeAt(length) !== code) length = borders[length - 1] as number
  return part.charCodeAt(length) === code ? length + 1 : length
}
